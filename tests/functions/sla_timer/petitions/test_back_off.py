"""The sweep backs off from an item that fails again and again; everything else is sent as before, on time."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.sla_timer import composition
from chalicelib.sla_timer.petitions.back_off import LONGEST, REMEMBERED, BackOff, DueItem
from infra.local.emulation import moto_insides
from shared.domain.petition.lifecycle import Action
from shared.platform.messages import WakeUp
from shared.tables.jobs import Checkpoints, Dispatched
from tests.campaigns.faults.injection import Fault
from tests.support.builders import vietnam
from tests.support.people import Officer, two_petitions
from tests.support.system import System

START = vietnam("2026-11-03")
MINUTE = timedelta(minutes=1)


def an_item(key: str = "26483190275", wake_at: datetime = START) -> DueItem:
    return DueItem(key, wake_at, WakeUp(reference="26483190275", wake_at=wake_at))


def sweep(latest: Dispatched | None, now: datetime, *due: DueItem) -> tuple[list[str], Dispatched]:
    """Return the keys that a sweep sends, and what the next one knows."""
    back_off = BackOff(latest, now)
    ready = back_off.ready(due)
    back_off.record(ready)
    return [item.key for item in ready], back_off.checkpoint(is_complete=True)


def sent_at(minutes: int, *, early: timedelta = timedelta(0)) -> list[int]:
    """Return the minutes in which an item is sent that never gets done."""
    latest, sent = None, []
    for minute in range(minutes):
        keys, latest = sweep(latest, START + minute * MINUTE - early, an_item())
        sent += [minute] * len(keys)
    return sent


def test_item_that_stays_due_is_sent_at_growing_intervals():
    assert sent_at(130) == [0, 1, 3, 7, 15, 31, 63, 127]


def test_sweep_that_comes_a_few_seconds_early_skips_no_attempt():
    assert sent_at(130, early=timedelta(seconds=20)) == [0, 1, 3, 7, 15, 31, 63, 127]


def test_intervals_do_not_grow_beyond_the_longest():
    sent = sent_at(3 * 24 * 60)

    assert sent[-1] - sent[-2] == LONGEST / MINUTE
    assert len(sent) < 24, "three days gave 4320 messages"


def test_item_that_is_due_at_another_time_is_another_matter():
    latest: Dispatched | None = None
    for minute in range(40):
        _, latest = sweep(latest, START + minute * MINUTE, an_item())
    later = an_item(wake_at=START + timedelta(hours=1))

    keys, latest = sweep(latest, START + timedelta(minutes=61), later)

    assert keys == [later.key]
    assert latest.items[later.key].attempts == 1


def test_item_that_was_handled_is_forgotten():
    _, latest = sweep(None, START, an_item())

    _, latest = sweep(latest, START + MINUTE)

    assert latest.items == {}


def test_item_becomes_stuck_once():
    latest, stuck, gauge = None, [], []
    for minute in range(70):
        back_off = BackOff(latest, START + minute * MINUTE)
        stuck += back_off.record(back_off.ready([an_item()]))
        gauge.append(back_off.stuck)
        latest = back_off.checkpoint(is_complete=True)

    assert stuck == [an_item().key]
    assert (gauge[30], gauge[31], gauge[-1]) == (0, 1, 1)


def test_more_items_than_there_is_space_for_are_all_sent_and_the_longest_tried_remembered():
    old = an_item("old")
    _, latest = sweep(None, START, old)
    wave = [an_item(f"{n}") for n in range(REMEMBERED + 5)]

    keys, latest = sweep(latest, START + MINUTE, old, *wave)

    assert len(keys) == REMEMBERED + 6
    assert len(latest.items) == REMEMBERED
    assert latest.items["old"].attempts == 2


# --- through the schedule -------------------------------------------------------------------------------------


def damage(system: System, reference: str) -> dict[str, Any]:
    """Make a petition's item unreadable, and return it as it was."""
    item: dict[str, Any] = next(i for i in system.items("petitions") if i["reference"]["S"] == reference)
    put(system, item | {"body": {"S": "{}"}})
    system.lose_changes()
    return item


