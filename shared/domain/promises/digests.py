"""The morning's digest of an officer's work: when the next one is sent. Pure rules.

Basis: the ministry's contact policy, no regulation *(setting)*.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from shared.domain.calendar.working_calendar import VIETNAM, WorkingCalendar, local_date

DIGEST_FROM, DIGEST_UNTIL = time(7, 0), time(12, 0)
"""A digest is sent on the morning of a working day, or not at all that day."""


def is_time_of_digest(now: datetime, calendar: WorkingCalendar) -> bool:
    """Return whether digests are sent at this moment."""
    is_morning = DIGEST_FROM <= now.astimezone(VIETNAM).time() < DIGEST_UNTIL
    return is_morning and calendar.is_working_day(local_date(now))


def is_first_of_week(day: date, calendar: WorkingCalendar) -> bool:
    """Return whether a day is the first working day of its week, which begins with Monday."""
    week = (day - timedelta(days=ago) for ago in range(day.weekday() + 1))
    return [each for each in week if calendar.is_working_day(each)] == [day]


def digest_on(at: datetime, calendar: WorkingCalendar) -> date:
    """Return the day of the digest that contains what happens at this moment: today's until noon, else the next one.

    A digest that was sent an hour before contains it too, because digests name what is due, not what happened.
    """
    today = local_date(at)
    is_over = at.astimezone(VIETNAM).time() >= DIGEST_UNTIL
    if calendar.is_working_day(today) and not is_over:
        return today
    return calendar.add_working_days(today, 1)
