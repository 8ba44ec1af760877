"""The petitions table: one item is one petition with its history, one conditional write is one change.

The whole petition stands as JSON in the attribute `body`; beside it stand only the keys of the indexes, each
present only while the petition belongs into that index (docs/adr/0002-one-item-one-write.md).
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict

from shared.domain.calendar.working_calendar import local_date
from shared.domain.errors import StaleVersionError
from shared.domain.petition.lifecycle import Action, State
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.answer import Citation
from shared.domain.petition.values.classification import Channel, Kind, Lane
from shared.domain.promises.wake_ups import next_wake
from shared.platform import clock
from shared.tables.corrections import correction_keys
from shared.tables.directory import Directory
from shared.tables.dynamo import (
    ATTEMPTS,
    ConditionFailedError,
    Item,
    Query,
    Table,
    Value,
    decode,
    stored_instant,
)
from shared.tables.openings import opening_keys

WAKE_SHARDS = 16
"""Partitions of the `wake` index: a midnight with many deadlines spreads over them."""
MONTH_SHARDS = 8
"""Partitions of one month of receipts."""
DAY_SHARDS = 4
"""Partitions of one day of changes: a thousand writes in a second."""
CHILDREN_ON_A_PAGE = 100
"""Petitions merged into one that are read at once."""


class Card(BaseModel):
    """What the officers' lists show of an open petition: it stands in the index, so a list reads no whole items."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    reference: str
    state: State
    channel: Channel
    subject: str
    field: str | None
    kind: Kind | None
    unit: str
    handler: str | None
    lane: Lane
    complained_unit: str | None = None
    may_publish: bool = False
    may_denounce: bool = False
    is_second_look: bool = False
    received_at: datetime
    due_on: date
    version: int


class StoredPetition(NamedTuple):
    """A petition as it stands in the table, with the moment at which the index will have it woken."""

    petition: Petition
    wake_at: datetime | None


class PublicFile(BaseModel):
    """A file of an answer that everybody may have."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    id: str
    filename: str
    content_type: str
    size: int


class PublicAnswer(BaseModel):
    """What everybody may read; it carries no reference."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    subject: str
    content: str
    answer: str
    citations: tuple[Citation, ...] = ()
    field: str | None
    unit: str | None
    kind: Kind | None
    received_on: date
    answered_on: date
    published_at: datetime
    attachments: tuple[PublicFile, ...] = ()
    name: str = ""
    """Names it among the published answers of all months, without its reference."""


def wake_shard(reference: str) -> int:
    """Return the partition of the `wake` index that a reference belongs to."""
    return zlib.crc32(reference.encode()) % WAKE_SHARDS


def month_shards(month: str) -> tuple[str, ...]:
    """Return all partitions of one month of receipts, e.g. `2026-11#0` … `2026-11#7`."""
    return tuple(f"{month}#{shard}" for shard in range(MONTH_SHARDS))


def day_shards(day: date) -> tuple[str, ...]:
    """Return all partitions of one day of changes, e.g. `2026-11-03#0` … `2026-11-03#3`."""
    return tuple(f"{day}#{shard}" for shard in range(DAY_SHARDS))


_BEHIND = "~"
"""Sorts behind every digit: a position with it stands behind that position, and before the next."""


def desk_position(due_on: date, reference: str) -> str:
    """Return where a petition stands on its unit's desk, e.g. `2026-12-14~26265428047`.

    The reference orders those due on one day, so that a page can begin anywhere in a day with hundreds of them.
    """
    return f"{due_on}~{reference}"


