"""The pumps behave as AWS does: visibility, redelivery, partial failures, dead letters, order in the stream."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from infra.local.all_pumps import RestlessError
from infra.local.emulation import moto_insides
from infra.local.emulation.pumps import QueuePump, refused
from infra.local.site.server import backoff
from tests.campaigns.faults.injection import Crash
from tests.local.tiny import Script
from tests.support.system import System


def send(system: System, *bodies: str, queue: str = "routing", delay: int = 0) -> None:
    for body in bodies:
        system.local.cloud.client("sqs").send_message(
            QueueUrl=system.local.cloud.queue_url(queue), MessageBody=body, DelaySeconds=delay
        )


def depth(system: System, queue: str) -> moto_insides.Depth:
    return moto_insides.depth(system.local.cloud.queue_name(queue))


def write(system: System, reference: str, version: int = 1, **more: str) -> None:
    system.local.cloud.client("dynamodb").put_item(
        TableName=system.local.cloud.outputs["PetitionsTable"],
        Item={
            "reference": {"S": reference},
            "version": {"N": str(version)},
            **{name: {"S": value} for name, value in more.items()},
        },
    )


def failing(*bodies: str) -> Any:
    """Give back the messages with these bodies, as a partial batch response does."""

    def react(event: dict[str, Any]) -> dict[str, Any]:
        refused_ones = [record for record in event["Records"] if record["body"] in bodies]
        return {"batchItemFailures": [{"itemIdentifier": record["messageId"]} for record in refused_ones]}

    return react


def raising(error: BaseException) -> Any:
    def react(event: dict[str, Any]) -> None:
        raise error

    return react


# ---------------------------------------------------------------- queues


def test_handled_messages_are_delivered_once_and_deleted(tiny: System, script: Script) -> None:
    send(tiny, "a", "b")

    tiny.settle()
    tiny.travel(days=1)

    assert sorted(body for batch in script.bodies("on_route") for body in batch) == ["a", "b"]
    assert depth(tiny, "routing") == moto_insides.Depth(visible=0, in_flight=0, delayed=0)


def test_messages_of_a_batch_have_message_ids_of_their_own_and_a_receive_count(
    tiny: System, script: Script
) -> None:
    send(tiny, "a", "b", "c")

    tiny.settle()

    (event,) = script.events("on_route")
    assert len({record["messageId"] for record in event["Records"]}) == 3
    assert {record["attributes"]["ApproximateReceiveCount"] for record in event["Records"]} == {"1"}
    assert {record["eventSourceARN"].rpartition(":")[2] for record in event["Records"]} == {
        "pakn-local-routing"
    }


def test_a_batch_is_no_larger_than_the_trigger_asks_for(tiny: System, script: Script) -> None:
    send(tiny, "a", "b", queue="timers")
    send(tiny, *"abcdefghijkl")

    tiny.settle()

    assert [len(batch) for batch in script.bodies("on_wake")] == [1, 1]
    assert [len(batch) for batch in script.bodies("on_route")] == [10, 2]


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(ValueError("no"), id="an exception"),
        pytest.param(Crash(), id="a crash of the process"),
    ],
)
def test_a_message_whose_function_failed_comes_again_when_its_visibility_timeout_has_passed(
    tiny: System, script: Script, error: BaseException
) -> None:
    script.reactions["on_route"] = raising(error)
    send(tiny, "a")
    tiny.settle()

    tiny.travel(minutes=5)
    assert len(script.events("on_route")) == 1

    tiny.travel(minutes=2)
    assert [
        event["Records"][0]["attributes"]["ApproximateReceiveCount"] for event in script.events("on_route")
    ] == [
        "1",
        "2",
    ]


def test_only_what_a_partial_response_gives_back_comes_again(tiny: System, script: Script) -> None:
    script.reactions["on_route"] = failing("b")
    send(tiny, "a", "b", "c")
    tiny.settle()
    script.reactions.clear()

    tiny.travel(minutes=7)

    assert script.bodies("on_route") == [["a", "b", "c"], ["b"]]
    assert depth(tiny, "routing").in_flight == 0


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        pytest.param(None, set(), id="nothing: all handled"),
        pytest.param({}, set(), id="an empty object: all handled"),
        pytest.param({"batchItemFailures": []}, set(), id="an empty list: all handled"),
        pytest.param({"batchItemFailures": None}, set(), id="null: all handled"),
        pytest.param("text", set(), id="something else: all handled"),
        pytest.param({"batchItemFailures": [{"itemIdentifier": "1"}]}, {"1"}, id="one is given back"),
        pytest.param({"batchItemFailures": [{"itemIdentifier": "9"}]}, {"1", "2"}, id="a stranger fails all"),
        pytest.param(
            {"batchItemFailures": [{"itemIdentifier": ""}]}, {"1", "2"}, id="an empty one fails all"
        ),
        pytest.param({"batchItemFailures": [{"itemIdentifier": None}]}, {"1", "2"}, id="null fails all"),
        pytest.param({"batchItemFailures": [{"id": "1"}]}, {"1", "2"}, id="a wrong key fails all"),
    ],
)
def test_partial_responses_are_read_as_lambda_reads_them(answer: Any, expected: set[str]) -> None:
    assert refused(answer, ["1", "2"]) == expected


def test_after_twelve_receives_a_message_is_a_dead_letter(tiny: System, script: Script) -> None:
    script.reactions["on_route"] = raising(ValueError("no"))
    send(tiny, "poison")

    tiny.settle()
    tiny.travel(minutes=90)

    assert len(script.events("on_route")) == 12
    assert tiny.dead_letters() == 1
    assert depth(tiny, "routing-dead").visible == 1
    assert depth(tiny, "routing") == moto_insides.Depth(visible=0, in_flight=0, delayed=0)


def test_a_poisoned_message_does_not_hold_up_the_others(tiny: System, script: Script) -> None:
    script.reactions["on_route"] = failing("poison")
    send(tiny, "poison", "a")
    tiny.settle()
    send(tiny, "b")

    tiny.settle()

    assert script.bodies("on_route") == [["poison", "a"], ["b"]]


def test_a_delayed_message_comes_when_its_delay_has_passed_on_the_travelling_clock(
    tiny: System, script: Script
) -> None:
    send(tiny, "later", delay=600)
    tiny.settle()
    assert script.events("on_route") == []

    tiny.travel(minutes=11)

    assert script.instants("on_route") == ["2026-11-03T02:10:01Z"]


def test_on_the_workbench_a_failed_message_is_tried_again_within_seconds(
    tiny: System, script: Script
) -> None:
    script.reactions["on_route"] = raising(ValueError("no"))
    pump = sooner(tiny)
    send(tiny, "a")
    pump.step()

    tiny.clock.hold_at(tiny.clock.now().replace(second=6))
    pump.step()

    assert len(script.events("on_route")) == 2


def test_a_function_that_hides_a_message_itself_is_not_overruled(tiny: System, script: Script) -> None:
    def hide_for_an_hour(event: dict[str, Any]) -> None:
        tiny.local.cloud.client("sqs").change_message_visibility(
            QueueUrl=tiny.local.cloud.queue_url("routing"),
            ReceiptHandle=event["Records"][0]["receiptHandle"],
            VisibilityTimeout=3600,
        )
        raise ValueError

    script.reactions["on_route"] = hide_for_an_hour
    pump = sooner(tiny)
    send(tiny, "a")

    pump.step()

    hidden_until = moto_insides.next_visible_at(tiny.local.cloud.queue_name("routing"))
    assert hidden_until is not None
    assert (hidden_until - tiny.clock.now()).total_seconds() == 3600


def sooner(system: System) -> QueuePump:
    """Return the routing queue's pump as the server has it, with shortened waits."""
    usual = system.local.pumps.queues[0]
    return QueuePump(
        usual.queue,
        usual._arn,
        usual._consumer,
        sqs=usual._sqs,
        invoke=usual._invoke,
        failures=usual._failures,
        backoff=backoff,
    )


