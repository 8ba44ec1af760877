"""A row or message that is not what it should be stops nobody else: it is counted and named, or a dead letter."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.router import composition as router
from infra.local.emulation import events
from shared.domain.petition.lifecycle import Action
from shared.platform.messages import RoutingRequest, TaskType
from shared.tables.jobs import Progress, Rounds
from tests.support.builders import vietnam
from tests.support.log_capture import Overheard
from tests.support.people import Citizen, Officer, two_petitions
from tests.support.system import System

SECRET = "Bí mật trong hồ sơ hỏng"
BODIES = {
    "nothing": "",
    "no JSON": "{reference: 1}",
    "null": "null",
    "a list": "[]",
    "a text": '"26483190275"',
    "a number": "7",
    "an empty object": "{}",
    "another message": '{"of": "somebody else"}',
    "a reference that is none": '{"reference": "x", "wake_at": "2026-11-03T00:00:00Z"}',
    "a reference that is a number": '{"reference": 26483190275}',
    "something more": '{"reference": "26483190275", "wake_at": "2026-11-03T00:00:00Z", "name": "Trần Thị Mùa"}',
    "a kind that is none": '{"reference": "26483190275", "seq": 1, "kind": "X", "audience": "PETITIONER"}',
    "a seq that is none": '{"reference": "26483190275", "seq": "x", "kind": "RECEIPT", "audience": "PETITIONER"}',
    "a task that is none": '{"reference": "26483190275", "task": "sing"}',
}
KEY = "quarantine/26483190275/" + "a" * 32


def of_the_bucket(**record: Any) -> str:
    whole = {"eventName": "ObjectCreated:Post", "s3": {"object": {"key": KEY}}}
    return json.dumps({"Records": [whole | record]})


EVENTS = {
    **BODIES,
    "no records": '{"Records": []}',
    "records that are null": '{"Records": null}',
    "records that are an object": '{"Records": {}}',
    "an empty record": '{"Records": [{}]}',
    "a record that is a text": '{"Records": ["x"]}',
    "no object": of_the_bucket(s3={}),
    "no key": of_the_bucket(s3={"object": {}}),
    "a key that is null": of_the_bucket(s3={"object": {"key": None}}),
    "a key that is a number": of_the_bucket(s3={"object": {"key": 7}}),
    "a key that is empty": of_the_bucket(s3={"object": {"key": ""}}),
    "the quarantine itself": of_the_bucket(s3={"object": {"key": "quarantine/"}}),
    "a file that is clean already": of_the_bucket(s3={"object": {"key": KEY.replace("quarantine", "clean")}}),
    "a file that was removed": of_the_bucket(eventName="ObjectRemoved:Delete"),
    "no name of the event": of_the_bucket(eventName=None),
    "a test of another service": '{"Event": "sns:TestEvent"}',
    "a second record that is none": json.dumps({"Records": [json.loads(of_the_bucket())["Records"][0], {}]}),
}
HANDLERS = (
    ("intake", "on_upload", "uploads", EVENTS),
    ("intake", "on_parts", "parts", BODIES),
    ("notifier", "on_notice", "notices", BODIES),
    ("notifier", "on_receipt", "receipts", BODIES),
    ("router", "on_route", "routing", BODIES),
    ("sla_timer", "on_wake", "timers", BODIES),
)


@pytest.mark.parametrize(
    ("function", "handler", "queue", "bodies"), HANDLERS, ids=[handler for _f, handler, _q, _b in HANDLERS]
)
def test_body_that_is_not_what_it_should_be_goes_to_the_dead_letters(
    system: System, function: str, handler: str, queue: str, bodies: dict[str, str]
):
    messages = [
        {
            "MessageId": name,
            "ReceiptHandle": "r",
            "Body": body,
            "Attributes": {"ApproximateReceiveCount": "1"},
        }
        for name, body in bodies.items()
    ]
    arn = f"arn:aws:sqs:ap-southeast-1:123456789012:pakn-local-{queue}"

    answer = system.local.functions.invoke(function, handler, events.queue_event(messages, arn))

    acknowledged = bodies.keys() - {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}
    assert acknowledged == set()


def test_the_test_message_of_the_bucket_is_no_dead_letter(system: System):
    body = json.dumps({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "b"})
    event = events.queue_event(
        [{"MessageId": "m", "ReceiptHandle": "r", "Body": body}],
        "arn:aws:sqs:ap-southeast-1:123456789012:pakn-local-uploads",
    )

    assert system.local.functions.invoke("intake", "on_upload", event) == {"batchItemFailures": []}


# --- malformed rows -----------------------------------------------------------------------------------------


def damage(system: System, reference: str, **attributes: str) -> None:
    """Write nonsense into a petition's item, as somebody with the table might."""
    system.local.cloud.client("dynamodb").update_item(
        TableName=system.local.cloud.outputs["PetitionsTable"],
        Key={"reference": {"S": reference}},
        UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in attributes),
        ExpressionAttributeNames={f"#{name}": name for name in attributes},
        ExpressionAttributeValues={f":{name}": {"S": value} for name, value in attributes.items()},
    )


