"""The second look: once, after a poor rating, by somebody above those who answered.

Basis: Quyết định 31/2021/QĐ-TTg Đ.46 (an answer that misses the point goes back); that the look is taken one level
higher, and only once, is the ministry's rule.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from shared.domain.calendar import deadlines
from shared.domain.calendar.terms import Terms
from shared.domain.calendar.working_calendar import WorkingCalendar
from shared.domain.errors import ActionNotPossibleError
from shared.domain.petition.change import Change
from shared.domain.petition.lifecycle import RESULT_KNOWN, Action, State
from shared.domain.petition.petition import Petition


class SecondLook(NamedTuple):
    """The unit that looks at a matter again, and the units whose answer it was."""

    unit: str
    answered_by: tuple[str, ...]
    """The units that had a hand in the answer: the one that drafted it, the one that approved it."""

    @property
    def because(self) -> str:
        """Say, for officers, why it is this unit."""
        return f"Đã trả lời: {', '.join(self.answered_by)}. Cấp cao hơn xem xét lại: {self.unit}."


def may_ask_for_second_look(petition: Petition, terms: Terms) -> bool:
    """Return whether the petitioner may ask that a higher level look again.

    They may once, when they rated the answer poorly (a setting of the terms), until the time of keeping is over.
    """
    rating, answer = petition.rating, petition.answer
    return (
        petition.state in RESULT_KNOWN | {State.CLOSED}
        and answer is not None
        and rating is not None
        and rating.score <= terms.poor_rating_at_most
        and petition.second_look is None
        and petition.last(Action.ERASE) is None
    )


def second_look_of(petition: Petition, rungs: Mapping[str, int], approvers_unit: str | None) -> SecondLook:
    """Choose the unit for the second look: the next rung above everybody who had a hand in the answer.

    The unit complained of is passed over. Where nobody stands higher, the highest there is looks again: a matter that
    the Task Force answered has nobody above it inside the ministry.

    Args:
        petition: an answered one.
        rungs: the rung of each unit when a matter is looked at again, 0 for those that do not do so.
        approvers_unit: the unit of whoever approved the answer, None when that is no longer known.

    Raises:
        ActionNotPossibleError: the directory names no unit that could look again.
    """
    answered_by = tuple(dict.fromkeys(unit for unit in (petition.unit, approvers_unit) if unit))
    candidates = sorted(
        (rung, unit) for unit, rung in rungs.items() if rung > 0 and unit != petition.complained_unit
    )
    if not candidates:
        raise ActionNotPossibleError(Action.REOPEN, petition.state)
    reached = max((rungs.get(unit, 0) for unit in answered_by), default=0)
    above = [unit for rung, unit in candidates if rung > reached]
    return SecondLook(above[0] if above else candidates[-1][1], answered_by)


def ask_for_second_look(
    petition: Petition,
    change: Change,
    look: SecondLook,
    terms: Terms,
    calendar: WorkingCalendar,
    *,
    reason: str | None,
) -> Petition:
    """Reopen a petition at its petitioner's wish; the second answer is due as the first was, counted from now.

    Raises:
        ActionNotPossibleError: they rated it well, or not at all, or have asked before.
    """
    if not may_ask_for_second_look(petition, terms):
        raise ActionNotPossibleError(Action.REOPEN, petition.state)
    due_on = deadlines.answer_due_on(change.at, terms, calendar)
    return petition.reopen(change, look.unit, due_on, reason=reason, note=look.because)
