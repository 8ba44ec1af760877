"""A possible denunciation stays at the intake desk, sealed and marked, until an officer decides."""

from __future__ import annotations

import pytest

from tests.support.desk_pages import Browser, forms_in
from tests.support.people import Citizen, Officer
from tests.support.system import System

HINTED = (
    "Tôi xin không ghi tên. Ở đơn vị tôi sổ quỹ và két tiền lệch nhau đã lâu, mong cấp trên cho người về xem."
)


@pytest.fixture
def reference(system: System) -> str:
    citizen = Citizen(system, content=HINTED)
    assert citizen.send().status == 201
    return citizen.reference


def test_possible_denunciation_goes_to_no_unit_and_is_marked(system: System, reference: str):
    intake = Officer(system, "lan.tiepnhan")

    seen = intake.petition(reference)

    assert (seen["state"], seen["unit"], seen["lane"]) == ("RECEIVED", "TTTT", "ORDINARY")
    assert seen["may_denounce"]
    assert seen["proposal"]["because"][0].startswith("Có thể là tố cáo")
    assert [line["may_denounce"] for line in intake.queue()] == [True]


def test_its_sender_stays_sealed_until_somebody_decided(system: System, reference: str):
    intake = Officer(system, "lan.tiepnhan")

    assert "open-seal" not in intake.petition(reference)["possible_actions"]
    assert intake.try_to("open-seal", reference, reason="Kiểm tra địa chỉ").status == 403

    intake.do("classify", reference, field="TCBM")

    assert not intake.petition(reference)["may_denounce"]
    assert intake.try_to("open-seal", reference, reason="Kiểm tra địa chỉ").status == 200


def test_one_click_moves_it_to_its_named_readers(system: System, reference: str):
    browser = Browser(system, "lan.tiepnhan")
    page = browser.get(f"/desk/petitions/{reference}")
    assert "Có thể là tố cáo" in page.text
    assert "Có thể là tố cáo" in browser.get("/desk/").text
    form = next(form for form in forms_in(page.text) if form.action.endswith("/restrict"))

    answer = browser.post(form.action, form.fields)

    assert answer.status == 303
    assert browser.get(f"/desk/petitions/{reference}").status == 404
    assert Officer(system, "khanh.tocongtac").petition(reference)["state"] == "RESTRICTED"
