"""Dead letters are put back twice, as a nervous engineer does: the outcome is as if none had died."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.campaigns.faults.injection import Fault
from tests.campaigns.faults.lives import World
from tests.campaigns.faults.scenes import Outcome, differences, outcome
from tests.support.system import System

QUEUES = ("routing", "notices", "timers")
TRIES = 14
"""Rounds of seven minutes: more than any queue's maxReceiveCount."""


def rounds(system: System, count: int) -> None:
    """Let hidden messages come into sight again, and be tried."""
    for _ in range(count):
        system.clock.hold_at(system.clock.now() + timedelta(minutes=7))
        system.local.pumps.sweep.fire()
        system.settle()


def redrive(system: System, times: int) -> int:
    """Put every dead letter back into its queue, several times; return how many there were."""
    sqs, cloud, moved = system.local.cloud.client("sqs"), system.local.cloud, 0
    for queue in QUEUES:
        dead = cloud.queue_url(f"{queue}-dead")
        while messages := sqs.receive_message(QueueUrl=dead, MaxNumberOfMessages=10).get("Messages", []):
            for message in messages:
                for _ in range(times):
                    sqs.send_message(QueueUrl=cloud.queue_url(queue), MessageBody=message["Body"])
                sqs.delete_message(QueueUrl=dead, ReceiptHandle=message["ReceiptHandle"])
                moved += 1
    return moved


@pytest.fixture
def undisturbed(system: System) -> Outcome:
    """The outcome of a petition when no message dies."""
    World(system).send()
    system.settle()
    rounds(system, 3 * TRIES)
    expected = outcome(system)
    system.reset()
    return expected


@pytest.mark.parametrize(
    ("operation", "least"),
    [
        pytest.param("PutItem", 1, id="nothing could be written"),
        pytest.param("GetItem", 1, id="no petition could be read", marks=pytest.mark.campaign),
    ],
)
def test_dead_letters_put_back_twice_come_out_as_if_they_had_never_died(
    undisturbed: Outcome, system: System, operation: str, least: int
):
    World(system).send()
    with system.faults.broken(operation, Fault.SERVER_ERROR):
        system.settle()
        rounds(system, TRIES)
    assert system.dead_letters() >= least

    moved = 0
    for _ in range(2):  # what was still hidden after its last try dies when it comes into sight
        moved += redrive(system, times=2)
        system.settle()
        rounds(system, TRIES)

    result = outcome(system)
    assert moved >= least
    assert differences(undisturbed, result) == []
    assert result.messages == undisturbed.messages
