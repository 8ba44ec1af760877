"""Which contacts messages do not reach or are not wanted at: hard bounces and complaints, by the contact's HMAC.

The notifier records them and sends there no more; intake asks, so that the petitioner is asked for another contact,
and lifts the mark when the owner gives the same contact again. Rows of the throttle table without an expiry.
"""

from __future__ import annotations

from collections.abc import Iterable

from shared.platform import aws, clock


class Suppressions:
    """Remembers contacts that do not work."""

    def __init__(self, table: str) -> None:
        self._table = table

    def record(self, contact_key: str, reason: str) -> None:
        """Remember that messages to this contact come back, and the provider's code for why."""
        aws.client("dynamodb").put_item(
            TableName=self._table,
            Item={
                "key": {"S": _name(contact_key)},
                "recorded_at": {"S": clock.now().isoformat()},
                "reason": {"S": reason},
            },
        )

    def has(self, contact_key: str) -> bool:
        """Tell whether messages to this contact come back."""
        return bool(self.among((contact_key,)))

    def among(self, contact_keys: Iterable[str]) -> frozenset[str]:
        """Return which of these contacts (a petition has two at most) messages come back from."""
        return frozenset(one for one in contact_keys if "Item" in self._row(one))

    def lift(self, contact_key: str) -> None:
        """Try this contact again: its owner gave it once more."""
        aws.client("dynamodb").delete_item(TableName=self._table, Key={"key": {"S": _name(contact_key)}})

    def _row(self, contact_key: str) -> dict[str, object]:
        answer: dict[str, object] = aws.client("dynamodb").get_item(
            TableName=self._table, Key={"key": {"S": _name(contact_key)}}, ConsistentRead=True
        )
        return answer


def _name(contact_key: str) -> str:
    return f"suppressed#{contact_key}"
