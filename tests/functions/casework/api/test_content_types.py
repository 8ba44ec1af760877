"""The desk's API takes JSON, and a form where OAuth says so; all else is 415 as a problem, even without a token."""

from __future__ import annotations

import pytest

from chalicelib.casework.api.openapi import OPERATIONS

WITH_BODIES = sorted(
    {operation.path for operation in OPERATIONS if operation.body and operation.method == "POST"}
)


@pytest.mark.parametrize("path", WITH_BODIES)
def test_another_content_type_is_415_as_a_problem(system, path):
    address = f"/desk{path}".replace("{", "").replace("}", "")

    answer = system.http("POST", address, body="a", headers={"Content-Type": "text/plain"})

    assert (answer.status, answer.json()["code"]) == (415, "unsupported-media-type")
    assert answer.header("content-type").startswith("application/problem+json")
