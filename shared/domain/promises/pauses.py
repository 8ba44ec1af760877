"""The pauses of the clock while a petitioner is asked for what is missing, where the ministry's terms have them.

No legal basis for a pause was found, so the terms of 2018 have none. With `clock_pauses_while_awaiting`, the days from
the request to the reply are added to the due date, which moves on to a working day again. A request after the due date
stops nothing: a late answer stays late. The day of the request counts as before, the day of the reply counts again.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple

from shared.domain.calendar import deadlines
from shared.domain.calendar.terms import Terms
from shared.domain.calendar.working_calendar import WorkingCalendar, local_date
from shared.domain.petition.history import Entry
from shared.domain.petition.lifecycle import Action, State
from shared.domain.petition.petition import Petition


class Pause(NamedTuple):
    """One time of waiting for the petitioner, in days of Vietnam."""

    asked_on: date
    replied_on: date | None
    """The day on which the waiting ended; None while it lasts."""
    seq: int
    """The number of the history entry that began it or, once it ended, of the one that ended it."""
    changed_at: datetime
    """The time of that entry."""


def pauses(petition: Petition, terms: Terms) -> tuple[Pause, ...]:
    """Return the pauses of the round that a petition is in: since its receipt, or since its reopening."""
    reopened = petition.last(Action.REOPEN)
    since = reopened.seq if reopened else 0
    return _pauses((entry for entry in petition.in_force if entry.seq > since), terms)


def first_pauses(petition: Petition, terms: Terms) -> tuple[Pause, ...]:
    """Return the pauses of the first round: those that its due date is derived with."""
    reopened = next((entry for entry in petition.history if entry.action is Action.REOPEN), None)
    until = reopened.seq if reopened else petition.version
    return _pauses((entry for entry in petition.in_force if entry.seq <= until), terms)


def _pauses(history: Iterable[Entry], terms: Terms) -> tuple[Pause, ...]:
    if not terms.clock_pauses_while_awaiting:
        return ()
    ended: list[Pause] = []
    request: Entry | None = None
    for entry in history:
        is_awaiting = entry.state is State.AWAITING_INFORMATION
        if request is None and is_awaiting:
            request = entry
        elif request is not None and not is_awaiting:
            ended.append(Pause(local_date(request.at), local_date(entry.at), entry.seq, entry.at))
            request = None
    if request is not None:
        ended.append(Pause(local_date(request.at), None, request.seq, request.at))
    return tuple(ended)


def answer_due_on(petition: Petition, terms: Terms, calendar: WorkingCalendar, now: datetime) -> date:
    """Return the last day for the answer of the round that a petition is in, with its pauses.

    While a pause lasts, the due date stays until it comes, and then moves on by the days waited so far and one more:
    nobody is late while the petitioner is awaited, and a short wait moves nothing before its reply.
    """
    reopened = petition.last(Action.REOPEN)
    due_on = deadlines.answer_due_on(reopened.at if reopened else petition.received_at, terms, calendar)
    for pause in pauses(petition, terms):
        due_on = _moved(due_on, pause, calendar, local_date(now))
    return due_on


def _moved(due_on: date, pause: Pause, calendar: WorkingCalendar, today: date) -> date:
    if pause.asked_on > due_on:
        return due_on
    if pause.replied_on is not None:
        return calendar.next_working_day(due_on + (pause.replied_on - pause.asked_on))
    if today < due_on:
        return due_on
    return calendar.next_working_day(due_on + (today - pause.asked_on) + timedelta(days=1))
