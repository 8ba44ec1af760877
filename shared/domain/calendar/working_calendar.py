"""Which days the ministry works, and where one day ends and the next begins, in Vietnam.

Every deadline, warning and report asks here. The generated table of public holidays is the default; overrides
win over it: an administrator enters them in the directory, each with the document that decides it.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from typing import Final, Literal, final, get_args
from zoneinfo import ZoneInfo

from shared.domain.calendar.public_holidays import DAYS_OFF, EDITION, FIRST_DAY, LAST_DAY, WORKED_WEEKENDS
from shared.domain.errors import InvalidInputError, PetitionError

VIETNAM: Final = ZoneInfo("Asia/Ho_Chi_Minh")
"""The zone in which dates and deadlines are counted: UTC+7 all year."""
WEEKDAYS: Final = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")
"""The names of the days by `weekday()`; inside a sentence all but Sunday begin small, as in official letters."""
ENGLISH_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
ENGLISH_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)

OverrideKind = Literal["WORK", "OFF"]

_ONE_DAY: Final = timedelta(days=1)
_SATURDAY: Final = 5


class CalendarRangeError(PetitionError):
    """A question, or its answer, lies outside the years that the table of public holidays covers."""

    code = "outside-calendar"

    def __init__(self, day: date) -> None:
        """Keep the day asked about, beside the first and the last day that can be answered."""
        self.day, self.first, self.last = day, FIRST_DAY, LAST_DAY
        super().__init__(
            f"no working calendar for {day}: public holidays are known from {FIRST_DAY} to {LAST_DAY}; "
            "regenerate shared/domain/calendar/public_holidays.py for more years"
        )


class OverrideError(InvalidInputError):
    """An override says nothing that can be followed, or two of them speak about one day; `on` is that day."""

    def __init__(self, on: date, *problems: tuple[str, str]) -> None:
        """Keep the day beside the problems."""
        super().__init__(*problems)
        self.on = on


@dataclass(frozen=True, slots=True, order=True)
class Override:
    """One day that an official document makes a working day, or a day off, against the table.

    Example: 12729/VPCP-KGVX made Friday 2 January 2026 a day off and Saturday 10 January 2026 a working day.
    """

    on: date
    kind: OverrideKind
    document: str
    name: str = ""

    def __post_init__(self) -> None:
        """Refuse what no calendar could follow, so that a bad row is stopped where it is entered."""
        problems = [
            problem
            for wrong, problem in (
                (not _is_covered(self.on), ("on", "outside-calendar")),
                (self.kind not in get_args(OverrideKind), ("kind", "unknown")),
                (not self.document.strip(), ("document", "missing")),
            )
            if wrong
        ]
        if problems:
            raise OverrideError(self.on, *problems)

    @property
    def label(self) -> str:
        """The reason to show: the day's name where it has one, and the deciding document."""
        return f"{self.name} ({self.document})" if self.name else self.document


