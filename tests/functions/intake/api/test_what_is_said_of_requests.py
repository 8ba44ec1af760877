"""A wrong content type, method, language or parameter is an error with its name, at every door of the document."""

from __future__ import annotations

import json

import pytest

from chalicelib.intake.api.openapi import OPERATIONS

EXAMPLES = {"{reference}": "26483190275", "{attachment_id}": "0" * 32, "{day}": "2026-11-02"}
WITH_BODIES = [operation.path for operation in OPERATIONS if operation.body]
PUBLIC = [
    operation
    for operation in OPERATIONS
    if operation.method == "GET" and operation.path.startswith("/v1/") and "petitions" not in operation.path
]


def an_address(path: str) -> str:
    for name, value in {**EXAMPLES, "{file}": "statistics.json"}.items():
        path = path.replace(name, value)
    return path


@pytest.mark.parametrize("path", WITH_BODIES)
def test_another_content_type_is_415_as_a_problem(intake, path):
    answer = intake.http("POST", an_address(path), body="a=b", headers={"Content-Type": "text/plain"})

    assert (answer.status, answer.json()["code"]) == (415, "unsupported-media-type")
    assert answer.header("content-type").startswith("application/problem+json")
    assert answer.header("accept") == "application/json"
    assert "application/json" in answer.json()["detail"]


@pytest.mark.parametrize("ending", ["json", "xml"])
def test_open311_takes_a_form_alone(intake, ending):
    answer = intake.http("POST", f"/open311/v2/requests.{ending}", json={"service_code": "CCVC"})

    assert answer.status == 415
    assert "application/x-www-form-urlencoded" in answer.text
    assert ending in answer.header("content-type")


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_another_method_is_405_as_a_problem_that_names_those_there_are(intake, operation):
    methods = {each.method for each in OPERATIONS if each.path == operation.path}

    answer = intake.http("DELETE", an_address(operation.path))

    assert (answer.status, answer.json()["code"]) == (405, "method-not-allowed")
    assert methods <= set(answer.header("allow").split(", "))


@pytest.mark.parametrize("operation", PUBLIC, ids=lambda operation: operation.name)
def test_public_data_name_a_parameter_that_they_do_not_have(intake, operation):
    query = {"lang": "en", "no-such": "1"}

    answer = intake.http("GET", an_address(operation.path), query=query)

    assert answer.status == 422
    assert [(error["field"], error["rule"]) for error in answer.json()["errors"]] == [
        ("no-such", "unknown-parameter")
    ]


@pytest.mark.parametrize(
    "operation",
    [each for each in OPERATIONS if "lang" in each.parameters],
    ids=lambda operation: operation.name,
)
def test_a_language_that_there_is_not_is_named(intake, operation):
    body = json.dumps({}) if operation.body else None
    sent = {"Content-Type": "application/json"} if operation.body else {}

    answer = intake.http(operation.method, f"{an_address(operation.path)}?lang=fr", body=body, headers=sent)

    assert answer.status == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["lang"]


@pytest.mark.parametrize("address", ["/v1/published?field=NOPE", "/v1/open-data/published.csv?field=NOPE"])
def test_a_field_that_there_never_was_is_named(intake, address):
    answer = intake.http("GET", address)

    assert (answer.status, answer.json()["errors"][0]["field"]) == (422, "field")


def test_a_field_that_ended_still_finds_what_was_published_of_it(intake):
    codes = {field["code"] for field in intake.http("GET", "/v1/fields").json()["fields"]}

    assert {intake.http("GET", "/v1/published", query={"field": code}).status for code in codes} == {200}
