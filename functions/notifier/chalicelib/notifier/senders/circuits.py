"""The providers' circuits, shared by all workers: one row for each in the table `throttle`.

A row that is lost or outdated only costs a few failed calls, so an error of the table is counted and stops no notice,
and a worker that has just seen a provider without failures does not look again for each message.
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
TRUSTED_FOR = timedelta(seconds=5)
"""A provider that was seen without failures is taken to have none for so long, whatever other workers write."""


class _Stored(NamedTuple):
    circuit: Circuit
    version: int


class Circuits:
    """Decides whether a provider may be called, and records its answers.

    Args:
        table: `throttle`.
        of_programs: whether they are addresses of programs, which are counted apart: no alarm of a provider.
    """

    def __init__(self, table: str, *, of_programs: bool = False) -> None:
        self._rows = CircuitRows(table)
        self._of_programs = of_programs
        self._sound_at: dict[str, datetime] = {}
        """The instant at which each provider was last seen without failures."""

    def admits(self, provider: str, now: datetime) -> bool:
        """Return whether to call a provider now. Of several workers, one may try a provider whose rest is over."""
        if self._is_sound(provider, now):
            return True
        try:
            stored = self._read(provider, now)
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
        if worked and self._is_sound(provider, now):
            return
        try:
            stored = self._read(provider, now)
            changed = rules.after(stored.circuit, worked=worked, now=now)
            if changed == stored.circuit or not self._write(provider, changed, stored.version, now):
                return
        except (BotoCoreError, ClientError) as error:
            _count_error(error)
            return
        if changed.phase is not stored.circuit.phase:
            telemetry.logger().warning("circuit changed", provider=provider, phase=changed.phase)
            is_open = changed.phase is Phase.OPEN
            if self._of_programs:
                telemetry.count("ProgramCircuitOpened" if is_open else "ProgramCircuitClosed")
                return
            telemetry.count("CircuitOpened" if is_open else "CircuitClosed")

    def _is_sound(self, provider: str, now: datetime) -> bool:
        seen_at = self._sound_at.get(provider)
        return seen_at is not None and seen_at <= now < seen_at + TRUSTED_FOR

    def _read(self, provider: str, now: datetime) -> _Stored:
        row = self._rows.get(provider)
        stored = (
            _Stored(Circuit.model_validate_json(row.circuit), row.version) if row else _Stored(Circuit(), 0)
        )
        if stored.circuit == Circuit():
            self._sound_at[provider] = now
        return stored

    def _write(self, provider: str, circuit: Circuit, seen: int, now: datetime) -> bool:
        """Write a circuit and return True, unless another worker was faster."""
        self._sound_at.pop(provider, None)
        return self._rows.put(provider, circuit.model_dump_json(), seen=seen, expires_at=now + KEPT_FOR)


def _count_error(error: Exception) -> None:
    telemetry.count("CircuitUnavailable")
    telemetry.logger().warning("circuit unavailable", error_type=type(error).__name__)