@final
class WorkingCalendar:
    """The working days of the ministry: Monday to Friday, less days off, plus worked weekends, as overridden.

    Immutable, and cheap to ask: the working days are sorted once, each question is one look-up or bisection.
    Basis: QĐ 188/1999/QĐ-TTg (the five-day week of state offices); Bộ luật Lao động 2019 Đ.112.
    """

    __slots__ = ("_by_day", "_days", "_overrides", "_version", "_working")

    def __init__(self, overrides: Iterable[Override] = ()) -> None:
        """Lay the overrides, in any order, over the table; two for one day raise OverrideError."""
        self._overrides: Final = tuple(sorted(set(overrides)))
        self._by_day: Final = {override.on: override for override in self._overrides}
        if len(self._by_day) != len(self._overrides):
            raise OverrideError(_first_doubled(self._overrides), ("on", "overridden-twice"))
        self._working: Final = _working_days_of(self._overrides)
        self._days: Final = _table_in_order() if not self._overrides else tuple(sorted(self._working))
        self._version: Final = _digest(self._overrides)

    @property
    def overrides(self) -> tuple[Override, ...]:
        """The overrides in force, in order of date."""
        return self._overrides

    @property
    def version(self) -> str:
        """Name table and overrides in 12 hex digits, to be recorded beside each date derived from them."""
        return self._version

    def is_working_day(self, day: date) -> bool:
        """Return whether the ministry works on this day."""
        _check(day)
        return day in self._working

    def name_of(self, day: date) -> str | None:
        """Name what is special about a day: the override's label, else the holiday; None when nothing is."""
        _check(day)
        if override := self._by_day.get(day):
            return override.label
        return DAYS_OFF.get(day) or WORKED_WEEKENDS.get(day)

    def next_working_day(self, day: date) -> date:
        """Give the day itself when it is worked, else the first working day after it."""
        _check(day)
        return self._at(bisect_left(self._days, day))

    def previous_working_day(self, day: date) -> date:
        """Give the day itself when it is worked, else the last working day before it."""
        _check(day)
        return self._at(bisect_right(self._days, day) - 1)

    def add_working_days(self, day: date, n: int) -> date:
        """Give the n-th working day after a day, which itself is not counted; for n = 0, the day itself."""
        _check(day)
        if n < 0:
            raise ValueError(f"working days are only counted forward, not by {n}")
        return day if n == 0 else self._at(bisect_right(self._days, day) + n - 1)

    def working_days_between(self, start: date, end: date) -> int:
        """Count the working days after start up to and including end; negative when end is the earlier."""
        _check(start)
        _check(end)
        return bisect_right(self._days, end) - bisect_right(self._days, start)

    def __eq__(self, other: object) -> bool:
        """Compare by what decides the answers."""
        return isinstance(other, WorkingCalendar) and self._overrides == other._overrides

    def __hash__(self) -> int:
        """Agree with equality, so that a calendar can key a cache."""
        return hash(self._overrides)

    def __repr__(self) -> str:
        """Show the version and how many overrides it carries."""
        return f"WorkingCalendar(version={self._version!r}, overrides={len(self._overrides)})"

    def _at(self, position: int) -> date:
        if position < 0:
            raise CalendarRangeError(FIRST_DAY - _ONE_DAY)
        if position >= len(self._days):
            raise CalendarRangeError(LAST_DAY + _ONE_DAY)
        return self._days[position]


def local_date(instant: datetime) -> date:
    """Give the date in Vietnam at an instant, which must carry its zone."""
    if instant.utcoffset() is None:
        raise ValueError("an instant must carry its time zone")
    return instant.astimezone(VIETNAM).date()


def end_of_day(day: date) -> datetime:
    """Give the instant, in UTC, of 24:00 of a day in Vietnam (Bộ luật Dân sự 2015 Đ.148.6)."""
    return at_local(day + _ONE_DAY, time(0, 0))


def at_local(day: date, wall_clock: time) -> datetime:
    """Give the instant, in UTC, at which clocks in Vietnam show this time (without a zone) on this day."""
    if wall_clock.tzinfo is not None:
        raise ValueError("a time of day in Vietnam carries no zone of its own")
    return datetime.combine(day, wall_clock, tzinfo=VIETNAM).astimezone(UTC)


def _is_covered(day: date) -> bool:
    # A datetime is a date to the type checker, but never equals one: it would silently miss every holiday.
    if isinstance(day, datetime):
        raise TypeError("a working calendar is asked about dates; use local_date(instant)")
    return FIRST_DAY <= day <= LAST_DAY


def _check(day: date) -> None:
    if not _is_covered(day):
        raise CalendarRangeError(day)


@cache
def _table_in_order() -> tuple[date, ...]:
    days = (FIRST_DAY + timedelta(days=count) for count in range((LAST_DAY - FIRST_DAY).days + 1))
    return tuple(
        day for day in days if day in WORKED_WEEKENDS or (day.weekday() < _SATURDAY and day not in DAYS_OFF)
    )


@cache
def _table() -> frozenset[date]:
    return frozenset(_table_in_order())


def _working_days_of(overrides: tuple[Override, ...]) -> frozenset[date]:
    worked = {override.on for override in overrides if override.kind == "WORK"}
    off = {override.on for override in overrides if override.kind == "OFF"}
    return (_table() - off) | worked


def _first_doubled(overrides: tuple[Override, ...]) -> date:
    days = [override.on for override in overrides]
    return next(day for day, following in pairwise(days) if day == following)


def _digest(overrides: tuple[Override, ...]) -> str:
    facts = [EDITION, *(f"{override.on} {override.kind} {override.document}" for override in overrides)]
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()[:12]
