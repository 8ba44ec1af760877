"""The providers' circuits, shared by all workers: one row for each in the table `throttle`.

A row that is lost or outdated costs a few calls in vain, nothing else, so whatever goes wrong here is counted and no
notice waits for it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.notifier.senders import circuit as rules
from chalicelib.notifier.senders.circuit import Circuit, Phase
from shared.platform import telemetry
from shared.tables.throttle.circuits import CircuitRows

KEPT_FOR = timedelta(days=2)


class _Stored(NamedTuple):
    circuit: Circuit
    version: int


class Circuits:
    """Asks whether a provider may be called, and remembers how it answered."""

    def __init__(self, table: str) -> None:
        self._rows = CircuitRows(table)

    def admits(self, provider: str, now: datetime) -> bool:
        """Tell whether to call a provider now. Of several workers, one may try a provider that rests."""
        try:
            stored = self._read(provider)
            if stored.circuit.phase is Phase.CLOSED:
                return True
            return rules.admits(stored.circuit, now) and self._write(
                provider, rules.probing(stored.circuit, now), stored.version, now
            )
        except (BotoCoreError, ClientError) as error:
            _uncertain(error)
            return True

    def report(self, provider: str, now: datetime, *, worked: bool) -> None:
        """Remember an answer. Of two at the same instant one may be forgotten."""
        try:
            stored = self._read(provider)
            changed = rules.after(stored.circuit, worked=worked, now=now)
            if changed == stored.circuit or not self._write(provider, changed, stored.version, now):
                return
        except (BotoCoreError, ClientError) as error:
            _uncertain(error)
            return
        if changed.phase is not stored.circuit.phase:
            telemetry.logger().warning("circuit", provider=provider, phase=changed.phase)
            telemetry.count("CircuitOpened" if changed.phase is Phase.OPEN else "CircuitClosed")

    def _read(self, provider: str) -> _Stored:
        row = self._rows.get(provider)
        if row is None:
            return _Stored(Circuit(), 0)
        return _Stored(Circuit.model_validate_json(row.circuit), row.version)

    def _write(self, provider: str, circuit: Circuit, seen: int, now: datetime) -> bool:
        """Write a circuit unless somebody else was faster; tell whether that went well."""
        return self._rows.put(provider, circuit.model_dump_json(), seen=seen, expires_at=now + KEPT_FOR)


def _uncertain(error: Exception) -> None:
    telemetry.count("CircuitUncertain")
    telemetry.logger().warning("circuit not known", error_type=type(error).__name__)
