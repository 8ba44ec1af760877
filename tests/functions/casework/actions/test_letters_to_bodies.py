"""Forwarding says truly whether a letter was sent, and how; the letter is a page to print."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.desk_pages import Browser
from tests.support.people import CITIZEN, CONTENT, Citizen, Officer
from tests.support.system import System

BODY = "Bộ Giáo dục và Đào tạo"


@pytest.fixture
def system(running_system: System) -> System:
    running_system.reset()
    return running_system


def forwarded(system: System, **facts: str) -> tuple[str, str]:
    """Forward a petition, and return its reference and the mail that its petitioner got."""
    citizen = Citizen(system)
    citizen.send()
    Officer(system, "lan.tiepnhan").do("forward", citizen.reference, body=BODY, **facts)
    return citizen.reference, mails_to_the_petitioner(system, citizen.reference)[-1]


def mails_to_the_petitioner(system: System, reference: str) -> list[str]:
    return [mail.text for mail in system.outbox(reference, channel="EMAIL") if CITIZEN["email"] in mail.to]


def test_a_letter_that_was_sent_is_said_to_be_with_its_way_day_and_number(system: System):
    facts = {"sent_by": "POST", "sent_on": "2026-11-03", "letter_number": "1234/BNV-TTTT"}

    reference, mail = forwarded(system, **facts)

    entry: dict[str, Any] = Officer(system, "lan.tiepnhan").petition(reference)["history"][-1]
    assert {name: entry["facts"][name] for name in facts} == facts
    assert "qua bưu điện" in mail
    assert "1234/BNV-TTTT" in mail


def test_a_letter_that_was_not_sent_is_not_said_to_be(system: System):
    _reference, mail = forwarded(system)

    assert BODY in mail
    assert "đã chuyển" not in mail


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({"sent_on": "2026-11-03"}, id="a day without a way"),
        pytest.param({"sent_by": "POST", "sent_on": "2027-01-01"}, id="a day to come"),
        pytest.param({"sent_by": "PIGEON"}, id="no such way"),
    ],
)
def test_what_cannot_be_true_is_refused(system: System, facts: dict[str, Any]):
    citizen = Citizen(system)
    citizen.send()

    answer = Officer(system, "lan.tiepnhan").try_to("forward", citizen.reference, body=BODY, **facts)

    assert answer.status == 422


def test_the_letter_has_number_date_basis_and_text_and_names_nobody(system: System):
    reference, _mail = forwarded(system, sent_by="BY_HAND", letter_number="77/BNV")

    page = Browser(system, "lan.tiepnhan").get(f"/desk/petitions/{reference}/letter")

    assert all(text in page.text for text in (BODY, "77/BNV", "03/11/2026", "20/2008/NĐ-CP", CONTENT[:40]))
    assert CITIZEN["name"] not in page.text


def test_there_is_no_letter_of_what_was_not_forwarded(system: System):
    citizen = Citizen(system)
    citizen.send()

    assert Browser(system, "lan.tiepnhan").get(f"/desk/petitions/{citizen.reference}/letter").status == 404


def test_a_letter_that_leaves_later_is_notified_then_and_stays_on_every_page(system: System):
    reference, before = forwarded(system)
    lan = Officer(system, "lan.tiepnhan")
    sent = {"body": "Bộ Y tế", "sent_by": "EMAIL", "letter_number": "88/BNV"}

    lan.do("send-letter", reference, **sent)

    mails = mails_to_the_petitioner(system, reference)
    browser = Browser(system, "lan.tiepnhan")
    page, letter = (
        browser.get(f"/desk/petitions/{reference}"),
        browser.get(f"/desk/petitions/{reference}/letter"),
    )
    assert mails[-2] == before
    assert "email, ngày 03/11/2026, văn bản số 88/BNV" in mails[-1]
    assert "Bộ Y tế" in mails[-1]
    assert lan.petition(reference)["state"] == "FORWARDED"
    assert f'href="/desk/petitions/{reference}/letter"' in page.text
    assert all(text in letter.text for text in ("Bộ Y tế", "138A Giảng Võ", "88/BNV", "03/11/2026"))


def test_the_same_details_sent_twice_are_notified_once(system: System):
    reference, _mail = forwarded(system)
    lan = Officer(system, "lan.tiepnhan")
    version = lan.petition(reference)["version"]

    answers = [
        lan.try_to("send-letter", reference, version=version, body=BODY, sent_by="POST").status
        for _ in range(2)
    ]

    assert answers == [200, 200]
    assert len(mails_to_the_petitioner(system, reference)) == len(
        {*mails_to_the_petitioner(system, reference)}
    )


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({"sent_by": ""}, id="no way"),
        pytest.param({"sent_by": "POST", "sent_on": "2027-01-01"}, id="a day to come"),
        pytest.param({"sent_by": "POST", "sent_on": "2026-10-01"}, id="a day before it was received"),
    ],
)
def test_what_cannot_be_true_of_a_letter_is_refused(system: System, facts: dict[str, Any]):
    reference, _mail = forwarded(system)

    assert Officer(system, "lan.tiepnhan").try_to("send-letter", reference, body=BODY, **facts).status == 422


def test_a_letter_is_sent_of_what_was_forwarded_alone(system: System):
    citizen = Citizen(system)
    citizen.send()

    answer = Officer(system, "lan.tiepnhan").try_to(
        "send-letter", citizen.reference, body=BODY, sent_by="POST"
    )

    assert answer.status == 409


def test_the_letter_stays_on_the_page_after_the_petition_was_reopened(system: System):
    reference, _mail = forwarded(system, sent_by="POST")
    Officer(system, "binh.vanphong").do("reopen", reference, reason="Thuộc Bộ Nội vụ.")

    page = Browser(system, "binh.vanphong").get(f"/desk/petitions/{reference}")

    assert f'href="/desk/petitions/{reference}/letter"' in page.text
    assert "do-send-letter" not in page.text


def test_forwarding_proposes_the_bodies_of_the_directory_and_takes_any_other(system: System):
    citizen = Citizen(system)
    citizen.send()
    browser = Browser(system, "lan.tiepnhan")
    page = browser.get(f"/desk/petitions/{citizen.reference}")

    done = browser.fill(page, f"/desk/petitions/{citizen.reference}/forward", body="UBND xã Mường Phăng")

    assert '<option value="Bộ Y tế">Bộ Y tế · 138A Giảng Võ, Hà Nội</option>' in page.text
    assert done.status == 303
    assert "UBND xã Mường Phăng" in browser.get(f"/desk/petitions/{citizen.reference}/letter").text


def test_each_merged_petition_has_its_own_letter_and_its_sender_hears_how_it_was_sent(system: System):
    first, second = Citizen(system), Citizen(system)
    first.send()
    second.send()
    lan = Officer(system, "lan.tiepnhan")
    lan.do("merge", second.reference, parent=first.reference)
    lan.do("forward", first.reference, body=BODY)
    system.settle()

    lan.do("send-letter", first.reference, body=BODY, sent_by="POST", letter_number="1234/BNV-TTTT")
    system.settle()

    page = Browser(system, "lan.tiepnhan").get(f"/desk/petitions/{second.reference}/letter")
    of_parent = Browser(system, "lan.tiepnhan").get(f"/desk/petitions/{first.reference}/letter")
    mails = [mail.text for mail in system.outbox(second.reference, channel="EMAIL")]
    assert page.status == 200
    assert "1234/BNV-TTTT" in page.text
    assert BODY in page.text
    assert f"/desk/petitions/{second.reference}/letter" in of_parent.text
    assert "qua bưu điện" in mails[-1]
    assert "qua bưu điện" not in mails[-2], "before, it was only written"
