"""Routes: a Chalice Blueprint whose views take the request as an argument and whose errors are answered in one place.

Each page module and each JSON API builds one from its function's parts; `app.py` registers them and holds nothing else.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from chalice.app import Blueprint, Request, Response

from shared.domain.errors import PetitionError
from shared.web.http import ANY, language_of, problem_answer

View = Callable[..., Response]
"""Takes the request, then the parameters of its path by name."""

ErrorAnswer = Callable[[Request, PetitionError], Response]


def answer_problem(request: Request, error: PetitionError) -> Response:
    """Answer an error as a problem document in the caller's language (RFC 9457)."""
    return problem_answer(error, language_of(request))


class Routes(Blueprint):
    """The routes of one module.

    Args:
        import_name: the module's `__name__`.
        on_error: answers an error of ours: a problem document for programs, a page for people.
    """

    def __init__(self, import_name: str, on_error: ErrorAnswer = answer_problem) -> None:
        super().__init__(import_name)
        self._on_error = on_error

    def get(self, path: str, view: View) -> None:
        """Serve GET requests on a path."""
        self.route(path, methods=["GET"])(self._view(view))

    def post(self, path: str, view: View) -> None:
        """Serve POST requests on a path, whatever their content type: the view says what is wrong with a body."""
        self.route(path, methods=["POST"], content_types=ANY)(self._view(view))

    def put(self, path: str, view: View) -> None:
        """Serve PUT requests on a path, whatever their content type."""
        self.route(path, methods=["PUT"], content_types=ANY)(self._view(view))

    def _view(self, view: View) -> Callable[..., Response]:
        @functools.wraps(view, assigned=("__name__", "__doc__"))
        def respond(**path_parameters: Any) -> Response:
            request = self.current_request
            try:
                return view(request, **path_parameters)
            except PetitionError as error:
                return self._on_error(request, error)

        del respond.__wrapped__  # Chalice would look at the view's own signature
        return respond
