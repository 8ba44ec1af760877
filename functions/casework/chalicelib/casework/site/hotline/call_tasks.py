"""The hotline operator's page of the calls to be made: one card for each person, and what to read out to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import time, timedelta
from itertools import groupby
from typing import Any, NamedTuple

from chalice.app import Request, Response

from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.composition import Parts
from chalicelib.casework.hotline.call_tasks import Callee, CallRequest, CallView, OutcomeInput
from chalicelib.casework.site.frame import FormProblem, language_of_page, render
from chalicelib.casework.site.routes import PageRoutes
from shared.domain.calendar.working_calendar import at_local, local_date
from shared.domain.errors import ActionNotPossibleError, InvalidInputError, UnknownPetitionError
from shared.domain.promises.deliveries import CallOutcome, DeliveryState
from shared.platform import clock
from shared.web.answers import see_other
from shared.web.describe.rules import RULES
from shared.web.i18n import N_, Language, gettext
from shared.web.labels import NOTICES
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
FIELDS: dict[str, str] = {
    "score": N_("Điểm từ 1 đến 5"),
    "words": N_("Lời người nghe"),
    "second_look": N_("Xin xem xét lại"),
    "call_at": N_("Hẹn gọi lại sau"),
}
CHANGED = N_("Cuộc gọi này vừa được ghi. Danh sách dưới đây là mới nhất.")
_MOST_CALLS = 10
"""The calls of one card."""


class Dialled(NamedTuple):
    """The card that the operator dials: whom to call, by (reference, notice), and what they typed."""

    callees: Mapping[tuple[str, str], Callee]
    form: Mapping[str, str] = {}
    problems: tuple[tuple[str, str], ...] = ()
    note: str = ""


def routes(parts: Callable[[], Parts]) -> PageRoutes:
    """Return the routes of this module."""
    pages = PageRoutes(__name__, parts)
    pages.get("/calls", show_calls)
    pages.post("/calls/{reference}", dial_or_record)
    return pages


def show_calls(parts: Parts, request: Request, officer: DeskOfficer) -> Response:
    """Show the calls to be made."""
    return _page(parts, request, officer, Dialled({}))


def dial_or_record(parts: Parts, request: Request, officer: DeskOfficer, reference: str) -> Response:
    """Show whom to call and what to read out; or, when the form has an outcome, record it for each call of the card."""
    form = form_body(request)
    calls = _calls_in(form, reference)
    if not form.get("outcome"):
        return _page(parts, request, officer, _dial(parts, officer, calls))
    try:
        outcomes = [
            (name, validated(OutcomeInput, _outcome_in(form, n))) for n, (name, *_) in enumerate(calls)
        ]
        for name, outcome in outcomes:
            parts.call_tasks.record(officer, name, outcome)
    except InvalidInputError as error:
        shown = _dial(parts, officer, calls)._replace(form=form, problems=error.problems)
        return _page(parts, request, officer, shown, 422)
    except ActionNotPossibleError:
        shown = _dial(parts, officer, calls)._replace(form=form, note=CHANGED)
        return _page(parts, request, officer, shown, 409)
    return see_other(link("/desk/calls", language_of_page(request)))


def _calls_in(form: Mapping[str, str], reference: str) -> list[tuple[str, str]]:
    """Return (reference, notice) of each call of the card; the first is that of the address."""
    others = (
        (form.get(f"reference{n}", "")[:11], form[f"notice{n}"])
        for n in range(1, _MOST_CALLS)
        if f"notice{n}" in form
    )
    return [(reference, form.get("notice", "")), *others]


def _dial(parts: Parts, officer: DeskOfficer, calls: list[tuple[str, str]]) -> Dialled:
    """Open the calls of a card; those that were recorded meanwhile are left out.

    Raises:
        UnknownPetitionError: none of them is to be made.
    """
    callees = {}
    for name, notice in calls:
        try:
            request = validated(CallRequest, {"notice": notice})
            callees[name, notice] = parts.call_tasks.dial(officer, name, request)
        except UnknownPetitionError:
            if (name, notice) == calls[-1] and not callees:
                raise
    return Dialled(callees)


def _outcome_in(form: Mapping[str, str], n: int) -> dict[str, Any]:
    """Return the outcome of the n-th call of the card; the fields of the first have no number."""
    number = n or ""
    facts: dict[str, Any] = {"outcome": form["outcome"]}
    facts |= {name: form.get(f"{name}{number}", "") for name in ("notice", "attempt", "words")}
    score = form.get(f"score{number}", "")
    facts["score"] = int(score) if score.isascii() and score.isdigit() else score
    facts["second_look"] = form.get(f"second_look{number}") == "true"
    if facts["outcome"] == CallOutcome.CALL_LATER:
        facts["call_at"] = _next_moment_at(form.get("after", ""))
    return facts


def _next_moment_at(text: str) -> str:
    """Return the next moment at which clocks in Vietnam show a time such as `17:00`; nothing for no time."""
    try:
        at = at_local(local_date(clock.now()), time.fromisoformat(text))
    except ValueError:
        return ""
    return (at if at > clock.now() else at + timedelta(days=1)).isoformat()


def _page(
    parts: Parts, request: Request, officer: DeskOfficer, dialled: Dialled, status: int = 200
) -> Response:
    language = language_of_page(request)
    _ = gettext(language)
    tasks = sorted(parts.call_tasks.waiting(officer), key=lambda task: task.person)
    people = [
        _card(list(calls)[:_MOST_CALLS], dialled, language)
        for _person, calls in groupby(tasks, key=lambda task: task.person)
    ]
    errors = tuple(
        FormProblem(name, _(FIELDS.get(name, N_("Cuộc gọi"))), _(RULES.get(rule, RULES["invalid"])))
        for name, rule in dialled.problems
    )
    return render(
        parts,
        request,
        officer,
        "calls.html",
        status,
        people=people,
        errors=errors,
        form=dialled.form,
        note=_(dialled.note) if dialled.note else "",
        scores=("1", "2", "3", "4", "5"),
    )


def _card(calls: list[CallView], dialled: Dialled, language: Language) -> dict[str, Any]:
    """Return the card of one person: their calls, the oldest first, and whom to dial once that was asked for."""
    _ = gettext(language)
    callees = [dialled.callees.get((call.reference, call.notice)) for call in calls]
    opened = [callee for callee in callees if callee is not None]
    outcomes = [outcome for outcome in calls[0].outcomes if all(outcome in call.outcomes for call in calls)]
    return {
        "calls": [_call(call, callee, language) for call, callee in zip(calls, callees, strict=True)],
        "callee": opened[0] if opened else None,
        "is_letter": calls[0].state is DeliveryState.LETTER,
        "outcomes": [(outcome.value, _(OUTCOMES[outcome])) for outcome in outcomes],
        "is_late": any(call.is_late for call in calls),
    }


def _call(call: CallView, callee: Callee | None, language: Language) -> dict[str, Any]:
    readings = callee.readings if callee else ()
    return {
        **call.model_dump(),
        "hours": max(0, int((clock.now() - call.since) / timedelta(hours=1))),
        "readings": [
            {**reading.model_dump(), "kind_label": gettext(language)(NOTICES[reading.kind])}
            for reading in readings
        ],
    }
