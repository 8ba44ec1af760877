"""Two administrators: one changes the directory, the other confirms what one person must not change alone."""

from __future__ import annotations

from typing import Any

from infra.local.emulation.functions import HttpResponse
from tests.support.desk_pages import Browser
from tests.support.people import Officer
from tests.support.target import Target

FIRST, SECOND = "quantri", "hien.quantri"


def put_row(driver: Target, path: str, row: dict[str, Any], username: str = FIRST) -> HttpResponse:
    """Write one version of a row, or propose it; `path` is `kind/id`."""
    bearer = Officer(driver, username)._bearer
    return driver.http("PUT", f"/desk/v1/directory/{path}", json=row, headers=bearer)


def decide(
    driver: Target, proposal: str, decision: str = "confirm", username: str = SECOND, **body: Any
) -> HttpResponse:
    """Confirm, reject or withdraw a proposal."""
    return Officer(driver, username).post(f"/v1/proposals/{proposal}/{decision}", **body)


def put_confirmed(driver: Target, path: str, row: dict[str, Any]) -> HttpResponse:
    """Propose a version of a row, and confirm it as the second administrator."""
    proposed = put_row(driver, path, row)
    assert proposed.status == 202, proposed.text
    return decide(driver, proposed.json()["id"])


def confirm_page(driver: Target, proposed: HttpResponse) -> HttpResponse:
    """Confirm, as the second administrator, the proposal to whose page an answer leads."""
    assert proposed.status == 303, proposed.text
    address = proposed.header("location").split("?")[0]
    assert address.startswith("/desk/proposals/"), address
    return Browser(driver, SECOND).post(address, {"decision": "confirm"})
