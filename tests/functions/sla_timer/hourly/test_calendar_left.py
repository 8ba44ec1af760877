"""The days that the table of public holidays still lasts are measured once an hour."""

from __future__ import annotations

from shared.domain.calendar.public_holidays import LAST_DAY
from shared.domain.calendar.working_calendar import local_date
from tests.support.system import System


def test_the_hourly_schedule_measures_the_days_that_are_left(system: System):
    system.local.functions.metrics.clear()
    system.local.pumps.hourly.fire()

    (line,) = [line for line in system.local.functions.metrics if "CalendarDaysLeft" in line]
    days = (LAST_DAY - local_date(system.clock.now())).days
    assert f'"CalendarDaysLeft":[{days}.0]' in line.replace(" ", "")
