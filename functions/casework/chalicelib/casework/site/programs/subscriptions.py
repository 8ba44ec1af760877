"""The administrators' pages of programs that are notified of events: what was sent; test, repeat, switch on.

What decides where events go (address, events, unit) is changed on the page of the directory's row.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from chalice.app import Request, Response

from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.access.permissions import Ability
from chalicelib.casework.administration.forms import EVENT_LABELS
from chalicelib.casework.composition import Parts
from chalicelib.casework.programs.look_after import EventDeliveryView, SigningKeys, SubscriptionView
from chalicelib.casework.site.frame import language_of_page, names_of, render
from chalicelib.casework.site.routes import PageRoutes
from shared.domain.errors import UnknownRowError
from shared.domain.identity.reference import spaced
from shared.domain.promises.deliveries import DeliveryState
from shared.domain.promises.events import TEST
from shared.web.answers import html_answer, see_other
from shared.web.i18n import N_, Language, gettext
from shared.web.rendering import link
from shared.web.requests import form_body, query_parameters

ROWS = 30
"""Deliveries of a page."""
ADDRESS = "/desk/subscriptions"
NEVER_STORED = {"Cache-Control": "no-store"}

EVENTS = {**{event.value: label for event, label in EVENT_LABELS.items()}, TEST: N_("Gửi thử")}
STATES: dict[DeliveryState, tuple[str, str, str]] = {
    DeliveryState.PREPARED: (N_("Chờ gửi lại"), "wait", "soon"),
    DeliveryState.SENDING: (N_("Đang gửi"), "send", "info"),
    DeliveryState.SENT: (N_("Đã nhận"), "check", "done"),
    DeliveryState.FAILED: (N_("Không nhận"), "alert", "late"),
    DeliveryState.AMBIGUOUS: (N_("Chưa rõ có nhận không"), "alert", "soon"),
    DeliveryState.SUPERSEDED: (N_("Không gửi nữa"), "x", ""),
}
"""State of a delivery: its label, picture and look."""
REASONS = {
    "switched-off": N_("Phần mềm đang bị ngừng gửi"),
    "not-subscribed": N_("Không còn phần mềm nào nhận sự kiện này"),
    "circuit-open": N_("Địa chỉ vừa hỏng nhiều lần: nghỉ một lúc"),
    "InsideAddressError": N_("Địa chỉ không thuộc mạng công cộng"),
    "ConnectionRefusedError": N_("Địa chỉ từ chối kết nối"),
    "gaierror": N_("Không tìm thấy tên miền"),
    "TimeoutError": N_("Không trả lời trong 10 giây"),
    "SSLCertVerificationError": N_("Chứng thư TLS không hợp lệ"),
}
_GAVE_UP = "gave-up-after-"
_STATUS = "http-"
DONE = {
    "test": N_("Đã gửi thử. Kết quả hiện trong danh sách sau vài giây: tải lại trang."),
    "repeat": N_("Sự kiện sẽ được gửi lại trong vòng một phút, với cùng mã."),
    "on": N_("Đã bật lại. Những sự kiện chưa nhận sẽ được gửi lại trong vòng một phút."),
}


def routes(parts: Callable[[], Parts]) -> PageRoutes:
    """Return the routes of this module."""
    pages = PageRoutes(__name__, parts)
    pages.get("/subscriptions", list_programs)
    pages.get("/subscriptions/{subscription}", show_program)
    pages.post("/subscriptions/{subscription}", act)
    return pages


def list_programs(parts: Parts, request: Request, officer: DeskOfficer) -> Response:
    """Show the programs, each with its state and the latest that was sent to it."""
    language = language_of_page(request)
    programs = [
        {
            **_program(parts, view, language),
            "latest": _optional_line(parts.programs.latest(officer, view.id), language),
        }
        for view in parts.programs.all(officer)
    ]
    return render(parts, request, officer, "programs/subscriptions.html", programs=programs)


def show_program(parts: Parts, request: Request, officer: DeskOfficer, subscription: str) -> Response:
    """Show a program and a page of its deliveries."""
    return _page(parts, request, officer, subscription)


def act(parts: Parts, request: Request, officer: DeskOfficer, subscription: str) -> Response:
    """Do what was pressed: send a test or one event again, switch the program on again, or show its keys."""
    permissions.require(officer, Ability.ADMINISTER)
    form, programs, done = form_body(request), parts.programs, {}
    match form.get("what"):
        case "keys":
            return _page(parts, request, officer, subscription, keys=programs.keys(officer, subscription))
        case "test":
            programs.test(officer, subscription)
            done = {"done": "test"}
        case "on":
            resumed = programs.switch_on(officer, subscription, form.get("cursor", ""))
            more = {"more": resumed.cursor} if resumed.cursor else {}
            done = {"done": "on", "repeated": str(resumed.repeated), **more}
        case _:
            reference, _bar, delivery = form.get("repeat", "").partition("|")
            programs.subscription(officer, subscription)
            try:
                programs.repeat(officer, subscription, reference, delivery)
            except UnknownRowError:
                return _page(parts, request, officer, subscription, has_moved=True)
            done = {"done": "repeat"}
    return see_other(link(f"{ADDRESS}/{subscription}?{urlencode(done)}", language_of_page(request)))


def _page(
    parts: Parts,
    request: Request,
    officer: DeskOfficer,
    subscription: str,
    *,
    keys: SigningKeys | None = None,
    has_moved: bool = False,
) -> Response:
    language = language_of_page(request)
    query = query_parameters(request)
    view = parts.programs.subscription(officer, subscription)
    page = parts.programs.page(
        officer,
        subscription,
        older_than=query.get("before", ""),
        newer_than=query.get("after", ""),
        size=ROWS,
    )
    done = DONE.get(query.get("done", ""), "")
    repeated = query.get("repeated", "")
    answer = render(
        parts,
        request,
        officer,
        "programs/subscription.html",
        409 if has_moved else 200,
        program=_program(parts, view, language),
        deliveries=[_line(each, language) for each in page.deliveries],
        newer=_beside(subscription, "after", page.newer_than, language),
        older=_beside(subscription, "before", page.older_than, language),
        keys=keys.keys if keys else (),
        has_moved=has_moved,
        done=gettext(language)(done) if done else "",
        repeated=int(repeated) if repeated.isascii() and repeated.isdecimal() else None,
        more=query.get("more", ""),
    )
    return html_answer(answer.body, answer.status_code, NEVER_STORED) if keys else answer


def _beside(subscription: str, name: str, cursor: str | None, language: Language) -> str:
    return link(f"{ADDRESS}/{subscription}?{urlencode({name: cursor})}", language) if cursor else ""


def _program(parts: Parts, view: SubscriptionView, language: Language) -> dict[str, Any]:
    _ = gettext(language)
    return {
        "id": view.id,
        "name": view.name,
        "address": view.address,
        "events": [_(EVENTS[event]) for event in view.events],
        "unit": names_of(parts, language).unit(view.unit),
        "contact": view.contact,
        "off_since": view.switched_off_at,
    }


def _optional_line(delivery: EventDeliveryView | None, language: Language) -> dict[str, Any] | None:
    return _line(delivery, language) if delivery else None


def _line(delivery: EventDeliveryView, language: Language) -> dict[str, Any]:
    _ = gettext(language)
    label, picture, look = STATES.get(delivery.state, (delivery.state.value, "x", ""))
    is_test = delivery.event == TEST
    return {
        "reference": "" if is_test else spaced(delivery.reference),
        "event": _(EVENTS.get(delivery.event, delivery.event)),
        "type": delivery.event,
        "at": delivery.at,
        "label": _(label),
        "picture": picture,
        "look": look,
        "attempts": delivery.attempts,
        "next_at": delivery.next_attempt_at if delivery.state is DeliveryState.PREPARED else None,
        "reason": _reason(delivery, language),
        "repeat": f"{delivery.reference}|{delivery.delivery}" if delivery.may_be_repeated else "",
    }


def _reason(delivery: EventDeliveryView, language: Language) -> str:
    """Return the last error in words; of what was taken there is none."""
    _ = gettext(language)
    reason = (delivery.reason or "").removeprefix(_GAVE_UP)
    if not reason or delivery.state is DeliveryState.SENT:
        return ""
    if reason.startswith(_STATUS):
        return _("Địa chỉ trả lời HTTP %s") % reason.removeprefix(_STATUS)
    return _(REASONS[reason]) if reason in REASONS else _("Kết nối hỏng (%s)") % reason
