"""The ministry's time limits, as data with an effective date: a new regulation is a new row in the directory.

A petition keeps the terms in force on its day of receipt. No time limit has a default: nothing here is law.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time
from itertools import pairwise
from typing import Annotated, Final, Self

from pydantic import ConfigDict, Field, field_validator, model_validator

from shared.domain.base_model import BaseModel
from shared.domain.errors import RuleMissingError

Count = Annotated[int, Field(ge=1, le=1000)]
"""A time limit: at least one of its unit; the upper bound catches a slip of the keyboard."""


class TermsMissingError(RuleMissingError):
    """No terms are in force on a day: the directory has no row that reaches back so far."""

    def __init__(self, on: date) -> None:
        """Keep the day that no terms cover."""
        self.on = on
        super().__init__(f"no terms are in force on {on}")


class Terms(BaseModel):
    """One edition of the ministry's time limits, in force from `valid_from` until a later one begins."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[str, Field(min_length=1, max_length=64)]
    valid_from: date
    legal_basis: Annotated[str, Field(min_length=1)]
    """The regulations behind these values, as shown to whoever asks how a date came about."""
    field: Annotated[str, Field(max_length=20)] | None = None
    """The only field these terms are for, as its sender chose it; None is every field."""
    kind: Annotated[str, Field(max_length=20)] | None = None
    """The only kind these terms are for, as its sender chose it; None is every kind."""

    answer_within_days: Count
    """Calendar days from receipt to the answer."""
    update_every_working_days: Count
    """Once overdue, the petitioner gets an update at this interval, until answered."""
    publish_within_working_days: Count
    forward_within_working_days: Count
    warn_handler_days_before: Count
    warn_head_days_before: Count
    route_within_minutes: Count
    """Minutes after which a petition that nobody routed goes to the intake desk."""
    accept_within_working_days: Count
    """Working days after which the head of a unit is reminded to take a petition over, or to return it."""
    approve_within_working_days: Count
    """Working days after which the approver is reminded of a draft."""
    return_at_most: Count
    """The number of times that units may return a petition; returned once more, Văn phòng Bộ decides who answers."""
    remind_to_complete_after_days: Count
    refuse_incomplete_after_days: Count
    """Days after a request for information after which the handler is notified that the petitioner has not replied.

    They may refuse then; nothing is refused by itself.
    """
    close_after_silent_days: Count
    """Days without any change, once there is a result, after which a petition is closed."""
    erase_after_years: Count
    """Calendar years from the last end of a petition to the erasure of personal data."""
    poor_rating_at_most: Annotated[int, Field(ge=1, le=4)]
    """A rating up to this score, of 5, lets the petitioner ask once for a second look by a higher level."""
    notices_from: time
    """The time of day in Vietnam before which nobody is disturbed."""
    clock_pauses_while_awaiting: bool
    """True if days of waiting for the petitioner are added to the due date (`shared.domain.promises.pauses`).

    No legal basis for that was found: an edition that has it names its own.
    """
    tell_assignment: bool = False
    """True if petitioners are notified of the unit that got their petition; editions need not mention it."""
    undo_withdrawal_within_working_days: Count = 3
    """Working days for which whoever did not withdraw may undo a withdrawal; editions need not mention it."""
    escalate_after_overdue_working_days: tuple[Count, ...]
    """Working days after the due date at which one level higher is notified of it, in rising order."""

    @property
    def version(self) -> str:
        """Name this edition the way the directory keys its row: `{id}#{valid_from}`."""
        return f"{self.id}#{self.valid_from}"

    @field_validator("notices_from")
    @classmethod
    def _is_vietnamese_wall_clock(cls, value: time) -> time:
        if value.tzinfo is not None:
            raise ValueError("a time of day in Vietnam carries no zone of its own")
        return value

    @field_validator("escalate_after_overdue_working_days")
    @classmethod
    def _rises(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if any(later <= earlier for earlier, later in pairwise(value)):
            raise ValueError("each escalation must come later than the one before")
        return value

    @model_validator(mode="after")
    def _is_in_order(self) -> Self:
        if self.remind_to_complete_after_days >= self.refuse_incomplete_after_days:
            raise ValueError("the reminder to complete must come before the report to the handler")
        if self.warn_handler_days_before >= self.answer_within_days:
            raise ValueError("the handler's warning must come after receipt")
        if self.warn_head_days_before > self.warn_handler_days_before:
            raise ValueError("the unit's head must not be warned before the handler")
        return self


def terms_in_force(
    all_terms: Iterable[Terms], on: date, *, field: str | None = None, kind: str | None = None
) -> Terms:
    """Choose the terms in force on a day for a field and kind.

    Terms made for that field or kind go before general ones; among equals the latest that had begun counts.

    Raises:
        TermsMissingError: none had begun.
    """
    begun = [
        terms
        for terms in all_terms
        if terms.valid_from <= on and terms.field in (None, field) and terms.kind in (None, kind)
    ]
    if not begun:
        raise TermsMissingError(on)
    return max(begun, key=lambda terms: (_precision(terms), terms.valid_from, terms.id))


def _precision(terms: Terms) -> int:
    return (terms.field is not None) + (terms.kind is not None)


TERMS_2018: Final = Terms(
    id="petitions",
    valid_from=date(2018, 6, 18),
    legal_basis="QĐ 852/QĐ-BNV 2018; QĐ 574/QĐ-TTg 2017; NĐ 92/2017/NĐ-CP; Bộ luật Dân sự 2015 Đ.147, Đ.148",
    answer_within_days=20,
    update_every_working_days=7,
    publish_within_working_days=2,
    forward_within_working_days=5,
    warn_handler_days_before=5,
    warn_head_days_before=2,
    route_within_minutes=10,
    accept_within_working_days=2,
    approve_within_working_days=2,
    return_at_most=2,
    remind_to_complete_after_days=3,
    refuse_incomplete_after_days=15,
    close_after_silent_days=30,
    erase_after_years=5,
    poor_rating_at_most=2,
    notices_from=time(8, 0),
    clock_pauses_while_awaiting=False,
    escalate_after_overdue_working_days=(1, 7, 14),
)
"""The values the system opened with: seed of the directory and fixture of tests, not read by running code."""
