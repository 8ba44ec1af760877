"""The statistics table: tallies by month and by day of receipt, rolled up hourly; reports read these rows.

What changed since the last roll-up is read from the petitions' outlines instead, so a report is never stale, and its
cost follows what it shows and what changed in the last hour, not what is stored (ADR 0024).
"""

from __future__ import annotations

import hashlib
import json
import re
from calendar import monthrange
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import NamedTuple

from shared.domain.calendar.working_calendar import end_of_day, local_date
from shared.domain.figures.replay import as_it_stood
from shared.domain.figures.tallies import (
    RULES,
    Breakdown,
    Days,
    Shelf,
    Tally,
    groups_of,
    is_open_or_late,
    shelf_of,
    tally_of,
)
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.classification import Lane
from shared.domain.promises.duties import DutyKind
from shared.platform.item_by_item import item_by_item
from shared.tables.directory import Directory
from shared.tables.dynamo import Item, Query, Table
from shared.tables.jobs import Checkpoints, RolledUp
from shared.tables.outlines import Outlines, months_between

STALE_AFTER = timedelta(days=3)
"""A roll-up that stood still longer is not built upon: readers then count the period's outlines."""
ONLY_BY_DAY = frozenset({Breakdown.PETITION, Breakdown.MATTER})
_NONE = "-"
_MONTH = re.compile(r"\d{4}-\d{2}(/days)?$")
"""A period of the rows: a month, or its days."""
_DUTIES = frozenset(map(str, DutyKind))


class Figure(NamedTuple):
    """The tally of one group on one shelf."""

    shelf: Shelf
    group: str
    tally: Tally


class Rows(NamedTuple):
    """The rows of one period, by their name in it: group by group, a tally."""

    period: str
    rows: dict[str, dict[str, Tally]]


class Statistics:
    """Reads the statistics; `RollUp` of the SLA timer writes them."""

    def __init__(self, table: str, outlines: Outlines, directory: Directory) -> None:
        self._table = Table(table)
        self._checkpoints = Checkpoints(table)
        self._outlines = outlines
        self._directory = directory

    # --- reading -----------------------------------------------------------------------------------

    def at(self, now: datetime) -> Reading:
        """Return the statistics as they stand now; ask it for all that one page or report shows."""
        return Reading(self, self._outlines, now)

    def as_of(self, day: date) -> PastReading:
        """Return the statistics as they stood at the end of a past day, replayed from the petitions' histories."""
        return PastReading(self, self._outlines, day)

    def touched(self, now: datetime) -> set[date] | None:
        """Return the days of receipt whose rows are out of date; None when all are."""
        checkpoint = self.checkpoint()
        if checkpoint is None or checkpoint.rules != self.rules() or not _is_recent(checkpoint, now):
            return None
        return self._outlines.days_touched(checkpoint.until, now)

    def snapshot(self, at: datetime, past: date | None) -> Snapshot:
        """Return all petitions as they stand at an instant: now, or at the end of a past day."""
        return Snapshot(self, self._outlines, at, is_past=past is not None)

    def tally(self, petition: Petition, horizon: date, due: Days | None = None) -> Tally:
        """Return the tally of one petition; of duties, all or those that fell due on some days."""
        terms, calendar = self._directory.terms_of(petition), self._directory.calendar()
        return tally_of(petition, terms, calendar, end_of_day(horizon), due=due)

    def tallied(
        self, petitions: Iterable[Petition], horizon: date, due: Days | None = None
    ) -> Iterator[tuple[Petition, Tally]]:
        """Yield petitions with their tallies; one that cannot be counted is skipped, and counted among those."""
        return item_by_item(
            petitions,
            lambda petition: (petition, self.tally(petition, horizon, due)),
            lambda petition: petition.reference,
            job="tallies",
        )

    def rows(self, period: str, from_name: str = "", until: str = "") -> Rows:
        """Read a period's rows: all, those whose name begins so, or those from one name to another."""
        condition, values = "period = :period", {"period": period}
        if until:
            condition += " AND measure BETWEEN :from AND :until"
            values |= {"from": from_name, "until": until}
        elif from_name:
            condition += " AND begins_with(measure, :from)"
            values |= {"from": from_name}
        return Rows(
            period,
            dict(
                item_by_item(
                    self._table.query_all(Query(condition, values)),
                    _row,
                    lambda item: f"{period}/{item['measure']}",
                    job="statistics",
                )
            ),
        )

    def months(self) -> set[str]:
        """Return the months that have rows with figures; it reads the whole table, so ask where petitions are few."""
        return {
            period[: len("2026-11")]
            for item in self._table.scan_all()
            if _MONTH.match(period := str(item["period"])) and item["groups"] != "{}"
        }

    # --- writing (the roll-up) ---------------------------------------------------------------------

    def checkpoint(self) -> RolledUp | None:
        """Return the checkpoint of the roll-up; None before the first."""
        return self._checkpoints.get(RolledUp)

    def save_checkpoint(self, checkpoint: RolledUp) -> None:
        """Write the checkpoint of the roll-up, after the rows that it stands for."""
        self._checkpoints.save(checkpoint)

    def rules(self) -> str:
        """Return the digest of what duties are computed with: another calendar or other terms, another digest."""
        terms = str(RULES) + "".join(terms.model_dump_json() for terms in self._directory.all_terms())
        return hashlib.sha256(f"{self._directory.calendar().version}{terms}".encode()).hexdigest()[:16]

    def put(self, period: str, name: str, groups: dict[str, Tally]) -> None:
        """Write one row."""
        text = json.dumps({group: dict(sorted(tally.items())) for group, tally in sorted(groups.items())})
        self._table.put({"period": period, "measure": name, "groups": text})


