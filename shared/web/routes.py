"""Routes: a Chalice Blueprint that hands each view its dependencies and the request, and answers errors in one place.

Each page module and each JSON API lists its routes so; `app.py` registers them and holds nothing else.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import datetime
from math import ceil
from typing import Any, Generic, Protocol, TypeVar, runtime_checkable

from chalice.app import Blueprint, Request, Response

from shared.domain.errors import (
    ClosedForRestorationError,
    PetitionError,
    TooManyRequestsError,
    UnavailableError,
)
from shared.platform import clock
from shared.web.answers import for_everybody, try_again_after
from shared.web.problems import problem_answer
from shared.web.requests import (
    ANY,
    JSON,
    language_of,
    refuse_other_media,
    refuse_unknown_language,
)

Parts = TypeVar("Parts")
"""A function's dependencies, put together once: its `composition.Parts`."""


@runtime_checkable
class Doors(Protocol):
    """Parts that know whether the doors are closed."""

    def closed_until(self) -> datetime | None:
        """Return when the doors open again; None while they are open."""


ALWAYS_OPEN = ("/health", "/assets/")
"""The beginnings of addresses that are served while the doors are closed."""
SHORTEST_WAIT, LONGEST_WAIT = 60, 3600
"""Seconds that a client is asked to wait while the doors are closed."""

_PROGRAMS = ("/v1/", "/open311/")
"""The beginnings of addresses at which a wrong content type or language is an error."""

View = Callable[..., Response]
"""Takes the parts and the request, then the parameters of the path by name."""


def answer_problem(_parts: object, request: Request, error: PetitionError) -> Response:
    """Answer an error as a problem document in the caller's language (RFC 9457)."""
    return problem_answer(error, language_of(request))


class Routes(Blueprint, Generic[Parts]):
    """The routes of one module.

    Args:
        import_name: the module's `__name__`.
        parts: returns the function's parts; it is called with the first request, not when the function is loaded.
        on_error: answers an error of ours: a problem document for programs, a page for people.
    """

    def __init__(
        self,
        import_name: str,
        parts: Callable[[], Parts],
        on_error: Callable[[Parts, Request, PetitionError], Response] = answer_problem,
    ) -> None:
        super().__init__(import_name)
        self._parts = parts
        self._on_error = on_error

    def get(self, path: str, view: View) -> None:
        """Serve GET requests on a path, whatever content type they name."""
        self.route(path, methods=["GET"], content_types=ANY)(self._view(view, path))

    def get_or_post(self, path: str, view: View) -> None:
        """Serve GET and POST requests on a path with one view, whatever their content type (webhooks)."""
        self.route(path, methods=["GET", "POST"], content_types=ANY)(self._view(view, path))

    def post(self, path: str, view: View, takes: str = JSON) -> None:
        """Serve POST requests on a path; a door for programs (`/v1`, `/open311`) takes one content type, else 415."""
        self.route(path, methods=["POST"], content_types=ANY)(self._view(view, path, takes))

    def put(self, path: str, view: View) -> None:
        """Serve PUT requests on a path."""
        self.route(path, methods=["PUT"], content_types=ANY)(self._view(view, path))

    def delete(self, path: str, view: View) -> None:
        """Serve DELETE requests on a path."""
        self.route(path, methods=["DELETE"], content_types=ANY)(self._view(view, path))

    def respond(self, view: View, request: Request, **path_parameters: str) -> Response:
        """Call a view; a subclass may hand it more (the officer who is signed in)."""
        return view(self._parts(), request, **path_parameters)

    def _refuse_while_closed(self, request: Request) -> None:
        """Refuse every request while the stored data are restored.

        Raises:
            ClosedForRestorationError: they are.
        """
        parts = self._parts()
        if not isinstance(parts, Doors) or request.path.startswith(ALWAYS_OPEN):
            return
        until = parts.closed_until()
        if until is not None:
            remaining = ceil((until - clock.now()).total_seconds())
            raise ClosedForRestorationError(min(max(remaining, SHORTEST_WAIT), LONGEST_WAIT))

    def _view(self, view: View, path: str, takes: str = JSON) -> Callable[..., Response]:
        @functools.wraps(view, assigned=("__name__", "__doc__"), updated=())
        def answer(**path_parameters: Any) -> Response:
            request = self.current_request
            try:
                self._refuse_while_closed(request)
                if path.startswith(_PROGRAMS):
                    refuse_other_media(request, takes)
                    refuse_unknown_language(request)
                return for_everybody(request, self.respond(view, request, **path_parameters))
            except PetitionError as error:
                answer = self._on_error(self._parts(), request, error)
                if isinstance(error, UnavailableError | TooManyRequestsError):
                    return try_again_after(answer, error.retry_after)
                return answer

        return answer
