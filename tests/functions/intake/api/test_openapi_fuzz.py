"""Schemathesis sends what the OpenAPI document allows and what it forbids: no 5xx, no answer that the document lacks.

The document is read from the running intake, and each request goes through its door; no network. Where a path names a
petition, each example is sent twice: as it was made up, and with the reference and PIN of a petition that exists.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import pytest
import schemathesis
from chalice.app import Chalice
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from chalicelib.intake.api.openapi import document
from infra.local.emulation.functions import HttpRequest
from tests.support.system import System

CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
_REASONS = {200: "OK", 201: "Created", 202: "Accepted", 303: "See Other", 304: "Not Modified"}
_running: list[System] = []


def intake_as_wsgi(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """Pass a WSGI request on to the door that API Gateway would call."""
    headers = {
        name[5:].replace("_", "-").lower(): value
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
    if environ.get("CONTENT_TYPE"):
        headers["content-type"] = environ["CONTENT_TYPE"]
    path = environ.get("REQUEST_URI") or environ["PATH_INFO"]
    if environ.get("QUERY_STRING") and "?" not in path:
        path = f"{path}?{environ['QUERY_STRING']}"
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    answer = _running[-1].local.http(HttpRequest(environ["REQUEST_METHOD"], path, headers, body, "127.0.0.1"))
    start(f"{answer.status} {_REASONS.get(answer.status, 'Problem')}", list(answer.headers))
    return [answer.body]


schema = schemathesis.openapi.from_dict(document())
schema.app = intake_as_wsgi


@pytest.fixture(scope="module")
def petition(running_system: System, intake_alone: Mapping[str, Chalice]) -> Iterator[dict[str, Any]]:
    """A petition that exists, for the paths that name one."""
    running_system.reset(apps=intake_alone)
    _running.append(running_system)
    body = {
        "content": "Phòng Nội vụ trả lời hồ sơ chậm.",
        "petitioner": {"name": "An", "address": "Huế", "email": "an@example.vn"},
    }
    receipt: dict[str, Any] = running_system.http("POST", "/v1/petitions", json=body).json()
    yield receipt
    _running.pop()


def check(case: schemathesis.Case[Any], petition: dict[str, Any]) -> None:
    case.call_and_validate(checks=CHECKS)
    if "reference" in (case.path_parameters or {}):
        case.path_parameters["reference"] = petition["reference"]
        case.call_and_validate(checks=CHECKS, headers={"X-Petition-Pin": petition["pin"]})


def examples(count: int, *phases: Phase) -> settings:
    return settings(
        max_examples=count,
        deadline=None,
        derandomize=True,
        database=None,
        phases=phases,
        suppress_health_check=list(HealthCheck),
    )


@schema.parametrize()
@examples(8, Phase.generate)
def test_every_operation_keeps_to_the_document(case, petition):
    check(case, petition)


@pytest.mark.full
@schema.parametrize()
@examples(100, Phase.explicit, Phase.generate)
def test_every_operation_keeps_to_the_document_at_every_boundary(case, petition):
    check(case, petition)
