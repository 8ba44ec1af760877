"""Counts wrong PINs per reference and per network address, and locks out who guesses (docs/adr: reference and PIN).

The counters live in the throttle table under HMACs: it holds neither references nor addresses. Counting a try twice
(a write that the SDK repeated) only locks sooner, so a plain counter does.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from shared.domain.identity import reference as references
from shared.platform import clock
from shared.tables.dynamo import ConditionFailedError, Item, Table

MANY = 1_000_000
"""No limit: what is counted only for its being a write."""


class PinGuard:
    """Knows which references and addresses are locked.

    Args:
        table: the throttle table.
        key: the identifiers' key.
        tries_per_reference: wrong PINs until a reference is locked.
        tries_per_address: wrong PINs until an address is locked; 0 counts none.
        locked_for: how long after the last counted try.
    """

    def __init__(
        self,
        table: str,
        key: bytes,
        *,
        tries_per_reference: int,
        tries_per_address: int,
        locked_for: timedelta,
    ) -> None:
        self._table = Table(table)
        self._key = key
        self._tries_per_reference = tries_per_reference
        self._tries_per_address = tries_per_address
        self._locked_for = locked_for

    def is_locked(self, reference: str, address: str, opened: int = 0) -> bool:
        """Return whether too many wrong PINs came for this reference, or from this address: one read.

        Args:
            reference: 11 digits.
            address: the caller's network address.
            opened: how often the owner had the PIN sent again; each time, the reference's tries begin anew.
        """
        limits = self._limits(reference, address, opened)
        now = clock.now().timestamp()
        return any(
            item["tries"] >= limits[item["key"]] and item["expires_at"] > now
            for item in self._read(list(limits))
        )

    def count_wrong_try(self, reference: str, address: str, opened: int = 0) -> None:
        """Count one wrong PIN; a try while locked costs the same write and prolongs nothing."""
        for key, limit in self._limits(reference, address, opened).items():
            self._count(key, limit, clock.now())

    def count_vain_request(self, reference: str) -> None:
        """Count one request for the PIN that came to nothing: a write like that of one which did not."""
        self._count(self._name("vain-request", reference), MANY, clock.now())

    def _limits(self, reference: str, address: str, opened: int) -> dict[str, int]:
        generation = f"{reference}#{opened}" if opened else reference
        limits = {self._name("reference", generation): self._tries_per_reference}
        if self._tries_per_address:
            limits[self._name("address", address)] = self._tries_per_address
        return limits

    def _name(self, kind: str, value: str) -> str:
        return f"pin-{kind}#{references.derive(self._key, f'throttle-{kind}', value).hex()[:32]}"

    def _read(self, keys: list[str]) -> list[Item]:
        if len(keys) == 1:
            item = self._table.get({"key": keys[0]}, is_consistent=False)
            return [item] if item else []
        return list(self._table.batch_get({"key": key} for key in keys))

    def _count(self, key: str, limit: int, now: datetime) -> None:
        """Count within the window that runs; where none runs any more, begin one."""
        seconds = int(now.timestamp())
        expires_at = seconds + int(self._locked_for.total_seconds())
        try:
            self._table.update_if(
                {"key": key},
                "SET expires_at = :expires_at ADD tries :one",
                "attribute_not_exists(tries) OR (expires_at > :now AND tries < :limit)",
                {"expires_at": expires_at, "one": 1, "now": seconds, "limit": limit},
            )
        except ConditionFailedError as error:
            if error.old and error.old["expires_at"] <= seconds:
                self._table.put({"key": key, "tries": 1, "expires_at": expires_at})
