"""The OpenAPI document describes the API that is there, and the answers keep to it."""

from __future__ import annotations

from typing import Any

import pytest
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import validate

from chalicelib.intake.api.openapi import OPERATIONS, document
from chalicelib.intake.api.parameters import SECURITY
from infra.local.emulation.functions import load
from infra.local.system import FUNCTIONS
from shared.web.describe.strings import bare_strings


def routes() -> set[tuple[str, str]]:
    """Return the JSON routes that app.py has."""
    app = load(FUNCTIONS, ("intake",))["intake"]
    return {
        (method, path)
        for path, methods in app.routes.items()
        for method in methods
        if path.startswith("/v1/") or path in {"/openapi.json", "/health"}
    }


def test_routes_and_document_are_the_same_table():
    described = {
        (method.upper(), path) for path, methods in document()["paths"].items() for method in methods
    }

    assert described == routes() == {(operation.method, operation.path) for operation in OPERATIONS}


def test_the_document_is_valid_openapi_3_1(intake):
    served = intake.http("GET", "/openapi.json").json()

    assert served["openapi"] == "3.1.0"
    validate(served)


def test_every_string_says_what_it_holds():
    assert [".".join(place) for place, _string in bare_strings(document())] == []


def test_operation_names_are_unique():
    names = [operation.name for operation in OPERATIONS]

    assert len(names) == len(set(names))


def test_models_go_by_short_titles_that_no_two_share():
    """A generator makes one class of each title: of two with one title it drops one."""
    schemas = document()["components"]["schemas"]

    assert [name for name in schemas if not name.isalnum()] == []
    assert len({schema["title"] for schema in schemas.values()}) == len(schemas)


def test_what_proves_a_request_is_a_security_scheme_and_no_parameter():
    described = document()["paths"]

    assert described["/v1/petitions/{reference}"]["get"]["security"] == [{"petitionPin": []}]
    assert described["/v1/petitions"]["post"]["security"] == [{"apiKey": []}, {}], "none, outside the cloud"
    assert described["/v1/published"]["get"]["security"] == []
    named = {
        parameter["name"]
        for path in described.values()
        for each in path.values()
        for parameter in each["parameters"]
    }
    assert not named & SECURITY.keys()


def test_headers_of_answers_are_described_where_they_come(intake, sent, a_submission):
    responses = document()["paths"]["/v1/petitions"]["post"]["responses"]

    with_header = {
        header: {status for status, answer in responses.items() if header in answer.get("headers", {})}
        for header in ("Location", "Retry-After")
    }
    assert with_header == {"Location": {"200", "201"}, "Retry-After": {"429", "503"}}
    again = intake.http("POST", "/v1/petitions", json=a_submission())
    assert again.header("Location").endswith(sent["reference"])


def checked(name: str, body: Any) -> None:
    schema = {"$ref": f"#/components/schemas/{name}", "components": document()["components"]}
    OAS31Validator(schema).validate(body)


def test_a_receipt_and_a_view_keep_to_their_schemas(intake, sent):
    view = intake.http(
        "GET", f"/v1/petitions/{sent['reference']}", headers={"X-Petition-Pin": sent["pin"]}
    ).json()

    checked("ReceiptView", sent)
    checked("PetitionView", view)


@pytest.mark.parametrize(
    ("path", "schema"),
    [
        pytest.param("/v1/fields", "FieldList", id="fields"),
        pytest.param("/v1/published", "PublishedList", id="published answers"),
        pytest.param("/v1/statistics", "MonthFigures", id="figures"),
        pytest.param("/v1/open-data/statistics.json", "OpenData", id="open data"),
        pytest.param("/health", "Health", id="health"),
    ],
)
def test_public_answers_keep_to_their_schemas(intake, path, schema):
    checked(schema, intake.http("GET", path).json())


def test_a_problem_keeps_to_its_schema(intake):
    answer = intake.http("POST", "/v1/petitions", json={})

    assert answer.header("Content-Type").startswith("application/problem+json")
    checked("Problem", answer.json())


def test_what_the_schema_of_a_petition_admits_is_taken(intake, a_submission):
    body = a_submission(
        subject="Tiêu đề", kind="INITIATIVE", field="CCHC", reply_by=["EMAIL"], may_publish=True
    )

    checked("PetitionInput", body)
    assert intake.http("POST", "/v1/petitions", json=body).status == 201
