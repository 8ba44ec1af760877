"""The direct path into moto gives the answers that moto's own path gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto.core.botocore_stubber import BotocoreStubber
from moto.core.responses import BaseResponse
from moto.dynamodb.responses import DynamoHandler

from infra.local.emulation import moto_direct
from tests.support.system import System

KEY = {"reference": {"S": "a"}}
ITEM: dict[str, Any] = {
    **KEY,
    "text": {"S": 'says "B": and ê'},
    "empty": {"S": ""},
    "number": {"N": "12.50"},
    "truth": {"BOOL": False},
    "nothing": {"NULL": True},
    "bytes": {"B": b"\x00\xff"},
    "names": {"SS": ["x", "y"]},
    "numbers": {"NS": ["1", "2"]},
    "list": {"L": [{"S": "S"}, {"M": {"N": {"N": "1"}}}, {"L": []}]},
    "map": {"M": {"S": {"S": "deep"}, "BOOL": {"BOOL": True}, "B": {"B": b"deep"}}},
}
PLAIN = {name: value for name, value in ITEM.items() if name not in {"bytes", "map"}}
NEXT = {"UpdateExpression": "SET #n = :n", "ExpressionAttributeNames": {"#n": "number"}}
TWO = {"ExpressionAttributeValues": {":n": {"N": "2"}}}
BY_KEY = {
    "KeyConditionExpression": "#r = :r",
    "ExpressionAttributeNames": {"#r": "reference"},
    "ExpressionAttributeValues": {":r": {"S": "a"}},
}
IF_NEW = {"ConditionExpression": "attribute_not_exists(#r)", "ExpressionAttributeNames": {"#r": "reference"}}

Calls = list[tuple[str, str, dict[str, Any]]]


def _of_items(table: str) -> Calls:
    """Return calls of DynamoDB, one after the other, some of them refused."""
    named = {"TableName": table}
    old = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
    return [
        ("dynamodb", "put_item", named | {"Item": ITEM}),
        ("dynamodb", "put_item", named | {"Item": PLAIN, "ReturnValues": "ALL_OLD"}),
        ("dynamodb", "put_item", named | {"Item": PLAIN} | IF_NEW | old),
        ("dynamodb", "put_item", named | {"Item": {"reference": {"S": ""}}}),
        ("dynamodb", "get_item", named | {"Key": KEY}),
        ("dynamodb", "get_item", named | {"Key": KEY, "ProjectionExpression": "text, nothing"}),
        ("dynamodb", "get_item", named | {"Key": {"reference": {"S": "nobody"}}}),
        ("dynamodb", "get_item", {"TableName": "no-such-table", "Key": KEY}),
        ("dynamodb", "update_item", named | {"Key": KEY, "ReturnValues": "ALL_NEW"} | NEXT | TWO),
        ("dynamodb", "update_item", named | {"Key": KEY, "ReturnValues": "UPDATED_OLD"} | NEXT | TWO),
        ("dynamodb", "update_item", named | {"Key": KEY, "UpdateExpression": "SET nonsense"}),
        ("dynamodb", "put_item", named | {"Item": ITEM | {"reference": {"S": "b"}}}),
        ("dynamodb", "query", named | BY_KEY),
        ("dynamodb", "query", named | BY_KEY | {"Select": "COUNT", "ReturnConsumedCapacity": "TOTAL"}),
        ("dynamodb", "query", named | BY_KEY | {"KeyConditionExpression": "nonsense"}),
        ("dynamodb", "scan", named | {"Limit": 1}),
        ("dynamodb", "scan", named | {"Segment": 0, "TotalSegments": 1}),
        (
            "dynamodb",
            "batch_get_item",
            {"RequestItems": {table: {"Keys": [KEY, {"reference": {"S": "no"}}]}}},
        ),
        ("dynamodb", "batch_write_item", {"RequestItems": {table: [{"DeleteRequest": {"Key": KEY}}]}}),
        ("dynamodb", "transact_write_items", {"TransactItems": [{"Put": named | {"Item": PLAIN} | IF_NEW}]}),
        ("dynamodb", "transact_write_items", {"TransactItems": [{"Put": named | {"Item": PLAIN} | IF_NEW}]}),
        ("dynamodb", "transact_get_items", {"TransactItems": [{"Get": named | {"Key": KEY}}]}),
        ("dynamodb", "delete_item", named | {"Key": KEY, "ReturnValues": "ALL_OLD"}),
        ("dynamodb", "delete_item", named | {"Key": KEY}),
        ("dynamodb", "describe_table", {"TableName": "no-such-table"}),
        ("dynamodb", "list_tables", {}),
    ]


def _of_others(queue: str, key: str) -> Calls:
    """Return calls of the other services."""
    return [
        ("sqs", "get_queue_url", {"QueueName": "pakn-local-routing"}),
        ("sqs", "get_queue_url", {"QueueName": "no-such-queue"}),
        (
            "sqs",
            "send_message_batch",
            {"QueueUrl": queue, "Entries": [{"Id": "0", "MessageBody": "ê & <x>"}]},
        ),
        ("sqs", "receive_message", {"QueueUrl": queue, "MaxNumberOfMessages": 10, "VisibilityTimeout": 0}),
        ("sqs", "delete_message", {"QueueUrl": queue, "ReceiptHandle": "no such message"}),
        ("kms", "describe_key", {"KeyId": key}),
        ("kms", "decrypt", {"CiphertextBlob": b"nonsense"}),
        ("kms", "sign", {"KeyId": "alias/no-such-key", "Message": b"x", "SigningAlgorithm": "ECDSA_SHA_256"}),
        ("secretsmanager", "get_secret_value", {"SecretId": "pakn/local/providers"}),
        ("secretsmanager", "get_secret_value", {"SecretId": "no-such-secret"}),
    ]


@pytest.fixture
def full_path(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Let calls take moto's own path from now on."""

    def begin() -> None:
        monkeypatch.setattr(BotocoreStubber, "process_request", moto_direct.FULL_PROCESS)
        monkeypatch.setattr(DynamoHandler, "serialized", moto_direct.FULL_RESULT)
        monkeypatch.setattr(BaseResponse, "_enrich_response", staticmethod(moto_direct.FULL_HEADERS))

    return begin