class Reading:
    """The statistics at one moment: what the rows do not know yet is counted once, however often it is asked for."""

    def __init__(self, statistics: Statistics, outlines: Outlines, now: datetime) -> None:
        self._statistics = statistics
        self._outlines = outlines
        self._now = now
        self._counted: dict[tuple[date, date], list[tuple[Petition, Tally]]] = {}

    @cached_property
    def _touched(self) -> set[date] | None:
        return self._statistics.touched(self._now)

    def figures(self, by: Breakdown, first: date, last: date) -> Iterator[Figure]:
        """Yield the figures of all petitions received from one day to another, one or more for each group and shelf."""
        for month in months_between(first, last):
            begin, end = _days_of(month)
            counted_anew = _within(self._touched, max(begin, first), min(end, last))
            if (
                by not in ONLY_BY_DAY
                and not counted_anew
                and first <= begin
                and last >= min(end, local_date(self._now))
            ):
                yield from self._of_month(month, by)
                continue
            for _day, figure in self._of_days(by, max(begin, first), min(end, last), counted_anew):
                yield figure

    def daily(self, by: Breakdown, first: date, last: date) -> Iterator[tuple[date, Figure]]:
        """Yield the same figures with their days of receipt."""
        for month in months_between(first, last):
            begin, end = _days_of(month)
            begin, end = max(begin, first), min(end, last)
            yield from self._of_days(by, begin, end, _within(self._touched, begin, end))

    def _of_month(self, month: str, by: Breakdown) -> Iterator[Figure]:
        for name, groups in self._statistics.rows(month, f"{by}#").rows.items():
            shelf = _shelf(name.split("#")[-3:])
            for group, tally in groups.items():
                yield Figure(shelf, group, tally)

    def _of_days(
        self, by: Breakdown, first: date, last: date, counted_anew: set[date]
    ) -> Iterator[tuple[date, Figure]]:
        """Yield the figures of days in one month: of the rows, and of days that are out of date counted anew."""
        if len(counted_anew) <= (last - first).days:
            period = days_period(f"{first:%Y-%m}")
            daily = self._statistics.rows(period, f"{by}#{first}", f"{by}#{last}~")
            for name, groups in daily.rows.items():
                _by, day, *shelf = name.split("#")
                if (on := date.fromisoformat(day)) not in counted_anew:
                    for group, tally in groups.items():
                        yield on, Figure(_shelf(shelf), group, tally)
        if counted_anew:
            yield from self._fresh(by, counted_anew)

    def _fresh(self, by: Breakdown, days: set[date]) -> Iterator[tuple[date, Figure]]:
        span = min(days), max(days)
        if span not in self._counted:
            horizon = horizon_of(self._now)
            self._counted[span] = list(self._statistics.tallied(self._outlines.received(*span), horizon))
        for petition, tally in self._counted[span]:
            group = groups_of(petition, tally).get(by)
            day = local_date(petition.received_at)
            if group is not None and day in days:
                yield day, Figure(shelf_of(petition), group, tally)


class PastReading:
    """The statistics as they stood at the end of a day: counted from outlines, for nobody keeps rows of the past.

    Who may know of a petition is decided by what is known of it now: a denunciation that was recognised later is one.
    """

    def __init__(self, statistics: Statistics, outlines: Outlines, day: date) -> None:
        self._statistics = statistics
        self._outlines = outlines
        self._day = day
        self._stood: dict[tuple[date, date], list[tuple[Petition, Shelf, Tally]]] = {}

    def figures(self, by: Breakdown, first: date, last: date) -> Iterator[Figure]:
        """Yield the figures of all petitions received from one day to another."""
        for _day, figure in self.daily(by, first, last):
            yield figure

    def daily(self, by: Breakdown, first: date, last: date) -> Iterator[tuple[date, Figure]]:
        """Yield the same figures with their days of receipt."""
        if (first, last) not in self._stood:
            self._stood[first, last] = list(self._tallied(first, last))
        for petition, shelf, tally in self._stood[first, last]:
            group = groups_of(petition, tally).get(by)
            if group is not None:
                yield local_date(petition.received_at), Figure(shelf, group, tally)

    def _tallied(self, first: date, last: date) -> Iterator[tuple[Petition, Shelf, Tally]]:
        end = last_moment_of(self._day)
        received = self._outlines.received(first, min(last, self._day))
        now = {petition.reference: petition for petition in received}
        then = item_by_item(
            now.values(),
            lambda petition: as_it_stood(petition, end),
            lambda petition: petition.reference,
            job="replays",
        )
        for stood, tally in self._statistics.tallied(filter(None, then), horizon_of(end)):
            shelf = shelf_of(now[stood.reference])._replace(unit=stood.unit or "")
            yield stood, shelf, tally


