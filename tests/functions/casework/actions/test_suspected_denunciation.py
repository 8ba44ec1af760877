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


def test_moving_it_to_its_named_readers_asks_first(system: System, reference: str):
    browser = Browser(system, "lan.tiepnhan")
    page = browser.get(f"/desk/petitions/{reference}")
    form = next(form for form in forms_in(page.text) if form.action.endswith("/restrict"))

    question = browser.post(form.action, form.fields)

    assert question.status == 200
    assert "Chuyển hồ sơ này sang quy trình riêng?" in question.text
    assert "Bạn không tự đưa hồ sơ trở lại được." in question.text
    assert Officer(system, "lan.tiepnhan").petition(reference)["state"] == "RECEIVED"


def test_change_between_question_and_answer_is_not_overwritten(system: System, reference: str):
    browser = Browser(system, "lan.tiepnhan")
    address = f"/desk/petitions/{reference}/restrict"
    form = next(f for f in forms_in(browser.get(f"/desk/petitions/{reference}").text) if f.action == address)
    question = browser.post(form.action, form.fields)
    Officer(system, "lan.tiepnhan").do("classify", reference, field="TCBM")

    answer = browser.fill(question, address, confirmed="true")

    assert answer.status == 409
    assert Officer(system, "lan.tiepnhan").petition(reference)["state"] == "RECEIVED"


def test_confirmed_step_moves_it_to_its_named_readers(system: System, reference: str):
    browser = Browser(system, "lan.tiepnhan")
    page = browser.get(f"/desk/petitions/{reference}")
    assert "Có thể là tố cáo" in page.text
    assert "Có thể là tố cáo" in browser.get("/desk/").text
    form = next(form for form in forms_in(page.text) if form.action.endswith("/restrict"))

    question = browser.post(form.action, form.fields)
    answer = browser.fill(question, form.action, confirmed="true")

    assert answer.status == 303
    assert browser.get(f"/desk/petitions/{reference}").status == 404
    assert Officer(system, "khanh.tocongtac").petition(reference)["state"] == "RESTRICTED"