@pytest.mark.parametrize("kind", ["items", "others"])
def test_both_paths_give_the_same_answers(tiny: System, full_path: Callable[[], None], kind: str) -> None:
    cloud = tiny.local.cloud
    calls = {
        "items": lambda: _of_items(cloud.outputs["PetitionsTable"]),
        "others": lambda: _of_others(cloud.queue_url("routing"), cloud.outputs["RootsKeyId"]),
    }[kind]()
    short = [_answer(tiny, *call) for call in calls]

    tiny.reset(apps=tiny.local.functions.apps)
    full_path()

    assert short == [_answer(tiny, *call) for call in calls]


def test_the_direct_path_is_taken(tiny: System) -> None:
    dynamodb = tiny.local.cloud.client("dynamodb")

    answer = dynamodb.list_tables()

    assert not {"server", "date"} & answer["ResponseMetadata"]["HTTPHeaders"].keys()


def test_each_region_has_tables_of_its_own(tiny: System) -> None:
    elsewhere = boto3.session.Session().client("dynamodb", region_name="eu-central-1")

    assert elsewhere.list_tables()["TableNames"] == []
    assert tiny.local.cloud.client("dynamodb").list_tables()["TableNames"]


def test_an_item_may_be_as_large_as_moto_allows_and_no_larger(tiny: System) -> None:
    dynamodb, table = tiny.local.cloud.client("dynamodb"), tiny.local.cloud.outputs["PetitionsTable"]
    dynamodb.put_item(TableName=table, Item=KEY | {"text": {"S": "a" * 404_000}})

    with pytest.raises(ClientError, match="Item size has exceeded"):
        dynamodb.put_item(TableName=table, Item=KEY | {"text": {"S": "a" * 405_000}})


def _answer(system: System, service: str, operation: str, request: dict[str, Any]) -> dict[str, Any]:
    """Return the parsed answer to a call, without identifiers that differ from call to call."""
    try:
        answer: dict[str, Any] = getattr(system.local.cloud.client(service), operation)(**request)
    except ClientError as error:
        answer = dict(error.response)
    status = answer.pop("ResponseMetadata")["HTTPStatusCode"]
    for message in answer.get("Messages", []):
        del message["MessageId"], message["ReceiptHandle"]
    for sent in answer.get("Successful", []):
        del sent["MessageId"]
    return {"operation": operation, "status": status} | answer
