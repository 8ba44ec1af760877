"""Petitions in outline, out of the indexes `month` and `changed`: what is counted, without a word that anybody wrote.

Reports and the roll-up read outlines instead of whole petitions: an outline is a petition (`Petition.outline`), so
duties and states are asked of it by the same functions, and it costs an eighth of reading the item.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from shared.domain.calendar.working_calendar import VIETNAM, local_date
from shared.domain.petition.petition import Petition
from shared.platform.item_by_item import item_by_item
from shared.tables.documents import PETITION
from shared.tables.dynamo import Item, Query, Table, stored_instant, with_ties
from shared.tables.petition_items import day_shards, month_shard, month_shards

DAY = timedelta(days=1)
FEW = 2_000
"""Petitions that one call reads of the index of changes: half a megabyte."""
REMEMBERED_AT_MOST = 20_000
"""Changes of a day that a run keeps in memory; more of them are read again by each job."""
EMPTY_MONTHS = 12
"""Months in a row without a petition: there are none before them."""


class LatestHash(NamedTuple):
    """The latest hash of a petition's history, and its first, which only its petitioner knows."""

    reference: str
    version: int
    first_hash: str
    last_hash: str


class _Remembered(NamedTuple):
    """The part of the index of changes that one run has read."""

    changed: dict[date, tuple[datetime, list[Item]]]
    """By day: from which instant on, and what changed."""
    few: list[list[Item] | None]
    """The whole index, or None where one call does not read it; empty before it was asked for."""


class Changed(NamedTuple):
    """The latest change of a petition."""

    at: datetime
    reference: str


