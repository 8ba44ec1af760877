"""Which contacts messages do not reach or are not wanted at: hard bounces and complaints, by the contact's HMAC.

The notifier records them and sends there no more; intake asks, so that the petitioner is asked for another contact,
and lifts the mark when the owner gives the same contact again. Rows of the throttle table without an expiry.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager

from shared.platform import clock
from shared.tables.batches import batch_get
from shared.tables.dynamo import Table


class Suppressions:
    """Remembers contacts that do not work."""

    def __init__(self, table: str) -> None:
        self._table = Table(table)

    def record(self, contact_key: str, reason: str) -> None:
        """Remember that messages to this contact come back, and the provider's code for why."""
        self._table.put(
            {**_key(contact_key), "recorded_at": clock.now().isoformat(), "reason": reason},
        )

    def announced(self, contact_key: str) -> AbstractContextManager[None]:
        """Let the mark of a contact, which will be asked for, come along with the row that is read before it."""
        return batch_get.announced([self._table.key(_key(contact_key))])

    def has(self, contact_key: str) -> bool:
        """Return whether messages to this contact come back."""
        return bool(self.among((contact_key,)))

    def among(self, contact_keys: Iterable[str]) -> frozenset[str]:
        """Return which of these contacts (a petition has two at most) messages come back from."""
        return frozenset(key for key in contact_keys if self._table.get(_key(key)) is not None)

    def lift(self, contact_key: str) -> None:
        """Try this contact again: its owner gave it once more."""
        self._table.delete(_key(contact_key))


def _key(contact_key: str) -> dict[str, str]:
    return {"key": f"suppressed#{contact_key}"}