class Petitions:
    """Reads and writes petitions. Index keys, and when to wake, are derived on each write."""

    def __init__(self, table: str, directory: Directory) -> None:
        self._table = Table(table)
        self._directory = directory

    # --- writing -----------------------------------------------------------------------------------

    def add(self, petition: Petition) -> Petition | None:
        """Write a new petition.

        Returns:
            None when it was written; else the petition that has this reference already (our own earlier write too).
        """
        return self._put(petition, "attribute_not_exists(version)", {})

    def save(self, petition: Petition, seen_version: int) -> None:
        """Write a changed petition if nobody else changed it since `seen_version`.

        A write whose reply was lost is retried by the SDK and then fails on its own success; so the item that
        made the condition fail is compared with what was to be written.

        Raises:
            StaleVersionError: when somebody else was faster; nothing was written.
        """
        other = self._put(petition, "version = :seen", {"seen": seen_version})
        if (
            other is not None
            and other.history[seen_version : petition.version] != petition.history[seen_version:]
        ):
            raise StaleVersionError(other.version)

    def _put(self, petition: Petition, condition: str, values: dict[str, Value]) -> Petition | None:
        """Write a petition if the condition holds; else return the one that is stored."""
        try:
            self._table.put_if(self._item(petition), condition, values)
        except ConditionFailedError as error:
            if error.old is None:
                raise StaleVersionError(0) from None
            return _petition_in(error.old)
        return None

    def _item(self, petition: Petition) -> dict[str, Value]:
        keys: dict[str, str | None] = {
            "received_month": _month_of(petition),
            "received_at": stored_instant(petition.received_at),
            "contact_key": petition.petitioner.contact_keys[0] if petition.petitioner.contact_keys else None,
            "state": petition.state,
            "outline": petition.outline().model_dump_json(exclude_defaults=True),
            **_head(petition),
            **opening_keys(petition),
            "parent": petition.parent,
            **_likes(petition),
            **correction_keys(petition),
        }
        wake_at = next_wake(
            petition, self._directory.terms_of(petition), self._directory.calendar(), clock.now()
        )
        if petition.unit and _is_on_a_desk(petition):
            keys |= {
                "unit": petition.unit,
                "due_on": desk_position(petition.due_on, petition.reference),
                "card": _card(petition),
            }
        if petition.publication is not None:
            at = petition.publication.published_at
            keys |= {
                "published_month": f"{local_date(at):%Y-%m}",
                "published_at": _public_name(petition),
                "public": _public(petition),
            }
        item: dict[str, Value] = {
            "reference": petition.reference,
            "version": petition.version,
            "body": petition.model_dump_json(exclude_defaults=True),
            **{name: value for name, value in keys.items() if value},
        }
        if wake_at is not None:
            item |= {"wake_shard": wake_shard(petition.reference), "wake_at": stored_instant(wake_at)}
        return item

    # --- reading -----------------------------------------------------------------------------------

    def get(self, reference: str) -> Petition | None:
        """Read one petition consistently; None when there is none."""
        stored = self.get_stored(reference)
        return stored.petition if stored else None

    def get_stored(self, reference: str) -> StoredPetition | None:
        """Read one petition consistently, with the moment at which the index will have it woken."""
        item = self._table.get({"reference": reference})
        return _stored(item) if item else None

    def get_all(self, references: Iterable[str]) -> Iterator[Petition]:
        """Yield the petitions of these references, a hundred a call, in no order (reports)."""
        keys = ({"reference": reference} for reference in dict.fromkeys(references))
        yield from map(_petition_in, self._table.batch_get(keys))

    def due(self, shard: int, until: datetime) -> Iterator[tuple[str, datetime]]:
        """Yield (reference, wake_at) of one shard's petitions to look at by `until`, to the last page."""
        query = Query(
            "wake_shard = :shard AND wake_at <= :until",
            {"shard": shard, "until": stored_instant(until)},
            index="wake",
        )
        for item in self._table.query_all(query):
            yield item["reference"], datetime.fromisoformat(item["wake_at"])

    def next_wake_at(self) -> datetime | None:
        """Return the earliest `wake_at` of all petitions (time travel in the local stack)."""
        earliest: list[str] = []
        for shard in range(WAKE_SHARDS):
            query = Query("wake_shard = :shard", {"shard": shard}, index="wake")
            earliest += [item["wake_at"] for item in self._table.query(query, limit=1).items]
        return datetime.fromisoformat(min(earliest)) if earliest else None

    def desk(
        self, unit: str, *, after: str | None = None, limit: int = 50, due_until: date | None = None
    ) -> tuple[list[Card], str | None]:
        """Return a page of a unit's open petitions by due date and reference, and where the next page begins.

        Args:
            unit: whose desk.
            after: a `desk_position`: only what stands behind it.
            limit: petitions on a page.
            due_until: only those due by this day.
        """
        query = Query(
            "#unit = :unit AND due_on BETWEEN :from AND :until",
            {
                "unit": unit,
                "from": f"{after}{_BEHIND}" if after else date.min.isoformat(),
                "until": f"{due_until or date.max}~{_BEHIND}",
            },
            index="desk",
        )
        page = self._table.query(query, limit=limit)
        cards = [Card.model_validate_json(item["card"]) for item in page.items]
        if page.last_key is None or not cards:
            return cards, None
        return cards, desk_position(cards[-1].due_on, cards[-1].reference)

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

    def of_contact(self, contact_key: str, *, limit: int = 20) -> list[tuple[str, datetime, State]]:
        """Return (reference, received at, state) of a person's latest petitions."""
        query = Query("contact_key = :key", {"key": contact_key}, index="contact", is_ascending=False)
        return [
            (item["reference"], datetime.fromisoformat(item["received_at"]), State(item["state"]))
            for item in self._table.query(query, limit=limit).items
        ]

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
        month = f"{local_date(datetime.fromisoformat(name.partition('#')[0])):%Y-%m}"
        query = Query(
            "published_month = :month AND published_at = :name",
            {"month": month, "name": name},
            index="published",
        )
        items = self._table.query(query, limit=1).items
        return next((PublicAnswer.model_validate_json(item["public"]) for item in items), None)

    def published(
        self, month: str, *, after: str | None = None, limit: int = 50
    ) -> tuple[list[PublicAnswer], str | None]:
        """Return a page of the answers published in a month (`2026-11`), newest first, and the next cursor."""
        condition, values = "published_month = :month", {"month": month}
        if after:
            condition, values = f"{condition} AND published_at < :after", {**values, "after": after}
        query = Query(condition, values, index="published", is_ascending=False)
        items, last = self._table.query(query, limit=limit)
        answers = [PublicAnswer.model_validate_json(item["public"]) for item in items]
        return answers, last["published_at"] if last else None

    def page(self, after: str | None) -> tuple[list[StoredPetition], str | None]:
        """Read one page of all petitions, and the reference after which the next starts (daily reconciliation)."""
        start_after = {"reference": after} if after else None
        items, last = self._table.scan(start_after=start_after, is_consistent=True)
        return [_stored(item) for item in items], last["reference"] if last else None

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
                self.save(changed, current.version)
            except StaleVersionError:
                stored = self.get(petition.reference)
                if stored is None or not remaining:
                    raise
                current = stored
            else:
                return changed
        return current


