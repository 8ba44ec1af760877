"""The withdrawal of a petition, and until when it can be undone.

Anybody with the PIN, or with a telephone that shows another number, can withdraw in somebody's name. So every contact
on file is notified, and whoever did not withdraw takes the withdrawal back within a few working days *(setting)*: the
ministry's rule, no regulation.
"""

from __future__ import annotations

from datetime import date, datetime

from shared.domain.calendar.terms import Terms
from shared.domain.calendar.working_calendar import WorkingCalendar, end_of_day, local_date
from shared.domain.errors import ActionNotPossibleError
from shared.domain.petition.change import Change
from shared.domain.petition.lifecycle import Action, State
from shared.domain.petition.petition import Petition


def undo_until(petition: Petition, terms: Terms, calendar: WorkingCalendar) -> date | None:
    """Return the last day on which the latest withdrawal can be undone; None where there was none."""
    withdrawn = petition.last(Action.WITHDRAW)
    if withdrawn is None:
        return None
    return calendar.add_working_days(local_date(withdrawn.at), terms.undo_withdrawal_within_working_days)


def may_undo(petition: Petition, terms: Terms, calendar: WorkingCalendar, now: datetime) -> bool:
    """Return whether a petition is withdrawn and its petitioner can still undo that."""
    until = undo_until(petition, terms, calendar)
    is_withdrawn = petition.state is State.WITHDRAWN and petition.last(Action.ERASE) is None
    return is_withdrawn and until is not None and now < end_of_day(until)


def undo(petition: Petition, change: Change, terms: Terms, calendar: WorkingCalendar) -> Petition:
    """Undo the withdrawal.

    Raises:
        ActionNotPossibleError: it is not withdrawn, or the days for it are over; the approver may still reopen it.
    """
    if not may_undo(petition, terms, calendar, change.at):
        raise ActionNotPossibleError(Action.UNDO_WITHDRAWAL, petition.state)
    return petition.undo_withdrawal(change)
