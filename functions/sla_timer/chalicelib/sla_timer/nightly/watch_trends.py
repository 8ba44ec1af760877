"""Finds, once a day after the roll-up, fields, units, provinces, kinds, answers that jumped; alarms on the first day.

What jumped on the day looked at last is kept in one row, written after the alarm: a jump that lasts alarms once.
Denunciations are left out, because the officers alarmed cannot see them in the report; their readers can.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

from shared.domain.calendar.working_calendar import local_date
from shared.domain.figures.tallies import Breakdown
from shared.domain.petition.values.classification import Lane
from shared.platform import telemetry
from shared.tables.answers.reactions import ReactionTable
from shared.tables.jobs import Checkpoints, TrendsReported
from shared.tables.statistics import Figure, Reading, Statistics
from shared.use_cases.find_trends import Daily, trends


class TrendWatch:
    """Counts jumps that began today."""

    def __init__(
        self,
        statistics: Statistics,
        checkpoints: Checkpoints,
        reactions: ReactionTable,
        days_if_few: Callable[[], set[date] | None] = lambda: None,
    ) -> None:
        """Take the tables, and what gives the days of receipt of all petitions where they are few, else None."""
        self._days_if_few = days_if_few
        self._statistics = statistics
        self._checkpoints = checkpoints
        self._reactions = reactions

    def look_if_due(self, now: datetime) -> list[str] | None:
        """Compare the seven days up to yesterday with those before.

        Returns:
            what began to jump, as `field:NV-VAN-THU`, or `also:` and the id of an answer whose readers have the same
            matter; None when today is done already.
        """
        today = local_date(now)
        latest = self._checkpoints.get(TrendsReported)
        if latest is not None and latest.day == today:
            return None
        before = latest.jumping if latest is not None else ()
        daily = _open_to_leaders(self._statistics.at(now), self._days_if_few())
        current = trends(daily, today - timedelta(days=1), self._reactions.also_daily())
        jumping = [f"{trend.by}:{trend.jump.group}" for trend in current]
        began = [name for name in jumping if name not in before]
        telemetry.count("TrendAlarm", len(began))
        if began:
            telemetry.logger().warning("trend", began=began)
        self._checkpoints.save(TrendsReported(day=today, jumping=tuple(jumping)))
        return began


def _open_to_leaders(reading: Reading, days_of_receipt: set[date] | None) -> Daily:
    def daily(by: Breakdown, first: date, last: date) -> Iterator[tuple[date, Figure]]:
        if days_of_receipt is not None:
            days = [day for day in days_of_receipt if first <= day <= last]
            if not days:
                return
            first, last = min(days), max(days)
        for day, figure in reading.daily(by, first, last):
            if figure.shelf.lane is not Lane.RESTRICTED:
                yield day, figure

    return daily
