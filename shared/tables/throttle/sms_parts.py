"""The parts of long SMS that wait for each other: one row a message, until all parts came or the wait is over.

A row says which parts were taken when the wait was over; a part that comes later is late and belongs to the same
petition. Contents and the sealed sender are the caller's JSON.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from shared.tables.dynamo import ConditionFailedError, Item, Table

KEPT_FOR = timedelta(days=2)
"""Providers repeat for a day: a late part must still find the others."""
_PART = "part_"


class PartsRow(NamedTuple):
    """The stored parts of one message."""

    facts: dict[str, Any]
    """The facts that all parts share."""
    parts: dict[int, dict[str, Any]]
    """By the part's number."""
    taken: frozenset[int] | None
    """The numbers of the parts that were taken when the wait was over; None before."""


class PartExistsError(Exception):
    """The row has a part of this number already, or it has expired; nothing was written."""

    def __init__(self, row: PartsRow | None) -> None:
        super().__init__("the row has such a part, or has expired")
        self.row = row


class SmsParts:
    """Reads and writes the rows of parts."""

    def __init__(self, throttle_table: str) -> None:
        self._table = Table(throttle_table)

    def add(
        self, name: str, number: int, part: Mapping[str, Any], facts: Mapping[str, Any], now: datetime
    ) -> PartsRow:
        """Add a part to a row, which its first part makes; one write.

        Args:
            name: of the row, an HMAC.
            number: of the part.
            part: as JSON.
            facts: what all parts share, as JSON; only the first part's are stored.
            now: when the part arrived.

        Returns:
            The row with the part.

        Raises:
            PartExistsError: with the row as it is stored.
        """
        try:
            item = self._table.update_if(
                _key(name),
                "SET expires_at = if_not_exists(expires_at, :expires_at), #part = :part,"
                " facts = if_not_exists(facts, :facts)",
                "attribute_not_exists(#part) AND (attribute_not_exists(expires_at) OR expires_at > :now)",
                {
                    "expires_at": int((now + KEPT_FOR).timestamp()),
                    "now": int(now.timestamp()),
                    "part": json.dumps(part),
                    "facts": json.dumps(facts),
                },
                names={"part": f"{_PART}{number}"},
            )
        except ConditionFailedError as error:
            raise PartExistsError(_row(error.old) if error.old else None) from None
        return _row(item)

    def get(self, name: str) -> PartsRow | None:
        """Return a row; None where it is gone."""
        item = self._table.get(_key(name))
        return _row(item) if item else None

    def mark_taken(self, name: str, taken: Iterable[int], missing: Iterable[int]) -> bool:
        """Write which parts are taken, unless a missing one came or somebody wrote it meanwhile; one write.

        Returns:
            Whether it was written.
        """
        names = {f"m{number}": f"{_PART}{number}" for number in missing}
        none_came = " AND ".join(f"attribute_not_exists(#{placeholder})" for placeholder in names)
        try:
            self._table.update_if(
                _key(name),
                "SET taken = :taken",
                f"attribute_not_exists(taken) AND {none_came}",
                {"taken": json.dumps(sorted(taken))},
                names=names,
            )
        except ConditionFailedError:
            return False
        return True


def _key(name: str) -> dict[str, str]:
    return {"key": f"sms-parts#{name}"}


def _row(item: Item) -> PartsRow:
    return PartsRow(
        facts=json.loads(item["facts"]),
        parts={
            int(name.removeprefix(_PART)): json.loads(value)
            for name, value in item.items()
            if name.startswith(_PART)
        },
        taken=frozenset(json.loads(item["taken"])) if "taken" in item else None,
    )
