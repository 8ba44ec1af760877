"""Limits the petitions of one network address in an hour: a flood is refused, a village behind one address is not.

Kept as a set of names under an HMAC of the address, so the same submission again counts once, and no address is stored.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from shared.domain.errors import TooManyRequestsError
from shared.domain.identity import reference as references
from shared.domain.identity.network import subscriber_of
from shared.platform import clock
from shared.tables.throttle.counters import NameCounter

_HOUR = 3600


class Sender(NamedTuple):
    """The network address of a submission, and whether a proof of work came with it."""

    address: str
    is_proven: bool = True


class AddressLimit:
    """Refuses submissions of network addresses that send too many.

    Args:
        table: the throttle table.
        key: the identifiers' key.
        per_hour: petitions of one address; 0 is no limit.
        unproven_per_hour: of those without a proof of work (pages without JavaScript); 0 is no limit.
    """

    def __init__(self, table: str, key: bytes, *, per_hour: int, unproven_per_hour: int) -> None:
        self._counter = NameCounter(table, "submissions")
        self._key = key
        self._limits = {True: per_hour, False: unproven_per_hour}

    def check(self, sender: Sender, submission_key: str) -> None:
        """Count a submission: one write, none where there is no limit.

        Raises:
            TooManyRequestsError: enough for this hour; `retry_after` leads to the next.
        """
        most = self._limits[sender.is_proven]
        if not most or not sender.address:
            return
        now = clock.now()
        name = references.submission_digest(self._key, submission_key)[:16]
        expires_at = now + timedelta(seconds=2 * _HOUR)
        if not self._counter.admit(self._row(sender, now), name, limit=most, expires_at=expires_at):
            raise TooManyRequestsError(_HOUR - int(now.timestamp()) % _HOUR)

    def _row(self, sender: Sender, now: datetime) -> str:
        kind = "sent" if sender.is_proven else "unproven"
        address = references.derive(self._key, f"throttle-{kind}", subscriber_of(sender.address)).hex()[:32]
        return f"{kind}#{address}#{int(now.timestamp()) // _HOUR}"
