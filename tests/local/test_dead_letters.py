"""Dead letters: what lies there and why, putting back, dropping, and the faults made on purpose."""

from __future__ import annotations

import pytest

from infra.local.dead_letters import DeadLetterError, DeadLetters
from tests.local.test_traces import submit
from tests.support.system import System


@pytest.fixture
def letters(system: System) -> DeadLetters:
    system.local.be_watched()
    return DeadLetters(system.local)


def send(system: System, queue: str, body: str) -> None:
    system.local.cloud.client("sqs").send_message(
        QueueUrl=system.local.cloud.queue_url(queue), MessageBody=body
    )


def let_route_die(system: System, letters: DeadLetters) -> str:
    letters.stop("router.on_route", is_stopped=True)
    reference = submit(system)
    system.settle()
    system.travel(minutes=90)
    letters.stop("router.on_route", is_stopped=False)
    return reference


def test_a_dead_letter_names_its_petition_step_and_error(system: System, letters: DeadLetters):
    reference = let_route_die(system, letters)

    (dead,) = letters.dead()

    assert {name: dead[name] for name in ("queue", "trigger", "error", "reference", "about", "receives")} == {
        "queue": "routing",
        "trigger": "router.on_route",
        "error": "SwitchedOffError",
        "reference": reference,
        "about": "route",
        "receives": 12,
    }
    assert dead["can_go_back"]


@pytest.mark.parametrize(
    ("queue", "trigger"), [("notices", "notifier.on_notice"), ("timers", "sla_timer.on_wake")]
)
def test_a_message_that_no_code_reads_has_the_error_that_the_function_logged(
    system: System, letters: DeadLetters, queue: str, trigger: str
):
    send(system, queue, '{"reference": "1"}')
    system.settle()

    system.travel(minutes=90)

    (dead,) = letters.dead()
    assert (dead["queue"], dead["trigger"], dead["error"]) == (queue, trigger, "ValidationError")


def test_one_put_back_is_handled_and_no_longer_dead(system: System, letters: DeadLetters):
    let_route_die(system, letters)
    (dead,) = letters.dead()

    count = letters.put_back("routing", dead["id"])
    system.settle()

    assert count == 1
    assert letters.dead() == []
    assert letters.queues()["routing"]["visible"] == 0


def test_all_are_put_back_at_once(system: System, letters: DeadLetters):
    send(system, "notices", '{"reference": "1"}')
    let_route_die(system, letters)

    count = letters.put_back()

    assert count == 2
    assert letters.dead() == []
    assert [letters.queues()[queue]["visible"] for queue in ("routing", "notices")] == [1, 1]


def test_only_the_one_dropped_is_gone(system: System, letters: DeadLetters):
    send(system, "notices", '{"reference": "1"}')
    send(system, "notices", '{"reference": "2"}')
    system.settle()
    system.travel(minutes=90)
    first, second = letters.dead()

    letters.drop("notices", first["id"])

    assert [each["id"] for each in letters.dead()] == [second["id"]]


@pytest.mark.parametrize(
    ("queue", "message_id"),
    [
        pytest.param("routing", "not-there", id="no such message"),
        pytest.param("nowhere", "", id="no such queue"),
        pytest.param("changes", "", id="the stream has no queue"),
        pytest.param("schedules", "", id="a schedule has no queue"),
    ],
)
def test_what_cannot_go_back_is_refused(letters: DeadLetters, queue: str, message_id: str):
    with pytest.raises(DeadLetterError):
        letters.put_back(queue, message_id)


def test_a_schedule_that_failed_is_listed_and_can_only_be_dropped(system: System, letters: DeadLetters):
    system.local.functions.stopped.add("sla_timer.sweep")
    system.local.pumps.sweep.fire()

    (dead,) = letters.dead()

    assert (dead["queue"], dead["trigger"], dead["can_go_back"]) == ("schedules", "sla_timer.sweep", False)
    assert letters.drop("schedules", dead["id"]) == 1


def test_a_change_that_could_not_be_relayed_for_a_day_names_its_petition(
    system: System, letters: DeadLetters
):
    system.local.functions.stopped.add("router.on_change")
    reference = submit(system)
    system.settle()

    system.travel(days=2)

    dead = next(each for each in letters.dead() if each["queue"] == "changes")
    assert (dead["reference"], dead["about"], dead["trigger"]) == (
        reference,
        "version 1",
        "router.on_change",
    )


def test_the_gateway_refuses_as_often_as_asked_and_the_sms_leaves_later(system: System, letters: DeadLetters):
    letters.refuse_sms(1)
    reference = submit(system)
    system.settle()
    before = system.outbox(reference, channel="SMS")

    system.travel(minutes=10)

    assert before == []
    assert letters.faults()["sms_refusals"] == 0
    assert len(system.outbox(reference, channel="SMS")) == 1


@pytest.mark.parametrize("count", [-1, 101])
def test_the_gateway_is_not_asked_for_more_than_it_may(letters: DeadLetters, count: int):
    with pytest.raises(DeadLetterError):
        letters.refuse_sms(count)


def test_only_triggers_of_queues_are_stopped(letters: DeadLetters):
    with pytest.raises(DeadLetterError):
        letters.stop("intake.http", is_stopped=True)
