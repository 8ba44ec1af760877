"""The desk's pages to sign in and to sign out."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from chalice.app import Request, Response

from chalicelib.casework.access.sign_in_input import Challenge, SignInInput, Tokens
from chalicelib.casework.composition import Parts
from chalicelib.casework.site import gate, kept_form
from chalicelib.casework.site.frame import language_of_page, render
from chalicelib.casework.site.routes import SECOND_FACTOR, OpenRoutes, former_name, sign_in_page, wants_json
from shared.domain.errors import InvalidInputError, UnauthenticatedError
from shared.web.answers import json_answer, see_other
from shared.web.rendering import link
from shared.web.requests import form_pairs, query_parameters, validated


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
    return sign_in_page(parts, request, following)


def sign_in(parts: Parts, request: Request) -> Response:
    """Take user name and password, or the answer to a challenge."""
    pairs = form_pairs(request)
    form = dict(pairs)
    unsent = kept_form.of_sign_in(pairs)
    following = gate.return_address(form.get("next", ""))
    facts = {name: value for name, value in form.items() if name in SignInInput.model_fields and value}
    username = form.get("username", "")
    visit = gate.visit_of(request, parts.settings.public_url)
    visit = visit._replace(device_id=visit.device_id or gate.new_device())
    try:
        session = parts.sessions.sign_in(validated(SignInInput, facts), visit)
    except (UnauthenticatedError, InvalidInputError):
        if wants_json(request):
            raise UnauthenticatedError from None
        return sign_in_page(
            parts, request, following, username=username, unsent=unsent, status=401, is_wrong=True
        )
    if isinstance(session, Challenge) and wants_json(request):
        raise UnauthenticatedError  # a code is missing: the form in place asks for it beside the password
    if isinstance(session, Challenge):
        return sign_in_page(parts, request, following, username=username, unsent=unsent, challenge=session)
    _end_former(parts, request)
    cookies = gate.session_cookies(
        session, parts.settings.public_url, parts.settings.longest_session, visit.device_id
    )
    answer = _signed_in(parts, request, session, following, unsent)
    answer.headers["Set-Cookie"] = cookies
    return answer


def _signed_in(
    parts: Parts, request: Request, tokens: Tokens, following: str, unsent: kept_form.KeptForm
) -> Response:
    """Lead to the page that was asked for; to what was typed, or to the second factor, where one is needed.

    What was typed on a petition is kept as a draft, which the petition's page shows.
    """
    language = language_of_page(request)
    if wants_json(request):
        return json_answer({"signed_in": True})
    if not unsent.address:
        return see_other(link(following, language))
    session = parts.sessions.session(tokens.access_token)
    is_whole = not parts.sessions.needs_second_factor(session.officer) or (
        session.row is not None and session.row.has_second_factor
    )
    kept_on = kept_form.kept_as_draft(parts, former_name(parts, request), session.officer, unsent)
    if not is_whole:
        return see_other(link(SECOND_FACTOR, language))
    if kept_on:
        return see_other(link(kept_on, language))
    return render(
        parts, request, session.officer, "kept_form.html", form=unsent, back=link(following, language)
    )


def _end_former(parts: Parts, request: Request) -> None:
    """End the session that the browser has had until now, if any."""
    with suppress(UnauthenticatedError):
        parts.sessions.end(gate.token_of(request, parts.settings.public_url))


def sign_out(parts: Parts, request: Request) -> Response:
    """End the session: on this device, at the desk, and in the user pool."""
    _end_former(parts, request)
    cookie = gate.expired_cookie(parts.settings.public_url)
    return see_other(link("/desk/sign-in", language_of_page(request)), {"Set-Cookie": cookie})
