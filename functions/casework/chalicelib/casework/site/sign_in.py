"""The desk's pages to sign in and to sign out."""

from __future__ import annotations

from collections.abc import Callable

from chalice.app import Request, Response

from chalicelib.casework.access.sessions import Challenge, SignInInput
from chalicelib.casework.composition import Parts
from chalicelib.casework.site import gate
from chalicelib.casework.site.frame import language_of_page, render
from chalicelib.casework.site.routes import OpenRoutes
from shared.domain.errors import InvalidInputError, UnauthenticatedError
from shared.web.answers import see_other
from shared.web.rendering import link
from shared.web.requests import form_body, query_parameters, validated

MAX_USERNAME = 128
"""Characters of a user name that is shown again."""


def routes(parts: Callable[[], Parts]) -> OpenRoutes:
    """Return the routes of this module."""
    pages = OpenRoutes(__name__, parts)
    pages.get("/sign-in", show_form)
    pages.post("/sign-in", sign_in)
    pages.post("/sign-out", sign_out)
    return pages


def show_form(parts: Parts, request: Request) -> Response:
    """Show the sign-in form.

    Browsers send no SameSite=Strict cookie along a link in an e-mail, so an officer with a session may see it too.
    """
    following = gate.return_address(query_parameters(request).get("next", ""))
    return _page(parts, request, following)


def sign_in(parts: Parts, request: Request) -> Response:
    """Take user name and password, or the answer to a challenge."""
    form = form_body(request)
    following = gate.return_address(form.get("next", ""))
    facts = {name: value for name, value in form.items() if name in SignInInput.model_fields and value}
    username = form.get("username", "")
    try:
        session = parts.sessions.sign_in(validated(SignInInput, facts))
    except (UnauthenticatedError, InvalidInputError):
        return _page(parts, request, following, username=username, is_wrong=True, status=401)
    if isinstance(session, Challenge):
        return _page(parts, request, following, username=username, challenge=session)
    cookie = gate.session_cookie(session, parts.settings.public_url)
    return see_other(link(following, language_of_page(request)), {"Set-Cookie": cookie})


def sign_out(parts: Parts, request: Request) -> Response:
    """End the session on this device."""
    cookie = gate.expired_cookie(parts.settings.public_url)
    return see_other(link("/desk/sign-in", language_of_page(request)), {"Set-Cookie": cookie})


def _page(
    parts: Parts,
    request: Request,
    following: str,
    *,
    username: str = "",
    is_wrong: bool = False,
    challenge: Challenge | None = None,
    status: int = 200,
) -> Response:
    return render(
        parts,
        request,
        None,
        "sign_in.html",
        status,
        following=following,
        username=username[:MAX_USERNAME],
        is_wrong=is_wrong,
        challenge=challenge,
    )
