"""Rolls the statistics up every hour: recounts each day of receipt of which a petition changed, and its month.

Nothing is added to anything: a row is the sum of its petitions, so counting twice, late, or half does no harm.
Every night all rows are counted from scratch and compared; a difference is repaired and reported, and there should
be none.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from shared.domain.calendar.working_calendar import local_date
from shared.domain.figures.tallies import Tally
from shared.domain.petition.petition import Petition
from shared.platform import telemetry
from shared.tables.jobs import RolledUp
from shared.tables.outlines import Outlines
from shared.tables.statistics import ONLY_BY_DAY, Statistics, days_period, horizon_of, rolled_up

OVERLAP = timedelta(minutes=10)
"""The index of changes may lag, and a change is dated by its beginning: rather counted twice than never."""

PARTS_OF_A_DAY = 4
"""A day's row is named after its breakdown, its day, and the three parts of its shelf."""
Rows = dict[str, dict[str, Tally]]


class RollUp:
    """Writes the rows of the statistics."""

    def __init__(self, statistics: Statistics, outlines: Outlines) -> None:
        self._statistics = statistics
        self._outlines = outlines

    def run(self, now: datetime) -> int:
        """Bring the rows up to date, and once a day count everything from scratch.

        Returns:
            how many rows were written.
        """
        today, rules, horizon = local_date(now), self._statistics.rules(), horizon_of(now)
        latest, written = self._statistics.checkpoint(), 0
        is_usable = (
            latest is not None and (latest.rules, latest.horizon) == (rules, horizon) and latest.until < now
        )
        if latest is not None and is_usable:
            written = self._catch_up(self._outlines.days_touched(latest.until, now), horizon)
        if latest is None or not is_usable or latest.recounted_on != today:
            repaired = self._recount(horizon)
            written += len(repaired)
            if latest is not None and is_usable and repaired:
                self._report(repaired, self._outlines.days_touched(latest.until, now))
        self._statistics.save_checkpoint(
            RolledUp(until=now - OVERLAP, rules=rules, horizon=horizon, recounted_on=today)
        )
        return written

    def _catch_up(self, touched: set[date], horizon: date) -> int:
        written = 0
        for month in {f"{day:%Y-%m}" for day in touched}:
            days = {day for day in touched if f"{day:%Y-%m}" == month}
            period = days_period(month)
            received = (
                petition
                for petition in self._outlines.received(min(days), max(days))
                if local_date(petition.received_at) in days
            )
            fresh = self._counted(received, horizon).get(period, {})
            stored = self._statistics.rows(period).rows
            fresh |= {name: groups for name, groups in stored.items() if _day_of(name) not in days}
            written += len(self._write(period, fresh, stored))
            written += len(self._write(month, _by_month(fresh), self._statistics.rows(month).rows))
        return written

    def _recount(self, horizon: date) -> list[str]:
        written: list[str] = []
        for period, fresh in self._counted(self._outlines.all(), horizon).items():
            written += self._write(period, fresh, self._statistics.rows(period).rows)
        return written

    def _counted(self, petitions: Iterable[Petition], horizon: date) -> dict[str, Rows]:
        return rolled_up(self._statistics.tallied(petitions, horizon))

    def _write(self, period: str, fresh: Rows, stored: Rows) -> list[str]:
        """Write the rows that differ, and return their names; a row without petitions any more becomes empty."""
        differing = [
            name for name in sorted({*fresh, *stored}) if fresh.get(name, {}) != stored.get(name, {})
        ]
        for name in differing:
            self._statistics.put(period, name, fresh.get(name, {}))
        return differing

    def _report(self, repaired: list[str], touched: set[date]) -> None:
        """Count the days whose rows were wrong although no petition of them has changed since."""
        wrong = {day for day in map(_day_of, repaired) if day is not None and day not in touched}
        telemetry.count("StatisticsRepairs", len(wrong))
        if wrong:
            telemetry.logger().warning("statistics repaired", days=sorted(map(str, wrong)))


def _day_of(name: str) -> date | None:
    """Return the day of a day's row; a month's row has none."""
    _by, *parts = name.split("#")
    return date.fromisoformat(parts[0]) if len(parts) == PARTS_OF_A_DAY else None


def _by_month(days: Rows) -> Rows:
    months: Rows = {}
    for name, groups in days.items():
        by, _day, shelf = name.split("#", 2)
        if by in ONLY_BY_DAY:
            continue
        row = months.setdefault(f"{by}#{shelf}", {})
        for group, tally in groups.items():
            row.setdefault(group, Tally()).update(tally)
    return months
