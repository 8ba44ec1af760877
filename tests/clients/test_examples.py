"""The examples of the OpenAPI documents are what the system answers, and keep to the documents."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from openapi_schema_validator import OAS31Validator

from chalicelib.casework.api.openapi import document as desk_document
from chalicelib.intake.api.openapi import document as petitions_document
from tests.clients.examples import FILES, Examples, play
from tests.support.system import System

DOCUMENTS: dict[str, Callable[[], dict[str, Any]]] = {
    "intake": petitions_document,
    "casework": desk_document,
}
WITHOUT = {"openapi", "openDataPackage", "openDataCatalogue", "fetchFile", "rootOfDay", "signingKey"}
"""Public operations without an example: files, descriptions, and what there is from the second day on."""


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
def played(running_system: System) -> Examples:
    running_system.reset()
    return play(running_system)


@pytest.mark.parametrize("name", FILES)
def test_the_system_answers_as_the_examples_say(played: Examples, name: str):
    recorded = json.loads(FILES[name].read_text("utf-8"))

    assert {
        operation: {status: members(body) for status, body in example["answers"].items()}
        for operation, example in played[name].items()
    } == {
        operation: {status: members(body) for status, body in example["answers"].items()}
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


def test_every_public_operation_has_an_example():
    recorded = json.loads(FILES["intake"].read_text("utf-8"))
    operations = {
        operation["operationId"]
        for methods in petitions_document()["paths"].values()
        for operation in methods.values()
    }

    assert operations - recorded.keys() == WITHOUT


def test_no_example_holds_a_secret_that_opens_anything():
    for path in FILES.values():
        text = path.read_text("utf-8")
        assert "Local-" not in text
        assert "127.0.0.1" not in text
        assert text.count("pakn_ms_") == text.count("pakn_ms_example")
