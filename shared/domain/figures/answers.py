"""The first answers that were owed, by what became of them: read by the leaders' page and by the public's. Pure.

Both ask the same functions, so a figure of one page can be laid beside the figure of the other. They differ in which
petitions they ask about: those whose answer fell due in a month, or those received in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from shared.domain.figures.tallies import duty_count
from shared.domain.promises.duties import DutyKind, DutyStatus


class AnswerCounts(NamedTuple):
    """The answers owed for some petitions, by what became of them."""

    on_time: int = 0
    late: int = 0
    owed: int = 0
    """Not given, and the due date is past."""
    in_time: int = 0
    """Not given, and there is still time."""

    @property
    def due(self) -> int:
        """The number of answers."""
        return sum(self)

    @property
    def answered(self) -> int:
        """The number of answers given."""
        return self.on_time + self.late

    @property
    def percent(self) -> float | None:
        """The share given in time of those that had to be given by now; None where there were none."""
        fallen_due = self.on_time + self.late + self.owed
        return round(100 * self.on_time / fallen_due, 1) if fallen_due else None


def answer_counts(tally: Mapping[str, int], today: date) -> AnswerCounts:
    """Return the number of answers of each outcome in a sum of tallies."""
    return AnswerCounts(
        on_time=duty_count(tally, DutyKind.ANSWER, DutyStatus.KEPT, today),
        late=duty_count(tally, DutyKind.ANSWER, DutyStatus.LATE, today),
        owed=duty_count(tally, DutyKind.ANSWER, DutyStatus.UNMET, today),
        in_time=duty_count(tally, DutyKind.ANSWER, DutyStatus.OPEN, today),
    )


def whole_percent(share: float | None) -> int | None:
    """Return a share in whole percent, as the public reads it; 100 is said only of all, and 0 only of none."""
    if share is None or share in (0, 100):
        return None if share is None else int(share)
    return min(99, max(1, round(share)))
