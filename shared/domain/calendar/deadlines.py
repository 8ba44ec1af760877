"""Due dates: each time limit of the ministry as one pure function of its terms and calendar.

Common basis, Bộ luật Dân sự 2015: the day on which a period begins is not counted (Đ.147.2); a last day on a
weekend or public holiday moves to the next working day (Đ.148.5); it ends at 24:00 of its last day (Đ.148.6).
Instants carry their zone; dates are dates in Vietnam.
"""

from __future__ import annotations

from calendar import isleap
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from shared.domain.calendar.terms import Terms
from shared.domain.calendar.working_calendar import WEEKDAYS, WorkingCalendar, end_of_day, local_date

_LEAP_DAY = (2, 29)

MOST_BACKDATED = timedelta(days=5)
"""The time that a message may have spent on its way: providers and call centres try again for days."""


@dataclass(frozen=True, slots=True)
class DaysLeft:
    """The distance of a due date from today: 0 on the day itself, negative once it has passed."""

    calendar_days: int
    working_days: int

    @property
    def in_words(self) -> int:
        """The working days that pages and notices say: at least one, but for the day itself; negative after it."""
        if self.calendar_days == 0:
            return 0
        return max(self.working_days, 1) if self.calendar_days > 0 else min(self.working_days, -1)


@dataclass(frozen=True, slots=True)
class SkippedDay:
    """A day on which the period could not end, and why: the holiday, the deciding document or the weekday."""

    on: date
    reason: str


@dataclass(frozen=True, slots=True)
class Derivation:
    """The derivation of an answer's due date, in the order in which a person would retrace it."""

    received_on: date
    counted_from: date
    answer_within_days: int
    nominal_last_day: date
    skipped: tuple[SkippedDay, ...]
    due_on: date
    terms_version: str
    calendar_version: str
    legal_basis: str


def receipt_time(sent_at: datetime | None, now: datetime) -> datetime:
    """Give the instant from which the law counts: when a message left its sender's hands, not when it reached us.

    Args:
        sent_at: as somebody says who may be believed (docs/webhooks.md); None where nobody does.
        now: when it reached us.

    Returns:
        `sent_at`, never in the future, and at most `MOST_BACKDATED` ago: longer, no provider tries again.
    """
    if sent_at is None:
        return now
    return min(max(sent_at, now - MOST_BACKDATED), now)


def answer_due_on(received_at: datetime, terms: Terms, calendar: WorkingCalendar) -> date:
    """Give the last day for answering: 20 calendar days from receipt, and on to a working day.

    Basis: QĐ 852/QĐ-BNV 2018; QĐ 574/QĐ-TTg 2017; Bộ luật Dân sự 2015 Đ.147.2, Đ.148.5.
    """
    return calendar.next_working_day(_nominal_last_day(received_at, terms))


def overdue_update_on(due_on: date, n: int, terms: Terms, calendar: WorkingCalendar) -> date:
    """Give the day of the petitioner's n-th update (1, 2, …): every 7 working days after an unmet due date.

    Basis: QĐ 852/QĐ-BNV 2018; QĐ 574/QĐ-TTg 2017.
    """
    if n < 1:
        raise ValueError(f"overdue updates are numbered from 1, not {n}")
    return calendar.add_working_days(due_on, n * terms.update_every_working_days)


def publication_due_on(answered_at: datetime, terms: Terms, calendar: WorkingCalendar) -> date:
    """Give the last day for publishing or sending a result: 2 working days after there is one.

    Basis: QĐ 852/QĐ-BNV 2018; QĐ 574/QĐ-TTg 2017; Bộ luật Dân sự 2015 Đ.147.2.
    """
    return calendar.add_working_days(local_date(answered_at), terms.publish_within_working_days)


def forwarding_due_on(received_at: datetime, terms: Terms, calendar: WorkingCalendar) -> date:
    """Give the last day for passing on what belongs to another body: 5 working days after receipt.

    Basis: NĐ 92/2017/NĐ-CP; Bộ luật Dân sự 2015 Đ.147.2.
    """
    return calendar.add_working_days(local_date(received_at), terms.forward_within_working_days)


def erasure_on(ended_at: datetime, terms: Terms) -> date:
    """Give the day for erasing personal data: the same day of the year, `erase_after_years` after the end.

    Basis: Bộ luật Dân sự 2015 Đ.148.3: a period of years ends on the corresponding day; what ended on 29 February
    has none in most years, and ends with that month (as Đ.148.2 has it for months).
    """
    ended_on = local_date(ended_at)
    year = ended_on.year + terms.erase_after_years
    if (ended_on.month, ended_on.day) == _LEAP_DAY and not isleap(year):
        return ended_on.replace(year=year, day=28)
    return ended_on.replace(year=year)


def warning_on(due_on: date, days_before: int, calendar: WorkingCalendar) -> date:
    """Give the day of an internal warning: calendar days before the due date, moved back to a working day.

    Basis: the ministry's practice, no regulation. Never moved forward: a warning after Tết is no warning.
    """
    if days_before < 0:
        raise ValueError(f"a warning comes before the due date, not {-days_before} days after it")
    return calendar.previous_working_day(due_on - timedelta(days=days_before))


def is_overdue(due_on: date, now: datetime) -> bool:
    """Return whether the due date is over: from 24:00 of that day in Vietnam (Bộ luật Dân sự 2015 Đ.148.6)."""
    return now >= end_of_day(due_on)


def days_left(due_on: date, now: datetime, calendar: WorkingCalendar) -> DaysLeft:
    """Count the days after today up to and including the due date; after it, the days since, negative."""
    return days_before(due_on, local_date(now), calendar)


def days_before(due_on: date, day: date, calendar: WorkingCalendar) -> DaysLeft:
    """Count the days from any day to the due date, as `days_left` does from today."""
    return DaysLeft(
        calendar_days=(due_on - day).days,
        working_days=calendar.working_days_between(day, due_on),
    )


def derivation(received_at: datetime, terms: Terms, calendar: WorkingCalendar) -> Derivation:
    """Explain the date that `answer_due_on` gives, to the officer, petitioner or inspector who asks."""
    received_on = local_date(received_at)
    nominal = _nominal_last_day(received_at, terms)
    due_on = answer_due_on(received_at, terms, calendar)
    passed_over = (nominal + timedelta(days=count) for count in range((due_on - nominal).days))
    return Derivation(
        received_on=received_on,
        counted_from=received_on + timedelta(days=1),
        answer_within_days=terms.answer_within_days,
        nominal_last_day=nominal,
        skipped=tuple(
            SkippedDay(day, calendar.name_of(day) or WEEKDAYS[day.weekday()]) for day in passed_over
        ),
        due_on=due_on,
        terms_version=terms.version,
        calendar_version=calendar.version,
        legal_basis=terms.legal_basis,
    )


def _nominal_last_day(received_at: datetime, terms: Terms) -> date:
    return local_date(received_at) + timedelta(days=terms.answer_within_days)
