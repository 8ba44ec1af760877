"""The weeks of which new answers are sent by e-mail: from Monday to Sunday, in Vietnam. Pure."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from shared.domain.calendar.working_calendar import at_local

_WEEK = timedelta(days=7)


class Week(NamedTuple):
    """A week by its Monday."""

    monday: date

    @property
    def name(self) -> str:
        """The name in messages, e.g. `2026-11-23`."""
        return self.monday.isoformat()

    @property
    def starts(self) -> datetime:
        """The instant at which it begins."""
        return at_local(self.monday, time(0, 0))

    @property
    def ends(self) -> datetime:
        """The instant at which the next one begins."""
        return at_local(self.monday + _WEEK, time(0, 0))

    @property
    def months(self) -> tuple[str, ...]:
        """The months that it has days of, the later one first, e.g. `2026-12`, `2026-11`."""
        days = (self.monday + timedelta(days=6), self.monday)
        return tuple(dict.fromkeys(f"{day:%Y-%m}" for day in days))


def week_before(day: date) -> Week:
    """Return the week before that of a day."""
    return Week(day - timedelta(days=day.weekday()) - _WEEK)
