"""Routes of the desk's pages: forms come from our own pages, views get the signed-in officer, errors are pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chalice.app import Request, Response

from chalicelib.casework.access import refusals
from chalicelib.casework.access.sessions import Session
from chalicelib.casework.composition import Parts
from chalicelib.casework.site import gate, kept_form
from chalicelib.casework.site.frame import language_of_page, render
from shared.domain.errors import (
    NotAllowedError,
    PetitionError,
    SecondFactorNeededError,
    UnauthenticatedError,
    UnavailableError,
)
from shared.web.answers import see_other
from shared.web.problems import one_text_of, problem_answer, problem_of
from shared.web.rendering import link
from shared.web.routes import Routes, View

SECOND_FACTOR = "/desk/second-factor"
"""The page on which an officer enrols the second factor that their role needs."""


class SessionRoutes(Routes[Parts]):
    """Pages about a session itself: views are called with parts, request, session and path parameters.

    They open to a session that still lacks the second factor.
    """

    def __init__(self, import_name: str, parts: Callable[[], Parts]) -> None:
        super().__init__(import_name, parts, answer_error)

    def respond(self, view: View, request: Request, **path_parameters: str) -> Response:
        """Call a view with the session that the request's cookie holds, and renew its token while somebody works.

        Raises:
            NotAllowedError: a form from elsewhere.
            UnauthenticatedError: no session, or one that is over.
            SecondFactorNeededError: a session that lacks the second factor, where the view needs it.
        """
        parts = self._parts()
        public_url = parts.settings.public_url
        if request.method == "POST":
            gate.check_origin(request, public_url)
        with parts.petition_announced(request.path, path_parameters.get("reference", "")):
            session = self._checked(parts, parts.sessions.session(gate.token_of(request, public_url)))
            tokens = parts.sessions.renewed(session)
            answer = self._call(view, parts, request, session, **path_parameters)
        return gate.keep_alive(answer, tokens, public_url, parts.settings.longest_session)

    def _checked(self, parts: Parts, session: Session) -> Session:
        parts.sessions.record_use(session)
        return session

    def _call(
        self, view: View, parts: Parts, request: Request, session: Session, **path_parameters: str
    ) -> Response:
        return view(parts, request, session, **path_parameters)


class PageRoutes(SessionRoutes):
    """Pages for officers who are signed in: views are called with parts, request, officer and path parameters."""

    def _checked(self, parts: Parts, session: Session) -> Session:
        return parts.sessions.checked(session)

    def _call(
        self, view: View, parts: Parts, request: Request, session: Session, **path_parameters: str
    ) -> Response:
        with refusals.counted(session.officer):
            return view(parts, request, session.officer, **path_parameters)


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


def wants_json(request: Request) -> bool:
    """Return whether a script of ours asks, which reads JSON and shows no page."""
    return str(request.headers.get("accept", "")).startswith("application/json")


def answer_error(parts: Parts, request: Request, error: PetitionError) -> Response:
    """Answer an error with a page; a script, with a problem document.

    A request without a session is answered with a redirect to the sign-in page; a form, with a sign-in page that
    keeps what was typed.
    """
    language = language_of_page(request)
    if wants_json(request):
        return problem_answer(error, language)
    if isinstance(error, UnauthenticatedError):
        return _sign_in_again(parts, request)
    if isinstance(error, SecondFactorNeededError) and request.method == "GET":
        return see_other(link(SECOND_FACTOR, language))
    status, problem = problem_of(error, language)
    if isinstance(error, UnavailableError):
        return _try_again_page(parts, request, problem)
    try:
        officer = gate.officer_of(parts.sessions, request, parts.settings.public_url)
    except (UnauthenticatedError, SecondFactorNeededError):
        officer = None
    return render(
        parts,
        request,
        officer,
        "problem.html",
        status,
        title=problem["title"],
        detail=one_text_of(problem),
        written=_written(parts, request),
    )


def _written(parts: Parts, request: Request) -> tuple[str, ...]:
    """Return the texts that a form of our own pages brought which was not carried out: the page shows them again."""
    if request.method != "POST":
        return ()
    try:
        gate.check_origin(request, parts.settings.public_url)
    except NotAllowedError:
        return ()
    return tuple(value for _name, value in kept_form.of_request(request).texts)


def _try_again_page(parts: Parts, request: Request, problem: dict[str, Any]) -> Response:
    """Say that this cannot be done just now; a form that was sent is kept, to be sent again."""
    form = kept_form.of_request(request) if request.method == "POST" else kept_form.KeptForm("", ())
    return render(
        parts,
        request,
        None,
        "problem.html",
        503,
        title=problem["title"],
        detail=problem["detail"],
        unsent=form,
    )


def _sign_in_again(parts: Parts, request: Request) -> Response:
    form = kept_form.of_request(request) if request.method == "POST" else kept_form.KeptForm("", ())
    if form.address:
        following = kept_form.page_of(request, form)
        return sign_in_page(
            parts, request, following, username=former_name(parts, request), unsent=form, status=401
        )
    path = request.context.get("path", "/") if request.method == "GET" else "/"
    address = gate.sign_in_address(path.removeprefix("/desk") or "/")
    return see_other(link(address, language_of_page(request)))


def sign_in_page(
    parts: Parts,
    request: Request,
    following: str,
    *,
    status: int = 200,
    username: str = "",
    unsent: kept_form.KeptForm = kept_form.KeptForm("", ()),  # noqa: B008 - a constant
    **facts: object,
) -> Response:
    """Show the sign-in form, which keeps a form that was not carried out."""
    shown = {"is_wrong": False, "challenge": None, **facts}
    idle = parts.settings.session_idle_minutes
    return render(
        parts,
        request,
        None,
        "sign_in.html",
        status,
        following=following,
        username=username[:128],
        unsent=unsent,
        idle=idle,
        **shown,
    )


def former_name(parts: Parts, request: Request) -> str:
    """Return the name of the officer who used the browser last, by its session, over or not; "" if nobody is known."""
    try:
        return parts.sessions.former_name(gate.token_of(request, parts.settings.public_url))
    except UnauthenticatedError:
        return ""
