"""Programs that take no events any more, after days of failures: one row each, until an administrator removes it."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from shared.tables.dynamo import ConditionFailedError, Table, stored_instant

_ON = "on"
"""The reason of a row whose subscription was switched on again."""


class SwitchedOff(NamedTuple):
    """A subscription that is switched off."""

    since: datetime
    reason: str
    """`gone`: its address wants no more (410); `failed`: it took an event in none of all rounds."""


class ProgramSwitches:
    """Reads and writes the rows of subscriptions that are switched off."""

    def __init__(self, throttle_table: str) -> None:
        self._table = Table(throttle_table)

    def get(self, subscription: str) -> SwitchedOff | None:
        """Return since when and why a subscription is switched off; None while it is on."""
        item = self._table.get(_key(subscription))
        if item is None or item["reason"] == _ON:
            return None
        return SwitchedOff(datetime.fromisoformat(item["since"]), item["reason"])

    def off_since(self, subscription: str) -> datetime | None:
        """Return since when a subscription is switched off; None while it is on."""
        switched_off = self.get(subscription)
        return switched_off.since if switched_off else None

    def switch_off(self, subscription: str, at: datetime, reason: str) -> bool:
        """Switch a subscription off; return whether it was on."""
        row = {**_key(subscription), "since": stored_instant(at), "reason": reason}
        try:
            self._table.put_if(row, "attribute_not_exists(#key) OR reason = :on", {"on": _ON})
        except ConditionFailedError:
            return False
        return True

    def switch_on(self, subscription: str, at: datetime) -> None:
        """Switch a subscription on."""
        self._table.put({**_key(subscription), "since": stored_instant(at), "reason": _ON})


def _key(subscription: str) -> dict[str, str]:
    return {"key": f"program-off#{subscription}"}
