"""Processor time of our code beside a peer's: for a petition received, and for its way to the approved answer.

The answers of AWS cost nothing here: what moto computes is taken off, what botocore does to ask and to read stays. The
peer is Signalen, which Amsterdam and others run (Django, PostgreSQL): a public report takes 45 SQL statements, and two
cores answer 11 to 36 such requests a second, so one takes 55 to 180 ms of a processor, the database's time among them.
Another machine is another figure: read the ratio, not the milliseconds, and that with care.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from moto.core.botocore_stubber import BotocoreStubber

from infra.local.emulation import moto_speed
from tests.support.people import CONTENT, Citizen, answer_petition, citizen_of
from tests.support.system import System

PETITIONS = 40
PEER_SECONDS = 2 / 36
"""The processor time that the peer's fastest figure leaves for a request: two cores, 36 requests a second."""
GOAL = 0.2


class Processor:
    """Processor time by trigger or door, without what moto takes to play AWS."""

    def __init__(self, system: System) -> None:
        self.seconds: Counter[str] = Counter()
        self._functions = system.local.functions
        self._emulated = 0.0

    @contextmanager
    def measured(self) -> Iterator[None]:
        """Add up what the functions take meanwhile."""
        stubber: Any = BotocoreStubber
        functions: Any = self._functions
        real_stub, real_work = stubber.__call__, functions._at_work

        def stub(this: Any, event_name: str, request: Any, **kwargs: Any) -> Any:
            begun = time.process_time()
            try:
                return real_stub(this, event_name, request, **kwargs)
            finally:
                self._emulated += time.process_time() - begun

        @contextmanager
        def at_work(name: str) -> Iterator[None]:
            begun, emulated = time.process_time(), self._emulated
            with real_work(name):
                yield
            self.seconds[name] += time.process_time() - begun - (self._emulated - emulated)  # type: ignore[assignment]

        stubber.__call__, functions._at_work = stub, at_work
        try:
            yield
        finally:
            stubber.__call__, functions._at_work = real_stub, real_work


def main() -> None:
    """Print both figures, and their shares of the peer's."""
    emulation: Any = moto_speed
    emulation.quicken_botocore = lambda: None  # requests are signed and prepared in full, as on AWS
    system = System()
    system.start()
    try:
        first = Citizen(system)
        first.send()
        answer_petition(system, first.reference)
        _show("a petition received", _received(system), shares=True)
        _show("from receipt to the approved answer, all functions", _lives(system), shares=False)
    finally:
        system.stop()


def _received(system: System) -> Counter[str]:
    processor = Processor(system)
    citizens = [Citizen(system) for _ in range(PETITIONS)]
    with processor.measured():
        for number, citizen in enumerate(citizens):
            body = {
                **citizen.body,
                "petitioner": {**citizen.body["petitioner"], "phone": f"09123{number:05}"},
            }
            answer = system.http("POST", "/v1/petitions", json=body, headers={"Idempotency-Key": citizen.key})
            assert answer.status == 201, answer.text
    return Counter(
        {name: seconds / PETITIONS for name, seconds in processor.seconds.items() if name == "intake.http"}
    )


def _lives(system: System) -> Counter[str]:
    processor = Processor(system)
    lives = PETITIONS // 4
    with processor.measured():
        for number in range(lives):
            citizen = _citizen(system, PETITIONS + number)
            citizen.send()
            answer_petition(system, citizen.reference)
    return Counter({name: seconds / lives for name, seconds in processor.seconds.items()})


def _citizen(system: System, number: int) -> Citizen:
    """Return somebody who has sent nothing yet, with a text of their own."""
    contact = {"phone": f"09123{number:05}", "email": f"binh.{number}@thu.example"}
    return Citizen(
        system,
        content=f"{CONTENT} Hồ sơ số {number} nộp ngày {number % 28 + 1}/10.",
        petitioner={**citizen_of(system), **contact},
    )


def _show(title: str, seconds: Counter[str], *, shares: bool) -> None:
    whole = sum(seconds.values())
    print(f"\n{title}: {whole * 1000:.1f} ms of a processor")
    for name, each in seconds.most_common():
        print(f"  {each * 1000:8.1f} ms  {name}")
    if shares:
        print(
            f"  {whole / PEER_SECONDS:.2f} of the peer's {PEER_SECONDS * 1000:.0f} ms at its fastest (goal: {GOAL})"
        )