def invoke(system: System, handler: str) -> None:
    system.local.functions.invoke("sla_timer", handler, events.schedule_event(handler, system.clock.now()))


class Skips(Overheard):
    """The log of a while."""

    def named(self) -> set[tuple[str, str]]:
        """Return job and key of every item that was skipped."""
        records = (r.__dict__ for r in self._records if r.getMessage() == "item skipped")
        return {(record["job"], record["key"]) for record in records}


@pytest.fixture
def petitions(system: System) -> tuple[str, str]:
    """Two petitions at a unit; the first is damaged by each test."""
    return two_petitions(system)


def test_one_malformed_petition_stops_no_job_and_no_list(system: System, petitions: tuple[str, str]):
    bad, good = petitions
    system.clock.hold_at(vietnam("2026-11-05", "08:00"))
    lose_wake_up(system, good)
    damage(system, bad, body=f'{{"subject": "{SECRET}"}}', outline=f'{{"subject": "{SECRET}"}}', card="{}")

    with Skips() as skips:
        invoke(system, "hourly")

    log = str(skips.lines())
    assert {key for _job, key in skips.named()} == {bad}
    assert {job for job, _key in skips.named()} >= {"all petitions", "outlines"}
    assert "job failed" not in log
    assert SECRET not in log
    assert wake_up_of(system, good) is not None, "the other one was repaired"
    assert [line["reference"] for line in Officer(system, "minh.ccvc").queue()] == [good]
    report = Officer(system, "khanh.tocongtac").get("/v1/reports/task-force")
    assert report.status == 200


def lose_wake_up(system: System, reference: str) -> None:
    system.local.cloud.client("dynamodb").update_item(
        TableName=system.local.cloud.outputs["PetitionsTable"],
        Key={"reference": {"S": reference}},
        UpdateExpression="REMOVE wake_at, wake_shard",
    )


def wake_up_of(system: System, reference: str) -> str | None:
    item = next(item for item in system.items("petitions") if item["reference"]["S"] == reference)
    wake_at: str | None = item.get("wake_at", {}).get("S")
    return wake_at


def test_one_malformed_row_never_stops_a_shard_of_the_sweep(system: System, petitions: tuple[str, str]):
    bad, good = petitions
    shard = next(i["wake_shard"] for i in system.items("petitions") if i["reference"]["S"] == good)
    system.local.cloud.client("dynamodb").update_item(
        TableName=system.local.cloud.outputs["PetitionsTable"],
        Key={"reference": {"S": bad}},
        UpdateExpression="SET wake_at = :at, wake_shard = :shard",
        ExpressionAttributeValues={":at": {"S": "1"}, ":shard": shard},
    )
    system.local.cloud.client("dynamodb").put_item(
        TableName=system.local.cloud.outputs["DeliveriesTable"],
        Item={"reference": {"S": bad}, "notice": {"S": "x"}, "wake_at": {"S": "1"}, "wake_shard": {"N": "0"}},
    )
    system.clock.hold_at(vietnam("2026-11-18", "09:00"))

    with Skips() as skips:
        invoke(system, "sweep")
    system.settle()

    actions = {entry["action"] for entry in Officer(system, "lan.tiepnhan").petition(good)["history"]}
    assert Action.WARN_UNIT_HEAD in actions or Action.REMIND_ACCEPTANCE in actions
    assert skips.named() == {("due petitions", bad), ("due deliveries", f"{bad}/x")}


