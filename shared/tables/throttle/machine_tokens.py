"""Access tokens of machine accounts: a row each, named by the token's hash, and a count of requests by the minute.

Rows expire with their tokens. Times are those of the system's clock, as with the sessions of officers.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from shared.domain.errors import TooManyRequestsError
from shared.domain.quotas import Quota
from shared.tables.dynamo import ConditionFailedError, Table

_MINUTE = 60


class MachineToken(NamedTuple):
    """One access token, as it is stored."""

    machine: str
    secret: str
    """The id of the secret that it was given for: it ends with it."""
    scopes: frozenset[str]
    expires_at: int
    """Seconds since 1970."""


class MachineTokens:
    """Reads and writes access tokens of machine accounts."""

    def __init__(self, throttle_table: str) -> None:
        self._table = Table(throttle_table)

    def add(self, token_hash: str, token: MachineToken) -> None:
        """Store a token that is given out."""
        self._table.put({**_key(token_hash), **token._asdict(), "scopes": set(token.scopes)})

    def get(self, token_hash: str) -> MachineToken | None:
        """Return a token, whether or not it has expired: one consistent read."""
        item = self._table.get(_key(token_hash))
        if item is None:
            return None
        return MachineToken(item["machine"], item["secret"], frozenset(item["scopes"]), item["expires_at"])

    def count(self, what: str, machine: str, now: datetime, *, limit: int) -> Quota:
        """Count a request in the minute that runs; one write, whose answer has the number.

        Returns:
            What is left of the account's quota.

        Raises:
            TooManyRequestsError: the limit was reached before; `retry_after` leads to the next minute.
        """
        at = int(now.timestamp())
        minute = at // _MINUTE
        until = (minute + 1) * _MINUTE - at
        try:
            counted = self._table.update_if(
                {"key": f"machine-{what}#{machine}#{minute}"},
                "SET expires_at = :until ADD requests :one",
                "attribute_not_exists(requests) OR requests < :limit",
                {"until": (minute + 2) * _MINUTE, "one": 1, "limit": limit},
            )
        except ConditionFailedError:
            raise TooManyRequestsError(until, Quota(what, limit, 0, _MINUTE, until)) from None
        return Quota(what, limit, limit - counted["requests"], _MINUTE, until)


def _key(token_hash: str) -> dict[str, str]:
    return {"key": f"machine-token#{token_hash}"}
