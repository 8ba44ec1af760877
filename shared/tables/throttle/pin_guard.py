"""Counts wrong PINs per network address and per reference, and makes the guesser wait or work (docs/adr: guessed PINs).

The counters live in the throttle table under HMACs: it holds neither references nor addresses. Counting a try twice
(a write that the SDK repeated) only slows sooner, so a plain counter does. Tickets and challenges are bound to one
reference, PIN and address, so one that is used again tries the same PIN again, and nothing of them is stored.
"""

from __future__ import annotations

import hmac
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, Protocol

from shared.domain.errors import NotFoundOrWrongPinError, PinSlowedError
from shared.domain.identity import reference as references
from shared.domain.identity.identifier_keys import Keyring
from shared.domain.identity.network import subscriber_of
from shared.domain.procedures.pin_tries import (
    REFERENCE_WAIT,
    REFERENCE_WINDOW,
    TICKET_HOLDS_FOR,
    PinLimits,
    address_wait,
)
from shared.platform import clock, telemetry
from shared.tables.dynamo import ConditionFailedError, Item, Table

MANY = 1_000_000
"""No limit: what is counted only for its being a write."""


class Work(Protocol):
    """Makes and checks challenges for a browser."""

    def make(self, form_key: str) -> str:
        """Return a challenge for one form."""

    def is_met(self, proof: str, form_key: str) -> bool:
        """Return whether a proof solves a challenge of this form."""


class PinTry(NamedTuple):
    """One try of a PIN."""

    reference: str
    """11 digits."""
    pin: str
    address: str
    """The network address, or the name of who tries for others."""
    opened: int = 0
    """The number of times that the PIN was sent again or renewed; each time, the reference's tries begin anew."""
    offered: str = ""
    """The ticket or the proof that came along."""


class _Counted(NamedTuple):
    tries: int
    ago: int
    """Seconds since the latest."""