def test_malformed_change_is_set_aside_for_the_queue(system: System, petitions: tuple[str, str]):
    bad, good = petitions
    images = {item["reference"]["S"]: item for item in system.items("petitions")}
    broken = images[bad] | {"body": {"S": f'{{"subject": "{SECRET}"}}'}}
    records = [
        {"dynamodb": {"Keys": {"reference": {"S": name}}, "SequenceNumber": str(n), "NewImage": image}}
        for n, (name, image) in enumerate([(bad, broken), (good, images[good])], start=1)
    ]

    with Skips() as skips:
        answer = router.parts().relay.relay({"Records": records})

    assert answer == {"batchItemFailures": []}, "the shard goes on"
    assert SECRET not in str(skips.lines())
    assert skips.named() == {("relay", bad)}
    bodies = waiting_in(system, "routing")
    aside = next(json.loads(body) for body in bodies if "relay" in body)
    assert aside == {"reference": bad, "errand": "relay", "seen": 0, "sequence": "1"}
    assert RoutingRequest.model_validate(aside).task is TaskType.RELAY
    assert any(good in body for body in bodies)


def waiting_in(system: System, queue: str) -> list[str]:
    """Take all messages of a queue."""
    sqs, url = system.local.cloud.client("sqs"), system.local.cloud.queue_url(queue)
    bodies: list[str] = []
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
        bodies += [message["Body"] for message in messages]
    return bodies


def test_change_that_was_set_aside_is_relayed_by_the_queue(system: System):
    citizen = Citizen(system)
    headers = {"Idempotency-Key": "never-relayed"}
    reference = system.http("POST", "/v1/petitions", json=citizen.body, headers=headers).json()["reference"]
    system.lose_changes()
    assert system.outbox() == []

    system.local.cloud.client("sqs").send_message(
        QueueUrl=system.local.cloud.queue_url("routing"),
        MessageBody=RoutingRequest(reference=reference, task=TaskType.RELAY, seen=0).model_dump_json(
            by_alias=True, exclude_none=True
        ),
    )
    system.settle()

    assert [message.reference for message in system.outbox() if message.to == "mua.tran@thu.example"]
    assert Officer(system, "minh.ccvc").queue()


# --- reconciliation over midnight -----------------------------------------------------------------------------


def test_reconciliation_goes_on_where_it_was_over_midnight(system: System, petitions: tuple[str, str]):
    rounds = Rounds(system.local.cloud.outputs["StatisticsTable"])
    system.clock.hold_at(vietnam("2026-11-05", "00:30"))
    unfinished = rounds.begin("reconciliation", "2026-11-04", ("all",), system.clock.now())
    begin = rounds.progress(unfinished)["all"]
    rounds.advance(unfinished, "all", begin, Progress(max(petitions), is_done=False))
    for reference in petitions:
        lose_wake_up(system, reference)

    invoke(system, "hourly")
    latest = rounds.current("reconciliation")
    repaired_at_once = [wake_up_of(system, reference) for reference in petitions]
    system.clock.hold_at(system.clock.now() + timedelta(hours=1))
    invoke(system, "hourly")

    assert latest
    assert (latest.name, latest.completed_at) == ("2026-11-04", vietnam("2026-11-05", "00:30")), "it is over"
    assert None in repaired_at_once, "it did not begin anew"
    todays = rounds.current("reconciliation")
    assert todays
    assert (todays.name, todays.completed_at) == ("2026-11-05", system.clock.now())
    assert None not in [wake_up_of(system, reference) for reference in petitions]
