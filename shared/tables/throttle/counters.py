"""Counters of distinct names, e.g. of the messages that one contact got in a day.

A counter is a set of names rather than a number, so counting the same thing twice counts it once.
"""

from __future__ import annotations

from datetime import datetime

from shared.tables.dynamo import ConditionFailedError, Table


class NameCounter:
    """Counts distinct names under a key until a limit is reached.

    Args:
        table: the throttle table.
        attribute: the attribute that holds the names.
    """

    def __init__(self, table: str, attribute: str) -> None:
        self._table = Table(table)
        self._attribute = attribute

    def admit(self, key: str, name: str, *, limit: int, expires_at: datetime) -> bool:
        """Count a name unless that exceeds the limit; one write.

        Returns:
            Whether the name is counted, now or before.
        """
        return self.count(key, name, limit=limit, expires_at=expires_at) is not None

    def count(self, key: str, name: str, *, limit: int, expires_at: datetime) -> int | None:
        """Count a name unless that exceeds the limit; one write, whose answer has the names.

        Returns:
            The number of names, this one among them; None where the limit was reached before it.
        """
        try:
            counted = self._table.update_if(
                {"key": key},
                "SET expires_at = :expires_at ADD #names :names",
                "attribute_not_exists(#names) OR size(#names) < :limit OR contains(#names, :name)",
                {"expires_at": int(expires_at.timestamp()), "names": {name}, "name": name, "limit": limit},
                names={"names": self._attribute},
            )
        except ConditionFailedError:
            return None
        return len(counted[self._attribute])
