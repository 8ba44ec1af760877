"""The items of the petitions table: a petition as JSON in `body`, and the keys of the indexes beside it.

A key is present only while the petition belongs into its index (docs/adr/0002-one-item-one-write.md).
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from pydantic import ConfigDict

from shared.domain.base_model import BaseModel
from shared.domain.calendar.working_calendar import local_date
from shared.domain.petition.history import correlated
from shared.domain.petition.lifecycle import Action, State
from shared.domain.petition.petition import Petition
from shared.domain.petition.space import ITEM
from shared.domain.petition.values.classification import Channel, Kind, Lane
from shared.domain.procedures.marks import Mark, marks_of
from shared.platform import correlation
from shared.tables.corrections import correction_keys
from shared.tables.documents import PETITION, SCHEMA
from shared.tables.dynamo import Item, Value, decode, stored_instant
from shared.tables.openings import opening_keys
from shared.tables.public_answers import abridged, month_of_name, public_answer, published_name

WAKE_SHARDS = 16
"""Partitions of the `wake` index: a midnight with many deadlines spreads over them."""
MONTH_SHARDS = 8
"""Partitions of one month of receipts."""
DAY_SHARDS = 4
"""Partitions of one day of changes: a thousand writes in a second."""


class Card(BaseModel):
    """An open petition as the officers' lists show it: it stands in the index, so a list reads no whole items."""

    model_config = ConfigDict(frozen=True)

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
    answered_at: datetime | None = None
    """The time at which the answer was approved; the clock of the publication runs from it."""
    received_at: datetime
    due_on: date
    version: int
    marks: tuple[Mark, ...] = ()
    merged_count: int = 0
    """The petitions that are merged into this one."""


class StoredPetition(NamedTuple):
    """A petition as it stands in the table, with the moment at which the index will have it woken."""

    petition: Petition
    wake_at: datetime | None
    is_listed_unanswered: bool
    """True if it stands in the index `unanswered`."""
    is_in_its_list: bool = True
    """True if it stands in the partition of the index `desk` that it belongs to (`list_of`), if in any, and is found by
    each of its contacts."""


RESTORED = "restored"
"""The attribute of an item that a restoration put back: its number. The next change writes the item without it."""
LOST = "lost"
"""The attribute of an item without a petition: the number of the restoration that lost it."""


class Lost(NamedTuple):
    """A reference whose petition a restoration of the stored data lost: it is not given out again."""

    reference: str


def lost_item(reference: str, restoration: int) -> Item:
    """Return the item that keeps the reference of a lost petition from being given out again."""
    return {"reference": reference, "version": 0, LOST: restoration}


def is_written_by_restoration(change: Mapping[str, Any]) -> bool:
    """Return whether a change of the stream (its `dynamodb` part) was made by a restoration of the stored data."""
    new, old = change.get("NewImage", {}), change.get("OldImage", {})
    return any(mark in new and new[mark] != old.get(mark) for mark in (RESTORED, LOST))


def wake_shard(reference: str) -> int:
    """Return the partition of the `wake` index that a reference belongs to."""
    return zlib.crc32(reference.encode()) % WAKE_SHARDS


def month_shards(month: str) -> tuple[str, ...]:
    """Return all partitions of one month of receipts, e.g. `2026-11#0` … `2026-11#7`."""
    return tuple(f"{month}#{shard}" for shard in range(MONTH_SHARDS))


def month_shard(reference: str, received_at: datetime) -> str:
    """Return the partition of a month of receipts that a petition belongs to."""
    return f"{local_date(received_at):%Y-%m}#{wake_shard(reference) % MONTH_SHARDS}"


def day_shards(day: date) -> tuple[str, ...]:
    """Return all partitions of one day of changes, e.g. `2026-11-03#0` … `2026-11-03#3`."""
    return tuple(f"{day}#{shard}" for shard in range(DAY_SHARDS))


BEHIND = "~"
"""Sorts behind every digit: a position with it stands behind that position, and before the next."""


def desk_position(due_on: date, reference: str) -> str:
    """Return where a petition stands on its unit's desk, e.g. `2026-12-14~26265428047`.

    The reference orders those due on one day, so that a page can begin anywhere in a day with hundreds of them.
    """
    return f"{due_on}~{reference}"


