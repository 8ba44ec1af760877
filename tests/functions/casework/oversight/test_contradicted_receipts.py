"""A day's contradicted receipts are listed with the duties that they undo."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.domain.promises.deliveries import DeliveryState
from shared.platform import clock
from shared.tables.deliveries import Deliveries
from tests.support.desk_pages import Browser
from tests.support.people import Citizen, Officer
from tests.support.system import System


@pytest.fixture
def reference(system: System) -> str:
    """A petition that was forwarded; the mail that says so arrived, and three hours later it bounced."""
    citizen = Citizen(system)
    citizen.send()
    Officer(system, "lan.tiepnhan").do(
        "forward", citizen.reference, body="Bộ Y tế", text="Đã chuyển Bộ Y tế theo thẩm quyền."
    )
    system.travel(minutes=30)
    deliveries = Deliveries(system.local.cloud.outputs["DeliveriesTable"])
    mail = next(row for row in deliveries.of_petition(citizen.reference) if row.kind == "FORWARDED")
    assert mail.state == "DELIVERED"
    assert statuses(system, citizen.reference) == {"ANSWER": "KEPT", "FORWARDING": "KEPT"}
    system.clock.hold_at(system.clock.now() + timedelta(hours=3))
    deliveries.prove(
        citizen.reference,
        mail.notice,
        DeliveryState.FAILED,
        at=clock.now(),
        reason="ses-Bounce-Permanent-General",
    )
    return citizen.reference


def statuses(system: System, reference: str) -> dict[str, str]:
    duties = Officer(system, "binh.vanphong").get(f"/v1/petitions/{reference}").json()["duties"]
    return {duty["kind"]: duty["standing"] for duty in duties}


def test_contradicted_receipt_is_listed_with_the_duties_that_it_undoes(system: System, reference: str):
    listed = Officer(system, "binh.vanphong").get("/v1/contradicted-receipts").json()["receipts"]

    (receipt,) = listed
    undone = {"ANSWER": "UNREACHED", "FORWARDING": "UNREACHED"}
    assert (receipt["reference"], receipt["kind"], receipt["channel"]) == (reference, "FORWARDED", "EMAIL")
    assert receipt["reason"] == "ses-Bounce-Permanent-General"
    assert receipt["delivered_at"] < receipt["contradicted_at"]
    assert {duty["kind"]: duty["status"] for duty in receipt["duties"]} == undone
    assert statuses(system, reference) == undone


def test_list_is_that_of_one_day(system: System, reference: str):
    officer = Officer(system, "kiemtoan")
    today = officer.get("/v1/contradicted-receipts").json()["day"]

    assert len(officer.get(f"/v1/contradicted-receipts?day={today}").json()["receipts"]) == 1
    assert officer.get("/v1/contradicted-receipts?day=2026-11-01").json()["receipts"] == []


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "yesterday", "2026-02-30"])
def test_day_that_is_none_is_refused(system: System, day: str):
    assert Officer(system, "quantri").get(f"/v1/contradicted-receipts?day={day}").status == 422


def test_page_shows_the_receipt_its_reason_and_the_duties(system: System, reference: str):
    page = Browser(system, "binh.vanphong").get("/desk/contradicted-receipts").text

    assert f"/desk/petitions/{reference}" in page
    assert "ses-Bounce-Permanent-General" in page
    assert "không liên hệ được" in page
    assert (
        "Văn phòng" not in Browser(system, "quantri").get("/desk/contradicted-receipts?day=2026-11-01").text
    )
