"""Officers' search: what they may see and nothing else, closed petitions too, published answers, who holds a number."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.support.desk_pages import Browser
from tests.support.people import Citizen, Officer, answer_petition, citizen_of
from tests.support.system import System

ANSWERED = "Kết quả thi được công bố chậm nhất mười lăm ngày."


@pytest.fixture(scope="module")
def desk(running_system: System) -> tuple[System, dict[str, Citizen]]:
    """Petitions of VCCVC (one answered and published), a denunciation, and a complaint about VCCVC; indexed."""
    system = running_system
    system.reset()
    texts = {
        "open": ("Thi nâng ngạch zqmở", "Tôi hỏi lịch thi nâng ngạch công chức chuyên viên chính năm nay."),
        "published": ("Kết quả thi nâng ngạch", "Xin hỏi thời hạn công bố kết quả thi nâng ngạch công chức."),
        "denunciation": ("Thi nâng ngạch zqtố", "Tôi tố cáo ông A nhận hối lộ khi thi nâng ngạch công chức."),
        "conduct": ("Thi nâng ngạch zqthái", "Cán bộ Vụ Công chức - Viên chức hách dịch khi thi nâng ngạch."),
    }
    citizens = {
        name: Citizen(
            system, subject=subject, content=content, may_publish=True, petitioner=citizen_of(system)
        )
        for name, (subject, content) in texts.items()
    }
    for citizen in citizens.values():
        assert citizen.send().status == 201
    clerk = Officer(system, "lan.tiepnhan")
    clerk.do("classify", citizens["conduct"].reference, kind="CONDUCT", complained_unit="VCCVC")
    clerk.do("assign", citizens["open"].reference, unit="VCCVC")
    answer_petition(system, citizens["published"].reference)
    Officer(system, "binh.vanphong").do(
        "publish",
        citizens["published"].reference,
        subject="Kết quả thi nâng ngạch",
        content="Hỏi thời hạn công bố kết quả thi nâng ngạch công chức.",
        answer=ANSWERED,
    )
    system.local.pumps.hourly.fire()
    system.settle()
    return system, citizens


def search(system: System, username: str, query: str) -> dict[str, Any]:
    answer = Officer(system, username).get(f"/v1/search?{query}")
    assert answer.status == 200, answer.text
    results: dict[str, Any] = answer.json()
    return results


@pytest.mark.parametrize(
    ("username", "seen"),
    [
        pytest.param("lan.tiepnhan", {"open", "published", "conduct"}, id="the intake desk"),
        pytest.param("minh.ccvc", {"open", "published"}, id="a handler, not what is about their own unit"),
        pytest.param("binh.vanphong", {"open", "published", "conduct"}, id="an approver"),
        pytest.param("khanh.tocongtac", {"open", "published", "conduct"}, id="an inspector: in no index"),
        pytest.param("tong.dai", set(), id="an operator who entered none of them"),
        pytest.param("yen.bcd", set(), id="the committee"),
        pytest.param("quantri", set(), id="an administrator"),
    ],
)
def test_officer_finds_and_counts_what_they_may_see_closed_ones_too(desk: Any, username: str, seen: set[str]):
    system, citizens = desk

    results = search(system, username, "q=nang+ngach")

    assert {hit["reference"] for hit in results["petitions"]} == {citizens[name].reference for name in seen}
    assert results["total"] == sum(results["by_stage"].values()) == len(seen)


def test_hit_says_where_the_words_stand(desk: Any):
    system, citizens = desk

    results = search(system, "minh.ccvc", "q=lịch+thi")

    [hit] = results["petitions"]
    [passage] = hit["passages"]
    assert hit["reference"] == citizens["open"].reference
    assert passage["part"] == "content"
    assert [piece["text"] for piece in passage["pieces"] if piece["is_match"]] == ["lịch thi"] or "lịch" in {
        piece["text"] for piece in passage["pieces"]
    }


def test_published_answers_are_for_every_role_and_carry_no_reference(desk: Any):
    system, citizens = desk

    results = search(system, "yen.bcd", "q=ket+qua&in=published")

    assert [hit["answer"] for hit in results["published"]] == [ANSWERED]
    assert citizens["published"].reference not in str(results)


def test_published_answers_like_a_petition_are_proposed_beside_it(desk: Any):
    system, citizens = desk

    answer = Officer(system, "minh.ccvc").get(f"/v1/petitions/{citizens['open'].reference}/similar-answers")

    assert [like["answer"] for like in answer.json()["answers"]] == [ANSWERED]


def test_full_reference_leads_to_the_petition_or_tells_who_holds_it_and_nothing_of_a_secret(desk: Any):
    system, citizens = desk
    number = citizens["open"].reference
    spaced = f"{number[:2]}+{number[2:6]}+{number[6:10]}+{number[10:]}"

    own = Browser(system, "minh.ccvc").get(f"/desk/search?q={spaced}")
    other = Browser(system, "tong.dai").get(f"/desk/search?q={number}")
    secret = Browser(system, "minh.ccvc").get(f"/desk/search?q={citizens['denunciation'].reference}")
    nothing = Browser(system, "minh.ccvc").get("/desk/search?q=26483190274")

    assert (own.status, dict(own.headers)["Location"]) == (303, f"/desk/petitions/{number}")
    assert "Vụ Công chức - Viên chức giữ" in re.sub(r"\s+", " ", other.text)
    without_number = re.compile(r"\d[\d ]{10,}|26\d{9}")
    assert without_number.sub("", secret.text) == without_number.sub("", nothing.text)


def test_page_marks_the_words_and_never_what_was_typed_as_markup(desk: Any):
    system, _citizens = desk

    page = Browser(system, "minh.ccvc").get("/desk/search?q=nâng+ngạch+<b>").text
    marked = Browser(system, "minh.ccvc").get("/desk/search?q=nang+ngach").text

    assert "<b>" not in page
    assert re.search(r"<mark>[Nn]âng ngạch</mark>|<mark>[Nn]âng</mark>", marked)
    assert "zqmở" in marked
    assert "zqthái" not in marked


def test_what_was_withdrawn_is_found_no_more_even_before_the_next_build(system: System):
    citizen = Citizen(system, subject="Nâng ngạch zqrút")
    citizen.send()
    system.local.pumps.hourly.fire()
    system.settle()
    before = search(system, "lan.tiepnhan", "q=zqrút")

    citizen.add("withdrawal")

    after = search(system, "lan.tiepnhan", "q=zqrút")
    assert (before["total"], after["total"], after["petitions"]) == (1, 0, [])


def test_petition_that_came_after_the_build_is_found_at_once(system: System):
    system.local.pumps.hourly.fire()
    citizen = Citizen(system, subject="Nâng ngạch zqmới")
    citizen.send()

    results = search(system, "lan.tiepnhan", "q=zqmoi")

    assert [hit["reference"] for hit in results["petitions"]] == [citizen.reference]


def test_search_that_cannot_be_done_says_so_and_keeps_what_was_typed(system: System):
    page = Browser(system, "lan.tiepnhan").get("/desk/search?q=nâng+ngạch")
    api = Officer(system, "lan.tiepnhan").get("/v1/search?q=a")
    too_long = Officer(system, "lan.tiepnhan").get(f"/v1/search?q={'a' * 201}")

    assert (page.status, api.status, too_long.status) == (503, 503, 422)
    assert 'value="nâng ngạch"' in page.text
    assert api.json()["code"] == "search-unavailable"
    assert "Chưa tìm theo từ được" in page.text