class PinGuard:
    """Slows those who guess.

    Args:
        table: the throttle table.
        keyring: the identifiers' keys; a ticket is signed with the one in force when it was made.
        limits: of addresses and references.
        work: challenges for browsers; None where no browser solves one.
    """

    def __init__(self, table: str, keyring: Keyring, limits: PinLimits, work: Work | None = None) -> None:
        self._table = Table(table)
        self._keyring = keyring
        self._key = keyring.names()
        self._limits = limits
        self._work = work

    def check(self, attempt: PinTry) -> None:
        """Let a try pass, before its PIN is compared: one read.

        Raises:
            PinSlowedError: it has to wait or to work first; nothing is counted.
            NotFoundOrWrongPinError: the reference had more wrong PINs today than it takes.
        """
        rows = self._read(attempt)
        by_reference = rows.get(self._reference_row(attempt), _Counted(0, 0))
        by_address = rows.get(self._address_row(attempt.address), _Counted(0, 0))
        if by_reference.tries >= self._limits.per_reference_a_day:
            telemetry.count("PinSlowed")
            raise NotFoundOrWrongPinError
        window = int(self._limits.window.total_seconds())
        if self._limits.per_address and by_address.tries >= self._limits.per_address:
            telemetry.count("PinSlowed")
            raise PinSlowedError(max(window - by_address.ago, 1))
        wait = max(address_wait(by_address.tries, self._limits.window) - by_address.ago, 0)
        if by_reference.tries >= self._limits.per_reference:
            wait = max(wait, REFERENCE_WAIT)
        if wait and not self._is_paid(attempt):
            telemetry.count("PinSlowed")
            raise PinSlowedError(wait, self._ticket(attempt, wait), self._challenge(attempt))

    def check_address(self, address: str) -> None:
        """Let a try pass that guesses no PIN but, say, a telephone number: only its address is looked at.

        Raises:
            PinSlowedError: it has to wait.
        """
        if not self._limits.per_address:
            return
        item = self._table.get({"key": self._address_row(address)}, is_consistent=False)
        counted = self._counted(item) if item else _Counted(0, 0)
        wait = address_wait(counted.tries, self._limits.window) - counted.ago
        if wait > 0:
            telemetry.count("PinSlowed")
            raise PinSlowedError(wait)

    def count_wrong_pin(self, attempt: PinTry) -> None:
        """Count one wrong PIN: against its address, and against the reference, known or not."""
        self._count(self._reference_row(attempt), self._limits.per_reference_a_day, REFERENCE_WINDOW)
        self.count_wrong_proof(attempt.address)

    def count_wrong_proof(self, address: str) -> None:
        """Count one wrong proof of another kind against its address alone: no reference is slowed by it."""
        telemetry.count("PinWrong")
        if self._limits.per_address:
            self._count(self._address_row(address), self._limits.per_address, self._limits.window)

    def count_vain_request(self, reference: str) -> None:
        """Count one request for the PIN that came to nothing: a write like that of one which did not."""
        self._count(self._name("vain-request", reference), MANY, self._limits.window)

    # --- paying ----------------------------------------------------------------------------------------

    def _is_paid(self, attempt: PinTry) -> bool:
        return self._is_ripe(attempt) or (
            self._work is not None and self._work.is_met(attempt.offered, self._form_key(attempt))
        )

    def _is_ripe(self, attempt: PinTry) -> bool:
        """Return whether a ticket of ours for this very try has waited as long as it says, and is not too old."""
        made_at, _, rest = attempt.offered[:80].partition(".")
        wait, _, _signature = rest.partition(".")
        if not (made_at.isascii() and made_at.isdigit() and wait.isascii() and wait.isdigit()):
            return False
        age = int(clock.now().timestamp()) - int(made_at)
        longest = max(int(self._limits.window.total_seconds()), REFERENCE_WAIT)
        if int(wait) > longest or not int(wait) <= age <= int(wait) + TICKET_HOLDS_FOR:
            return False
        expected = self._signed(attempt, int(made_at), int(wait))
        return hmac.compare_digest(expected.encode(), attempt.offered[:80].encode())

    def _ticket(self, attempt: PinTry, wait: int) -> str:
        return self._signed(attempt, int(clock.now().timestamp()), wait)

    def _signed(self, attempt: PinTry, made_at: int, wait: int) -> str:
        key = self._keyring.at(datetime.fromtimestamp(made_at, UTC))
        signature = references.derive(key, "pin-ticket", f"{made_at}|{wait}|{_names(attempt)}").hex()[:32]
        return f"{made_at}.{wait}.{signature}"

    def _challenge(self, attempt: PinTry) -> str:
        return self._work.make(self._form_key(attempt)) if self._work else ""

    def _form_key(self, attempt: PinTry) -> str:
        return references.derive(self._key, "pin-try", _names(attempt)).hex()[:32]

    # --- counting --------------------------------------------------------------------------------------

    def _reference_row(self, attempt: PinTry) -> str:
        name = f"{attempt.reference}#{attempt.opened}" if attempt.opened else attempt.reference
        return self._name("reference", name)

    def _address_row(self, address: str) -> str:
        return self._name("address", subscriber_of(address))

    def _name(self, kind: str, value: str) -> str:
        return f"pin-{kind}#{references.derive(self._key, f'throttle-{kind}', value).hex()[:32]}"

    def _read(self, attempt: PinTry) -> dict[str, _Counted]:
        keys = [self._reference_row(attempt)]
        if self._limits.per_address:
            keys.append(self._address_row(attempt.address))
        if len(keys) == 1:
            item = self._table.get({"key": keys[0]}, is_consistent=False)
            items = [item] if item else []
        else:
            items = list(self._table.batch_get({"key": key} for key in keys))
        return {item["key"]: self._counted(item) for item in items}

    def _counted(self, item: Item) -> _Counted:
        window = REFERENCE_WINDOW if item["key"].startswith("pin-reference#") else self._limits.window
        left = int(item["expires_at"]) - int(clock.now().timestamp())
        return (
            _Counted(int(item["tries"]), int(window.total_seconds()) - left) if left > 0 else _Counted(0, 0)
        )

    def _count(self, key: str, limit: int, window: timedelta) -> None:
        """Count within the window that runs; where none runs any more, begin one."""
        seconds = int(clock.now().timestamp())
        expires_at = seconds + int(window.total_seconds())
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


def _names(attempt: PinTry) -> str:
    return f"{attempt.reference}|{attempt.pin}|{subscriber_of(attempt.address)}"