_ON_THE_DESK = frozenset({State.ANSWERED, State.RESTRICTED})
"""States that still ask something of an officer, besides the unanswered ones: to publish, to examine."""


def petition_of(image: Mapping[str, Mapping[str, Any]]) -> Petition:
    """Return the petition of a stream record's image (DynamoDB's typed JSON)."""
    return _petition_in(decode(image))


def _petition_in(item: Item) -> Petition:
    return Petition.model_validate_json(item["body"])


def _stored(item: Item) -> StoredPetition:
    wake_at = datetime.fromisoformat(item["wake_at"]) if "wake_at" in item else None
    return StoredPetition(_petition_in(item), wake_at)


def _is_on_a_desk(petition: Petition) -> bool:
    """Tell whether a petition asks something of an officer; what was merged is worked on with its parent."""
    if petition.parent is not None or petition.state is State.MERGED:
        return False
    return petition.is_unanswered or petition.state in _ON_THE_DESK


def _likes(petition: Petition) -> dict[str, str]:
    """Return the keys by which its likes find a petition, while it is open by itself and no secret."""
    if not petition.is_unanswered or petition.parent is not None or petition.lane is Lane.RESTRICTED:
        return {}
    return {f"like_{number}": key for number, key in enumerate(petition.sketch, start=1)}


def _month_of(petition: Petition) -> str:
    return f"{local_date(petition.received_at):%Y-%m}#{wake_shard(petition.reference) % MONTH_SHARDS}"


def _head(petition: Petition) -> dict[str, str | None]:
    """Return where the history stands and since when: what the roll-up and the daily root look for."""
    first, last = petition.history[0], petition.history[-1]
    return {
        "changed_on": f"{local_date(last.at)}#{wake_shard(petition.reference) % DAY_SHARDS}",
        "changed_at": stored_instant(last.at),
        "first_hash": first.hash,
        "last_hash": last.hash,
    }


def _card(petition: Petition) -> str:
    return Card(
        reference=petition.reference,
        state=petition.state,
        channel=petition.channel,
        subject=petition.subject,
        field=petition.field,
        kind=petition.kind,
        unit=petition.unit or "",
        handler=petition.handler,
        lane=petition.lane,
        complained_unit=petition.complained_unit,
        may_publish=petition.may_publish,
        may_denounce=petition.may_denounce,
        is_second_look=petition.last(Action.REOPEN) is not None,
        received_at=petition.received_at,
        due_on=petition.due_on,
        version=petition.version,
    ).model_dump_json()


def _public_name(petition: Petition) -> str:
    assert petition.publication is not None  # noqa: S101 - asked only for published petitions
    return f"{stored_instant(petition.publication.published_at)}#{petition.submission[:8]}"


def _public(petition: Petition) -> str:
    assert petition.publication is not None  # noqa: S101 - asked only for published petitions
    answered_at = petition.answer.approved_at if petition.answer else None
    return PublicAnswer(
        **petition.publication.model_dump(exclude={"attachments"}),
        attachments=tuple(
            PublicFile(
                id=one.id, filename=one.filename, content_type=one.content_type or "", size=one.size or 0
            )
            for one in petition.attachments
            if one.is_clean and petition.is_public(one)
        ),
        name=_public_name(petition),
        field=petition.field,
        unit=petition.unit,
        kind=petition.kind,
        received_on=local_date(petition.received_at),
        answered_on=local_date(answered_at or petition.publication.published_at),
    ).model_dump_json()
