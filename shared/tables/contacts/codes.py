"""One-time codes that were asked for, and the sessions they opened: rows of the throttle table that end by themselves.

A row is named by a digest of a secret that only one browser has; the contact is in it as its HMAC, the code not at all
(`shared.domain.identity.access_codes`). A row counts as gone at `expires_at`, whether or not DynamoDB deleted it yet.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

from shared.domain.calendar.working_calendar import end_of_day, local_date
from shared.domain.identity.access_codes import ASK_AGAIN_AFTER, CODE_HOLDS_FOR, SESSION_HOLDS_FOR, TRIES
from shared.tables.dynamo import ConditionFailedError, Item, Table


class CodeRow(NamedTuple):
    """A code that was asked for."""

    name: str
    contact_key: str
    language: str
    asked_at: int
    """Seconds since 1970."""
    tries: int = 0

    @property
    def instant(self) -> datetime:
        """The instant at which it was asked for."""
        return datetime.fromtimestamp(self.asked_at, UTC)

    @property
    def expires_at(self) -> int:
        """The second from which it is gone."""
        return self.asked_at + int(CODE_HOLDS_FOR.total_seconds())


class ContactSession(NamedTuple):
    """A session of somebody who has shown a contact to be theirs."""

    name: str
    contact_key: str
    expires_at: int
    """The second from which it is gone."""


class AccessCodes:
    """Reads and writes codes and sessions.

    Args:
        throttle_table: the throttle table.
    """

    def __init__(self, throttle_table: str) -> None:
        self._table = Table(throttle_table)

    def wait_of(self, contact_key: str, name: str, now: datetime, per_day: int) -> int:
        """Count a code towards its contact's limit of the day, known or not: one write.

        Args:
            contact_key: whose.
            name: of the code's row; counting the same one again counts it once.
            now: the instant.
            per_day: codes of one contact in a day in Vietnam.

        Returns:
            The seconds after which a code may be asked for again; 0 where this one is counted.
        """
        seconds, midnight = int(now.timestamp()), int(end_of_day(local_date(now)).timestamp())
        between = int(ASK_AGAIN_AFTER.total_seconds())
        try:
            self._table.update_if(
                {"key": f"code-asks#{contact_key}#{local_date(now)}"},
                "SET latest = :now, latest_name = :name, expires_at = :midnight ADD asked :one",
                "attribute_not_exists(asked) OR (asked < :limit AND latest <= :before)",
                {
                    "now": seconds,
                    "name": name,
                    "midnight": midnight,
                    "one": 1,
                    "limit": per_day,
                    "before": seconds - between,
                },
            )
        except ConditionFailedError as error:
            old = error.old or {}
            if old.get("latest_name") == name:  # our own write, whose reply was lost
                return 0
            is_enough = int(old.get("asked", per_day)) >= per_day
            return max(1, midnight - seconds if is_enough else int(old["latest"]) + between - seconds)
        return 0

    def add(self, row: CodeRow) -> None:
        """Store a code that was asked for."""
        item = {**row._asdict(), **_code_key(row.name), "expires_at": row.expires_at}
        item.pop("name")
        self._table.put(item)

    def get(self, name: str, now: datetime) -> CodeRow | None:
        """Return a code that still holds, None where there is none, or it was used."""
        item = self._table.get(_code_key(name))
        row = _row(item) if item else None
        is_used = item is not None and "session" in item
        return row if row and not is_used and row.expires_at > int(now.timestamp()) else None

    def count_try(self, name: str, now: datetime) -> CodeRow | None:
        """Count one try before its code is compared; None where there is none left: one write in any case."""
        try:
            item = self._table.update_if(
                _code_key(name),
                "ADD tries :one",
                "expires_at > :now AND tries < :most AND attribute_not_exists(#session)",
                {"one": 1, "now": int(now.timestamp()), "most": TRIES},
            )
        except ConditionFailedError:
            return None
        return _row(item)

    def use(self, code: CodeRow, session: str, now: datetime) -> ContactSession | None:
        """Open the session that a right code opens; None where it opened another one before.

        Args:
            code: the code, as it was counted.
            session: the name of the session's row.
            now: the instant.
        """
        try:
            self._table.update_if(
                _code_key(code.name),
                "SET #session = :session",
                "expires_at > :now AND (attribute_not_exists(#session) OR #session = :session)",
                {"session": session, "now": int(now.timestamp())},
            )
        except ConditionFailedError:
            return None
        opened = ContactSession(
            session, code.contact_key, int(now.timestamp() + SESSION_HOLDS_FOR.total_seconds())
        )
        item = {**opened._asdict(), **_session_key(session)}
        item.pop("name")
        self._table.put(item)
        return opened

    def session(self, name: str, now: datetime) -> ContactSession | None:
        """Return a session that has not ended: one consistent read."""
        item = self._table.get(_session_key(name))
        if item is None or int(item["expires_at"]) <= int(now.timestamp()):
            return None
        return ContactSession(name, str(item["contact_key"]), int(item["expires_at"]))

    def end(self, name: str) -> None:
        """End a session; one that has ended stays so."""
        self._table.delete(_session_key(name))


def _row(item: Item) -> CodeRow:
    return CodeRow(
        name=str(item["key"]).partition("#")[2],
        contact_key=str(item["contact_key"]),
        language=str(item["language"]),
        asked_at=int(item["asked_at"]),
        tries=int(item["tries"]),
    )


def _code_key(name: str) -> dict[str, str]:
    return {"key": f"access-code#{name}"}


def _session_key(name: str) -> dict[str, str]:
    return {"key": f"contact-session#{name}"}