class Snapshot:
    """All petitions as they stand at one moment, whenever they were received; costs an outline of each, once.

    A stock has no days of receipt, and a duty may fall due years after the receipt, so no rows are kept of either.
    """

    def __init__(self, statistics: Statistics, outlines: Outlines, at: datetime, *, is_past: bool) -> None:
        self._statistics = statistics
        self._outlines = outlines
        self._at = at
        self._is_past = is_past

    @cached_property
    def petitions(self) -> dict[str, Petition]:
        """The petitions by reference, as they are known today: that decides who may know of one."""
        return {petition.reference: petition for petition in self._outlines.all()}

    def tallied(self, due: Days | None = None) -> Iterator[tuple[Petition, Tally]]:
        """Yield the petitions that are open or late; or, with `due`, those with a duty that fell due on these days."""
        stood: Iterable[Petition] = self.petitions.values()
        if self._is_past:
            stood = filter(None, (as_it_stood(petition, self._at) for petition in stood))
        for petition, tally in self._statistics.tallied(stood, horizon_of(self._at), due):
            has_duty = any(name.partition(":")[0] in _DUTIES for name in tally)
            if has_duty if due else is_open_or_late(petition, tally, local_date(self._at)):
                yield petition, tally

    def figures(self, by: Breakdown, due: Days | None = None) -> Iterator[Figure]:
        """Yield the figures of the same petitions."""
        for petition, tally in self.tallied(due):
            group = groups_of(petition, tally).get(by)
            if group is not None:
                shelf = shelf_of(self.petitions[petition.reference])._replace(unit=petition.unit or "")
                yield Figure(shelf, group, tally)


def rolled_up(petitions: Iterable[tuple[Petition, Tally]]) -> dict[str, dict[str, dict[str, Tally]]]:
    """Return the rows of the days on which petitions were received: by period, by name, by group."""
    periods: dict[str, dict[str, dict[str, Tally]]] = {}
    for petition, tally in petitions:
        day = local_date(petition.received_at)
        month = f"{day:%Y-%m}"
        shelf = name_of(shelf_of(petition))
        for by, group in groups_of(petition, tally).items():
            names = {days_period(month): f"{by}#{day}#{shelf}"}
            if by not in ONLY_BY_DAY:
                names[month] = f"{by}#{shelf}"
            for period, name in names.items():
                row = periods.setdefault(period, {}).setdefault(name, {})
                row.setdefault(group, Tally()).update(tally)
    return periods


def days_period(month: str) -> str:
    """Return the period under which the days of a month are kept."""
    return f"{month}/days"


def name_of(shelf: Shelf) -> str:
    """Return a shelf as rows are named after it."""
    return f"{shelf.unit or _NONE}#{shelf.complained_unit or _NONE}#{shelf.lane}"


def last_moment_of(day: date) -> datetime:
    """Return the last instant that still belongs to a day in Vietnam."""
    return end_of_day(day) - timedelta(microseconds=1)


def horizon_of(now: datetime) -> date:
    """Return up to when duties are foreseen: the end of the month after next, so that rows change once a month."""
    first = local_date(now).replace(day=1)
    return (first + timedelta(days=95)).replace(day=1) - timedelta(days=1)


def _row(item: Item) -> tuple[str, dict[str, Tally]]:
    groups = json.loads(item["groups"])
    return item["measure"], {group: Tally(tally) for group, tally in groups.items()}


def _shelf(parts: list[str]) -> Shelf:
    unit, complained, lane = parts
    return Shelf("" if unit == _NONE else unit, None if complained == _NONE else complained, Lane(lane))


def _days_of(month: str) -> tuple[date, date]:
    first = date.fromisoformat(f"{month}-01")
    return first, first.replace(day=monthrange(first.year, first.month)[1])


def _within(touched: set[date] | None, first: date, last: date) -> set[date]:
    """Return the touched days from one day to another; all of them when everything is touched."""
    if touched is None:
        return {first + timedelta(days=n) for n in range((last - first).days + 1)}
    return {day for day in touched if first <= day <= last}


def _is_recent(checkpoint: RolledUp, now: datetime) -> bool:
    return abs(now - checkpoint.until) <= STALE_AFTER and local_date(now) <= checkpoint.horizon
