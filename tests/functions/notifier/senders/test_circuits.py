"""Workers share what they know of a provider; one that has just seen it without failures does not look again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.notifier.senders.circuit import FEWEST_FAILURES
from chalicelib.notifier.senders.circuits import TRUSTED_FOR, Circuits
from shared.platform import aws
from tests.support.system import System

NOW = datetime(2026, 11, 3, 2, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def table(system: System) -> str:
    return system.local.cloud.outputs["ThrottleTable"]


def reads_of(table: str, circuits: Circuits, at: datetime) -> int:
    """Return how often a worker reads the table for one message that is sent."""
    reads: list[str] = []
    events = aws.client("dynamodb").meta.events
    events.register("before-call.dynamodb.GetItem", lambda **_: reads.append(table), unique_id="reads")
    try:
        assert circuits.admits("ses", at)
        circuits.report("ses", at, worked=True)
    finally:
        events.unregister("before-call.dynamodb.GetItem", unique_id="reads")
    return len(reads)


def broken(circuits: Circuits, at: datetime) -> None:
    """Let a worker see as many failures as open a circuit."""
    for _ in range(FEWEST_FAILURES):
        circuits.report("ses", at, worked=False)


def test_working_provider_is_read_once_for_all_messages_of_a_few_seconds(table: str):
    circuits = Circuits(table)

    reads = [reads_of(table, circuits, NOW + seconds * SECOND) for seconds in (0, 1, 4, 5, 6)]

    assert reads == [1, 0, 0, 1, 0]


def test_worker_that_sees_the_failures_itself_stops_at_once(table: str):
    circuits = Circuits(table)
    assert circuits.admits("ses", NOW)

    broken(circuits, NOW + SECOND)

    assert not circuits.admits("ses", NOW + SECOND)


def test_failures_that_another_worker_sees_are_known_within_seconds(table: str):
    worker, other = Circuits(table), Circuits(table)
    assert worker.admits("ses", NOW)

    broken(other, NOW)

    assert not worker.admits("ses", NOW + TRUSTED_FOR)


def test_provider_with_failures_is_looked_at_for_each_message(table: str):
    worker, other = Circuits(table), Circuits(table)
    worker.report("ses", NOW, worked=False)
    assert worker.admits("ses", NOW)

    broken(other, NOW)

    assert not worker.admits("ses", NOW)
