"""The providers' circuits, shared by all workers: one row for each in the table `throttle`.

A row that is lost or outdated only costs a few failed calls, so an error of the table is counted and stops no notice.
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
    """Decides whether a provider may be called, and records its answers."""

    def __init__(self, table: str) -> None:
        self._rows = CircuitRows(table)

    def admits(self, provider: str, now: datetime) -> bool:
        """Return whether to call a provider now. Of several workers, one may try a provider whose rest is over."""
        try:
            stored = self._read(provider)
            if stored.circuit.phase is Phase.CLOSED:
                return True
            return rules.admits(stored.circuit, now) and self._write(
                provider, rules.probing(stored.circuit, now), stored.version, now
            )
        except (BotoCoreError, ClientError) as error:
            _count_error(error)
            return True

    def report(self, provider: str, now: datetime, *, worked: bool) -> None:
        """Record an answer. Of two answers at the same instant one may be lost."""
        try:
            stored = self._read(provider)
            changed = rules.after(stored.circuit, worked=worked, now=now)
            if changed == stored.circuit or not self._write(provider, changed, stored.version, now):
                return
        except (BotoCoreError, ClientError) as error:
            _count_error(error)
            return
        if changed.phase is not stored.circuit.phase:
            telemetry.logger().warning("circuit changed", provider=provider, phase=changed.phase)
            telemetry.count("CircuitOpened" if changed.phase is Phase.OPEN else "CircuitClosed")

    def _read(self, provider: str) -> _Stored:
        row = self._rows.get(provider)
        if row is None:
            return _Stored(Circuit(), 0)
        return _Stored(Circuit.model_validate_json(row.circuit), row.version)

    def _write(self, provider: str, circuit: Circuit, seen: int, now: datetime) -> bool:
        """Write a circuit and return True, unless another worker was faster."""
        return self._rows.put(provider, circuit.model_dump_json(), seen=seen, expires_at=now + KEPT_FOR)


def _count_error(error: Exception) -> None:
    telemetry.count("CircuitUnavailable")
    telemetry.logger().warning("circuit unavailable", error_type=type(error).__name__)
