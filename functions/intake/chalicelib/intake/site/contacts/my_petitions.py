"""The pages of a person's petitions: a contact, the code that is sent to it, and the list (docs/adr/0074)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from chalice.app import Request, Response

from chalicelib.intake.composition import Parts
from chalicelib.intake.my_petitions import cookies
from chalicelib.intake.my_petitions.codes import WrongCodeError
from chalicelib.intake.my_petitions.cookies import Held
from chalicelib.intake.petitions.addresses import MINE, NEW_PIN_HOLDS_FOR
from chalicelib.intake.site.frame import (
    LABELS,
    FormError,
    Kept,
    at_address,
    done_words,
    form_errors,
    form_fields,
    lead_to,
    page,
    page_language,
    shown_errors,
    site_routes,
)
from chalicelib.intake.site.petition_page import page_after
from shared.domain.calendar.working_calendar import VIETNAM
from shared.domain.errors import (
    InvalidInputError,
    NotAllowedError,
    PinSlowedError,
    TooManyRequestsError,
    UnknownAddressError,
)
from shared.domain.identity.access_codes import CODE_HOLDS_FOR, SESSION_HOLDS_FOR
from shared.domain.identity.reference import normal_reference
from shared.domain.petition.lifecycle import Action
from shared.domain.procedures.my_petitions import Turn
from shared.platform import clock
from shared.tables.contacts.codes import ContactSession
from shared.web.answers import see_other, try_again_after
from shared.web.i18n import N_, Language, counted, gettext
from shared.web.labels import STATES
from shared.web.rendering import link
from shared.web.requests import form_pairs, source_address
from shared.web.routes import Routes

HOME = MINE
CODE = f"{HOME}/ma"
_TOO_MANY_SECONDS = 120
"""Waits up to this long are said in seconds, longer ones as a time of day."""
_DONE = {
    "dong": N_("Đã đóng. Trên máy này không còn mở được các hồ sơ của bạn."),
    "het-gio": N_("Mã hoặc phiên đã hết giờ. Hãy xin mã mới."),
}


def routes(parts: Callable[[], Parts]) -> Routes[Parts]:
    """Return the routes of these pages."""
    site = site_routes(__name__, parts)
    site.get(HOME, show)
    site.post(CODE, ask)
    site.get(CODE, code_form)
    site.post(f"{HOME}/gui-lai", ask_again)
    site.post(f"{HOME}/mo", open_session)
    site.post(f"{HOME}/dong", end_session)
    site.get(f"{HOME}/{{reference}}", show_petition)
    return site


def show(parts: Parts, request: Request) -> Response:
    """List the petitions of a session; without one, ask for a contact."""
    session, tail = _session(parts, request)
    if session is None:
        return _contact_page(parts, request, {}, done=done_words(request, _DONE))
    groups = parts.my_petitions.of(session)
    return page(
        parts,
        request,
        "my_petitions.html",
        tail=tail,
        ends_at=_time_of_day(session.expires_at),
        groups=groups,
        turns=Turn,
        count=sum(map(len, groups.values())),
        state_labels=STATES,
    )


def ask(parts: Parts, request: Request) -> Response:
    """Have a code sent to a contact; the answer is the same for everybody."""
    _require_own_form(request)
    form = form_fields(form_pairs(request))
    language = page_language(request)
    if form.get("step") == "edit":
        return _contact_page(parts, request, form)
    try:
        code = parts.access_by_code.ask(form.get("contact", ""), source_address(request), language)
    except InvalidInputError as error:
        return _contact_page(parts, request, form, problems=error.problems)
    except TooManyRequestsError as error:
        shown = _contact_page(parts, request, form, note=_wait_words(error.retry_after, language), status=429)
        return try_again_after(shown, error.retry_after)
    return _to_code(parts, Held(code.secret, code.tail), language)


def ask_again(parts: Parts, request: Request) -> Response:
    """Have another code sent to the contact of the code that the browser waits for."""
    _require_own_form(request)
    language, waiting = page_language(request), _held_code(parts, request)
    try:
        secret = parts.access_by_code.ask_again(waiting.secret, source_address(request), language)
    except TooManyRequestsError as error:
        shown = _code_page(parts, request, waiting, note=_wait_words(error.retry_after, language), status=429)
        return try_again_after(shown, error.retry_after)
    if secret is None:
        return lead_to(request, HOME, "het-gio")
    return _to_code(parts, Held(secret, waiting.tail), language)


def code_form(parts: Parts, request: Request) -> Response:
    """Show the field for the code."""
    return _code_page(parts, request, _held_code(parts, request))


def open_session(parts: Parts, request: Request) -> Response:
    """Compare a code and begin a session."""
    _require_own_form(request)
    form, waiting, language = (
        form_fields(form_pairs(request)),
        _held_code(parts, request),
        page_language(request),
    )
    code = form.get("code", "")
    if not code.strip():
        return _code_page(
            parts, request, waiting, errors=form_errors([("code", "missing")], language), status=422
        )
    try:
        opened = parts.access_by_code.open(waiting.secret, code, source_address(request))
    except WrongCodeError as error:
        message = _wrong_words(error.tries_left, language)
        wrong = FormError("code", gettext(language)(LABELS["code"]), message)
        return _code_page(parts, request, waiting, errors=(wrong,), status=403)
    except PinSlowedError as error:
        shown = _code_page(parts, request, waiting, note=_wait_words(error.retry_after, language), status=429)
        return try_again_after(shown, error.retry_after)
    url = parts.settings.public_url
    seconds = int(SESSION_HOLDS_FOR.total_seconds())
    cookie = cookies.cookie(cookies.SESSION, Held(opened.secret, waiting.tail), seconds, url)
    return see_other(link(HOME, language), {"Set-Cookie": [cookie, cookies.forget(cookies.CODE, url)]})


def end_session(parts: Parts, request: Request) -> Response:
    """End the session on the server, and let the browser forget it."""
    _require_own_form(request)
    url = parts.settings.public_url
    parts.access_by_code.end(cookies.held(request, cookies.SESSION, url).secret)
    forgotten = [cookies.forget(name, url) for name in (cookies.SESSION, cookies.CODE)]
    return lead_to(request, HOME, "dong", {"Set-Cookie": forgotten})


def show_petition(parts: Parts, request: Request, reference: str) -> Response:
    """Show one petition of the session, without its PIN.

    Raises:
        UnknownAddressError: it is none of this session's, or does not open by a contact alone.
    """
    session, _tail = _session(parts, request)
    if session is None:
        return lead_to(request, HOME, "het-gio")
    digits = normal_reference(reference[:40])
    petition = parts.my_petitions.get(session, digits) if digits else None
    if petition is None:
        raise UnknownAddressError
    renewed = petition.last(Action.RENEW_SECRETS)
    is_new = renewed is not None and clock.now() < renewed.at + NEW_PIN_HOLDS_FOR
    return page_after(parts, request, petition, "", shows_pin=is_new)


# --- what the browser holds ---------------------------------------------------------------------------


def _session(parts: Parts, request: Request) -> tuple[ContactSession | None, str]:
    browser = cookies.held(request, cookies.SESSION, parts.settings.public_url)
    return parts.access_by_code.session(browser.secret), browser.tail


def _held_code(parts: Parts, request: Request) -> Held:
    return cookies.held(request, cookies.CODE, parts.settings.public_url)


def _require_own_form(request: Request) -> None:
    """Refuse a form that another site sends; old browsers do not say where a form comes from.

    Raises:
        NotAllowedError: it came from elsewhere.
    """
    if request.headers.get("sec-fetch-site", "") in {"cross-site", "same-site"}:
        raise NotAllowedError


def _to_code(parts: Parts, waiting: Held, language: Language) -> Response:
    seconds = int(CODE_HOLDS_FOR.total_seconds())
    cookie = cookies.cookie(cookies.CODE, waiting, seconds, parts.settings.public_url)
    return see_other(link(CODE, language), {"Set-Cookie": cookie})


# --- pages --------------------------------------------------------------------------------------------


def _contact_page(
    parts: Parts,
    request: Request,
    form: dict[str, str],
    *,
    problems: Iterable[tuple[str, str]] = (),
    note: str = "",
    done: str = "",
    status: int = 200,
) -> Response:
    facts = shown_errors(form_errors(problems, page_language(request)))
    shown = {"contact": form["contact"][:254]} if form.get("contact") else {}
    return page(
        parts,
        request,
        "my_petitions_contact.html",
        422 if facts["errors"] else status,
        **facts,
        form=shown,
        kept=Kept(CODE, tuple(shown.items())) if shown and request.method == "POST" else None,
        note=note,
        done=done,
    )


def _code_page(
    parts: Parts,
    request: Request,
    waiting: Held,
    *,
    errors: tuple[FormError, ...] = (),
    note: str = "",
    status: int = 200,
) -> Response:
    code = parts.access_by_code.waiting(waiting.secret)
    if code is None and not errors:
        return lead_to(request, HOME, "het-gio")
    return page(
        parts,
        request,
        "my_petitions_code.html",
        status,
        **shown_errors(errors),
        **at_address(request, lambda language: link(CODE, language)),
        tail=waiting.tail,
        until=_time_of_day(int(code.ends_at.timestamp())) if code else "",
        again_in=code.again_in if code else 0,
        form={},
        note=note,
    )


def _time_of_day(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC).astimezone(VIETNAM):%H:%M}"


def _wait_words(seconds: int, language: Language) -> str:
    _n = counted(language)
    if seconds <= _TOO_MANY_SECONDS:
        text = _n("Vừa có một yêu cầu gửi mã. Hãy đợi %(count)s giây rồi thử lại.", seconds)
        return text % {"count": seconds}
    minutes = -(-seconds // 60)
    text = _n(
        "Đã có nhiều yêu cầu. Hãy thử lại sau %(count)s phút, hoặc mở từng hồ sơ bằng mã số và mã PIN.",
        minutes,
    )
    return text % {"count": minutes}


def _wrong_words(tries_left: int, language: Language) -> str:
    _, _n = gettext(language), counted(language)
    if not tries_left:
        return _("Mã này không dùng được nữa. Hãy xin mã mới ở bên dưới.")
    text = _n("Mã chưa đúng. Hãy xem lại sáu chữ số trong tin vừa nhận; còn %(count)s lần thử.", tries_left)
    return text % {"count": tries_left}
