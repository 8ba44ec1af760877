"""Rolls the statistics up every hour: recounts each day of receipt of which a petition changed, and its month.

Nothing is added to anything: a row is the sum of its petitions, so counting twice, late, or half does no harm.
Every night all days are counted from scratch and compared, a few at a time (`Recount`); a difference is repaired and
reported, and there should be none.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import islice
from typing import NamedTuple

from chalicelib.sla_timer.rounds import Due
from shared.domain.calendar.working_calendar import local_date
from shared.domain.figures.tallies import Tally
from shared.domain.petition.petition import Petition
from shared.platform import clock, telemetry
from shared.tables.jobs import RolledUp, Round
from shared.tables.outlines import Outlines, months_between
from shared.tables.statistics import ONLY_BY_DAY, Statistics, days_period, horizon_of, rolled_up

OVERLAP = timedelta(minutes=10)
"""The index of changes may lag, and a change is dated by its beginning: rather counted twice than never."""
PARTS_OF_A_DAY = 4
"""A day's row is named after its breakdown, its day, and the three parts of its shelf."""
DAYS_A_STEP = 4
"""Days of receipt that one step counts: at ten million petitions stored in five years, 22,000 outlines."""
AT_ONCE = 5_000
"""Petitions of a month that are counted in one step."""
DAY = timedelta(days=1)
Rows = dict[str, dict[str, Tally]]


class _Terms(NamedTuple):
    """The terms under which a round counts; the name of the round holds them."""

    day: date
    rules: str
    horizon: date

    @property
    def name(self) -> str:
        return f"{self.day}|{self.rules}|{self.horizon}"

    @classmethod
    def of(cls, current: Round) -> _Terms:
        day, rules, horizon = current.name.split("|")
        return cls(date.fromisoformat(day), rules, date.fromisoformat(horizon))


class RollUp:
    """Writes the rows of the days on which something changed."""

    def __init__(self, statistics: Statistics, outlines: Outlines) -> None:
        self._statistics = statistics
        self._outlines = outlines

    def usable(self, now: datetime) -> RolledUp | None:
        """Return the checkpoint of rows that were counted with the rules and the horizon of today; else None."""
        latest = self._statistics.checkpoint()
        terms = self._statistics.rules(), horizon_of(now)
        if latest is None or (latest.rules, latest.horizon) != terms or latest.until >= now:
            return None
        return latest

    def run(self, now: datetime) -> int:
        """Bring the rows up to date, where they are usable.

        Returns:
            how many rows were written.
        """
        latest = self.usable(now)
        if latest is None:
            return 0
        touched = self._outlines.days_touched(latest.until, now)
        written = self.count(touched, latest.horizon)
        since = min(latest.since, *touched) if latest.since and touched else latest.since
        self._statistics.save_checkpoint(
            latest.model_copy(update={"until": max(latest.until, now - OVERLAP), "since": since})
        )
        return len(written)

    def count(self, days_of_receipt: set[date], horizon: date) -> list[str]:
        """Count some days of receipt from their petitions, and their months; return the names of rows that differed."""
        written: list[str] = []
        for month in sorted({f"{day:%Y-%m}" for day in days_of_receipt}):
            days = {day for day in days_of_receipt if f"{day:%Y-%m}" == month}
            received = self._outlines.received(min(days), max(days))
            written += self.count_in(month, days, received, horizon)
        return written

    def count_in(self, month: str, days: set[date], received: Iterable[Petition], horizon: date) -> list[str]:
        """Count some days of a month from all of their petitions at least; return the names of rows that differed."""
        period = days_period(month)
        counted = (petition for petition in received if local_date(petition.received_at) in days)
        fresh = self._counted(counted, horizon).get(period, {})
        stored = self._statistics.rows(period).rows
        fresh |= {name: groups for name, groups in stored.items() if _day_of(name) not in days}
        written = self._write(period, fresh, stored)
        return written + self._write(month, _by_month(fresh), self._statistics.rows(month).rows)

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


class Recount:
    """Counts every day from scratch once a night, and whenever rules or horizon changed: a shard for each month."""

    name = "recount"
    longest = timedelta(hours=26)

    def __init__(self, roll_up: RollUp, statistics: Statistics, outlines: Outlines) -> None:
        self._roll_up = roll_up
        self._statistics = statistics
        self._outlines = outlines

    def due(self, now: datetime, latest: Round | None) -> Due | None:
        """Return today's round, or one under other rules; an unfinished one under the same rules goes on first."""
        terms = _Terms(local_date(now), self._statistics.rules(), horizon_of(now))
        usable = self._roll_up.usable(now)
        if usable is not None and usable.recounted_on == terms.day:
            return None
        if latest is not None and latest.completed_at is None and _Terms.of(latest)[1:] == terms[1:]:
            return None
        return Due(terms.name, self._months(terms.day, usable.since if usable else None))

    def _months(self, today: date, since: date | None) -> tuple[str, ...]:
        """Return the months to count: all since the first; of few petitions, those with petitions or rows."""
        days = self._outlines.days_if_few()
        if days is not None:
            months = {f"{day:%Y-%m}" for day in days or {today}}
            return tuple(sorted(months | self._statistics.months()))
        first = since or self._outlines.first_day(today) or today
        return tuple(months_between(min(first, today), today))

    def step(self, current: Round, shard: str, cursor: str | None) -> str | None:
        """Count a month at once, or a few of its days from the day `cursor` on where it has many petitions."""
        horizon, first = _Terms.of(current).horizon, date.fromisoformat(cursor or f"{shard}-01")
        following_days = (first + n * DAY for n in range(31))
        days = {day for day in following_days if f"{day:%Y-%m}" == shard}
        if cursor is None:
            received = list(islice(self._outlines.received(min(days), max(days)), AT_ONCE + 1))
            if len(received) > AT_ONCE:
                return first.isoformat()
            self._report(self._roll_up.count_in(shard, days, received, horizon))
            return None
        following = first + DAYS_A_STEP * DAY
        self._report(self._roll_up.count({day for day in days if day < following}, horizon))
        return following.isoformat() if following in days else None

    def finish(self, current: Round) -> None:
        """Record that all rows are those of the round's rules; what changed meanwhile is counted in the next hour."""
        terms, latest = _Terms.of(current), self._statistics.checkpoint()
        until = current.started_at - OVERLAP
        if latest is not None and (latest.rules, latest.horizon) == (terms.rules, terms.horizon):
            until = max(until, latest.until)
        first = date.fromisoformat(f"{current.shards[0]}-01")
        since = min(first, latest.since) if latest is not None and latest.since else first
        self._statistics.save_checkpoint(
            RolledUp(
                until=until, rules=terms.rules, horizon=terms.horizon, recounted_on=terms.day, since=since
            )
        )

    def _report(self, written: list[str]) -> None:
        """Count the days whose rows were wrong although no petition of them has changed since they were counted."""
        now = clock.now()
        usable = self._roll_up.usable(now) if written else None
        if usable is None:
            return
        touched = self._outlines.days_touched(usable.until, now, is_read_anew=True)
        wrong = {day for day in map(_day_of, written) if day is not None and day not in touched}
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