_OF_SCHEMA_2 = {
    *(Action.REASSIGN, Action.SIGN_DRAFT, Action.TAKE_BACK, Action.SEND_LETTER, Action.WITHDRAW_CONSENT),
    Action.CHOOSE_CHANNELS,
}
"""Actions that code of the first schema cannot read: a petition with one is refused by it, not misread (ADR 0051)."""
_WITHOUT_STATE = 3
"""The schema from which on no state stands beside the keys of contacts: each change would write four more indexes."""

FINISHED = frozenset(
    {
        State.PUBLISHED,
        State.CLOSED,
        State.REFUSED,
        State.FORWARDED,
        State.GUIDED,
        State.MERGED,
        State.WITHDRAWN,
    }
)
"""States that ask nothing of an officer: no queue holds them, and each unit has a list for each."""


def finished_list(unit: str, state: State) -> str:
    """Return the partition of the index `desk` that lists a unit's petitions of a finished state, e.g. `VCCVC#CLOSED`.

    Args:
        unit: whose petitions; empty for those that no unit ever had.
        state: one of `FINISHED`.
    """
    return f"{unit}#{state}"


def finished_position(petition: Petition) -> str:
    """Return where a petition stands in the list of its state: since when (UTC), and its reference.

    Lower-case letters, digits and `-~` alone, e.g. `2026-12-14-03-20-11~26265428047`: the pages' addresses carry it.
    """
    since = petition.received_at
    for entry in reversed(petition.history):
        if entry.state is not petition.state:
            break
        since = entry.at
    return f"{since.astimezone(UTC):%Y-%m-%d-%H-%M-%S}~{petition.reference}"


def list_of(petition: Petition) -> str | None:
    """Return the partition of the index `desk` that a petition belongs to; None where it belongs to none."""
    if petition.state in FINISHED:
        return finished_list(petition.unit or "", petition.state)
    return petition.unit if petition.unit and _is_on_a_desk(petition) else None


CONTACT_INDEXES = {
    "contact_key": "contact",
    **{f"{place}_contact_key": f"{place}-contact" for place in ("other", "third", "fourth")},
}
"""The index that finds a petition by its first contact, its second and so on, by the attribute of its keys."""


def contact_keys(petition: Petition) -> dict[str, str]:
    """Return the key of each contact on file by the attribute that its index goes by."""
    return dict(zip(CONTACT_INDEXES, dict.fromkeys(petition.petitioner.contact_keys), strict=False))


def schema_of(petition: Petition, *, is_packed: bool = False) -> int:
    """Return the number of the schema that a petition is stored under: that of the newest action in its history.

    Args:
        petition: which one.
        is_packed: whether it is stored packed; one that was, is.
    """
    if is_packed and PETITION.packed is not None:
        return max(PETITION.packed, PETITION.number_of(petition))
    newer = 2 if any(entry.action in _OF_SCHEMA_2 for entry in petition.history) else 0
    return max(newer, PETITION.number_of(petition))


def item_of(petition: Petition, wake_at: datetime | None, *, is_packed: bool = False) -> dict[str, Value]:
    """Return the item of a petition: its JSON, and the keys of each index that it belongs to now; see `schema_of`."""
    number = schema_of(petition, is_packed=is_packed)
    keys: dict[str, Value | None] = {
        "received_month": month_shard(petition.reference, petition.received_at),
        "received_at": stored_instant(petition.received_at),
        **contact_keys(petition),
        "state": petition.state if number < _WITHOUT_STATE else None,
        "outline": PETITION.value_of(petition.outline(), number, exclude_defaults=True),
        **_head(petition),
        **opening_keys(petition, number),
        "parent": None if petition.state is State.WITHDRAWN else petition.parent,
        **_likes(petition),
        **correction_keys(petition, number),
    }
    if (name := list_of(petition)) is not None:
        keys |= {
            "unit": name,
            "due_on": finished_position(petition)
            if petition.state in FINISHED
            else desk_position(petition.due_on, petition.reference),
            "card": _card_value(petition, number),
        }
    if petition.publication is not None:
        name = published_name(petition, petition.publication)
        keys |= {
            "published_month": month_of_name(name),
            "published_at": name,
            "public": PETITION.value_of(public_answer(petition), number, exclude={"is_abridged"}),
        }
    item: dict[str, Value] = {
        "reference": petition.reference,
        "version": petition.version,
        SCHEMA: number,
        "body": PETITION.value_of(petition, number, exclude_defaults=True),
        **{name: value for name, value in keys.items() if value},
    }
    if petition.publication is not None and item_bytes(item) > ITEM:
        item["public"] = PETITION.value_of(abridged(public_answer(petition)), number)
    if petition.merged_count:
        item[_MERGED_COUNT] = petition.merged_count
    if petition.is_unanswered:
        item["unanswered_shard"] = wake_shard(petition.reference)
    if wake_at is not None:
        item |= {"wake_shard": wake_shard(petition.reference), "wake_at": stored_instant(wake_at)}
    return item


