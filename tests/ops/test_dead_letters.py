"""`ops dead`: what lies there, of which petition, step and error; sent back, or removed, each change recorded."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from infra.local.emulation import moto_insides
from infra.ops.stage.dead_letters import QUEUES
from infra.triggers import REPORTS
from tests.ops.conftest import Ops
from tests.support.people import Citizen
from tests.support.system import System


def put(system: System, queue: str, body: object) -> None:
    """Lay a message into the dead letters of a queue."""
    text = body if isinstance(body, str) else json.dumps(body)
    system.local.cloud.client("sqs").send_message(
        QueueUrl=system.local.cloud.queue_url(f"{queue}-dead"), MessageBody=text
    )


def depth(system: System, queue: str) -> int:
    """Return how many messages a queue holds, hidden ones too."""
    held = moto_insides.depth(system.local.cloud.queue_name(queue))
    return held.visible + held.in_flight + held.delayed


def fail_twelve_times(system: System, queue: str, body: object) -> None:
    """Send a message that its function cannot handle, until it is a dead letter."""
    system.local.cloud.client("sqs").send_message(
        QueueUrl=system.local.cloud.queue_url(queue), MessageBody=json.dumps(body)
    )
    for _ in range(14):
        system.travel(minutes=7)


def test_no_dead_letters_is_said(ops: Ops):
    assert ops("dead", "list").output == "No dead letters.\n"
    assert ops("dead", "list", "--json").rows == []


def test_a_message_that_failed_is_shown_with_its_petition_its_step_and_the_error(system: System, ops: Ops):
    fail_twelve_times(
        system,
        "notices",
        {"reference": "26483190275", "seq": 9, "kind": "ANSWERED", "audience": "PETITIONER"},
    )

    (row,) = ops("dead", "list", "--json").rows
    (shown,) = ops("dead", "show", "notices", "--json").rows

    assert (row["queue"], row["messages"], row["petitions"]) == ("notices", 1, 1)
    assert row["error"] == shown["error"] != "not in the log"
    assert (shown["reference"], shown["step"]) == ("26483190275", "9#ANSWERED#PETITIONER")


def test_an_unreadable_message_is_called_so_and_its_error_is_that_of_its_reading(system: System, ops: Ops):
    fail_twelve_times(system, "timers", {"name": "Trần Thị Mùa"})

    outcome = ops("dead", "show", "timers", "--json")

    assert [(row["step"], row["error"]) for row in outcome.rows] == [("unreadable", "ValidationError")]
    assert "Mùa" not in outcome.output


REFERENCE = "26483190275"
SET_ASIDE = {"reference": REFERENCE, "errand": "relay", "seen": 3, "sequence": "7"}
WAKE_UP = {"reference": REFERENCE, "wake_at": "2026-11-03T02:00:00Z"}
ROUND = {"job": "recount", "round": "2026-11-03", "shard": "0"}
KEY = f"quarantine/{REFERENCE}/{'a' * 32}"
UPLOAD = {"Records": [{"eventName": "ObjectCreated:Post", "s3": {"object": {"key": KEY}}}]}
CHANGES = {
    "requestContext": {"condition": "RetryAttemptsExhausted"},
    "DDBStreamBatchInfo": {"batchSize": 2, "startSequenceNumber": "41"},
}
SCHEDULE = {
    "requestContext": {
        "functionArn": "arn:aws:lambda:x:1:function:pakn-dev-sla-timer-sweep:live",
        "condition": "RetriesExhausted",
    }
}


@pytest.mark.parametrize(
    ("queue", "body", "step", "reference"),
    [
        pytest.param("routing", {"reference": REFERENCE}, "route", REFERENCE, id="routing"),
        pytest.param("routing", SET_ASIDE, "relay", REFERENCE, id="set aside"),
        pytest.param("notices", {"officer": "minh.ccvc", "on": "2026-11-03"}, "digest", None, id="digest"),
        pytest.param("timers", WAKE_UP, "wake-up", REFERENCE, id="wake-up"),
        pytest.param("timers", ROUND, "recount 2026-11-03 shard 0", None, id="round"),
        pytest.param("parts", {"parts": "x"}, "long SMS", None, id="parts"),
        pytest.param("uploads", UPLOAD, "ObjectCreated", REFERENCE, id="upload"),
        pytest.param("changes", CHANGES, "2 changes from 41", None, id="changes"),
        pytest.param("schedules", SCHEDULE, "pakn-dev-sla-timer-sweep", None, id="schedule"),
    ],
)
def test_each_kind_of_message_says_what_it_is_about(
    system: System, ops: Ops, queue: str, body: object, step: str, reference: str | None
):
    put(system, queue, body)

    (row,) = ops("dead", "show", queue, "--json").rows

    assert (row["step"], row.get("reference")) == (step, reference)


@pytest.mark.parametrize(
    ("queue", "body"),
    [
        *(
            (queue, body)
            for queue in REPORTS
            for body in ("5", "[]", "null", '"x"', '{"requestContext": null}')
        ),
        ("uploads", '{"Records": []}'),
    ],
)
def test_a_message_that_is_no_report_is_about_nothing_and_can_be_dropped(
    system: System, ops: Ops, queue: str, body: str
):
    put(system, queue, body)

    (listed,) = ops("dead", "list", "--json").rows
    (shown,) = ops("dead", "show", queue, "--json").rows

    assert (listed["step"], shown["step"], shown["error"]) == ("unreadable", "unreadable", "not in the log")
    assert ops("dead", "drop", queue, "--all", "--yes").code == 0


@pytest.mark.parametrize("event", ["5", "[]", '{"mail": 5}', '{"context": null}'])
def test_a_receipt_that_is_none_is_about_nothing(system: System, ops: Ops, event: str):
    arn = "arn:aws:sns:ap-southeast-1:1:pakn-local-mail-events"
    put(system, "receipts", {"Type": "Notification", "TopicArn": arn, "Message": event})

    (row,) = ops("dead", "show", "receipts", "--json").rows

    assert (row["step"], row["error"]) == ("unreadable", "not in the log")


@pytest.mark.parametrize(
    ("topic", "event", "step"),
    [
        (
            "mail-events",
            {
                "eventType": "Bounce",
                "mail": {"destination": ["mua.tran@thu.example"], "tags": {"reference": [REFERENCE]}},
            },
            "mail Bounce",
        ),
        (
            "sms-events",
            {
                "eventType": "TEXT_BLOCKED",
                "destinationPhoneNumber": "+84912345678",
                "context": {"reference": REFERENCE, "notice": "1#RECEIPT#PETITIONER#SMS"},
            },
            "sms TEXT_BLOCKED",
        ),
    ],
)
def test_a_receipt_is_shown_without_the_recipient_that_it_names(
    system: System, ops: Ops, topic: str, event: dict[str, object], step: str
):
    arn = f"arn:aws:sns:ap-southeast-1:1:pakn-local-{topic}"
    put(system, "receipts", {"Type": "Notification", "TopicArn": arn, "Message": json.dumps(event)})

    outcome = ops("dead", "show", "receipts", "--json")

    (row,) = outcome.rows
    assert (row["reference"], row["step"]) == (REFERENCE, step)
    assert not any(recipient in outcome.output for recipient in ("thu.example", "912345678"))


def test_a_message_that_lay_for_days_is_listed_and_sent_back(system: System, ops: Ops):
    put(
        system,
        "notices",
        {"reference": "26483190275", "seq": 9, "kind": "ANSWERED", "audience": "PETITIONER"},
    )
    system.travel(days=3)

    listed = ops("dead", "list")
    redriven = ops("dead", "redrive", "notices", "--all", "--yes")

    assert (listed.code, redriven.code) == (0, 0), listed.errors + redriven.errors
    assert "3 d" in listed.output
    assert depth(system, "notices-dead") == 0


def test_looking_takes_nothing_away(system: System, ops: Ops):
    for number in range(25):
        put(system, "routing", {"reference": f"264831902{number:02}"})

    for _ in range(2):
        (row,) = ops("dead", "list", "--json").rows

        assert row["messages"] == row["petitions"] == 25


def test_redriven_messages_take_effect_and_are_gone(
    system: System, ops: Ops, audit: Callable[[], list[tuple[str, str]]]
):
    citizen = Citizen(system)
    citizen.send()
    put(system, "routing", {"reference": citizen.reference})

    dry = ops("dead", "redrive", "routing", "--all", "--dry-run")
    outcome = ops("dead", "redrive", "routing", "--all", "--yes")
    system.settle()

    assert (dry.code, dry.output) == (0, "would: send 1 message back to routing\n")
    assert (outcome.code, outcome.output) == (0, "1 of 1 message sent back\n")
    assert (depth(system, "routing-dead"), depth(system, "routing")) == (0, 0)
    assert audit() == [("dead redrive", "begins"), ("dead redrive", "done")]


def test_only_messages_that_are_named_are_moved(system: System, ops: Ops):
    put(system, "routing", {"reference": "26483190275"})
    put(system, "routing", {"reference": "26000000015"})

    first = ops("dead", "redrive", "routing", "--reference", "26000000015", "--yes", "--json")
    left = ops("dead", "show", "routing", "--json").rows

    assert first.rows == {"queue": "routing", "sent_back": 1, "of": 1}
    assert [row["reference"] for row in left] == ["26483190275"]

    assert ops("dead", "drop", "routing", "--message", left[0]["message"], "--yes").code == 0
    assert depth(system, "routing-dead") == 0


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        pytest.param(("redrive", "letters", "--all"), "There is no queue letters", id="no queue"),
        pytest.param(("redrive", "routing"), "Say in one way which messages", id="which"),
        pytest.param(
            ("redrive", "routing", "--all", "--reference", "1"), "Say in one way which messages", id="both"
        ),
        pytest.param(("drop", "routing", "--message", "x"), "does not hold x", id="gone"),
        pytest.param(("drop", "routing", "--all"), "holds no message", id="empty"),
        pytest.param(("redrive", "changes", "--all"), "are reports of failed calls", id="report"),
        pytest.param(("redrive", "changes", "--all"), "ops dead drop changes --all", id="drop changes"),
        pytest.param(("redrive", "schedules", "--all"), "ops dead drop schedules --all", id="drop schedules"),
        pytest.param(
            ("redrive", "notices", "--reference", "26483190275"), "a digit is wrong or missing", id="digit"
        ),
        pytest.param(
            ("redrive", "notices", "--reference", "26 4831 9027 4"),
            "holds no message about 26483190274",
            id="nothing about it",
        ),
    ],
)
def test_what_cannot_be_done_is_said_with_the_next_step(ops: Ops, arguments: tuple[str, ...], text: str):
    outcome = ops("dead", *arguments, "--yes")

    assert outcome.code == 1
    assert text in outcome.errors
    assert "next: " in outcome.errors


def test_twice_is_said_and_does_nothing(system: System, ops: Ops):
    put(system, "routing", {"reference": "26483190275"})

    assert ops("dead", "redrive", "routing", "--all", "--yes").code == 0
    again = ops("dead", "redrive", "routing", "--all", "--yes")

    assert (again.code, "holds no message" in again.errors) == (1, True)
    assert depth(system, "routing") == 1


def test_a_change_is_asked_for_first_and_a_no_changes_nothing(
    system: System, ops: Ops, audit: Callable[[], list[object]]
):
    put(system, "schedules", {})

    refused = ops("dead", "drop", "schedules", "--all", typed="n\n")
    unanswered = ops("dead", "drop", "schedules", "--all", typed="")

    assert (refused.code, unanswered.code, audit()) == (1, 1, [])
    assert "Nothing was changed" in refused.errors
    assert depth(system, "schedules-dead") == 1

    assert ops("dead", "drop", "schedules", "--all", typed="y\n").code == 0
    assert depth(system, "schedules-dead") == 0


def test_without_a_place_for_the_record_nothing_is_changed(system: System, ops: Ops):
    put(system, "routing", {"reference": "26483190275"})
    logs = system.local.cloud.client("logs")
    logs.delete_log_group(logGroupName="/aws/ops/pakn-local-operations")
    try:
        outcome = ops("dead", "drop", "routing", "--all", "--yes")
    finally:
        logs.create_log_group(logGroupName="/aws/ops/pakn-local-operations")

    assert (outcome.code, depth(system, "routing-dead")) == (1, 1)
    assert "make deploy FUNCTION=operations" in outcome.errors


def test_every_queue_of_dead_letters_is_looked_at(system: System):
    names = {name.removeprefix("pakn-local-") for name in system.local.cloud.queue_names()}

    assert {f"{queue}-dead" for queue in QUEUES} == {name for name in names if name.endswith("-dead")}
