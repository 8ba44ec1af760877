"""Periods of reports: whole months, and the period to compare one with. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from shared.domain.figures.tallies import Days

DAY = timedelta(days=1)


def month_of(day: date) -> Days:
    """Return the month that a day is in."""
    first = day.replace(day=1)
    return Days(first, (first + timedelta(days=32)).replace(day=1) - DAY)


def last_full_month(today: date) -> Days:
    """Return the last month that is over."""
    return month_of(today.replace(day=1) - DAY)


def months_until(day: date, number: int) -> Iterator[Days]:
    """Yield so many months, the last of them the one that a day is in."""
    for ago in range(number - 1, -1, -1):
        yield month_of(_months_earlier(day.replace(day=1), ago))


def period_before(first: date, last: date) -> Days:
    """Return the days to compare with: as many months before, where a period begins with a month; else as many days."""
    if first.day != 1:
        length = last - first + DAY
        return Days(first - length, last - length)
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    begin = _months_earlier(first, months)
    if (last + DAY).day == 1:
        return Days(begin, first - DAY)
    end = month_of(_months_earlier(last.replace(day=1), months))
    return Days(begin, end.first.replace(day=min(last.day, end.last.day)))


def _months_earlier(first: date, months: int) -> date:
    number = first.year * 12 + first.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)