def test_waits_on_the_workbench_grow() -> None:
    assert [backoff(receives) for receives in range(1, 6)] == [5, 20, 80, 320, 360]


def test_messages_that_call_forth_each_other_without_end_are_noticed(
    tiny: System, script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.local.all_pumps.RESTLESS_AFTER", 20)
    script.reactions["on_route"] = lambda _event: send(tiny, "again")
    send(tiny, "first")

    with pytest.raises(RestlessError):
        tiny.settle()


# ---------------------------------------------------------------- stream


def changes(script: Script) -> list[list[str]]:
    return [
        [f"{change['Keys']['reference']['S']}.{change['NewImage']['version']['N']}" for change in batch]
        for batch in (
            [record["dynamodb"] for record in event["Records"]] for event in script.events("on_change")
        )
    ]


def test_changes_of_an_item_are_delivered_in_their_order(tiny: System, script: Script) -> None:
    for version in (1, 2, 3):
        write(tiny, "A", version)
        write(tiny, "B", version)

    tiny.settle()

    assert changes(script) == [["A.1", "B.1", "A.2", "B.2", "A.3", "B.3"]]


def test_a_change_carries_both_images_as_lambda_gets_them(tiny: System, script: Script) -> None:
    write(tiny, "A", 1)
    write(tiny, "A", 2)

    tiny.settle()

    (event,) = script.events("on_change")
    inserted, modified = event["Records"]
    assert (inserted["eventName"], modified["eventName"]) == ("INSERT", "MODIFY")
    assert "OldImage" not in inserted["dynamodb"]
    assert modified["dynamodb"]["OldImage"]["version"] == {"N": "1"}
    assert modified["dynamodb"]["NewImage"]["version"] == {"N": "2"}
    assert modified["eventSourceARN"] == tiny.local.cloud.outputs["PetitionsStreamArn"]
    assert int(inserted["dynamodb"]["SequenceNumber"]) < int(modified["dynamodb"]["SequenceNumber"])
    assert isinstance(modified["dynamodb"]["ApproximateCreationDateTime"], int)


def test_more_than_a_hundred_changes_come_in_several_batches(tiny: System, script: Script) -> None:
    for number in range(230):
        write(tiny, f"{number:03}")

    tiny.settle()

    assert [len(batch) for batch in changes(script)] == [100, 100, 30]


def failing_at(names: list[str], handled: list[str]) -> Callable[[dict[str, Any]], None]:
    """Return a reaction that fails while a batch holds one of some items."""

    def react(event: dict[str, Any]) -> None:
        batch = [record["dynamodb"]["Keys"]["reference"]["S"] for record in event["Records"]]
        if set(names) & set(batch):
            raise ValueError
        handled.extend(batch)

    return react


def pass_hours(system: System, hours: int) -> None:
    """Let hours pass, and the stream be tried meanwhile."""
    for _ in range(hours):
        system.clock.hold_at(system.clock.now() + timedelta(hours=1))
        system.settle()


def test_a_change_that_fails_for_as_long_as_the_stream_keeps_it_is_reported_and_the_others_are_delivered(
    tiny: System, script: Script
) -> None:
    handled: list[str] = []
    script.reactions["on_change"] = failing_at(["poison"], handled)
    for reference in ("a", "b", "poison", "c", "d"):
        write(tiny, reference)

    tiny.settle()
    pass_hours(tiny, 23)

    assert handled == ["a", "b"], "what is behind it waits"
    assert tiny.dead_letters() == 0
    pass_hours(tiny, 1)
    assert handled == ["a", "b", "c", "d"]
    assert tiny.local.pumps.stream.lag == 0
    report = json.loads(
        tiny.local.cloud.client("sqs").receive_message(QueueUrl=tiny.local.cloud.queue_url("changes-dead"))[
            "Messages"
        ][0]["Body"]
    )
    assert report["DDBStreamBatchInfo"]["batchSize"] == 1
    assert "poison" not in json.dumps(report)


def test_changes_outlast_an_outage_of_hours_in_their_order(tiny: System, script: Script) -> None:
    handled: list[str] = []
    names = ["a", "b", "c"]
    script.reactions["on_change"] = failing_at(names, handled)
    for reference in ("a", "b", "c"):
        write(tiny, reference)

    tiny.settle()
    pass_hours(tiny, 20)
    assert handled == []
    names.clear()
    pass_hours(tiny, 1)

    assert handled == ["a", "b", "c"]
    assert tiny.dead_letters() == 0


def test_after_a_partial_response_delivery_goes_on_at_the_change_given_back(
    tiny: System, script: Script
) -> None:
    def give_back_the_third_once(event: dict[str, Any]) -> Any:
        script.reactions.clear()
        number = event["Records"][2]["dynamodb"]["SequenceNumber"]
        return {"batchItemFailures": [{"itemIdentifier": number}]}

    script.reactions["on_change"] = give_back_the_third_once
    for reference in "abcd":
        write(tiny, reference)

    tiny.settle()

    assert [name for batch in changes(script) for name in batch] == ["a.1", "b.1", "c.1", "d.1", "c.1", "d.1"]
    assert tiny.dead_letters() == 0


def test_a_crash_while_handling_changes_loses_none(tiny: System, script: Script) -> None:
    def die_once(event: dict[str, Any]) -> None:
        script.reactions.clear()
        raise Crash

    script.reactions["on_change"] = die_once
    write(tiny, "a")

    tiny.settle()

    assert changes(script) == [["a.1"], ["a.1"]]
    assert [failure.cause for failure in tiny.local.failures.latest] == ["Crash"]


def test_images_are_copies_that_later_changes_do_not_touch(tiny: System, script: Script) -> None:
    write(tiny, "A", 1, wake_at="2026-11-03T03:00:00Z")
    tiny.settle()
    image = script.events("on_change")[0]["Records"][0]["dynamodb"]["NewImage"]

    image["version"]["N"] = "99"
    write(tiny, "A", 2)
    tiny.settle()

    assert script.events("on_change")[1]["Records"][0]["dynamodb"]["OldImage"]["version"] == {"N": "1"}


def test_a_schedule_that_fails_is_reported_and_comes_again_at_its_time(tiny: System, script: Script) -> None:
    def fail(event: dict[str, Any]) -> None:
        raise ValueError

    script.reactions["sweep"] = fail

    tiny.local.pumps.sweep.fire()
    script.reactions.clear()
    tiny.local.pumps.sweep.fire()

    url = tiny.local.cloud.queue_url("schedules-dead")
    (message,) = tiny.local.cloud.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10)[
        "Messages"
    ]
    assert json.loads(message["Body"])["requestContext"]["condition"] == "RetriesExhausted"
    assert len(script.events("sweep")) == 2
