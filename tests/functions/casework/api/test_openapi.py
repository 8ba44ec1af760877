"""The desk's OpenAPI document describes the API that is there, and the answers keep to it."""

from __future__ import annotations

from typing import Any

import pytest
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import validate

from chalicelib.casework.actions.catalogue import INPUTS
from chalicelib.casework.api.openapi import OPERATIONS, document
from infra.local.emulation.functions import load
from infra.local.system import FUNCTIONS
from shared.web.describe.strings import bare_strings
from tests.support.people import Citizen, Officer
from tests.support.system import System

ACT = "/v1/petitions/{reference}/{action}"


def routes() -> set[tuple[str, str]]:
    """Return the JSON routes of the app, that of actions once for each action."""
    app = load(FUNCTIONS, ("casework",))["casework"]
    operations = {
        (method, path)
        for path, methods in app.routes.items()
        for method in methods
        if path.startswith("/v1/") or path == "/health"
    }
    return operations - {("POST", ACT)} | {("POST", ACT.replace("{action}", action)) for action in INPUTS}


def test_routes_and_document_are_the_same_table():
    described = {
        (method.upper(), path) for path, methods in document()["paths"].items() for method in methods
    }

    assert described == routes() == {(operation.method, operation.path) for operation in OPERATIONS}


def test_an_answer_without_content_is_described_without_a_body():
    answers = [
        (status, "content" in answer)
        for path in document()["paths"].values()
        for operation in path.values()
        for status, answer in operation["responses"].items()
        if status in {"204", "304"}
    ]

    assert answers
    assert not any(has_body for _status, has_body in answers)


def test_every_string_says_what_it_holds():
    assert [".".join(place) for place, _string in bare_strings(document())] == []


def test_operation_names_are_unique():
    names = [operation.name for operation in OPERATIONS]

    assert len(names) == len(set(names))


def test_models_go_by_short_titles_that_no_two_share():
    schemas = document()["components"]["schemas"]

    assert [name for name in schemas if not name.isalnum()] == []
    assert len({schema.get("title") for schema in schemas.values()}) == len(schemas)


def test_officers_prove_themselves_by_a_bearer_token_everywhere_but_at_sign_in():
    open_to_all = {
        operation["operationId"]
        for path in document()["paths"].values()
        for operation in path.values()
        if {"bearer": []} not in operation["security"]
    }

    assert open_to_all == {"signIn", "giveToken", "health"}


def test_machines_prove_themselves_by_a_scope_wherever_one_may_come():
    scopes = {
        operation["operationId"]: scope
        for path in document()["paths"].values()
        for operation in path.values()
        for scheme in operation["security"]
        for scope in scheme.get("machine", ())
    }

    limited = {
        operation["operationId"]
        for path in document()["paths"].values()
        for operation in path.values()
        if "Retry-After" in operation["responses"].get("429", {}).get("headers", {})
    }
    assert scopes.keys() <= limited
    assert scopes["accept"] == scopes["draftAnswer"] == scopes["attachFile"] == "petitions:act"
    assert scopes["openSeal"] == scopes["openFile"] == "identities:open"
    assert not scopes.keys() & {"putRow", "confirmProposal", "signOut", "listOpenings", "addMachineSecret"}
    flow = document()["components"]["securitySchemes"]["machine"]["flows"]["clientCredentials"]
    assert set(scopes.values()) <= flow["scopes"].keys()


@pytest.fixture(scope="module")
def desk(running_system: System) -> tuple[System, str]:
    """A petition that minh.ccvc handles."""
    running_system.reset()
    citizen = Citizen(running_system)
    citizen.send()
    Officer(running_system, "minh.ccvc").do("accept", citizen.reference)
    return running_system, citizen.reference


def test_the_document_is_valid_and_for_officers_alone(desk: tuple[System, str]):
    system, _reference = desk

    served = Officer(system, "yen.bcd").get("/v1/openapi.json").json()

    assert served["openapi"] == "3.1.0"
    validate(served)
    assert system.http("GET", "/desk/v1/openapi.json").status == 401


def checked(name: str, body: Any) -> None:
    schema = {"$ref": f"#/components/schemas/{name}", "components": document()["components"]}
    OAS31Validator(schema).validate(body)


@pytest.mark.parametrize(
    ("username", "path", "schema"),
    [
        pytest.param("minh.ccvc", "/v1/petitions", "LinePage", id="queue"),
        pytest.param("minh.ccvc", "/v1/petitions/{reference}", "DeskView", id="petition"),
        pytest.param("tong.dai", "/v1/calls", "CallList", id="calls"),
        pytest.param("quantri", "/v1/in-doubt", "AmbiguousDeliveryList", id="ambiguous deliveries"),
        pytest.param(
            "binh.vanphong",
            "/v1/contradicted-receipts",
            "ContradictedReceiptList",
            id="contradicted receipts",
        ),
        pytest.param("quantri", "/v1/directory/officer/*", "RowList", id="rows"),
        pytest.param("kiemtoan", "/v1/openings", "OversightPage", id="openings"),
        pytest.param("binh.vanphong", "/v1/reports/workload", "ReportView", id="report"),
        pytest.param("binh.vanphong", "/v1/reports/trends", "ReportView", id="trends"),
        pytest.param(
            "binh.vanphong",
            "/v1/reports/timeliness/cases",
            "PetitionsBehindFigure",
            id="petitions behind a figure",
        ),
    ],
)
def test_answers_keep_to_their_schemas(desk: tuple[System, str], username: str, path: str, schema: str):
    system, reference = desk

    checked(schema, Officer(system, username).get(path.format(reference=reference)).json())


def test_what_follows_an_action_and_an_opened_seal_keep_to_their_schemas(desk: tuple[System, str]):
    system, reference = desk
    handler = Officer(system, "minh.ccvc")

    checked("AfterAction", handler.do("note", reference, note="Đã gọi"))
    checked("OpenedView", handler.do("open-seal", reference, reason="Gọi hỏi thêm"))
