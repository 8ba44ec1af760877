"""Which contacts want no SMS that they did not ask for (`HUY` to 8088). Intake records it, the notifier asks.

Rows of the throttle table without an expiry, named by the contact's HMAC.
"""

from __future__ import annotations

from shared import aws, clock


class OptOuts:
    """Remembers who said stop."""

    def __init__(self, table: str) -> None:
        self._table = table

    def record(self, contact_key: str) -> None:
        """Remember that this contact wants no more SMS."""
        aws.client("dynamodb").put_item(
            TableName=self._table,
            Item={"key": {"S": _name(contact_key)}, "recorded_at": {"S": clock.now().isoformat()}},
        )

    def has(self, contact_key: str) -> bool:
        """Tell whether this contact said stop."""
        answer = aws.client("dynamodb").get_item(
            TableName=self._table, Key={"key": {"S": _name(contact_key)}}, ConsistentRead=True
        )
        return "Item" in answer


def _name(contact_key: str) -> str:
    return f"sms-stop#{contact_key}"
