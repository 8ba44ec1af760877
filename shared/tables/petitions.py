"""The petitions table: one item is one petition with its history, one conditional write is one change.

The whole petition stands as JSON in the attribute `body`; beside it stand only the keys of the indexes, each
present only while the petition belongs into that index (docs/adr/0002-one-item-one-write.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from datetime import date, datetime

from pydantic import ValidationError

from shared.domain.errors import StaleVersionError
from shared.domain.petition.lifecycle import State
from shared.domain.petition.petition import Petition
from shared.domain.promises.wake_ups import next_wake
from shared.platform import clock
from shared.platform.item_by_item import item_by_item
from shared.tables.batches import batch_get
from shared.tables.directory import Directory
from shared.tables.documents import PETITION
from shared.tables.dynamo import (
    ATTEMPTS,
    ConditionFailedError,
    Item,
    Query,
    Segment,
    Table,
    Value,
    stored_instant,
)
from shared.tables.petition_items import (
    BEHIND,
    CONTACT_INDEXES,
    LOST,
    WAKE_SHARDS,
    Card,
    Lost,
    StoredPetition,
    finished_list,
    item_of,
    month_shards,
    petition_in,
    stored_petition,
    with_cause,
)
from shared.tables.public_answers import PublicAnswer, month_of_name, public_answer

UNANSWERED_AT_ONCE = 1_000
"""Unanswered petitions that are read at once when the calendar changed."""
VERIFIED_AT_ONCE = 200
"""Petitions of one page of the reconciliation: about 1 MB; of erased ones 1 MB would hold a thousand and more."""
CHILDREN_ON_A_PAGE = 100
"""Petitions merged into one that are read at once."""


class Petitions:
    """Reads and writes petitions. Index keys, and when to wake, are derived on each write."""

    def __init__(self, table: str, directory: Directory, *, is_packed: bool = False) -> None:
        self._table, self._directory, self._is_packed = Table(table), directory, is_packed

    # --- writing -----------------------------------------------------------------------------------

    def add(self, petition: Petition) -> Petition | Lost | None:
        """Write a new petition.

        Returns:
            None when it was written; else the petition that has this reference already (our own earlier write too), or
            that it was given to somebody whose petition is lost.
        """
        return self._put(with_cause(petition, 0), "attribute_not_exists(version)", {})

    def save(self, petition: Petition, seen_version: int) -> Petition:
        """Write a changed petition if nobody else changed it since `seen_version`.

        A write whose reply was lost is retried by the SDK and then fails on its own success; so the item that
        made the condition fail is compared with what was to be written.

        Returns:
            The petition as it is stored now: with the id of its cause in each new entry.

        Raises:
            StaleVersionError: when somebody else was faster; nothing was written.
        """
        petition = with_cause(petition, seen_version)
        other = self._put(petition, "version = :seen", {"seen": seen_version})
        if isinstance(other, Lost):
            raise StaleVersionError(0)
        if (
            other is not None
            and other.history[seen_version : petition.version] != petition.history[seen_version:]
        ):
            raise StaleVersionError(other.version)
        return petition

    def _put(self, petition: Petition, condition: str, values: dict[str, Value]) -> Petition | Lost | None:
        """Write a petition if the condition holds; else return the one that is stored."""
        try:
            self._table.put_if(self.item(petition), condition, values)
        except ConditionFailedError as error:
            if error.old is None:
                raise StaleVersionError(0) from None
            return Lost(petition.reference) if LOST in error.old else petition_in(error.old)
        return None

    def item(self, petition: Petition) -> dict[str, Value]:
        """Return the item that a petition is stored as now, with the instant at which it is to be woken."""
        terms, calendar = self._directory.terms_of(petition), self._directory.calendar()
        wake_at = next_wake(petition, terms, calendar, clock.now())
        return item_of(petition, wake_at, is_packed=self._is_packed)

    # --- reading -----------------------------------------------------------------------------------

    def announced(self, reference: str | None) -> AbstractContextManager[None]:
        """Let a petition that will be read come along with the item that is read before it; None announces nothing."""
        return batch_get.announced([self._table.key({"reference": reference})] if reference else ())

    def get(self, reference: str) -> Petition | None:
        """Read one petition consistently; None when there is none."""
        stored = self.get_stored(reference)
        return stored.petition if stored else None

    def get_stored(self, reference: str) -> StoredPetition | None:
        """Read one petition consistently, with the moment at which the index will have it woken."""
        item = self._table.get({"reference": reference})
        return stored_petition(item) if item and LOST not in item else None

    def get_all(self, references: Iterable[str]) -> Iterator[Petition]:
        """Yield the petitions of these references, a hundred a call, in no order (reports)."""
        keys = ({"reference": reference} for reference in dict.fromkeys(references))
        items = (item for item in self._table.batch_get(keys) if LOST not in item)
        yield from item_by_item(items, petition_in, _reference, job="petitions")

    def read(self, references: Iterable[str]) -> Iterator[tuple[str, Petition | None]]:
        """Yield each reference with its petition, None where it cannot be read or is not there (verification)."""
        missing = set(references)
        items = self._table.batch_get({"reference": reference} for reference in sorted(missing))
        for item in (item for item in items if LOST not in item):
            missing.discard(item["reference"])
            try:
                yield item["reference"], petition_in(item)
            except ValidationError:
                yield item["reference"], None
        yield from ((reference, None) for reference in sorted(missing))

    def due(self, shard: int, until: datetime) -> Iterator[tuple[str, datetime]]:
        """Yield (reference, wake_at) of one shard's petitions to look at by `until`, to the last page."""
        query = Query(
            "wake_shard = :shard AND wake_at <= :until",
            {"shard": shard, "until": stored_instant(until)},
            index="wake",
        )
        yield from item_by_item(
            self._table.query_all(query),
            lambda item: (str(item["reference"]), datetime.fromisoformat(item["wake_at"])),
            _reference,
            job="due petitions",
        )

    def unanswered(
        self, shard: int, *, after: str | None = None, limit: int = UNANSWERED_AT_ONCE
    ) -> tuple[list[str], str | None]:
        """Return some references of one shard's unanswered petitions, and the one after which the next ones start."""
        items, last = self._table.query(
            Query("unanswered_shard = :shard", {"shard": shard}, index="unanswered"),
            limit=limit,
            start_after={"reference": after, "unanswered_shard": shard} if after else None,
        )
        return [item["reference"] for item in items], last["reference"] if last else None

    def next_wake_at(self) -> datetime | None:
        """Return the earliest `wake_at` of all petitions (time travel in the local stack)."""
        earliest: list[str] = []
        for shard in range(WAKE_SHARDS):
            query = Query("wake_shard = :shard", {"shard": shard}, index="wake")
            earliest += [item["wake_at"] for item in self._table.query(query, limit=1).items]
        return datetime.fromisoformat(min(earliest)) if earliest else None

    def desk(
        self,
        unit: str,
        *,
        after: str | None = None,
        limit: int = 50,
        due_until: date | None = None,
        is_whole: bool = False,
    ) -> tuple[list[Card], str | None]:
        """Return a page of a unit's open petitions by due date and reference, and where the next page begins.

        A page may be empty and others follow: what newer code wrote, or cannot be read, is left out.

        Args:
            unit: whose desk.
            after: a `desk_position`: only what stands behind it.
            limit: petitions on a page.
            due_until: only those due by this day.
            is_whole: whether the page is of no use without what newer code wrote.

        Raises:
            NewerItemError: newer code wrote one of a page that has to be whole.
        """
        query = Query(
            "#unit = :unit AND due_on BETWEEN :from AND :until",
            {
                "unit": unit,
                "from": f"{after}{BEHIND}" if after else date.min.isoformat(),
                "until": f"{due_until or date.max}~{BEHIND}",
            },
            index="desk",
        )
        page = self._table.query(query, limit=limit)
        cards = list(
            item_by_item(
                page.items,
                lambda item: PETITION.read(Card, item["card"]),
                _reference,
                job="desk",
                leaves_out_newer=not is_whole,
            )
        )
        return cards, page.last_key["due_on"] if page.last_key else None

    def finished(
        self, unit: str, state: State, *, before: str | None = None, limit: int = 50
    ) -> tuple[list[tuple[str, Card]], str | None]:
        """Return a page of a unit's petitions of a finished state, the latest first, and where the next page begins.

        A page may be empty and others follow: what newer code wrote, or cannot be read, is left out.

        Args:
            unit: whose petitions; empty for those that no unit ever had.
            state: one of `FINISHED`.
            before: a `finished_position`: only what stands before it.
            limit: petitions on a page.

        Returns:
            (`finished_position`, card) of each, and the position that the next page is read from; None on the last.
        """
        condition, values = "#unit = :unit", {"unit": finished_list(unit, state)}
        if before is not None:
            condition, values = f"{condition} AND due_on < :before", {**values, "before": before}
        page = self._table.query(Query(condition, values, index="desk", is_ascending=False), limit=limit)
        cards = item_by_item(
            page.items,
            lambda item: (str(item["due_on"]), PETITION.read(Card, item["card"])),
            _reference,
            job="finished petitions",
            leaves_out_newer=True,
        )
        return list(cards), page.last_key["due_on"] if page.last_key else None

    def merged_into(
        self, parent: str, *, after: str | None = None, limit: int = CHILDREN_ON_A_PAGE
    ) -> tuple[list[str], str | None]:
        """Return a page of the petitions that were merged into one, and where the next page begins."""
        items, last = self._table.query(
            Query("parent = :parent", {"parent": parent}, index="merged"),
            limit=limit,
            start_after={"reference": after, "parent": parent} if after else None,
        )
        return [item["reference"] for item in items], last["reference"] if last else None

    def write_merged_count(self, parent: Petition, count: int) -> None:
        """Write on a petition how many are merged into it; its history and version stay, nobody acted on it.

        Raises:
            StaleVersionError: somebody changed it meanwhile; nothing was written.
        """
        counted = parent.model_copy(update={"merged_count": count})
        if self._put(counted, "version = :seen", {"seen": parent.version}) is not None:
            raise StaleVersionError(parent.version)

    def with_sketch(self, sketch: Iterable[str], *, limit: int) -> set[str]:
        """Return the references of open petitions that share a key of a sketch, the latest of each key."""
        references: set[str] = set()
        for number, key in enumerate(sketch, start=1):
            query = Query(f"like_{number} = :key", {"key": key}, index=f"like-{number}", is_ascending=False)
            references |= {item["reference"] for item in self._table.query(query, limit=limit).items}
        return references

    def latest_of_month(self, month: str, *, of_each_shard: int) -> list[str]:
        """Return references of the latest petitions received in a month (`2026-11`): some of each of its shards."""
        references: list[str] = []
        for shard in month_shards(month):
            query = Query("received_month = :month", {"month": shard}, index="month", is_ascending=False)
            references += [item["reference"] for item in self._table.query(query, limit=of_each_shard).items]
        return references

    def of_first_contact(self, contact_key: str, *, limit: int = 20) -> list[tuple[str, datetime]]:
        """Return (reference, received at) of the latest petitions whose first contact this is."""
        return self._indexed(contact_key, "contact_key", limit)

    def of_contact(self, contact_key: str, *, limit: int = 20) -> list[tuple[str, datetime]]:
        """Return (reference, received at) of the latest petitions that have a contact, newest first."""
        rows = [row for name in CONTACT_INDEXES for row in self._indexed(contact_key, name, limit)]
        return sorted(rows, key=lambda row: (row[1], row[0]), reverse=True)[:limit]

    def _indexed(self, key: str, attribute: str, limit: int) -> list[tuple[str, datetime]]:
        query = Query(
            f"{attribute} = :key", {"key": key}, index=CONTACT_INDEXES[attribute], is_ascending=False
        )
        items = self._table.query(query, limit=limit).items
        return [(item["reference"], datetime.fromisoformat(item["received_at"])) for item in items]

    def received_since(self, contact_key: str, since: datetime) -> set[str]:
        """Return the references of a person's petitions received at or after an instant; the index may lag a moment."""
        query = Query(
            "contact_key = :key AND received_at >= :since",
            {"key": contact_key, "since": stored_instant(since)},
            index="contact",
        )
        return {item["reference"] for item in self._table.query_all(query)}

    def published_answer(self, name: str) -> PublicAnswer | None:
        """Return one published answer by its name; None when it is not public (any more)."""
        query = Query(
            "published_month = :month AND published_at = :name",
            {"month": month_of_name(name), "name": name},
            index="published",
        )
        items = self._table.query(query, limit=1).items
        return next(map(self._public_answer, items), None)

    def published(
        self, month: str, *, after: str | None = None, limit: int = 50
    ) -> tuple[list[PublicAnswer], str | None]:
        """Return a page of the answers published in a month (`2026-11`), newest first, and the next cursor."""
        condition, values = "published_month = :month", {"month": month}
        if after:
            condition, values = f"{condition} AND published_at < :after", {**values, "after": after}
        query = Query(condition, values, index="published", is_ascending=False)
        items, last = self._table.query(query, limit=limit)
        answers = item_by_item(
            items, self._public_answer, _reference, job="public answers", leaves_out_newer=True
        )
        return list(answers), last["published_at"] if last else None

    def _public_answer(self, item: Item) -> PublicAnswer:
        answer = PETITION.read(PublicAnswer, item["public"])
        if not answer.name:  # stored before answers held their names
            answer = answer.model_copy(update={"name": item["published_at"]})
        petition = self.get(item["reference"]) if answer.is_abridged else None
        return public_answer(petition) if petition and petition.publication else answer

    def page(
        self, after: str | None, *, segment: int = 0, segments: int = 1, limit: int = VERIFIED_AT_ONCE
    ) -> tuple[list[StoredPetition], str | None]:
        """Read one page of all petitions, and the reference after which the next starts (daily reconciliation).

        Args:
            after: the last reference of the page before; None at the beginning of the segment.
            segment: the part of the table, from 0; each petition is in exactly one.
            segments: the number of parts.
            limit: petitions on a page; one that cannot be read counts too.
        """
        items, last = self._table.scan(
            segment=Segment(segment, segments),
            limit=limit,
            start_after={"reference": after} if after else None,
            is_consistent=True,
        )
        items = [item for item in items if LOST not in item]
        stored = item_by_item(items, stored_petition, _reference, job="all petitions", leaves_out_newer=True)
        return list(stored), last["reference"] if last else None

    def change(self, petition: Petition, change: Callable[[Petition], Petition]) -> Petition:
        """Save what `change` makes of a petition; where somebody else was faster, of the petition as they left it.

        Args:
            petition: as it was read.
            change: returns the changed petition, or the very same where nothing is to be written (any more).

        Returns:
            The petition as it is stored now.

        Raises:
            StaleVersionError: others were faster in every attempt, or the petition is gone; nothing was written.
        """
        current = petition
        for remaining in reversed(range(ATTEMPTS)):
            changed = change(current)
            if changed is current:
                break
            try:
                return self.save(changed, current.version)
            except StaleVersionError:
                stored = self.get(petition.reference)
                if stored is None or not remaining:
                    raise
                current = stored
        return current


def _reference(item: Item) -> str:
    return str(item["reference"])