class Outlines:
    """Reads outlines; it writes nothing."""

    def __init__(self, petitions_table: str) -> None:
        self._table = Table(petitions_table)
        self._remembered: _Remembered | None = None

    @contextmanager
    def reading_once(self) -> Iterator[None]:
        """Keep what is read of the index of changes until the end: the jobs of one run ask for the same hours."""
        self._remembered = _Remembered({}, [])
        try:
            yield
        finally:
            self._remembered = None

    def received(self, first: date, last: date) -> Iterator[Petition]:
        """Yield every petition received from one day in Vietnam to another, both included."""
        for month in months_between(first, last):
            for shard in self._used(month_shards(month)):
                query = Query(
                    "received_month = :month AND received_at BETWEEN :from AND :until",
                    {
                        "month": shard,
                        "from": stored_instant(_begin(first)),
                        "until": stored_instant(_begin(last + DAY) - timedelta(seconds=1)),
                    },
                    index="month",
                    attributes="#reference, outline",
                )
                yield from _outlines(self._table.query_all(query))

    def all(self) -> Iterator[Petition]:
        """Yield every petition there is (snapshots of a past day)."""
        yield from _outlines(self._table.scan_all("month"))

    def first_day(self, until: date) -> date | None:
        """Return the first day of receipt, None where there is none; a year without a petition ends the search."""
        first: date | None = None
        month, empty = until.replace(day=1), 0
        while empty < EMPTY_MONTHS:
            days = [day for shard in month_shards(f"{month:%Y-%m}") if (day := self._first_in(shard))]
            first, empty = (min(days), 0) if days else (first, empty + 1)
            month = (month - DAY).replace(day=1)
        return first

    def days_if_few(self) -> set[date] | None:
        """Return the days of receipt of all petitions, where they are so few that one call reads them; else None.

        The index may lag a moment: petitions that came just now may be missing.
        """
        items = self._few()
        if items is None:
            return None
        return set(item_by_item(items, _received_on, _reference, job="days of receipt"))

    def _few(self) -> list[Item] | None:
        """Return the whole index of changes, where petitions are so few that one call reads it; else None."""
        read = self._remembered.few if self._remembered else []
        if not read:
            page = self._table.scan("changed", limit=FEW)
            read.append(page.items if page.last_key is None else None)
        return read[0]

    def _used(self, shards: Iterable[str]) -> Iterable[str]:
        """Return the partitions of a month that hold petitions, as far as this run knows them; else all of them."""
        few = self._few() if self._remembered else None
        if few is None:
            return shards
        used = set(item_by_item(few, _month_shard, _reference, job="months of receipt"))
        return [shard for shard in shards if shard in used]

    def _first_in(self, shard: str) -> date | None:
        query = Query(
            "received_month = :month", {"month": shard}, index="month", attributes="#reference, received_at"
        )
        return next(map(_received_on, self._table.query(query, limit=1).items), None)

    def days_touched(self, since: datetime, now: datetime, *, is_read_anew: bool = False) -> set[date]:
        """Return the days of receipt of all petitions changed at or after an instant; the index may lag a moment.

        Args:
            since: that instant.
            now: the present.
            is_read_anew: whether changes count that came after this run began to read (`reading_once`).
        """
        days: set[date] = set()
        day, read = local_date(since), self._read_changed if is_read_anew else self._changed
        while day <= local_date(now):
            days.update(item_by_item(read(day, since), _received_on, _reference, job="days touched"))
            day += DAY
        return days

    def changed_since(self, since: datetime, now: datetime) -> dict[str, int]:
        """Return the version of each petition changed at or after an instant; the index may lag a moment."""
        versions: dict[str, int] = {}
        day = local_date(since)
        while day <= local_date(now):
            changed = item_by_item(self._changed(day, since), _version, _reference, job="changed petitions")
            versions.update(changed)
            day += DAY
        return versions

    def changed_after(self, day: date, after: datetime, until: datetime, limit: int) -> list[Changed]:
        """Return the petitions whose latest change fell on a day, after one instant and not after another; in order.

        There are as many as are wanted, and all of the last instant, so that one can go on behind that instant.
        """
        since = after + timedelta(seconds=1)
        if since > until:
            return []
        changes: list[Changed] = []
        for shard in day_shards(day):
            query = Query(
                "changed_on = :day AND changed_at BETWEEN :since AND :until",
                {"day": shard, "since": stored_instant(since), "until": stored_instant(until)},
                index="changed",
                attributes="#reference, changed_at",
            )
            changes += with_ties(map(_changed_of, self._table.query_all(query)), limit, _instant_of)
        return list(with_ties(sorted(changes), limit, _instant_of))

    def hashes_changed_on(self, day: date) -> list[LatestHash]:
        """Return the latest hashes of all petitions whose last change fell on a day in Vietnam."""
        return list(
            item_by_item(self._changed(day, _begin(day)), _latest_hash, _reference, job="latest hashes")
        )

    def hashes_until(self, day: date) -> list[LatestHash]:
        """Return the latest hashes of all petitions whose last change fell on a day or before (first root)."""
        items = (
            item for item in self._table.scan_all("changed") if item["changed_on"] < (day + DAY).isoformat()
        )
        return list(item_by_item(items, _latest_hash, _reference, job="latest hashes"))

    def _changed(self, day: date, since: datetime) -> Iterator[Item]:
        """Yield the changes of a day from an instant on, out of what this run has read, if that is enough."""
        remembered, since = self._remembered, max(since, _begin(day))
        if remembered is None:
            yield from self._read_changed(day, since)
            return
        begin = stored_instant(since)
        if (few := self._few()) is not None:
            changes = (item for item in few if item["changed_on"].partition("#")[0] == f"{day}")
            yield from (item for item in changes if item["changed_at"] >= begin)
            return
        if day not in remembered.changed or since < remembered.changed[day][0]:
            items = list(self._read_changed(day, since))
            if len(items) > REMEMBERED_AT_MOST:
                yield from items
                return
            remembered.changed[day] = since, items
        yield from (item for item in remembered.changed[day][1] if item["changed_at"] >= begin)

    def _read_changed(self, day: date, since: datetime) -> Iterator[Item]:
        for shard in day_shards(day):
            yield from self._table.query_all(
                Query(
                    "changed_on = :day AND changed_at >= :since",
                    {"day": shard, "since": stored_instant(since)},
                    index="changed",
                )
            )


def _outlines(items: Iterable[Item]) -> Iterator[Petition]:
    return item_by_item(
        items, lambda item: PETITION.read(Petition, item["outline"]), _reference, job="outlines"
    )


def _changed_of(item: Item) -> Changed:
    return Changed(datetime.fromisoformat(item["changed_at"]), _reference(item))


def _instant_of(change: Changed) -> datetime:
    return change.at


def _reference(item: Item) -> str:
    return str(item["reference"])


def _received_on(item: Item) -> date:
    return local_date(datetime.fromisoformat(item["received_at"]))


def _month_shard(item: Item) -> str:
    return month_shard(_reference(item), datetime.fromisoformat(item["received_at"]))


def _version(item: Item) -> tuple[str, int]:
    return _reference(item), int(item["version"])


def _latest_hash(item: Item) -> LatestHash:
    return LatestHash(item["reference"], item["version"], item["first_hash"], item["last_hash"])


def months_between(first: date, last: date) -> Iterator[str]:
    """Yield the months from one day to another, e.g. `2026-11`, both ends included."""
    month = first.replace(day=1)
    while month <= last:
        yield f"{month:%Y-%m}"
        month = (month + timedelta(days=32)).replace(day=1)


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=VIETNAM).astimezone(UTC)
