"""Schemathesis sends what intake's OpenAPI document allows and what it forbids: no 5xx, no answer that it lacks.

No network. Where a path names a petition, each example is sent twice: as it was made up, and with the reference and PIN
of a petition that exists.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import Phase

from chalicelib.intake.api.openapi import document
from tests.campaigns.fuzz.operations import CHECKS, FULL, SMOKE, Api, Request, examples, try_requests
from tests.support import profiles
from tests.support.system import System

ORDINARY = 8
"""Examples for each operation in `make campaigns`."""
API = Api(document())
each_operation = pytest.mark.parametrize("operation", API.operations(), ids=lambda each: each.label)


@pytest.fixture(scope="module")
def petition(running_system: System) -> dict[str, Any]:
    """The receipt of a petition that exists, for the paths that name one."""
    running_system.reset()
    running_system.local.pumps.hourly.fire()  # builds the search index
    API.system = running_system
    body = {
        "content": "Phòng Nội vụ trả lời hồ sơ chậm.",
        "petitioner": {"name": "An", "address": "Huế", "email": "an@example.vn"},
    }
    receipt: dict[str, Any] = running_system.http("POST", "/v1/petitions", json=body).json()
    return receipt


def check(request: Request, petition: dict[str, Any]) -> None:
    request.call_and_validate(checks=CHECKS)
    if "reference" in (request.path_parameters or {}):
        request.path_parameters["reference"] = petition["reference"]
        request.call_and_validate(checks=CHECKS, headers={"X-Petition-Pin": petition["pin"]})


@each_operation
def test_operation_keeps_to_the_document(operation: Any, petition: dict[str, Any]) -> None:
    try_requests(operation, lambda request: check(request, petition), SMOKE)


@pytest.mark.campaign
@each_operation
def test_operation_keeps_to_the_document_whatever_is_sent(operation: Any, petition: dict[str, Any]) -> None:
    try_requests(operation, lambda request: check(request, petition), ORDINARY)


if (
    profiles.is_proof()
):  # schemathesis prepares all boundary cases when tests are collected, which takes seconds

    @pytest.mark.full
    @API.schema.parametrize()
    @examples(FULL, Phase.explicit, Phase.generate)
    def test_operation_keeps_to_the_document_at_every_boundary(
        petition: dict[str, Any], **generated: Request
    ) -> None:
        check(generated["case"], petition)