_ON_THE_DESK = frozenset({State.ANSWERED, State.RESTRICTED})
"""States that still ask something of an officer, besides the unanswered ones: to publish, to examine."""


def petition_of(image: Mapping[str, Mapping[str, Any]]) -> Petition:
    """Return the petition of a stream record's image (DynamoDB's typed JSON)."""
    return petition_in(decode(image))


def petition_in(item: Item) -> Petition:
    """Return the petition of an item.

    Raises:
        NewerItemError: newer code wrote it.
        ValidationError: it is no petition.
    """
    PETITION.require(item)
    petition = PETITION.read(Petition, item["body"])
    count = item.get(_MERGED_COUNT)
    return petition.model_copy(update={_MERGED_COUNT: count}) if count else petition


def with_cause(petition: Petition, seen_version: int) -> Petition:
    """Return a petition as it is stored: with the id of the request or message at work in each new entry."""
    name = correlation.handed_on()
    if name is None or petition.version == seen_version:
        return petition
    return petition.model_copy(update={"history": correlated(petition.history, seen_version, name)})


def stored_petition(item: Item) -> StoredPetition:
    """Return the petition of an item, with its `wake_at`."""
    wake_at = datetime.fromisoformat(item["wake_at"]) if "wake_at" in item else None
    petition = petition_in(item)
    keys = {attribute: item[attribute] for attribute in CONTACT_INDEXES if attribute in item}
    is_in_its_list = item.get("unit") == list_of(petition) and keys == contact_keys(petition)
    return StoredPetition(petition, wake_at, "unanswered_shard" in item, is_in_its_list)


def _is_on_a_desk(petition: Petition) -> bool:
    """Return whether a petition asks something of an officer; what was merged is worked on with its parent."""
    if petition.parent is not None or petition.state is State.MERGED:
        return False
    return petition.is_unanswered or petition.state in _ON_THE_DESK


def _likes(petition: Petition) -> dict[str, str]:
    """Return the keys by which its likes find a petition, while it is open by itself and no secret."""
    if not petition.is_unanswered or petition.parent is not None or petition.lane is Lane.RESTRICTED:
        return {}
    return {f"like_{number}": key for number, key in enumerate(petition.sketch, start=1)}


def _head(petition: Petition) -> dict[str, str | None]:
    """Return where the history stands and since when: what the roll-up and the daily root look for."""
    first, last = petition.history[0], petition.history[-1]
    return {
        "changed_on": f"{local_date(last.at)}#{wake_shard(petition.reference) % DAY_SHARDS}",
        "changed_at": stored_instant(last.at),
        "first_hash": first.hash,
        "last_hash": last.hash,
    }


def card_of(petition: Petition) -> Card | None:
    """Return a petition as officers' lists show it; None for one that lies on no desk."""
    return _card(petition) if petition.unit and _is_on_a_desk(petition) else None


_MERGED_COUNT = "merged_count"
"""The number of petitions merged into one: beside `body`, because no entry of the history covers it."""
_OF_FEW = ("marks", _MERGED_COUNT)
"""The parts of a card that only few have: the index holds them where they say something."""


def _card_value(petition: Petition, number: int) -> str | bytes:
    card = _card(petition)
    return PETITION.value_of(card, number, exclude={name for name in _OF_FEW if not getattr(card, name)})


def _card(petition: Petition) -> Card:
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
        is_second_look=petition.second_look is not None,
        answered_at=petition.answer.approved_at if petition.answer else None,
        received_at=petition.received_at,
        due_on=petition.due_on,
        version=petition.version,
        marks=marks_of(petition),
        merged_count=petition.merged_count,
    )


def item_bytes(item: Mapping[str, Value]) -> int:
    """Return the bytes of an item, as DynamoDB counts them: names and values."""
    return sum(len(name.encode()) + _bytes_of(value) for name, value in item.items())


def _bytes_of(value: Value) -> int:
    return len(value if isinstance(value, bytes) else str(value).encode())
