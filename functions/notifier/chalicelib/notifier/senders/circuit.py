"""Circuit breakers of the providers: pure rules.

A circuit is CLOSED while a provider works. When half of its latest answers are failures it opens: nobody calls the
provider until a rest is over. Then one worker may try; if that goes well the circuit closes, else it rests longer.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import ConfigDict

from shared.domain.base_model import BaseModel

WINDOW = timedelta(minutes=5)
"""Older answers are not counted."""
REMEMBERED = 20
FEWEST_FAILURES = 5
FAILURE_SHARE = 0.5
RESTS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(minutes=30))
"""After the first opening, the second in a row, and so on; the last one repeats."""
PROBE_LASTS = timedelta(seconds=90)
"""After this long the worker that tries is taken for dead, and another one may try."""


class Phase(StrEnum):
    """The phase of a circuit: only a provider whose circuit is CLOSED is called by everybody."""

    CLOSED = "CLOSED"
    OPEN = "OPEN"
    PROBING = "PROBING"


class Circuit(BaseModel):
    """The circuit of one provider."""

    model_config = ConfigDict(frozen=True)

    phase: Phase = Phase.CLOSED
    recent: tuple[tuple[datetime, bool], ...] = ()
    """The latest answers (when, whether it worked), kept only while there are failures among them."""
    until: datetime | None = None
    """OPEN: the end of the rest. PROBING: when the worker that tries is taken for dead."""
    openings: int = 0
    """The number of openings in a row."""


def admits(circuit: Circuit, now: datetime) -> bool:
    """Return whether the provider may be called now; unless CLOSED, only by the worker that records `probing` first."""
    return circuit.phase is Phase.CLOSED or circuit.until is None or now >= circuit.until


def probing(circuit: Circuit, now: datetime) -> Circuit:
    """Return the circuit while one worker tries the provider."""
    return circuit.model_copy(update={"phase": Phase.PROBING, "until": now + PROBE_LASTS})


def after(circuit: Circuit, *, worked: bool, now: datetime) -> Circuit:
    """Return the circuit after one answer; the answer to a call from before its opening changes nothing."""
    if circuit.phase is Phase.OPEN:
        return circuit
    if circuit.phase is Phase.PROBING:
        return Circuit() if worked else _opened(circuit.openings, now)
    recent = tuple(answer for answer in circuit.recent if now - answer[0] < WINDOW)
    if worked and all(was_good for _, was_good in recent):
        return Circuit()
    recent = (*recent, (now, worked))[-REMEMBERED:]
    failures = sum(not was_good for _, was_good in recent)
    if failures >= FEWEST_FAILURES and failures >= FAILURE_SHARE * len(recent):
        return _opened(0, now)
    return circuit.model_copy(update={"recent": recent})


def _opened(openings: int, now: datetime) -> Circuit:
    rest = RESTS[min(openings, len(RESTS) - 1)]
    return Circuit(phase=Phase.OPEN, until=now + rest, openings=openings + 1)
