"""The changes of the stack inside moto change no answer."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest
from moto.cloudformation import parsing
from moto.ec2.models import instance_types

from infra.local.emulation import moto_insides, moto_speed
from tests.local.tiny import Script
from tests.support.system import System

FIXTURES = [
    {"reference": "a", "unit": "U1", "due_on": "2026-11-05"},
    {"reference": "b", "unit": "U1", "due_on": "2026-11-04"},
    {"reference": "c", "unit": "U2", "due_on": "2026-11-01"},
    {"reference": "d", "unit": "U1"},
    {"reference": "e", "due_on": "2026-11-01"},
    {"reference": "f", "unit": "U1", "due_on": "2026-11-04"},
]


@pytest.fixture
def filled(tiny: System) -> System:
    dynamodb = tiny.local.cloud.client("dynamodb")
    for facts in FIXTURES:
        dynamodb.put_item(
            TableName=tiny.local.cloud.outputs["PetitionsTable"],
            Item={name: {"S": value} for name, value in facts.items()},
        )
    for number in range(5):
        dynamodb.put_item(
            TableName=tiny.local.cloud.outputs["DeliveriesTable"],
            Item={"reference": {"S": "ab"[number % 2]}, "notice": {"S": f"{number}#x"}},
        )
    return tiny


@pytest.mark.parametrize(
    ("table", "query", "expected"),
    [
        pytest.param("Petitions", {"reference": "a"}, ["a"], id="one item by its key"),
        pytest.param("Petitions", {"reference": "nobody"}, [], id="no item of that key"),
        pytest.param("Petitions", {"index": "desk", "unit": "U1"}, ["b", "f", "a"], id="an index, sorted"),
        pytest.param("Petitions", {"index": "desk", "unit": "nobody"}, [], id="nothing in the index"),
        pytest.param(
            "Petitions",
            {"index": "desk", "unit": "U1", "descending": True},
            ["a", "f", "b"],
            id="an index, backwards",
        ),
        pytest.param("Deliveries", {"reference": "a"}, ["0#x", "2#x", "4#x"], id="a collection of items"),
    ],
)
@pytest.mark.parametrize("page", [pytest.param(1, id="page by page"), pytest.param(100, id="at once")])
def test_quickened_queries_find_what_moto_finds(
    filled: System, table: str, query: dict[str, Any], expected: list[str], page: int
) -> None:
    conditions = dict(query)
    index, descending = conditions.pop("index", None), conditions.pop("descending", False)
    ((attribute, value),) = conditions.items()
    request: dict[str, Any] = {
        "TableName": filled.local.cloud.outputs[f"{table}Table"],
        "KeyConditionExpression": "#key = :value",
        "ExpressionAttributeNames": {"#key": attribute},
        "ExpressionAttributeValues": {":value": {"S": value}},
        "ScanIndexForward": not descending,
        **({"IndexName": index} if index else {}),
    }
    sort_key = "notice" if table == "Deliveries" else "reference"

    keys: list[str] = []
    start: dict[str, Any] = {}
    while True:
        answer = filled.local.cloud.client("dynamodb").query(**request, Limit=page, **start)
        keys += [item[sort_key]["S"] for item in answer["Items"]]
        if "LastEvaluatedKey" not in answer:
            break
        start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

    assert keys == expected


def test_depth_tells_waiting_hidden_and_delayed_messages_apart(tiny: System) -> None:
    sqs, url = tiny.local.cloud.client("sqs"), tiny.local.cloud.queue_url("routing")
    for delay in (0, 0, 0, 60):
        sqs.send_message(QueueUrl=url, MessageBody="x", DelaySeconds=delay)
    sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=1)

    assert moto_insides.depth("pakn-local-routing") == moto_insides.Depth(visible=2, in_flight=1, delayed=1)


@pytest.mark.parametrize(
    ("days", "is_kept"), [pytest.param(13, True, id="a day before"), pytest.param(14, False, id="the day")]
)
def test_a_queue_keeps_a_message_for_fourteen_days(tiny: System, days: int, *, is_kept: bool) -> None:
    sqs, url = tiny.local.cloud.client("sqs"), tiny.local.cloud.queue_url("routing")
    sqs.send_message(QueueUrl=url, MessageBody="x")

    tiny.clock.hold_at(tiny.clock.now() + timedelta(days=days))

    assert ("Messages" in sqs.receive_message(QueueUrl=url)) is is_kept


def test_a_reset_system_holds_the_directory_and_nothing_else(filled: System) -> None:
    rows = len(filled.items("directory"))

    filled.reset()

    assert filled.items("petitions") == filled.items("deliveries") == []
    assert len(filled.items("directory")) == rows > 0
    assert filled.local.pumps.stream.lag == 0


def test_quickened_answers_say_what_moto_says_of_every_kind_of_value(tiny: System) -> None:
    item: dict[str, Any] = {
        "reference": {"S": "a"},
        "text": {"S": ""},
        "number": {"N": "12.50"},
        "truth": {"BOOL": False},
        "nothing": {"NULL": True},
        "bytes": {"B": b"\x00\xff"},
        "names": {"SS": ["x", "y"]},
        "list": {"L": [{"S": "S"}, {"M": {"N": {"N": "1"}}}]},
        "S": {"M": {"S": {"S": "deep"}, "BOOL": {"BOOL": True}}},
    }
    table = tiny.local.cloud.outputs["PetitionsTable"]

    tiny.local.cloud.client("dynamodb").put_item(TableName=table, Item=item)

    (stored,) = tiny.local.cloud.client("dynamodb").scan(TableName=table)["Items"]
    assert stored == item


def test_a_system_that_is_put_back_is_where_it_was_and_goes_on_from_there(
    tiny: System, script: Script
) -> None:
    dynamodb, sqs = tiny.local.cloud.client("dynamodb"), tiny.local.cloud.client("sqs")
    table, bucket = tiny.local.cloud.outputs["PetitionsTable"], tiny.local.cloud.outputs["AttachmentsBucket"]
    s3 = tiny.local.cloud.client("s3")
    dynamodb.put_item(TableName=table, Item={"reference": {"S": "a"}, "n": {"N": "1"}})
    s3.put_object(Bucket=bucket, Key="one", Body=b"first")
    sqs.send_message(QueueUrl=tiny.local.cloud.queue_url("timers"), MessageBody="kept")
    checkpoint, at = tiny.keep(), tiny.clock.now()

    for _ in range(2):
        change = {"Key": {"reference": {"S": "a"}}, "UpdateExpression": "SET n = :n"}
        dynamodb.update_item(TableName=table, **change, ExpressionAttributeValues={":n": {"N": "2"}})
        s3.put_object(Bucket=bucket, Key="one", Body=b"second")
        tiny.settle()
        tiny.clock.hold_at(at + timedelta(days=1))
        tiny.put_back(checkpoint)

        assert tiny.clock.now() == at
        assert tiny.items("petitions") == [{"reference": {"S": "a"}, "n": {"N": "1"}}]
        assert s3.get_object(Bucket=bucket, Key="one")["Body"].read() == b"first"
        assert moto_insides.depth(tiny.local.cloud.queue_name("timers")).visible == 1

    tiny.settle()
    assert script.bodies("on_wake")[-1] == ["kept"]


def test_a_table_put_back_says_whether_it_had_changed(tiny: System) -> None:
    table, dynamodb = tiny.local.cloud.outputs["DirectoryTable"], tiny.local.cloud.client("dynamodb")
    saved = moto_insides.keep_table(table)

    assert not moto_insides.put_table_back(table, saved)
    dynamodb.put_item(TableName=table, Item={"kind": {"S": "unit"}, "row": {"S": "new"}})
    assert moto_insides.put_table_back(table, saved)
    assert not moto_insides.put_table_back(table, saved)


def test_what_ec2_offers_is_not_read() -> None:
    assert moto_speed.NULL_MODELS is parsing.NULL_MODELS
    assert not any(instance_types.INSTANCE_TYPE_OFFERINGS["region"].values())


HELD: dict[str, Any] = {
    "reference": {"S": "a"},
    "version": {"N": "1"},
    "seen": {"S": "x"},
    "places": {"M": {"one": {"N": "1"}}},
}
VALUES: dict[str, Any] = {":one": {"N": "1"}, ":text": {"S": "x"}, ":part": {"S": "a"}}


@pytest.mark.parametrize(
    ("update", "condition", "changed"),
    [
        pytest.param("SET version = version + :one", "#v = :one", {"version": {"N": "2"}}, id="a count"),
        pytest.param(
            "ADD version :one REMOVE seen", "seen = :text", {"version": {"N": "2"}, "seen": None}, id="two"
        ),
        pytest.param(
            "SET places.#v = if_not_exists(places.#v, :text), seen = :part",
            "attribute_exists(places.one)",
            {"seen": {"S": "a"}, "places": {"M": {"one": {"N": "1"}, "version": {"S": "x"}}}},
            id="a place inside",
        ),
        pytest.param(
            "SET seen = :part",
            "(NOT #v = :one) OR (begins_with(seen, :text) AND version BETWEEN :one AND :one)",
            {"seen": {"S": "a"}},
            id="a condition of conditions",
        ),
        pytest.param("SET seen = :part", "attribute_not_exists(seen)", None, id="a condition that fails"),
        pytest.param(
            "SET seen = :part", "#v <> :one AND seen IN (:text, :part)", None, id="one of two fails"
        ),
    ],
)
def test_quickened_updates_do_what_their_expressions_say(
    tiny: System, update: str, condition: str, changed: dict[str, Any] | None
) -> None:
    dynamodb, table = tiny.local.cloud.client("dynamodb"), tiny.local.cloud.outputs["PetitionsTable"]
    expressions = update + condition
    request = {
        "TableName": table,
        "Key": {"reference": HELD["reference"]},
        "UpdateExpression": update,
        "ConditionExpression": condition,
        "ExpressionAttributeValues": {name: value for name, value in VALUES.items() if name in expressions},
        **({"ExpressionAttributeNames": {"#v": "version"}} if "#v" in expressions else {}),
    }
    refused = pytest.raises(dynamodb.exceptions.ConditionalCheckFailedException)
    expected = {name: value for name, value in (HELD | (changed or {})).items() if value is not None}

    for time in ("read for the first time", "kept from then"):
        dynamodb.put_item(TableName=table, Item=HELD)
        with refused if changed is None else nullcontext():
            dynamodb.update_item(**request)
        assert dynamodb.get_item(TableName=table, Key=request["Key"])["Item"] == expected, time
