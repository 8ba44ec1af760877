"""A petition in outline, with what leaders' figures count of it. Pure."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from shared.domain.calendar.terms import Terms
from shared.domain.calendar.working_calendar import WorkingCalendar, end_of_day
from shared.domain.figures.tallies import Tally, tally_of
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.classification import Kind
from shared.domain.promises.duties import Duty, DutyKind, duties


class Counted(NamedTuple):
    """A petition in outline, and what of its duties is counted."""

    petition: Petition
    answer: Duty | None
    """None for one that was withdrawn in time."""
    owes_update: bool
    """An update to the petitioner is due today, or was before."""
    tally: Tally
    """Its contribution to the statistics, of initiatives alone."""

    def owed_for(self, today: date) -> int | None:
        """Return for how many calendar days the answer is overdue, below 0 while there is time; None once given."""
        if self.answer is None or self.answer.done_at is not None:
            return None
        return (today - self.answer.due_on).days


def counted(petition: Petition, terms: Terms, calendar: WorkingCalendar, today: date) -> Counted:
    """Return a petition, whole or in outline, with what of its duties is counted.

    Args:
        petition: whole or in outline.
        terms: those of its day of receipt.
        calendar: the one in force.
        today: the day.
    """
    answer: Duty | None = None
    owes_update = False
    for duty in duties(petition, terms, calendar, end_of_day(today)):
        if duty.kind is DutyKind.ANSWER:
            answer = duty
        elif duty.kind is DutyKind.UPDATE and duty.done_at is None and duty.due_on <= today:
            owes_update = True
    is_idea = petition.kind is Kind.INITIATIVE
    tally = tally_of(petition, terms, calendar, end_of_day(today)) if is_idea else Tally()
    return Counted(petition, answer, owes_update, tally)
