"""Limits the petitions of one network address in an hour: a flood is refused, a village behind one address is not.

Kept as a set of names under an HMAC of the address, so the same submission again counts once, and no address is stored.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from shared.domain.errors import TooManyRequestsError
from shared.domain.identity import reference as references
from shared.domain.identity.network import subscriber_of
from shared.domain.quotas import Quota
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
        counted: names what is counted, apart from what another limit counts.
    """

    def __init__(
        self, table: str, key: bytes, *, per_hour: int, unproven_per_hour: int, counted: str = "sent"
    ) -> None:
        self._counter = NameCounter(table, "submissions")
        self._key = key
        self._limits = {True: per_hour, False: unproven_per_hour}
        self._counted = counted

    def check(self, sender: Sender, submission_key: str) -> tuple[Quota, ...]:
        """Count a submission: one write, none where there is no limit.

        Returns:
            What is left of the address's quota; nothing where there is no limit.

        Raises:
            TooManyRequestsError: enough for this hour; `retry_after` leads to the next.
        """
        most = self._limits[sender.is_proven]
        if not most or not sender.address:
            return ()
        now = clock.now()
        name = references.submission_digest(self._key, submission_key)[:16]
        expires_at = now + timedelta(seconds=2 * _HOUR)
        sent = self._counter.count(self._row(sender, now), name, limit=most, expires_at=expires_at)
        until = _HOUR - int(now.timestamp()) % _HOUR
        if sent is None:
            raise TooManyRequestsError(until, Quota("address", most, 0, _HOUR, until))
        return (Quota("address", most, most - sent, _HOUR, until),)

    def _row(self, sender: Sender, now: datetime) -> str:
        kind = self._counted if sender.is_proven else "unproven"
        address = references.derive(self._key, f"throttle-{kind}", subscriber_of(sender.address)).hex()[:32]
        return f"{kind}#{address}#{int(now.timestamp()) // _HOUR}"
