"""Officers see similar petitions that they may open, and merge with one click."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from tests.support.desk_pages import Browser, forms_in
from tests.support.people import CITIZEN, Citizen, Officer, answer_petition
from tests.support.system import System

LETTER = (
    "Kính gửi Bộ Nội vụ, chúng tôi là giáo viên hợp đồng của huyện {n}, đã dạy mười hai năm nhưng chưa được xét "
    "tuyển viên chức, đề nghị Bộ hướng dẫn tỉnh thực hiện việc xét tuyển viên chức để chúng tôi yên tâm công tác"
)


def sent(system: System, n: int, text: str = LETTER) -> Citizen:
    petitioner: dict[str, Any] = CITIZEN | {"phone": f"0912 000 {n:03d}", "email": f"so{n}@thu.example"}
    citizen = Citizen(system, content=text.format(n=n), petitioner=petitioner)
    assert citizen.send().status == 201
    return citizen


@pytest.fixture
def letters(system: System) -> list[Citizen]:
    return [sent(system, n) for n in range(1, 5)]


def page_of(system: System, citizen: Citizen, username: str = "lan.tiepnhan") -> str:
    return Browser(system, username).get(f"/desk/petitions/{citizen.reference}").text


def test_desk_shows_the_other_open_petitions_about_the_matter(system: System, letters: list[Citizen]):
    sent(system, 9, "Xin hỏi thủ tục cấp lại bằng huân chương kháng chiến của bố tôi bị mất thì nộp ở đâu ạ")

    page = page_of(system, letters[0])
    everyone = all_similar(system, letters[0])

    assert "3 hồ sơ đang mở có nội dung gần giống" in page
    assert all(f"/desk/petitions/{letter.reference}" in everyone for letter in letters[1:])


def test_two_likest_are_in_sight_and_a_link_leads_to_all_of_them(system: System, letters: list[Citizen]):
    other_words = sent(system, 7, LETTER.replace("mười hai năm", "hơn mười năm liền tại trường"))
    another = sent(system, 8)

    page = page_of(system, another)
    (all_of_them,) = re.findall(r'href="([^"]+)#similar"', page)
    every = Browser(system, "lan.tiepnhan").get(html.unescape(all_of_them)).text

    in_sight, shown = similar_in(page), similar_in(every)
    assert in_sight.count("<li>") == 2
    assert "Xem thêm 3 hồ sơ gần giống" in in_sight
    assert other_words.reference not in in_sight
    assert shown.count("<li>") == 5
    shares = [int(share) for share in re.findall(r"giống (\d+) %", shown)]
    assert shares == sorted(shares, reverse=True)
    assert shown.rindex("/merge") > shown.index(other_words.reference)


def all_similar(system: System, citizen: Citizen, username: str = "lan.tiepnhan") -> str:
    return Browser(system, username).get(f"/desk/petitions/{citizen.reference}?similar=all").text


def similar_in(page: str) -> str:
    """Return the part of a petition's page that lists the open petitions like it."""
    start = page.index('id="similar"')
    return page[start : page.index("</section>", start)]


def test_one_click_merges(system: System, letters: list[Citizen]):
    second, *others = letters
    browser = Browser(system, "lan.tiepnhan")
    page = browser.get(f"/desk/petitions/{second.reference}").text
    first, form = next(  # which two of the three are in sight is up to their references
        (other, form)
        for form in forms_in(page)
        for other in others
        if ("parent", other.reference) in form.fields
    )

    assert browser.post(form.action, form.fields).status == 303

    assert second.look()["state"] == "MERGED"
    assert "2 hồ sơ đang mở" in page_of(system, first)


def test_answered_petitions_are_no_longer_offered(system: System, letters: list[Citizen]):
    Officer(system, "lan.tiepnhan").do("assign", letters[3].reference, unit="VCCVC", field="CCVC")
    answer_petition(system, letters[3].reference)

    assert letters[3].reference not in all_similar(system, letters[0])


def test_restricted_petition_is_never_pointed_at(system: System, letters: list[Citizen]):
    Officer(system, "lan.tiepnhan").do("restrict", letters[3].reference)

    assert letters[3].reference not in all_similar(system, letters[0])


def test_petition_about_a_unit_is_not_pointed_at_to_its_own_people(system: System, letters: list[Citizen]):
    Officer(system, "lan.tiepnhan").do("assign", letters[3].reference, unit="TTRA")
    Officer(system, "lan.tiepnhan").do(
        "classify", letters[3].reference, kind="CONDUCT", complained_unit="VPB"
    )

    assert letters[3].reference in all_similar(system, letters[0])
    assert letters[3].reference not in all_similar(system, letters[0], "binh.vanphong")


def test_units_are_shown_nothing_of_others_petitions(system: System, letters: list[Citizen]):
    assert 'id="similar"' not in page_of(system, letters[0], "minh.ccvc")
