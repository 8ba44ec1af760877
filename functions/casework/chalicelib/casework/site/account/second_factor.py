"""The pages of the second factor: an officer enrols an authenticator application; an administrator resets one."""

from __future__ import annotations

from collections.abc import Callable

from chalice.app import Request, Response
from markupsafe import Markup

from chalicelib.casework.access import permissions
from chalicelib.casework.access.permissions import Ability
from chalicelib.casework.access.second_factor import ResetInput, Secret, secret_of
from chalicelib.casework.access.sessions import Session
from chalicelib.casework.composition import Parts
from chalicelib.casework.site.frame import language_of_page, names_of, render
from chalicelib.casework.site.routes import SessionRoutes
from shared.domain.errors import InvalidInputError, NotAllowedError, UnauthenticatedError
from shared.web.answers import see_other
from shared.web.describe.rules import RULES
from shared.web.i18n import gettext
from shared.web.qr import qr_svg
from shared.web.rendering import link
from shared.web.requests import form_body, query_parameters, validated

WRONG_CODE = 422


def routes(parts: Callable[[], Parts]) -> SessionRoutes:
    """Return the routes of this module."""
    pages = SessionRoutes(__name__, parts)
    pages.get("/second-factor", show_status)
    pages.post("/second-factor", begin)
    pages.post("/second-factor/confirm", confirm)
    pages.post("/second-factor/reset", reset)
    return pages


def show_status(parts: Parts, request: Request, session: Session) -> Response:
    """Show whether the officer has a second factor, and who needs one."""
    return _page(parts, request, session)


def begin(parts: Parts, request: Request, session: Session) -> Response:
    """Show a new secret as a QR code and to be typed."""
    return _page(parts, request, session, secret=parts.second_factor.new_secret(session))


def confirm(parts: Parts, request: Request, session: Session) -> Response:
    """Take the first code of the application; after a wrong one the same secret is shown again."""
    form = form_body(request)
    try:
        parts.second_factor.confirm(session, form.get("code", ""))
    except UnauthenticatedError:
        secret = secret_of(form.get("secret", ""), session.officer.username)
        return _page(parts, request, session, WRONG_CODE, secret=secret, is_wrong=True)
    return see_other(link("/desk/second-factor?done=1", language_of_page(request)))


def reset(parts: Parts, request: Request, session: Session) -> Response:
    """Take away another officer's second factor: for administrators, whose own session has one."""
    form = form_body(request)
    administrator = parts.sessions.checked(session).officer
    try:
        facts = {name: form.get(name, "") for name in ("username", "reason")}
        parts.second_factor.reset(administrator, validated(ResetInput, facts))
    except InvalidInputError as error:
        problems = {field: _message(request, rule) for field, rule in error.problems}
        return _page(parts, request, session, WRONG_CODE, problems=problems, form=form)
    return see_other(link("/desk/second-factor?done=reset", language_of_page(request)))


def _message(request: Request, rule: str) -> str:
    return gettext(language_of_page(request))(RULES.get(rule, RULES["invalid"]))


def _page(
    parts: Parts,
    request: Request,
    session: Session,
    status: int = 200,
    *,
    secret: Secret | None = None,
    **facts: object,
) -> Response:
    officer = session.officer
    has_factor = session.row is not None and session.row.has_second_factor
    is_needed = parts.sessions.needs_second_factor(officer)
    names = names_of(parts, language_of_page(request))
    may_reset = permissions.is_able(officer, Ability.ADMINISTER) and (has_factor or not is_needed)
    try:
        recorded = parts.second_factor.resets(officer) if has_factor or not is_needed else ()
    except NotAllowedError:
        recorded = ()
    others = [row for row in parts.directory.officers().values() if row.id != officer.username]
    return render(
        parts,
        request,
        officer if has_factor or not is_needed else None,
        "second_factor.html",
        status,
        secret=secret,
        qr=Markup(qr_svg(secret.address)) if secret else "",  # noqa: S704 - our own address, drawn
        has_factor=has_factor,
        is_needed=is_needed,
        may_reset=may_reset,
        officers=sorted((row.name, row.id) for row in others) if may_reset else (),
        resets=[(entry, names.officer(entry.officer), names.officer(entry.by)) for entry in recorded],
        done=query_parameters(request).get("done", ""),
        **{"is_wrong": False, "problems": {}, "form": {}, **facts},
    )
