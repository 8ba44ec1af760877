"""The minutes in which an officer takes a decision back, before word of it leaves: pure rules (ADR 0067).

A refusal, forwarding, guidance, restriction or approval takes effect at once; notices, publication, events and what
follows for merged petitions leave at `word_at`. Taken back, the petition stands where it stood; no time limit begins
anew, because all are counted from entries that are in force. The ministry's rule, no regulation *(setting)*.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from shared.domain.calendar import deadlines
from shared.domain.calendar.terms import Terms
from shared.domain.calendar.working_calendar import WorkingCalendar, at_local
from shared.domain.errors import TooLateToTakeBackError
from shared.domain.petition.change import UNDOABLE, Change
from shared.domain.petition.lifecycle import Action
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.classification import Lane
from shared.domain.petition.values.held import IN_FLIGHT

LONGEST = timedelta(minutes=15)
"""SQS delays a message no longer."""
LAST_WORD = time(20, 30)
"""The hour of a due day at which word leaves at the latest: before the quiet hours, which begin at 21:00 by default."""


def word_at(
    petition: Petition,
    action: Action,
    at: datetime,
    within: timedelta,
    terms: Terms,
    calendar: WorkingCalendar,
) -> datetime | None:
    """Return the instant at which word of a decision leaves; None where it leaves at once.

    Near the due date the time is cut, so that nobody hears later than the law has it; after it nothing is held.

    Args:
        petition: as it is before the decision.
        action: the decision.
        at: now.
        within: the time to take it back *(setting)*; zero is none.
        terms: the petition's.
        calendar: the one in force.
    """
    if action not in UNDOABLE:
        return None
    days = (petition.due_on, *_forwarding_days(petition, action, terms, calendar))
    latest = min(at_local(day, LAST_WORD) for day in days)
    word = min(at + min(within, LONGEST), latest)
    return word if word - at > 2 * IN_FLIGHT else None


def _forwarding_days(
    petition: Petition, action: Action, terms: Terms, calendar: WorkingCalendar
) -> tuple[date, ...]:
    """Return the day by which a matter of another body is forwarded, where it is one and was not forwarded before."""
    is_forwarded = action is Action.FORWARD or petition.lane is Lane.FORWARDING
    return (deadlines.forwarding_due_on(petition.received_at, terms, calendar),) if is_forwarded else ()


def word_leaves_at(petition: Petition, now: datetime) -> datetime | None:
    """Return the instant at which word of the latest decision leaves; None where it has left, or nothing is held."""
    return petition.held.word_at if petition.held and petition.is_held(now) else None


def until(petition: Petition) -> datetime | None:
    """Return the instant until which the latest decision may be taken back; None where there is none to take back."""
    return petition.held.word_at - IN_FLIGHT if petition.held else None


def is_own(petition: Petition, actor: str) -> bool:
    """Return whether an actor made the decision that may be taken back, or might have been."""
    return petition.held is not None and petition.history[petition.held.entry - 1].by == actor


def is_possible(petition: Petition, now: datetime) -> bool:
    """Return whether the latest decision may still be taken back by whoever made it."""
    last = until(petition)
    return last is not None and now < last


def take_back(petition: Petition, change: Change) -> Petition:
    """Take the latest decision back.

    Raises:
        TooLateToTakeBackError: its time is over, or somebody else decided.
    """
    if not is_possible(petition, change.at) or not is_own(petition, change.by):
        raise TooLateToTakeBackError(Action.TAKE_BACK, petition.state)
    return petition.take_back(change)


def was_taken_back(petition: Petition, seq: int) -> bool:
    """Return whether the action of an entry was taken back: nobody is notified of it any more."""
    return seq in petition.taken_back
