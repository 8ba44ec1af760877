"""The gate itself: each fault does to one call what it says, and nothing to the others."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from shared.platform import aws
from tests.campaigns.faults.injection import Call, Crash, Fault, Injection
from tests.local.tiny import Script
from tests.support.system import System

UNLESS_THERE = {
    "ConditionExpression": "attribute_not_exists(#key)",
    "ExpressionAttributeNames": {"#key": "reference"},
}


def put(system: System, reference: str) -> None:
    aws.client("dynamodb").put_item(
        TableName=system.local.cloud.outputs["PetitionsTable"],
        Item={"reference": {"S": reference}},
        **UNLESS_THERE,
    )


def stored(system: System) -> set[str]:
    return {item["reference"]["S"] for item in system.items("petitions")}


def run(system: System, script: Script, action: Any) -> BaseException | None:
    """Let `action` run inside a function; return the exception that it raised."""
    raised: list[BaseException] = []

    def react(_event: dict[str, Any]) -> dict[str, str]:
        try:
            action()
        except BaseException as error:  # noqa: BLE001 - what came out is the point
            raised.append(error)
        return {}

    script.reactions["react"] = react
    system.http("GET", "/react")
    return raised[0] if raised else None


@pytest.mark.parametrize(
    ("fault", "error", "is_stored"),
    [
        pytest.param(Fault.CRASH_BEFORE, Crash, False, id="a crash before leaves nothing"),
        pytest.param(Fault.CRASH_AFTER, Crash, True, id="a crash after leaves the write"),
        pytest.param(Fault.THROTTLE, ClientError, False, id="a throttled call writes nothing"),
        pytest.param(Fault.SERVER_ERROR, ClientError, False, id="a server error writes nothing"),
        pytest.param(Fault.CONFLICT, ClientError, False, id="a conflict writes nothing"),
        pytest.param(Fault.LOST_REQUEST, ConnectionClosedError, False, id="a lost request writes nothing"),
        pytest.param(Fault.LOST_REPLY, ConnectionClosedError, True, id="a lost reply leaves the write"),
        pytest.param(Fault.OWN_FAILED_CONDITION, ClientError, True, id="the SDK's retry meets its own write"),
        pytest.param(Fault.DELAY, type(None), True, id="a late answer is an answer"),
    ],
)
def test_each_fault_does_what_it_says(
    tiny: System, script: Script, fault: Fault, error: type, *, is_stored: bool
) -> None:
    with tiny.faults.at({1: fault}) as faults:
        raised = run(tiny, script, lambda: put(tiny, "A"))

    assert isinstance(raised, error)
    assert stored(tiny) == ({"A"} if is_stored else set())
    assert faults.injected == [(Call(1, "intake.http", "dynamodb", "PutItem"), fault)]


def test_the_sdk_gets_over_a_fault_of_one_try_and_the_call_counts_once(tiny: System, script: Script) -> None:
    with tiny.faults.at({1: Fault.THROTTLE}, for_one_try=True) as faults:
        raised = run(tiny, script, lambda: put(tiny, "A"))

    assert raised is None
    assert stored(tiny) == {"A"}
    assert len(faults.calls) == 1


def test_only_the_planned_call_is_hit(tiny: System, script: Script) -> None:
    def three() -> None:
        put(tiny, "A")
        with pytest.raises(ClientError):
            put(tiny, "B")
        put(tiny, "C")

    with tiny.faults.at({2: Fault.THROTTLE}) as faults:
        run(tiny, script, three)

    assert stored(tiny) == {"A", "C"}
    assert [call.number for call in faults.calls] == [1, 2, 3]


def test_an_own_failed_condition_shows_the_item_that_was_written(tiny: System, script: Script) -> None:
    def write() -> None:
        aws.client("dynamodb").put_item(
            TableName=tiny.local.cloud.outputs["PetitionsTable"],
            Item={"reference": {"S": "A"}, "version": {"N": "1"}},
            **UNLESS_THERE,
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )

    with tiny.faults.at({1: Fault.OWN_FAILED_CONDITION}):
        raised = run(tiny, script, write)

    assert isinstance(raised, ClientError)
    assert raised.response["Item"]["version"] == {"N": "1"}  # type: ignore[typeddict-item]


@pytest.mark.parametrize(
    ("bodies", "arrived"),
    [
        pytest.param(["a", "b", "c"], ["a", "b"], id="all but the last of three"),
        pytest.param(["a"], [], id="none of one"),
    ],
)
def test_a_partial_batch_reports_its_last_entry_as_failed(
    tiny: System, script: Script, bodies: list[str], arrived: list[str]
) -> None:
    answers: list[dict[str, Any]] = []

    def send() -> None:
        answers.append(
            aws.client("sqs").send_message_batch(
                QueueUrl=tiny.local.cloud.queue_url("timers"),
                Entries=[{"Id": body, "MessageBody": body} for body in bodies],
            )
        )

    with tiny.faults.at({1: Fault.PARTIAL_BATCH}):
        raised = run(tiny, script, send)
    tiny.settle()

    assert raised is None
    assert [failed["Id"] for failed in answers[0]["Failed"]] == [bodies[-1]]
    assert [body for batch in script.bodies("on_wake") for body in batch] == arrived


def test_calls_of_the_test_itself_are_not_counted(tiny: System) -> None:
    with tiny.faults.counting() as calls:
        put(tiny, "A")

    assert calls == []


def test_a_crash_answers_a_request_as_the_gateway_does_when_a_function_dies(
    tiny: System, script: Script
) -> None:
    def write(_event: dict[str, Any]) -> None:
        put(tiny, "A")

    script.reactions["react"] = write
    with tiny.faults.at({1: Fault.CRASH_BEFORE}):
        response = tiny.http("GET", "/react")

    assert response.status == 502


def test_an_injection_that_was_forgotten_does_nothing() -> None:
    injection = Injection(lambda: "here", lambda: None)

    with injection.at({1: Fault.CRASH_BEFORE}):
        pass

    assert injection._plan == {}
