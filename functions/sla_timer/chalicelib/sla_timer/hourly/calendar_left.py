"""Measures for how long the table of public holidays lasts; called once an hour.

Due dates lie weeks ahead: a petition of a day whose due date is behind the table's end cannot be received.
"""

from __future__ import annotations

from datetime import date, datetime

from shared.domain.calendar.working_calendar import local_date
from shared.platform import telemetry


class CalendarLeft:
    """The days that are left of the working calendar."""

    def __init__(self, last_day: date) -> None:
        self._last_day = last_day

    def measure(self, now: datetime) -> int:
        """Record how many days the table still knows; an alarm watches the number."""
        days = (self._last_day - local_date(now)).days
        telemetry.count("CalendarDaysLeft", days)
        return days
