"""Routes: a Chalice Blueprint that hands each view its dependencies and the request, and answers errors in one place.

Each page module and each JSON API lists its routes so; `app.py` registers them and holds nothing else.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from chalice.app import Blueprint, Request, Response

from shared.domain.errors import PetitionError, UnavailableError
from shared.web.problems import problem_answer
from shared.web.requests import ANY, language_of

Parts = TypeVar("Parts")
"""A function's dependencies, put together once: its `composition.Parts`."""

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
        self.route(path, methods=["GET"], content_types=ANY)(self._view(view))

    def get_or_post(self, path: str, view: View) -> None:
        """Serve GET and POST requests on a path with one view, whatever their content type (webhooks)."""
        self.route(path, methods=["GET", "POST"], content_types=ANY)(self._view(view))

    def post(self, path: str, view: View) -> None:
        """Serve POST requests on a path, whatever their content type: the view says what is wrong with a body."""
        self.route(path, methods=["POST"], content_types=ANY)(self._view(view))

    def put(self, path: str, view: View) -> None:
        """Serve PUT requests on a path, whatever their content type."""
        self.route(path, methods=["PUT"], content_types=ANY)(self._view(view))

    def respond(self, view: View, request: Request, **path_parameters: str) -> Response:
        """Call a view; a subclass may hand it more (the officer who is signed in)."""
        return view(self._parts(), request, **path_parameters)

    def _view(self, view: View) -> Callable[..., Response]:
        @functools.wraps(view, assigned=("__name__", "__doc__"), updated=())
        def answer(**path_parameters: Any) -> Response:
            request = self.current_request
            try:
                return self.respond(view, request, **path_parameters)
            except PetitionError as error:
                answer = self._on_error(self._parts(), request, error)
                if isinstance(error, UnavailableError):
                    answer.headers["Retry-After"] = str(error.retry_after)
                return answer

        return answer
