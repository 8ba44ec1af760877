"""A second, slower way to every date of the calendar, to hold the first against.

It shares nothing with the code under test: it asks the `holidays` library itself about each single day, walks one
day at a time, and knows the Vietnamese zone only as "seven hours ahead".
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

import holidays

FIRST = date(2018, 1, 1)
LAST = date(2035, 12, 31)
SEVEN_HOURS_AHEAD = timedelta(hours=7)
TOMORROW = timedelta(days=1)


class BeyondTheOracleError(Exception):
    """The walk left the years that the calendar promises to know."""


class Oracle:
    """Walk day by day, with `exceptions` as {day: whether it is worked} over what the library says."""

    def __init__(self, exceptions: Mapping[date, bool] | None = None) -> None:
        """Ask the library once about each day, and remember only its answer."""
        library = holidays.country_holidays("VN", years=range(FIRST.year, LAST.year + 2))
        self._worked = {}
        day = FIRST
        while day <= LAST:
            self._worked[day] = library.is_working_day(day)
            day += TOMORROW
        self._worked.update(exceptions or {})

    def works(self, day: date) -> bool:
        """Say whether this one day is worked."""
        if day not in self._worked:
            raise BeyondTheOracleError
        return self._worked[day]

    def first_worked_from(self, day: date, step: timedelta = TOMORROW) -> date:
        """Walk from the day itself until one is worked."""
        while not self.works(day):
            day += step
        return day

    def walk(self, day: date, working_days: int) -> date:
        """Walk on, counting each worked day that is entered."""
        while working_days:
            day += TOMORROW
            working_days -= self.works(day)
        return day

    def count(self, start: date, end: date) -> int:
        """Walk from start to end, counting each worked day entered; backwards it undoes what it passes."""
        self.works(start)
        self.works(end)
        entered = 0
        while start < end:
            start += TOMORROW
            entered += self.works(start)
        while start > end:
            entered -= self.works(start)
            start -= TOMORROW
        return entered

    def answer_due(self, received_at: datetime, days: int) -> date:
        """Cross out `days` days after the day of receipt, then walk to a worked day."""
        day = date_in_hanoi(received_at)
        for _ in range(days):
            day += TOMORROW
        return self.first_worked_from(day)


def date_in_hanoi(instant: datetime) -> date:
    """Read the date off a clock that is seven hours ahead of UTC."""
    return (instant.astimezone(UTC).replace(tzinfo=None) + SEVEN_HOURS_AHEAD).date()


def midnight_in_hanoi(day: date) -> datetime:
    """Give the instant at which a day begins there."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) - SEVEN_HOURS_AHEAD
