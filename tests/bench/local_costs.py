"""The costs of the local stack itself: a year of travel, a hundred petitions, a start with samples.

Processor time of this process and AWS calls of the functions; the clock on the wall says little on a shared machine.
A yardstick of pure Python, measured before and after each, says the machine's speed meanwhile.
"""

from __future__ import annotations

import resource
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from infra.seed.petitions import play
from shared.platform import aws
from tests.support.people import Citizen
from tests.support.running_stack import running_stack
from tests.support.system import System

PETITIONS = 100
DAYS = 365
YARDSTICK_STEPS = 2_000_000


class Cost(NamedTuple):
    """Processor seconds, AWS calls of the functions by operation, and the yardstick's seconds."""

    seconds: float
    calls: Counter[str]
    yardstick: float


def main() -> None:
    """Print today's figure and the goal of each."""
    print("                                                    seconds   goal   yardstick   AWS calls")
    system = System()
    system.start()
    try:
        _show(f"{PETITIONS} petitions received, routed, notified", 5, _of(system, _hundred))
        _show("a year of travel with one open petition", 15, _of(system, _year))
        samples = _of(system, _samples)
    finally:
        system.stop()
    _show("the samples played", None, samples)
    _show("start with samples (a process of its own)", 8, Cost(_start(), Counter(), _yardstick()))


def _show(title: str, goal: float | None, cost: Cost) -> None:
    calls = f"{sum(cost.calls.values()):11d}   {dict(cost.calls.most_common(6))}" if cost.calls else ""
    print(f"{title:50s} {cost.seconds:8.1f} {goal or '':>6} {cost.yardstick:11.2f} {calls}", flush=True)


def _of(system: System, work: Callable[[System], object]) -> Cost:
    system.reset()
    Citizen(system).send()
    system.settle()
    system.reset()
    with _counted() as calls:
        before, started = _yardstick(), time.process_time()
        work(system)
        seconds = time.process_time() - started
    return Cost(seconds, calls, (before + _yardstick()) / 2)


def _hundred(system: System) -> None:
    for number in range(PETITIONS):
        someone = {"name": "Trần Thị Mùa", "address": "Huế", "email": f"citizen-{number}@thu.example"}
        citizen = Citizen(system, petitioner=someone)
        system.http("POST", "/v1/petitions", json=citizen.body, headers={"Idempotency-Key": citizen.key})
    system.settle()


def _year(system: System) -> None:
    Citizen(system).send()
    system.settle()
    system.travel(days=DAYS)


def _samples(system: System) -> None:
    play(system)


def _start() -> float:
    """Return the processor seconds that `make up` takes until it answers, the end included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with running_stack():
        pass
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _yardstick() -> float:
    """Return the processor seconds of a fixed piece of work."""
    started, held = time.process_time(), {}
    for number in range(YARDSTICK_STEPS):
        held[number & 1023] = str(number)
    return time.process_time() - started


@contextmanager
def _counted() -> Iterator[Counter[str]]:
    """Count the calls of the functions' clients meanwhile."""
    calls: Counter[str] = Counter()
    session: Any = aws._session()

    def count(event_name: str, **_: Any) -> None:
        _before_call, service, operation = event_name.split(".")
        calls[f"{service}.{operation}"] += 1

    session.register("before-call.*.*", count, unique_id="local-costs")
    aws.client.cache_clear()
    try:
        yield calls
    finally:
        session.unregister("before-call.*.*", unique_id="local-costs")
        aws.client.cache_clear()
