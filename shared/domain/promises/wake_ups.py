"""Actions that fall due for a petition by themselves, and their times: the engine behind `wake_at`.

One list answers two questions: when to look at the petition again (`next_wake`) and what is due at that
moment (`due_now`). What was done is read from the history, so late, doubled or early wake-ups are harmless,
and after an outage what was missed is done once: the latest overdue update, not every one.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import takewhile
from typing import NamedTuple

from shared.domain.calendar import deadlines
from shared.domain.calendar.terms import Terms
from shared.domain.calendar.working_calendar import WorkingCalendar, at_local, end_of_day, local_date
from shared.domain.petition.facts import PetitionerUpdated
from shared.domain.petition.history import entries_of
from shared.domain.petition.lifecycle import ENDED, RESULT_KNOWN, Action, State
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.classification import Lane
from shared.domain.procedures import merging
from shared.domain.promises import pauses
from shared.domain.promises.notices import ESCALATION_LADDER


class WakeUp(NamedTuple):
    """Something that falls due by itself."""

    at: datetime
    action: Action
    anchor: str
    """The start of the time limit: a due date or the number of the history entry that started the waiting."""
    n: int = 1

    @property
    def change_id(self) -> str:
        """The name of the change, the same however often the timer comes to it."""
        return f"timer:{self.action}:{self.anchor}:{self.n}"


def wake_ups(
    petition: Petition, terms: Terms, calendar: WorkingCalendar, now: datetime
) -> tuple[WakeUp, ...]:
    """Return everything still to happen to a petition, soonest first.

    Args:
        petition: as it is now.
        terms: those of its day of receipt.
        calendar: the calendar in force.
        now: decides which of several missed overdue updates is the one to send.
    """
    pending = (
        *_routing(petition, terms),
        *_answering(petition, terms, calendar, now),
        *_pausing(petition, terms, calendar, now),
        *_reminders(petition, terms, calendar),
        *_after_the_answer(petition, terms, calendar),
    )
    return tuple(sorted(wake_up for wake_up in pending if not petition.has_change(wake_up.change_id)))


def next_wake(petition: Petition, terms: Terms, calendar: WorkingCalendar, now: datetime) -> datetime | None:
    """Return when to look at the petition again, or None when nothing is left to happen by itself."""
    pending = wake_ups(petition, terms, calendar, now)
    return pending[0].at if pending else None


def due_now(petition: Petition, terms: Terms, calendar: WorkingCalendar, now: datetime) -> tuple[WakeUp, ...]:
    """Return the wake-ups that are due at this moment, in order."""
    return tuple(w for w in wake_ups(petition, terms, calendar, now) if w.at <= now)


def _routing(petition: Petition, terms: Terms) -> Iterator[WakeUp]:
    """A fresh petition that nobody routed goes to the intake desk (setting: after 10 minutes)."""
    if petition.state is State.RECEIVED and petition.unit is None:
        at = petition.stored_at + timedelta(minutes=terms.route_within_minutes)
        yield WakeUp(at, Action.HAND_TO_INTAKE, "receipt")


def _answering(
    petition: Petition, terms: Terms, calendar: WorkingCalendar, now: datetime
) -> Iterator[WakeUp]:
    """The 20 days and what follows when they pass (Quyết định 852/QĐ-BNV 2018, Quyết định 574/QĐ-TTg 2017)."""
    if not petition.is_unanswered:
        return
    if not merging.is_led(petition):
        if now < end_of_day(petition.due_on):
            yield from _warnings(petition, terms, calendar)
        yield from _escalations(petition, terms, calendar)
    yield from _overdue_update(petition, terms, calendar, now)


def _pausing(petition: Petition, terms: Terms, calendar: WorkingCalendar, now: datetime) -> Iterator[WakeUp]:
    """The due date moves by the days waited for the petitioner: when they reply, or when it comes before that.

    It waits for its morning while they are awaited, so that one wait moves it once in most cases.
    """
    last = next(reversed(pauses.pauses(petition, terms)), None)
    if last is None or not petition.is_unanswered:
        return
    at = last.changed_at
    if last.replied_on is None:
        at = max(at, at_local(petition.due_on, terms.notices_from))
    if pauses.answer_due_on(petition, terms, calendar, max(at, now)) != petition.due_on:
        yield WakeUp(at, Action.MOVE_DUE_DATE, petition.due_on.isoformat(), last.seq)


def _warnings(petition: Petition, terms: Terms, calendar: WorkingCalendar) -> Iterator[WakeUp]:
    """Warn the handler, then the unit's head, before the due date (practice).

    Before a long holiday both days may be one; while nobody has taken the petition over, both warnings would
    reach the head, and one is enough.
    """
    handler_on = deadlines.warning_on(petition.due_on, terms.warn_handler_days_before, calendar)
    head_on = deadlines.warning_on(petition.due_on, terms.warn_head_days_before, calendar)
    anchor = petition.due_on.isoformat()
    if petition.handler is not None or handler_on != head_on:
        yield WakeUp(at_local(handler_on, terms.notices_from), Action.WARN_HANDLER, anchor)
    yield WakeUp(at_local(head_on, terms.notices_from), Action.WARN_UNIT_HEAD, anchor)


def _escalations(petition: Petition, terms: Terms, calendar: WorkingCalendar) -> Iterator[WakeUp]:
    """The ladder: unit head, Văn phòng Bộ, Task Force, by working days overdue (setting)."""
    for level, days in enumerate(
        terms.escalate_after_overdue_working_days[: len(ESCALATION_LADDER)], start=1
    ):
        on = calendar.add_working_days(petition.due_on, days)
        yield WakeUp(at_local(on, terms.notices_from), Action.ESCALATE, petition.due_on.isoformat(), level)


def _overdue_update(
    petition: Petition, terms: Terms, calendar: WorkingCalendar, now: datetime
) -> Iterator[WakeUp]:
    """The next update to the petitioner: every 7 working days after the due date, as long as no answer is there.

    Of several that were missed, the latest speaks for all.
    """
    anchor = petition.due_on.isoformat()
    n = first_unsent_update(petition)
    while _update_at(petition, n + 1, terms, calendar) <= now:
        n += 1
    yield WakeUp(_update_at(petition, n, terms, calendar), Action.UPDATE_PETITIONER, anchor, n)


def first_unsent_update(petition: Petition) -> int:
    """Return the number of the first update about the due date that comes after all that were sent."""
    sent = (update.facts for update in entries_of(petition.history, PetitionerUpdated))
    return 1 + max((facts.n for facts in sent if facts.anchor == petition.due_on.isoformat()), default=0)


def _update_at(petition: Petition, n: int, terms: Terms, calendar: WorkingCalendar) -> datetime:
    return at_local(deadlines.overdue_update_on(petition.due_on, n, terms, calendar), terms.notices_from)


def _reminders(petition: Petition, terms: Terms, calendar: WorkingCalendar) -> Iterator[WakeUp]:
    """Somebody has to act: the unit to accept, the approver to decide, the petitioner to complete."""
    waiting = {
        State.ASSIGNED: (Action.REMIND_ACCEPTANCE, terms.accept_within_working_days),
        State.AWAITING_APPROVAL: (Action.REMIND_APPROVAL, terms.approve_within_working_days),
    }
    last = petition.last(Action.ROUTE, Action.ASSIGN, Action.DRAFT_ANSWER)
    if petition.state in waiting and last is not None:
        action, days = waiting[petition.state]
        on = calendar.add_working_days(local_date(last.at), days)
        yield WakeUp(at_local(on, terms.notices_from), action, str(last.seq))
    request = petition.last(Action.REQUEST_INFORMATION)
    if petition.state is State.AWAITING_INFORMATION and request is not None:
        for action, days in (
            (Action.REMIND_COMPLETION, terms.remind_to_complete_after_days),
            (Action.REPORT_INCOMPLETE, terms.refuse_incomplete_after_days),
        ):
            on = local_date(request.at) + timedelta(days=days)
            yield WakeUp(at_local(on, terms.notices_from), action, str(request.seq))
    if petition.is_unanswered and petition.lane is Lane.FORWARDING and not merging.is_led(petition):
        on = calendar.add_working_days(
            local_date(petition.received_at), terms.forward_within_working_days - 1
        )
        yield WakeUp(at_local(on, terms.notices_from), Action.REMIND_FORWARDING, "receipt")


def _after_the_answer(petition: Petition, terms: Terms, calendar: WorkingCalendar) -> Iterator[WakeUp]:
    """The 2 working days for publication, closing after silence, and erasing what is no longer needed."""
    approved = petition.last(Action.APPROVE, Action.ANSWER_WITH_PARENT)
    if petition.state in RESULT_KNOWN and approved is not None:
        was_public = any(entry.action is Action.UNPUBLISH for entry in petition.history[approved.seq :])
        is_own = approved.action is Action.APPROVE
        if petition.state is State.ANSWERED and petition.may_publish and is_own and not was_public:
            on = deadlines.publication_due_on(approved.at, terms, calendar)
            yield WakeUp(at_local(on, terms.notices_from), Action.REMIND_PUBLICATION, str(approved.seq))
        silent_until = local_date(petition.history[-1].at) + timedelta(days=terms.close_after_silent_days)
        yield WakeUp(at_local(silent_until, terms.notices_from), Action.CLOSE, str(approved.seq))
    if petition.state in ENDED and petition.petitioner.seal:
        erase_on = deadlines.erasure_on(_ended_at(petition), terms)
        yield WakeUp(at_local(erase_on, terms.notices_from), Action.ERASE, "end")


def _ended_at(petition: Petition) -> datetime:
    """Return when a petition ended for the last time: a reopened one ends again; a later rating ends nothing."""
    after_work = takewhile(lambda entry: entry.state in ENDED, reversed(petition.history))
    return min(entry.at for entry in after_work)
