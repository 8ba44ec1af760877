"""Routes of the desk's pages: forms come from our own pages, views get the signed-in officer, errors are pages."""

from __future__ import annotations

from collections.abc import Callable

from chalice.app import Request, Response

from chalicelib.casework.composition import Parts
from chalicelib.casework.site import gate
from chalicelib.casework.site.frame import language_of_page, render
from shared.domain.errors import PetitionError, UnauthenticatedError
from shared.web.answers import see_other
from shared.web.problems import one_text_of, problem_of
from shared.web.rendering import link
from shared.web.routes import Routes, View


class PageRoutes(Routes[Parts]):
    """Pages for officers who are signed in: views are called with parts, request, officer and path parameters."""

    def __init__(self, import_name: str, parts: Callable[[], Parts]) -> None:
        super().__init__(import_name, parts, answer_error)

    def respond(self, view: View, request: Request, **path_parameters: str) -> Response:
        """Call a view for the officer whose session the request's cookie holds.

        Raises:
            NotAllowedError: a form from elsewhere.
            UnauthenticatedError: no session.
        """
        parts = self._parts()
        if request.method == "POST":
            gate.check_origin(request, parts.settings.public_url)
        officer = gate.officer_of(parts.sessions, request)
        return view(parts, request, officer, **path_parameters)


class OpenRoutes(Routes[Parts]):
    """Pages for everybody: views are called with parts, request and path parameters.

    Args:
        import_name: the module's `__name__`.
        parts: returns the function's parts.
        takes_foreign_forms: whether a POST may come from elsewhere than our own pages.
    """

    def __init__(
        self, import_name: str, parts: Callable[[], Parts], *, takes_foreign_forms: bool = False
    ) -> None:
        super().__init__(import_name, parts, answer_error)
        self._takes_foreign_forms = takes_foreign_forms

    def respond(self, view: View, request: Request, **path_parameters: str) -> Response:
        """Call a view.

        Raises:
            NotAllowedError: a form from elsewhere, where none may come.
        """
        parts = self._parts()
        if request.method == "POST" and not self._takes_foreign_forms:
            gate.check_origin(request, parts.settings.public_url)
        return view(parts, request, **path_parameters)


def answer_error(parts: Parts, request: Request, error: PetitionError) -> Response:
    """Answer an error with a page; a request without a session with a redirect to the sign-in page."""
    if isinstance(error, UnauthenticatedError):
        path = request.context.get("path", "/") if request.method == "GET" else "/"
        address = gate.sign_in_address(path.removeprefix("/desk") or "/")
        return see_other(link(address, language_of_page(request)))
    status, problem = problem_of(error, language_of_page(request))
    try:
        officer = gate.officer_of(parts.sessions, request)
    except UnauthenticatedError:
        officer = None
    return render(
        parts, request, officer, "problem.html", status, title=problem["title"], detail=one_text_of(problem)
    )
