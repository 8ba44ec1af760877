"""Those who get the week's new answers by e-mail: a row each in the throttle table, and lists of the confirmed ones.

The address lies in the seal, bound to the row's name. A row ends by itself: one that nobody confirmed after two days, a
confirmed one after a year. Lists hold names alone, spread over some rows, and are read once a week.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from shared.domain.identity.subscribers import CONFIRM_WITHIN, KEPT_FOR
from shared.domain.petition.values.petitioner import SealedPart
from shared.tables.dynamo import ConditionFailedError, Item, Table

LISTS = 16
"""Rows that the names are spread over: each holds some ten thousand."""


class Subscriber(NamedTuple):
    """One subscription."""

    name: str
    field: str
    """The code of a field; "" for all."""
    language: str
    ciphertext: str
    """The address, sealed; bound to `context_of(name)`."""
    asked_at: int
    """Seconds since 1970, as are all times here."""
    expires_at: int
    is_confirmed: bool = False

    @property
    def sealed(self) -> SealedPart:
        """The address as the seal opens it."""
        return SealedPart(at=datetime.fromtimestamp(self.asked_at, UTC), ciphertext=self.ciphertext)


def context_of(name: str) -> str:
    """Return the context that binds the seal of an address: it opens as no petition's and as no other's."""
    return f"answers-by-mail:{name}"


class Subscribers:
    """Reads and writes subscriptions.

    Args:
        throttle_table: the throttle table.
    """

    def __init__(self, throttle_table: str) -> None:
        self._table = Table(throttle_table)

    def ask(self, wanted: Subscriber, now: datetime) -> Subscriber:
        """Store a subscription that waits for its confirmation; one that was confirmed stays as it is.

        Returns:
            The one that is stored now.
        """
        row = wanted._replace(expires_at=int((now + CONFIRM_WITHIN).timestamp()))
        try:
            self._table.put_if(
                _item(row),
                "attribute_not_exists(#key) OR is_confirmed = :no OR expires_at <= :now",
                {"no": False, "now": int(now.timestamp())},
            )
        except ConditionFailedError as error:
            return _row(error.old) if error.old else row
        return row

    def get(self, name: str, now: datetime) -> Subscriber | None:
        """Return a subscription that has not ended: one consistent read."""
        item = self._table.get(_key(name))
        row = _row(item) if item else None
        return row if row and row.expires_at > int(now.timestamp()) else None

    def confirm(self, row: Subscriber, now: datetime) -> bool:
        """Confirm a subscription; doing so again changes nothing. Return whether it holds."""
        if row.is_confirmed:
            return True
        self._table.update_if(
            _list_key(row.name),
            "ADD #names :names",
            "attribute_not_exists(#key) OR attribute_exists(#key)",
            {"names": {row.name}},
        )
        try:
            self._table.update_if(
                _key(row.name),
                "SET is_confirmed = :yes, expires_at = :until",
                "expires_at > :now AND asked_at = :asked_at",
                {
                    "yes": True,
                    "until": int((now + KEPT_FOR).timestamp()),
                    "now": int(now.timestamp()),
                    "asked_at": row.asked_at,
                },
            )
        except ConditionFailedError:
            return False
        return True

    def end(self, name: str) -> None:
        """End a subscription; one that has ended stays so. First the address goes, then the name."""
        self._table.delete(_key(name))
        self.unlist(name)

    def unlist(self, name: str) -> None:
        """Take a name from its list."""
        try:
            self._table.update_if(
                _list_key(name), "DELETE #names :names", "attribute_exists(#key)", {"names": {name}}
            )
        except ConditionFailedError:
            return

    def names(self) -> Iterator[str]:
        """Yield the name of every subscription that was confirmed, also of those that have ended since."""
        for number in range(LISTS):
            yield from self.listed(number)

    def listed(self, number: int) -> list[str]:
        """Return the names in one of the `LISTS`."""
        item = self._table.get({"key": f"subscribers#{number}"})
        return sorted(item.get("names", set())) if item else []

    def reseal(self, row: Subscriber, ciphertext: str) -> bool:
        """Put the same address under another key; return whether the row still held the one that was read."""
        try:
            self._table.update_if(
                _key(row.name),
                "SET #ciphertext = :ciphertext",
                "#ciphertext = :seen",
                {"ciphertext": ciphertext, "seen": row.ciphertext},
            )
        except ConditionFailedError:
            return False
        return True


def _row(item: Item) -> Subscriber:
    return Subscriber(
        name=str(item["key"]).partition("#")[2],
        field=str(item.get("field", "")),
        language=str(item["language"]),
        ciphertext=str(item["ciphertext"]),
        asked_at=int(item["asked_at"]),
        expires_at=int(item["expires_at"]),
        is_confirmed=bool(item["is_confirmed"]),
    )


def _item(row: Subscriber) -> Item:
    item = {**row._asdict(), **_key(row.name)}
    item.pop("name")
    return item


def _key(name: str) -> dict[str, str]:
    return {"key": f"subscriber#{name}"}


def _list_key(name: str) -> dict[str, str]:
    return {"key": f"subscribers#{zlib.crc32(name.encode()) % LISTS}"}
