"""Sessions of officers: one row each, named by the `origin_jti` of its tokens, and one list for each officer.

The row is the deny list too: a session that was ended keeps its row, marked, until no token of it can hold any more.
Rows expire after the longest session; their times are those of the system's clock, as in the tokens of Cognito, so
travelling in time does not end a session. Refresh tokens lie here encrypted (casework.access.sessions).
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import NamedTuple

from shared.tables.dynamo import ConditionFailedError, Item, Table
from shared.tables.throttle.second_factor_codes import SecondFactorCodes

LISTS_KEPT_FOR = timedelta(days=180)
"""A device that nobody used for so long is new again."""
KEPT_FOR = timedelta(days=3)
"""Longer than the refresh tokens of the user pool hold (infra/cloudformation/identity.yaml)."""
_KEPT_SECONDS = int(KEPT_FOR.total_seconds())
MOST_LISTED = 30
"""Sessions of one list before those whose rows have expired are taken from it."""


class SessionRow(NamedTuple):
    """One stored session."""

    id: str
    """The `origin_jti` of its tokens."""
    officer: str
    started_at: int
    """Seconds since 1970, as are all times here."""
    used_at: int
    device: str
    """E.g. `Chrome · Windows`."""
    network: str
    """The beginning of the network address, e.g. `113.160.*.*`."""
    refresh_token: str = ""
    """Encrypted; empty once the session has ended."""
    has_second_factor: bool = False
    ended_at: int | None = None
    refresh_number: int = 0
    """The number of the refresh token that a program got last."""


class OfficerSessions:
    """Reads and writes sessions."""

    def __init__(self, throttle_table: str) -> None:
        self._table = Table(throttle_table)
        self.codes = SecondFactorCodes(throttle_table)

    def open(self, row: SessionRow) -> None:
        """Store a session that begins; the same one again changes nothing of it."""
        item: Item = {**row._asdict(), **_key(row.id), "expires_at": row.started_at + _KEPT_SECONDS}
        item.pop("id")
        with suppress(ConditionFailedError):
            self._table.put_if(item, "attribute_not_exists(#key)")

    def get(self, session_id: str) -> SessionRow | None:
        """Return a session, None where the desk knows of none: one consistent read."""
        item = self._table.get(_key(session_id))
        return _row(item) if item else None

    def use(self, session_id: str, at: int) -> None:
        """Record that a session was used; one that has ended stays as it is."""
        self._change(session_id, "SET used_at = :at", "attribute_exists(officer)", at)

    def add_second_factor(self, session_id: str, at: int) -> None:
        """Record that the officer of a session has shown the second factor in it."""
        self._change(
            session_id,
            "SET used_at = :at, has_second_factor = :yes",
            "attribute_exists(officer)",
            at,
            yes=True,
        )

    def end(self, session_id: str, at: int) -> None:
        """End a session, also one that the desk did not open; one that has ended stays as it is."""
        until = at + _KEPT_SECONDS
        self._change(
            session_id,
            "SET ended_at = :at, expires_at = :until REMOVE refresh_token",
            "attribute_not_exists(ended_at)",
            at,
            until=until,
        )

    def next_refresh(self, session_id: str, number: int) -> int:
        """Go on from one refresh token's number to the next, and return that; doing so again changes nothing."""
        with suppress(ConditionFailedError):
            self._table.update_if(
                _key(session_id),
                "SET refresh_number = :next",
                "attribute_exists(officer) AND attribute_not_exists(ended_at)"
                " AND (refresh_number = :number OR (attribute_not_exists(refresh_number) AND :number = :zero))",
                {"next": number + 1, "number": number, "zero": 0},
            )
        return number + 1

    def enlist(self, officer_key: str, session_id: str, device_key: str, at: datetime) -> bool:
        """Put a session and its device into an officer's list; return whether the device is new.

        The first device of a list is not: there is nobody whom another could have replaced.
        """
        before = self._table.update_if(
            _list_key(officer_key),
            "SET expires_at = :until ADD sessions :ids, devices :devices",
            "attribute_not_exists(#key) OR attribute_exists(#key)",
            {
                "until": int((at + LISTS_KEPT_FOR).timestamp()),
                "ids": {session_id},
                "devices": {device_key},
            },
            returns="ALL_OLD",
        )
        listed: set[str] = before.get("sessions", set())
        if len(listed) >= MOST_LISTED:
            self._forget(officer_key, listed - {row.id for row in self._rows(listed)})
        devices: set[str] = before.get("devices", set())
        return bool(devices) and device_key not in devices

    def of(self, officer_key: str) -> tuple[SessionRow, ...]:
        """Return an officer's sessions that still have a row, the latest first."""
        item = self._table.get(_list_key(officer_key))
        rows = self._rows(item.get("sessions", set())) if item else []
        return tuple(sorted(rows, key=lambda row: row.started_at, reverse=True))

    def _rows(self, ids: Iterable[str]) -> list[SessionRow]:
        return [_row(item) for item in self._table.batch_get(_key(name) for name in ids)]

    def _forget(self, officer_key: str, ids: set[str]) -> None:
        if ids:
            self._table.update_if(
                _list_key(officer_key), "DELETE sessions :ids", "attribute_exists(#key)", {"ids": ids}
            )

    def _change(self, session_id: str, update: str, condition: str, at: int, **values: int) -> None:
        with suppress(ConditionFailedError):
            self._table.update_if(
                _key(session_id),
                update,
                f"{condition} AND attribute_not_exists(ended_at)",
                {"at": at, **values},
            )


def _row(item: Item) -> SessionRow:
    return SessionRow(
        id=item["key"].partition("#")[2],
        officer=item.get("officer", ""),
        started_at=item.get("started_at", 0),
        used_at=item.get("used_at", 0),
        device=item.get("device", ""),
        network=item.get("network", ""),
        refresh_token=item.get("refresh_token", ""),
        has_second_factor=item.get("has_second_factor", False),
        ended_at=item.get("ended_at"),
        refresh_number=item.get("refresh_number", 0),
    )


def _key(session_id: str) -> dict[str, str]:
    return {"key": f"session#{session_id}"}


def _list_key(officer_key: str) -> dict[str, str]:
    return {"key": f"session-list#{officer_key}"}
