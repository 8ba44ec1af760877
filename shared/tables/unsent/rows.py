"""Rows of petitions that are not sent yet: named by the HMAC of their pass, sealed, gone after a week (ADR 0072).

They stand in the throttle table, which has neither stream nor index. A row lapses at `expires_at`, whether or not
DynamoDB has deleted it yet.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from shared.domain.errors import StaleVersionError
from shared.tables.dynamo import ConditionFailedError, Item, Table


class UnsentRow(NamedTuple):
    """One stored row."""

    name: str
    """Derived from the pass; the pass cannot be derived from it."""
    version: int
    """Grows by one with each save; 0 where nothing is stored."""
    saved_at: str = ""
    """ISO 8601, in UTC."""
    expires_at: int = 0
    """Seconds since 1970."""
    sealed: str = ""
    """The encrypted fields."""


class UnsentRows:
    """Reads, writes and deletes rows."""

    def __init__(self, throttle_table: str) -> None:
        self._table = Table(throttle_table)

    def get(self, name: str, now: datetime) -> UnsentRow:
        """Return a row; one of version 0 where there is none (any more)."""
        item = self._table.get(_key(name))
        if item is None or item["expires_at"] <= int(now.timestamp()):
            return UnsentRow(name, 0)
        return _row(name, item)

    def write(self, row: UnsentRow, now: datetime) -> None:
        """Write a row as it follows the version before it.

        Raises:
            StaleVersionError: another was written meanwhile; nothing was written.
        """
        try:
            self._table.put_if(
                {**row._asdict(), **_key(row.name)},
                "attribute_not_exists(#key) OR #version = :seen OR expires_at <= :now",
                {"seen": row.version - 1, "now": int(now.timestamp())},
            )
        except ConditionFailedError as error:
            if (
                error.old is None or _row(row.name, error.old) != row
            ):  # else it is our own write, whose reply was lost
                raise StaleVersionError(error.old["version"] if error.old else 0) from None

    def delete(self, name: str) -> None:
        """Delete a row; deleted twice, it is gone."""
        self._table.delete(_key(name))


def _row(name: str, item: Item) -> UnsentRow:
    return UnsentRow(name, item["version"], item["saved_at"], item["expires_at"], item["sealed"])


def _key(name: str) -> dict[str, str]:
    return {"key": f"unsent#{name}"}
