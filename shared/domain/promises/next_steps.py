"""The next time limits of whoever works on a petition, and their regulations: the clock on its page.

Duties to the petitioner come from `duties`; between them stand the time limits by which the ministry keeps its own
pace: a unit accepts, an approver decides.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from shared.domain.calendar import deadlines
from shared.domain.calendar.terms import Terms
from shared.domain.calendar.working_calendar import WorkingCalendar, local_date
from shared.domain.petition.lifecycle import Action, State
from shared.domain.petition.petition import Petition
from shared.domain.procedures import merging
from shared.domain.promises.duties import DutyKind, DutyStatus, duties
from shared.domain.promises.wake_ups import first_unsent_update


class StepKind(StrEnum):
    """The kind of a step."""

    ACCEPT = "ACCEPT"
    APPROVE = "APPROVE"
    ANSWER = "ANSWER"
    FORWARD = "FORWARD"
    UPDATE = "UPDATE"
    PUBLISH = "PUBLISH"


class NextStep(NamedTuple):
    """Something to be done by a day."""

    due_on: date
    kind: StepKind
    basis: str
    """The regulation behind it, as it is cited; empty for the ministry's own pace."""
    is_late: bool


_OF_DUTIES: dict[DutyKind, tuple[StepKind, str]] = {
    DutyKind.ANSWER: (StepKind.ANSWER, "Quyết định 852/QĐ-BNV (2018)"),
    DutyKind.SECOND_ANSWER: (StepKind.ANSWER, "Quyết định 852/QĐ-BNV (2018)"),
    DutyKind.FORWARDING: (StepKind.FORWARD, "Nghị định 92/2017/NĐ-CP"),
    DutyKind.UPDATE: (StepKind.UPDATE, "Quyết định 574/QĐ-TTg (2017)"),
    DutyKind.PUBLICATION: (StepKind.PUBLISH, "Quyết định 574/QĐ-TTg (2017)"),
}
_TO_DO = frozenset({DutyStatus.OPEN, DutyStatus.UNMET})


def next_steps(
    petition: Petition, terms: Terms, calendar: WorkingCalendar, now: datetime
) -> tuple[NextStep, ...]:
    """Return the steps that are still to be done, soonest first; of several owed updates, the next that can be in time.

    Args:
        petition: as it is now.
        terms: those of its day of receipt.
        calendar: the calendar in force.
        now: decides what is late.
    """
    steps = [*_own_pace(petition, terms, calendar, now), *_owed(petition, terms, calendar, now)]
    return tuple(sorted(steps, key=lambda step: (step.due_on, step.kind)))


def _own_pace(petition: Petition, terms: Terms, calendar: WorkingCalendar, now: datetime) -> list[NextStep]:
    waiting = {
        State.ASSIGNED: (StepKind.ACCEPT, terms.accept_within_working_days),
        State.AWAITING_APPROVAL: (StepKind.APPROVE, terms.approve_within_working_days),
    }
    since = petition.last(Action.ROUTE, Action.ASSIGN, Action.DRAFT_ANSWER)
    if petition.state not in waiting or since is None:
        return []
    kind, days = waiting[petition.state]
    on = calendar.add_working_days(local_date(since.at), days)
    return [NextStep(on, kind, "", deadlines.is_overdue(on, now))]


def _owed(petition: Petition, terms: Terms, calendar: WorkingCalendar, now: datetime) -> list[NextStep]:
    owed = [
        NextStep(duty.due_on, kind, basis, duty.standing is DutyStatus.UNMET)
        for duty in duties(petition, terms, calendar, now)
        if duty.done_at is None and duty.standing in _TO_DO and duty.kind is not DutyKind.UPDATE
        if petition.is_unanswered or petition.state is State.ANSWERED
        for kind, basis in (_OF_DUTIES[duty.kind],)
    ]
    return [*owed, *_update(petition, terms, calendar, now)]


def next_update_on(petition: Petition, terms: Terms, calendar: WorkingCalendar, now: datetime) -> date:
    """Return the day of the next update of an overdue petition; before the due date, of the first there would be.

    What was sent today is not the next one.
    """
    n = first_unsent_update(petition)
    while (on := deadlines.overdue_update_on(petition.due_on, n, terms, calendar)) < local_date(now):
        n += 1
    return on


def _update(petition: Petition, terms: Terms, calendar: WorkingCalendar, now: datetime) -> list[NextStep]:
    if not petition.is_unanswered or merging.is_led(petition):
        return []
    kind, basis = _OF_DUTIES[DutyKind.UPDATE]
    return [NextStep(next_update_on(petition, terms, calendar, now), kind, basis, is_late=False)]
