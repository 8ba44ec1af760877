"""Hotline calls of the last hour, and the one number that each covers: who calls may be looked up by that number.

A call is reported by the call centre's webhook, or declared by the operator who takes it. It is kept in the throttle
table under HMACs: the table has neither call ids nor numbers.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from shared.domain.errors import TooManyRequestsError
from shared.domain.identity import reference as references
from shared.tables.dynamo import ConditionFailedError, Item, Table
from shared.tables.throttle.counters import NameCounter

CALL_COVERS = timedelta(hours=1)
"""The time after its beginning in which a call is a reason for looking its number up."""
_HOUR = 3600


class HotlineCalls:
    """Knows the calls of the last hour, and counts what each officer looks up.

    Args:
        table: the throttle table.
        key: the identifiers' key.
        look_ups_an_hour: calls whose numbers one officer may look up in an hour; 0 where nobody looks up.
    """

    def __init__(self, table: str, key: bytes, *, look_ups_an_hour: int = 0) -> None:
        self._table = Table(table)
        self._counter = NameCounter(table, "calls")
        self._key = key
        self._look_ups_an_hour = look_ups_an_hour

    def report(self, call_id: str, number: str, at: datetime) -> None:
        """Keep a call that the call centre reported; one that is known already stays as it is."""
        self._add(call_id, references.contact_key(self._key, number), at, None)

    def declare(self, call_id: str, number: str, officer: str, now: datetime) -> bool:
        """Declare a call at its first look-up.

        Args:
            call_id: the call centre's, or one that the desk's page made.
            number: that the call comes from, in E.164.
            officer: the user name of who takes the call.
            now: the time of the look-up.

        Returns:
            Whether the call covers this number for this officer: now, or since it began at most an hour ago.

        Raises:
            TooManyRequestsError: the officer looked up enough for this hour.
        """
        contact_key = references.contact_key(self._key, number)
        self._admit(call_id, contact_key, officer, now)
        call = self._add(call_id, contact_key, now, officer)
        return call is None or (
            call["contact"] == contact_key
            and call.get("officer", officer) == officer
            and call["began_at"] > (now - CALL_COVERS).timestamp()
        )

    def _admit(self, call_id: str, contact_key: str, officer: str, now: datetime) -> None:
        """Count a look-up in the hour that runs; the same call and number count once."""
        hour = int(now.timestamp()) // _HOUR
        if not self._counter.admit(
            f"look-ups#{self._name('officer', officer)}#{hour}",
            self._name("look-up", f"{call_id}\x00{contact_key}"),
            limit=self._look_ups_an_hour,
            expires_at=now + 2 * CALL_COVERS,
        ):
            raise TooManyRequestsError(_HOUR - int(now.timestamp()) % _HOUR)

    def _add(self, call_id: str, contact_key: str, began_at: datetime, officer: str | None) -> Item | None:
        """Write a call unless it is known; then return it."""
        began = int(began_at.timestamp())
        expires_at = began + int(2 * CALL_COVERS.total_seconds())
        of_officer = {"officer": officer} if officer else {}
        call: Item = {
            "contact": contact_key,
            "began_at": began,
            "expires_at": expires_at,
            **of_officer,
        }
        key = f"call#{self._name('call', call_id)}"
        try:
            self._table.put_if({"key": key, **call}, "attribute_not_exists(#key)")
        except ConditionFailedError as error:
            return error.old or call
        return None

    def _name(self, kind: str, value: str) -> str:
        return references.derive(self._key, f"throttle-{kind}", value).hex()[:32]
