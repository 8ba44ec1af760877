"""Schemathesis sends what the desk's OpenAPI document allows and what it forbids: no 5xx, no answer that it lacks.

Each example is sent twice: as it was made up, by an officer who may use the operation; and where a path names a
petition, with the reference of one that exists.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import Phase

from chalicelib.casework.api.openapi import document
from tests.campaigns.fuzz.operations import CHECKS, FULL, SMOKE, Api, Request, examples, try_requests
from tests.support import profiles
from tests.support.people import Citizen
from tests.support.system import System

ORDINARY = 4
"""Examples for each operation in `make campaigns`."""
USERS: dict[str, str] = {
    "/v1/directory/": "quantri",
    "/v1/in-doubt": "quantri",
    "/v1/calls": "tong.dai",
    "/v1/callers": "tong.dai",
    "/v1/subscriptions": "quantri",
    "/v1/openings": "kiemtoan",
    "/v1/reports": "binh.vanphong",
}
"""An officer who may use the operations below a path; those of all others the intake officer may use."""
API = Api(document())
each_operation = pytest.mark.parametrize("operation", API.operations(), ids=lambda each: each.label)


@pytest.fixture(scope="module")
def reference(running_system: System) -> str:
    """The reference of a petition that exists, for the paths that name one."""
    running_system.reset()
    API.system = running_system
    citizen = Citizen(running_system)
    citizen.send()
    running_system.local.pumps.hourly.fire()  # builds the search index
    return citizen.reference


def check(request: Request, reference: str) -> None:
    user = next((name for start, name in USERS.items() if request.path.startswith(start)), "lan.tiepnhan")
    headers = {"Authorization": f"Bearer {API.system.access_token(user)}"}
    request.call_and_validate(checks=CHECKS, headers=headers)
    if "reference" in (request.path_parameters or {}):
        request.path_parameters["reference"] = reference
        request.call_and_validate(checks=CHECKS, headers=headers)


@each_operation
def test_operation_keeps_to_the_document(operation: Any, reference: str) -> None:
    try_requests(operation, lambda request: check(request, reference), SMOKE)


@pytest.mark.campaign
@each_operation
def test_operation_keeps_to_the_document_whatever_is_sent(operation: Any, reference: str) -> None:
    try_requests(operation, lambda request: check(request, reference), ORDINARY)


if (
    profiles.is_proof()
):  # schemathesis prepares all boundary cases when tests are collected, which takes seconds

    @pytest.mark.full
    @API.schema.parametrize()
    @examples(FULL, Phase.explicit, Phase.generate)
    def test_operation_keeps_to_the_document_at_every_boundary(reference: str, **generated: Request) -> None:
        check(generated["case"], reference)
