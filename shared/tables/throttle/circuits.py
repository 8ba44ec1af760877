"""The circuit breakers of the providers: one row each, shared by all workers and versioned."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from shared.tables.dynamo import ConditionFailedError, Table


class CircuitRow(NamedTuple):
    """A stored circuit."""

    circuit: str
    """The circuit as JSON; its model is the notifier's."""
    version: int


class CircuitRows:
    """Reads and writes the rows of circuits."""

    def __init__(self, throttle_table: str) -> None:
        self._table = Table(throttle_table)

    def get(self, provider: str) -> CircuitRow | None:
        """Return the circuit of a provider; None while it never failed."""
        item = self._table.get(_key(provider))
        return CircuitRow(item["circuit"], item["version"]) if item else None

    def put(self, provider: str, circuit: str, *, seen: int, expires_at: datetime) -> bool:
        """Write a circuit if its version is still the one that was read, 0 for none; return whether it was written."""
        try:
            self._table.put_if(
                {
                    **_key(provider),
                    "circuit": circuit,
                    "version": seen + 1,
                    "expires_at": int(expires_at.timestamp()),
                },
                "attribute_not_exists(#key) OR version = :seen",
                {"seen": seen},
            )
        except ConditionFailedError:
            return False
        return True


def _key(provider: str) -> dict[str, str]:
    return {"key": f"circuit#{provider}"}
