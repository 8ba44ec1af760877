"""The officers' pages: plain HTML forms over the same use cases as the JSON API; they work without JavaScript.

Here is what is before them all: signing in, errors as pages, and which room has which page.
"""

from __future__ import annotations

from collections.abc import Callable

from chalice.app import Request, Response

from chalicelib.casework import composition
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.access.sessions import Challenge, SignInInput
from chalicelib.casework.api.doors import query
from chalicelib.casework.site import (
    ambiguous_deliveries,
    callers,
    calls,
    files,
    gate,
    notices,
    openings,
    petition,
    preferences,
    queue,
    reports,
)
from chalicelib.casework.site.directory import calendar_and_terms, lists, routing_rules, row, texts
from chalicelib.casework.site.frame import language_of_page, render
from shared.domain import errors
from shared.web.http import form_body, problem_of, see_other, validated
from shared.web.i18n import gettext
from shared.web.rendering import link


def answer(name: str, request: Request, *arguments: str) -> Response:
    """Answer with one of the pages: without a session, with the way to sign in; an error becomes a page."""
    try:
        if request.method == "POST" and name not in preferences.OPEN_PAGES:
            gate.check_origin(request)
        if name in OPEN_PAGES:
            return OPEN_PAGES[name](request)
        return PAGES[name](request, gate.officer_of(request), *arguments)
    except errors.UnauthenticatedError:
        path = request.context.get("path", "/") if request.method == "GET" else "/"
        return see_other(link(gate.to_sign_in(_own_path(path)), language_of_page(request)))
    except errors.PetitionError as error:
        return _error_page(request, error)


# --- signing in -------------------------------------------------------------------------------------


def sign_in_form(request: Request) -> Response:
    """Show the sign-in form; who came by an e-mail's link may be signed in, but the cookie did not travel along."""
    return _sign_in_page(request, gate.way_back(query(request).get("next", "")))


def sign_in(request: Request) -> Response:
    """Take name and password, or the answer to a challenge."""
    form = form_body(request)
    following = gate.way_back(form.get("next", ""))
    facts = {name: value for name, value in form.items() if name in SignInInput.model_fields and value}
    try:
        opened = composition.sessions().sign_in(validated(SignInInput, facts))
    except (errors.UnauthenticatedError, errors.InvalidInputError):
        return _sign_in_page(request, following, username=form.get("username", ""), is_wrong=True, status=401)
    if isinstance(opened, Challenge):
        return _sign_in_page(request, following, username=form.get("username", ""), challenge=opened)
    return see_other(link(following, language_of_page(request)), {"Set-Cookie": gate.cookie_of(opened)})


def sign_out(request: Request) -> Response:
    """End the session on this device."""
    to = link("/desk/sign-in", language_of_page(request))
    return see_other(to, {"Set-Cookie": gate.no_cookie()})


def _sign_in_page(
    request: Request,
    following: str,
    *,
    username: str = "",
    is_wrong: bool = False,
    challenge: Challenge | None = None,
    status: int = 200,
) -> Response:
    return render(
        request,
        None,
        "sign_in.html",
        status,
        following=following,
        username=username[:128],
        is_wrong=is_wrong,
        challenge=challenge,
    )


# --- what is not there, and what went wrong ----------------------------------------------------------


def _error_page(request: Request, error: errors.PetitionError) -> Response:
    status, problem = problem_of(error, language_of_page(request))
    try:
        officer = gate.officer_of(request)
    except errors.UnauthenticatedError:
        officer = None
    return render(request, officer, "problem.html", status, title=problem["title"], detail=problem["detail"])


def not_found(request: Request, officer: DeskOfficer) -> Response:
    """Say that there is no such page."""
    _ = gettext(language_of_page(request))
    detail = _("Địa chỉ này không có trên trang của cán bộ.")
    return render(request, officer, "problem.html", 404, title=_("Không tìm thấy trang"), detail=detail)


def _own_path(path: str) -> str:
    """Return a request's path as this function sees it, whether or not the gateway's path still has its prefix."""
    return path.removeprefix("/desk") or "/"


OPEN_PAGES: dict[str, Callable[[Request], Response]] = {
    "sign_in_form": sign_in_form,
    "sign_in": sign_in,
    "sign_out": sign_out,
    "file_sent": files.file_sent,
    **preferences.OPEN_PAGES,
}
"""Pages that need no session."""

PAGES: dict[str, Callable[..., Response]] = {
    "not_found": not_found,
    "new_call": calls.new_call,
    "caller": callers.caller,
    "serve_caller": callers.serve_caller,
    "take_call": calls.take_call,
    "calls_to_make": calls.calls_to_make,
    "make_call": calls.make_call,
    **queue.PAGES,
    **petition.PAGES,
    **ambiguous_deliveries.PAGES,
    **files.PAGES,
    **reports.PAGES,
    **openings.PAGES,
    **calendar_and_terms.PAGES,
    **lists.PAGES,
    **row.PAGES,
    **routing_rules.PAGES,
    **texts.PAGES,
    **notices.PAGES,
    **preferences.PAGES,
}
"""Pages for who has signed in."""
