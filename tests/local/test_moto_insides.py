"""What the stack changes inside moto changes no answer."""

from __future__ import annotations

from typing import Any

import pytest

from infra.local import moto_insides
from tests.system import System

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
    asked = dict(query)
    index, descending = asked.pop("index", None), asked.pop("descending", False)
    ((attribute, value),) = asked.items()
    request: dict[str, Any] = {
        "TableName": filled.local.cloud.outputs[f"{table}Table"],
        "KeyConditionExpression": "#key = :value",
        "ExpressionAttributeNames": {"#key": attribute},
        "ExpressionAttributeValues": {":value": {"S": value}},
        "ScanIndexForward": not descending,
        **({"IndexName": index} if index else {}),
    }
    sort_key = "notice" if table == "Deliveries" else "reference"

    found: list[str] = []
    start: dict[str, Any] = {}
    while True:
        answer = filled.local.cloud.client("dynamodb").query(**request, Limit=page, **start)
        found += [item[sort_key]["S"] for item in answer["Items"]]
        if "LastEvaluatedKey" not in answer:
            break
        start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

    assert found == expected


def test_depth_tells_waiting_hidden_and_delayed_messages_apart(tiny: System) -> None:
    sqs, url = tiny.local.cloud.client("sqs"), tiny.local.cloud.queue_url("routing")
    for delay in (0, 0, 0, 60):
        sqs.send_message(QueueUrl=url, MessageBody="x", DelaySeconds=delay)
    sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=1)

    assert moto_insides.depth("pakn-local-routing") == moto_insides.Depth(visible=2, in_flight=1, delayed=1)


def test_a_reset_system_holds_the_directory_and_nothing_else(filled: System) -> None:
    rows = len(filled.items("directory"))

    filled.reset()

    assert filled.items("petitions") == filled.items("deliveries") == []
    assert len(filled.items("directory")) == rows > 0
    assert filled.local.pumps.stream.lag == 0
