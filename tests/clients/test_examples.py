"""The examples of the OpenAPI documents are what the system answers, and keep to the documents."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from openapi_schema_validator import OAS31Validator

from chalicelib.casework.api.openapi import document as desk_document
from chalicelib.intake.api.openapi import document as petitions_document
from infra.restoration.doors import ROW_SINCE
from shared.platform import clock
from shared.tables.directory import DOORS, OPERATIONS, Directory
from tests.clients.examples import DESCRIBED, FILES, Recorder, play
from tests.support.system import System

DOCUMENTS: dict[str, Callable[[], dict[str, Any]]] = {
    "intake": petitions_document,
    "casework": desk_document,
}
WITHOUT = {
    "intake": {"openapi"},
    "casework": {"openapi", "signDraft", "takeBack"},
}
"""Operations without an example: the documents themselves, and two that a setting switches on."""


def members(value: Any, path: str = "") -> set[str]:
    """Return the members of an answer, wherever they stand, without their values."""
    if isinstance(value, dict):
        return {f"{path}.{name}" for name in value}.union(
            *(members(each, f"{path}.{name}") for name, each in value.items())
        )
    if isinstance(value, list):
        return set().union(*(members(each, f"{path}[]") for each in value))
    return set()


@pytest.fixture(scope="module")
def played(running_system: System) -> Recorder:
    running_system.reset()
    return play(running_system)


@pytest.mark.parametrize("name", FILES)
def test_the_system_answers_as_the_examples_say(played: Recorder, name: str):
    recorded = json.loads(FILES[name].read_text("utf-8"))

    assert {
        operation: {status: members(body) for status, body in example.get("answers", {}).items()}
        for operation, example in played.examples[name].items()
    } == {
        operation: {status: members(body) for status, body in example.get("answers", {}).items()}
        for operation, example in recorded.items()
    }, "make examples"


@pytest.mark.parametrize("name", FILES)
def test_examples_keep_to_the_schemas_beside_them(name: str):
    document = DOCUMENTS[name]()
    shown = 0

    for methods in document["paths"].values():
        for operation in methods.values():
            for body in (operation.get("requestBody", {}), *operation["responses"].values()):
                for content in body.get("content", {}).values():
                    if "example" in content:
                        schema = content["schema"] | {"components": document["components"]}
                        OAS31Validator(schema).validate(content["example"])
                        shown += 1

    assert shown > 30


def operations(name: str) -> dict[str, dict[str, Any]]:
    """Return the operations of a document by their ids."""
    return {
        operation["operationId"]: operation
        for methods in DOCUMENTS[name]()["paths"].values()
        for operation in methods.values()
    }


@pytest.mark.parametrize("name", FILES)
def test_every_operation_has_an_example(name: str):
    recorded = json.loads(FILES[name].read_text("utf-8"))

    assert operations(name).keys() - recorded.keys() == WITHOUT[name]


def described_headers(operation: dict[str, Any], status: int) -> set[str]:
    """Return the headers that the document describes of an answer, of those that are compared."""
    return set(operation["responses"].get(str(status), {}).get("headers", ())) & set(DESCRIBED)


@pytest.mark.parametrize("name", FILES)
def test_headers_of_answers_are_described_where_they_come_and_come_where_they_are_described(
    played: Recorder, name: str
):
    described = operations(name)

    assert {
        (operation, status): headers
        for (api, operation, status), headers in played.headers.items()
        if api == name and headers != described_headers(described[operation], status)
    } == {}


def test_no_example_holds_a_secret_that_opens_anything():
    for path in FILES.values():
        text = path.read_text("utf-8")
        assert "Local-" not in text
        assert "127.0.0.1" not in text
        assert text.count("pakn_ms_") == text.count("pakn_ms_example")


@pytest.mark.parametrize("name", FILES)
def test_while_the_doors_are_closed_every_operation_says_when_to_come_again(system: System, name: str):
    directory = Directory(system.local.cloud.outputs["DirectoryTable"])
    until = (clock.now() + timedelta(minutes=10)).isoformat()
    closed = {"since": clock.now().isoformat(), "until": until, "number": 1}
    directory.put(OPERATIONS, DOORS, ROW_SINCE, closed)
    system.local.cold_start()

    answers = {}
    for path, methods in DOCUMENTS[name]()["paths"].items():
        for method, operation in methods.items():
            address = f"{'/desk' if name == 'casework' else ''}{re.sub(r'{.*?}', 'x', path)}"
            answer = system.http(method.upper(), address)
            retry = answer.status, answer.header("Retry-After")
            answers[operation["operationId"]] = retry, described_headers(operation, 503)

    assert {operation for operation, (retry, _) in answers.items() if retry != (503, "600")} == {"health"}
    assert {operation for operation, (_, described) in answers.items() if not described} == {"health"}
