"""Which contacts want no SMS that they did not ask for (`HUY` to 8088, `MO` to take it back).

Intake records it, the notifier asks. Rows of the throttle table without an expiry, named by the contact's HMAC.
"""

from __future__ import annotations

from contextlib import suppress

from shared.platform import clock
from shared.tables.dynamo import ConditionFailedError, Table


class OptOuts:
    """Remembers who said stop."""

    def __init__(self, table: str) -> None:
        self._table = Table(table)

    def record(self, contact_key: str, message: str) -> None:
        """Remember that this contact wants no more SMS, as this message said."""
        self._write(contact_key, "stopped_by", message, is_stopped=True)

    def lift(self, contact_key: str, message: str) -> None:
        """Remember that this contact wants SMS again, as this message said."""
        self._write(contact_key, "started_by", message, is_stopped=False)

    def has(self, contact_key: str) -> bool:
        """Return whether this contact said stop, and did not take it back."""
        row = self._table.get(_key(contact_key))
        return row is not None and bool(row["is_stopped"])

    def _write(self, contact_key: str, cause: str, message: str, *, is_stopped: bool) -> None:
        """Write the latest word. A `HUY` that a provider repeats after the `MO` that took it back says nothing new."""
        with suppress(ConditionFailedError):
            self._table.update_if(
                _key(contact_key),
                "SET #cause = :message, is_stopped = :is_stopped, recorded_at = :now",
                "attribute_not_exists(#cause) OR #cause <> :message",
                {"message": message, "is_stopped": is_stopped, "now": clock.now().isoformat()},
                names={"cause": cause},
            )


def _key(contact_key: str) -> dict[str, str]:
    return {"key": f"sms-stop#{contact_key}"}
