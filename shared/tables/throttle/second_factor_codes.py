"""Codes of second factors that were tried: each opens one session at most, and wrong ones are slowed.

Cognito refuses a used code too and slows by account; neither depends on its settings here. The table has codes and
officers under keys of the caller's alone.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from shared.tables.dynamo import ConditionFailedError, Table

CODE_REMEMBERED = timedelta(minutes=5)
"""Longer than any code is accepted (RFC 6238, 5.2: a code is accepted once)."""
WINDOW = timedelta(minutes=15)
WRONG_CODES = 10
"""Wrong codes of one officer in a window; only who knows the password comes so far."""


class SecondFactorCodes:
    """Knows the codes that officers used, and counts the wrong ones."""

    def __init__(self, throttle_table: str) -> None:
        self._table = Table(throttle_table)

    def wait_of(self, officer_key: str, now: datetime) -> int:
        """Return the seconds until another code may be tried; 0 where one may be now."""
        item = self._table.get({"key": _wrong_key(officer_key, now)})
        if item is None or item.get("wrong", 0) < WRONG_CODES:
            return 0
        window = int(WINDOW.total_seconds())
        return window - int(now.timestamp()) % window

    def count_wrong(self, officer_key: str, now: datetime) -> None:
        """Count one wrong code."""
        self._table.update_if(
            {"key": _wrong_key(officer_key, now)},
            "SET expires_at = :until ADD wrong :one",
            "attribute_not_exists(#key) OR attribute_exists(#key)",
            {"until": int((now + 2 * WINDOW).timestamp()), "one": 1},
        )

    def use(self, code_key: str, now: datetime) -> bool:
        """Use a right code; return whether it was not used before."""
        until = int((now + CODE_REMEMBERED).timestamp())
        try:
            self._table.put_if(
                {"key": f"code#{code_key}", "expires_at": until},
                "attribute_not_exists(#key) OR expires_at < :now",
                {"now": int(now.timestamp())},
            )
        except ConditionFailedError:
            return False
        return True


def _wrong_key(officer_key: str, now: datetime) -> str:
    return f"wrong-codes#{officer_key}#{int(now.timestamp()) // int(WINDOW.total_seconds())}"
