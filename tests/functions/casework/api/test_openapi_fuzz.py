"""Schemathesis sends what the desk's OpenAPI document allows and forbids: no 5xx, no answer that it lacks.

Each example is sent twice: as it was made up by an officer whose door it is, and where a path names a petition, with
the reference of one that exists, by somebody who has it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from chalicelib.casework.api.openapi import document
from infra.local.emulation.functions import HttpRequest
from tests.support.people import Citizen
from tests.support.system import System

CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
WHOSE: dict[str, str] = {
    "/v1/directory/": "quantri",
    "/v1/in-doubt": "quantri",
    "/v1/calls": "tong.dai",
    "/v1/callers": "tong.dai",
    "/v1/openings": "kiemtoan",
    "/v1/reports": "binh.vanphong",
}
"""Whose door a path is; all others are the intake officer's, who takes down calls too."""
_running: list[System] = []


def desk_as_wsgi(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
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
    start(f"{answer.status} Answer", list(answer.headers))
    return [answer.body]


schema = schemathesis.openapi.from_dict(document())
schema.app = desk_as_wsgi


@pytest.fixture(scope="module")
def petition(running_system: System) -> Iterator[str]:
    """A petition that exists, for the paths that name one."""
    running_system.reset()
    _running.append(running_system)
    citizen = Citizen(running_system)
    citizen.send()
    yield citizen.reference
    _running.pop()


def check(case: schemathesis.Case[Any], reference: str) -> None:
    system = _running[-1]
    whose = next((name for start, name in WHOSE.items() if case.path.startswith(start)), "lan.tiepnhan")
    bearer = {"Authorization": f"Bearer {system.access_token(whose)}"}
    case.call_and_validate(checks=CHECKS, headers=bearer)
    if "reference" in (case.path_parameters or {}):
        case.path_parameters["reference"] = reference
        case.call_and_validate(checks=CHECKS, headers=bearer)


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
@examples(4, Phase.generate)
def test_every_operation_keeps_to_the_document(case, petition):
    check(case, petition)


@pytest.mark.full
@schema.parametrize()
@examples(100, Phase.explicit, Phase.generate)
def test_every_operation_keeps_to_the_document_at_every_boundary(case, petition):
    check(case, petition)
