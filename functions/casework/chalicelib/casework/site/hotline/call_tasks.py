"""The hotline operator's page of the calls to be made."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time, timedelta
from typing import NamedTuple

from chalice.app import Request, Response

from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.composition import Parts
from chalicelib.casework.hotline.call_tasks import Callee, CallRequest, OutcomeInput
from chalicelib.casework.site.frame import language_of_page, render
from chalicelib.casework.site.routes import PageRoutes
from shared.domain.calendar.working_calendar import at_local, local_date
from shared.domain.promises.deliveries import CallOutcome
from shared.platform import clock
from shared.web.answers import see_other
from shared.web.i18n import N_, gettext
from shared.web.rendering import link
from shared.web.requests import form_body, validated

OUTCOMES: dict[CallOutcome, str] = {
    CallOutcome.REACHED: N_("Đã báo"),
    CallOutcome.NO_ANSWER: N_("Không nghe máy"),
    CallOutcome.CALL_LATER: N_("Hẹn gọi lại"),
    CallOutcome.WRONG_NUMBER: N_("Sai số"),
    CallOutcome.LETTER: N_("Đã gửi thư"),
    CallOutcome.UNREACHABLE: N_("Không liên hệ được"),
}


class Dialled(NamedTuple):
    """The call that the operator makes now, and whom."""

    reference: str
    notice: str
    callee: Callee


def routes(parts: Callable[[], Parts]) -> PageRoutes:
    """Return the routes of this module."""
    pages = PageRoutes(__name__, parts)
    pages.get("/calls", show_calls)
    pages.post("/calls/{reference}", dial_or_record)
    return pages


def show_calls(parts: Parts, request: Request, officer: DeskOfficer) -> Response:
    """Show the calls to be made."""
    return _page(parts, request, officer)


def dial_or_record(parts: Parts, request: Request, officer: DeskOfficer, reference: str) -> Response:
    """Show whom to call; or, when the form has an outcome, record it."""
    form = form_body(request)
    facts = {name: form.get(name, "") for name in ("notice", "attempt", "outcome")}
    if not facts["outcome"]:
        call = validated(CallRequest, {"notice": facts["notice"]})
        callee = parts.call_tasks.dial(officer, reference, call)
        return _page(parts, request, officer, Dialled(reference, call.notice, callee))
    if facts["outcome"] == CallOutcome.CALL_LATER:
        facts["call_at"] = _next_moment_at(form.get("after", ""))
    parts.call_tasks.record(officer, reference, validated(OutcomeInput, facts))
    return see_other(link("/desk/calls", language_of_page(request)))


def _next_moment_at(text: str) -> str:
    """Return the next moment at which clocks in Vietnam show a time such as `17:00`; nothing for no time."""
    try:
        at = at_local(local_date(clock.now()), time.fromisoformat(text))
    except ValueError:
        return ""
    return (at if at > clock.now() else at + timedelta(days=1)).isoformat()


def _page(parts: Parts, request: Request, officer: DeskOfficer, dialled: Dialled | None = None) -> Response:
    _ = gettext(language_of_page(request))
    nobody = Callee(None, None)
    tasks = []
    for task in parts.call_tasks.waiting(officer):
        is_dialled = dialled is not None and (task.reference, task.notice) == dialled[:2]
        callee = dialled.callee if dialled and is_dialled else nobody
        outcomes = [(outcome.value, _(OUTCOMES[outcome])) for outcome in task.outcomes]
        tasks.append({**task.model_dump(), **callee._asdict(), "outcomes": outcomes})
    return render(parts, request, officer, "calls.html", tasks=tasks)
