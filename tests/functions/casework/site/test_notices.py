"""An officer who may see a petition sees all its deliveries with their evidence, without the petitioner's secrets."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from chalicelib.casework import composition
from tests.support.desk_pages import Browser
from tests.support.people import Citizen
from tests.support.system import System


@pytest.fixture
def reference(system: System) -> str:
    """A petition about salaries, routed to its unit, whose receipt went out."""
    citizen = Citizen(system)
    citizen.send()
    system.settle()
    return citizen.reference


def page_of(reference: str, notice: str = "") -> str:
    return f"/desk/petitions/{reference}/notices" + (f"?text={quote(notice)}" if notice else "")


def test_every_notice_is_listed_with_its_evidence(system: System, reference: str):
    page = Browser(system, "lan.tiepnhan").get(page_of(reference))

    assert page.status == 200
    for text in ("Đã tiếp nhận", "Người gửi", "Email", "<code>ses ", "mẫu có sẵn của hệ thống", "1 lần gửi"):
        assert text in page.text


def test_text_is_rendered_again_without_the_petitioners_link(system: System, reference: str):
    page = Browser(system, "lan.tiepnhan").get(page_of(reference, "1#RECEIPT#PETITIONER#EMAIL")).text

    (mail,) = [sent for sent in system.outbox(reference) if sent.subject and "Đã tiếp nhận" in sent.subject]
    assert "Đã tiếp nhận phản ánh, kiến nghị mã" in page
    assert "t=***" in page
    assert mail.text.split("&t=")[1][:32] not in page


@pytest.mark.parametrize("place", ["", "/notices"], ids=["petition", "notices"])
def test_reader_who_called_a_mail_unwanted_is_shown_to_who_may_see_the_petition(
    system: System, reference: str, place: str
):
    at = system.clock.now()
    composition.parts().deliveries.record_complaint(reference, "1#RECEIPT#PETITIONER#EMAIL", at)

    page = Browser(system, "lan.tiepnhan").get(f"/desk/petitions/{reference}{place}")

    assert "Người nhận báo là thư rác" in page.text
    assert Browser(system, "dung.cchc").get(f"/desk/petitions/{reference}{place}").status in (403, 404)


def test_who_may_not_see_the_petition_sees_no_notices(system: System, reference: str):
    assert Browser(system, "dung.cchc").get(page_of(reference)).status == 403


def test_unknown_text_shows_the_list_only(system: System, reference: str):
    page = Browser(system, "lan.tiepnhan").get(page_of(reference, "99#NOTHING#X#Y"))

    assert page.status == 200
    assert 'id="text"' not in page.text
