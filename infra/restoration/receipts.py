"""The deliveries of a history that went back: no notice of the lost hours is sent twice. Pure rules.

A row about an entry that is still there stays as it is now, because it knows more than the row of then. A row about an
entry that was taken back is removed and listed in the report: its reader may know of what is no longer so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from shared.domain.promises.deliveries import Delivery, DeliveryState, entry_named
from shared.tables.dynamo import Item

VIEW = "SEEN#"
_WERE_SENT = frozenset(
    {DeliveryState.SENT, DeliveryState.DELIVERED, DeliveryState.AMBIGUOUS, DeliveryState.DONE}
)
_OF_THE_ATTEMPT = ("state", "at", "claimed_at", "provider", "provider_id", "proves", "reason", "template")


class WithdrawnDelivery(NamedTuple):
    """A row that was removed: a notice of an entry that is no longer there, sent or not."""

    reference: str
    notice: str
    state: str
    at: str


def is_of_petition(row: Item) -> bool:
    """Return whether a row is about a petition; the officers' digests and letters have names of their own."""
    reference = str(row["reference"])
    return len(reference) == 11 and reference.isdigit()  # noqa: PLR2004 - digits of a reference


def survives(row: Item, version: int) -> bool:
    """Return whether the entry that a row is about is still in a history with so many entries."""
    notice = str(row["notice"])
    if notice.startswith(VIEW):
        return int(row["seq"]) <= version
    return entry_named(notice.partition("#")[0])[0] <= version


def withdrawn(row: Item) -> WithdrawnDelivery:
    """Return a removed row as the report lists it."""
    return WithdrawnDelivery(
        str(row["reference"]), str(row["notice"]), str(row.get("state", "SEEN")), str(row["at"])
    )


def settled(row: Item, removed: Mapping[str, Item]) -> Item | None:
    """Return a surviving row without its ties to rows that were removed; None: it is owed again, and removed too.

    A notice that went out within the message of a notice that was taken back was delivered all the same: it takes the
    outcome of that message. Where that message had not left, the notice is sent by itself.

    Args:
        row: as it is.
        removed: the rows that were removed, by the name of their notice.
    """
    carrier = removed.get(str(row.get("carried_by", "")))
    if carrier is not None:
        contained = _name(row) in str(carrier.get("carries", "")).split()
        if not contained or carrier["state"] not in _WERE_SENT:
            return None
        outcome: dict[str, Any] = {name: carrier[name] for name in _OF_THE_ATTEMPT if name in carrier}
        rest = {name: value for name, value in row.items() if name not in _TIES}
        return rest | outcome
    names = str(row.get("carries", "")).split()
    remaining = [name for name in names if name not in removed]
    if remaining == names:
        return row
    changed = {name: value for name, value in row.items() if name != "carries"}
    return changed | ({"carries": " ".join(remaining)} if remaining else {})


_TIES = ("carried_by", "claim", "wake_at", "wake_shard")


def by_name(rows: list[Item]) -> dict[str, Item]:
    """Return rows by the name of their notice; of several channels, the one whose message left."""
    ordered = sorted(rows, key=lambda row: row.get("state") in _WERE_SENT)
    return {_name(row): row for row in ordered if not str(row["notice"]).startswith(VIEW)}


def _name(row: Item) -> str:
    return Delivery.model_validate(row).name