def put(system: System, item: dict[str, Any]) -> None:
    table = system.local.cloud.outputs["PetitionsTable"]
    system.local.cloud.client("dynamodb").put_item(TableName=table, Item=item)


def fire(system: System, minutes: int, step: int = 1) -> None:
    """Let sweeps pass."""
    for _ in range(0, minutes, step):
        system.clock.hold_at(system.clock.now() + step * MINUTE)
        system.local.pumps.sweep.fire()
        system.settle()


def letters(system: System) -> int:
    return moto_insides.depth(system.local.cloud.queue_name("timers-dead")).visible


@pytest.fixture
def due(system: System) -> tuple[str, str]:
    """Two petitions whose warning falls due."""
    sent = two_petitions(system)
    system.clock.hold_at(vietnam("2026-11-18", "09:00"))
    return sent


def attempts(system: System, reference: str) -> int:
    """Return how often a petition was sent since it is due."""
    latest = Checkpoints(system.local.cloud.outputs["StatisticsTable"]).get(Dispatched)
    return latest.items[reference].attempts if latest and reference in latest.items else 0


def test_petition_that_fails_is_counted_as_stuck_and_resumes_at_once_when_its_dead_letter_is_redriven(
    system: System, due: tuple[str, str], capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
):
    bad, good = due
    whole = damage(system, bad)

    fire(system, 35)
    fire(system, 6 * 60, step=15)

    assert attempts(system, bad) < 15
    assert letters(system) <= 15, "not one a minute"
    composition.parts().every_minute.run(system.clock.now())
    metrics = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["ItemsStuck"] for line in metrics if "ItemsStuck" in line] == [[1]]
    stuck = [record.__dict__["key"] for record in caplog.records if record.getMessage() == "item stuck"]
    assert stuck == [bad]
    assert attempts(system, good) == 0

    put(system, whole)
    sqs, cloud = system.local.cloud.client("sqs"), system.local.cloud
    dead = sqs.receive_message(QueueUrl=cloud.queue_url("timers-dead"), MaxNumberOfMessages=1)["Messages"][0]
    sqs.send_message(QueueUrl=cloud.queue_url("timers"), MessageBody=dead["Body"])
    system.settle()

    assert reminders(system, bad) == reminders(system, good) == 1
    fire(system, 2)
    assert attempts(system, bad) == 0


def reminders(system: System, reference: str) -> int:
    history = Officer(system, "lan.tiepnhan").petition(reference)["history"]
    return sum(entry["action"] == Action.REMIND_ACCEPTANCE for entry in history)


def test_outage_of_the_queue_is_no_attempt(system: System, due: tuple[str, str]):
    with system.faults.broken("SendMessageBatch", Fault.SERVER_ERROR):
        fire(system, 10)
        assert [attempts(system, reference) for reference in due] == [0, 0]

    fire(system, 1)

    assert [reminders(system, reference) for reference in due] == [1, 1]


@pytest.mark.parametrize("fault", [Fault.CRASH_BEFORE, Fault.CRASH_AFTER, Fault.SERVER_ERROR], ids=str)
@pytest.mark.parametrize("operation", ["GetItem", "Query", "SendMessageBatch", "PutItem"])
def test_sweep_that_dies_at_any_step_is_made_up_for_by_the_next(
    system: System, due: tuple[str, str], operation: str, fault: Fault
):
    system.clock.hold_at(system.clock.now() + MINUTE)
    with system.faults.broken(operation, fault):
        system.local.pumps.sweep.fire()

    fire(system, 3)

    assert [reminders(system, reference) for reference in due] == [1, 1]
    assert [attempts(system, reference) for reference in due] == [0, 0]
