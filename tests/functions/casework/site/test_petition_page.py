"""The page of a petition: one next action for each state and role, the returned draft, the promise, the history."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.casework.site.petition.layout import primary_action, story
from shared.domain.petition.lifecycle import OF_OFFICERS, State, possible_actions
from tests.support.desk_pages import Browser
from tests.support.people import Citizen, Officer
from tests.support.system import System


@pytest.fixture
def reference(system: System) -> str:
    """A petition that was routed to VCCVC."""
    citizen = Citizen(system, may_publish=True)
    citizen.send()
    return citizen.reference


def page_of(system: System, username: str, reference: str, query: str = "") -> str:
    return Browser(system, username).get(f"/desk/petitions/{reference}{query}").text


def primary_of(page: str) -> str:
    """Return the texts of the page's filled buttons."""
    return "|".join(re.findall(r'class="btn primary"[^>]*>([^<]+)<', page))


@pytest.mark.parametrize("state", sorted(State))
def test_primary_action_is_one_that_the_state_allows(state: State):
    offered = [action for action in possible_actions(state) if action in OF_OFFICERS]

    primary = primary_action(state, offered, "vi")

    assert primary is None or primary.action in possible_actions(state)
    assert primary_action(state, (), "vi") is None


def test_each_role_finds_its_one_next_action_on_the_way_to_the_answer(system: System, reference: str):
    def seen(username: str) -> str:
        return primary_of(page_of(system, username, reference))

    assigned = {name: seen(name) for name in ("minh.ccvc", "huong.ccvc", "binh.vanphong", "kiemtoan")}
    Officer(system, "minh.ccvc").do("accept", reference)
    at_work = {name: seen(name) for name in ("minh.ccvc", "huong.ccvc", "binh.vanphong")}
    Officer(system, "minh.ccvc").do("draft-answer", reference, text="Trước ngày 30/11/2026.")
    drafted = {name: seen(name) for name in ("minh.ccvc", "binh.vanphong")}
    Officer(system, "binh.vanphong").do("approve", reference)

    assert assigned == {
        "minh.ccvc": "Nhận xử lý",
        "huong.ccvc": "Nhận xử lý",
        "binh.vanphong": "",
        "kiemtoan": "",
    }
    assert at_work == {"minh.ccvc": "Trình phê duyệt", "huong.ccvc": "Trình phê duyệt", "binh.vanphong": ""}
    assert drafted == {"minh.ccvc": "", "binh.vanphong": "Duyệt và gửi"}
    assert seen("lan.tiepnhan") == ""
    assert seen("binh.vanphong") == "Công khai trả lời"


def test_reason_of_a_return_stands_on_top_of_the_draft(system: System, reference: str):
    minh = Officer(system, "minh.ccvc")
    minh.do("accept", reference)
    minh.do("draft-answer", reference, text="Theo quy định hiện hành.")
    Officer(system, "binh.vanphong").do("return-draft", reference, reason="Thiếu căn cứ về thời hạn.")

    returned = page_of(system, "minh.ccvc", reference)
    minh.do("draft-answer", reference, text="Theo Điều 18, thời hạn là 30 ngày.")
    handed_in = page_of(system, "binh.vanphong", reference)

    draft = returned[returned.index('id="do-draft-answer"') : returned.index('id="draft-answer-text"')]
    assert "Thiếu căn cứ về thời hạn." in draft
    assert "Phan Thanh Bình" in draft
    assert "Bị trả lại" in returned
    assert "Bị trả lại" not in handed_in


def test_promised_day_is_shown_to_all_who_work_on_it(system: System, reference: str):
    Officer(system, "minh.ccvc").do("accept", reference)
    Officer(system, "minh.ccvc").do("note", reference, progress="Đang chờ số liệu.", expected_on="2026-11-20")

    pages = {name: page_of(system, name, reference) for name in ("minh.ccvc", "huong.ccvc", "binh.vanphong")}

    assert all("Đã hẹn người gửi: Thứ Sáu, ngày 20/11/2026" in page for page in pages.values())


@pytest.mark.parametrize(
    ("days", "on_the_page", "in_the_queue"),
    [
        (19, "Còn 1 ngày làm việc", "còn 1 ngày"),
        (20, "Hạn hôm nay, 24:00", "hôm nay"),
        (21, "Quá hạn 1 ngày làm việc", "quá 1 ngày"),
        (25, "Quá hạn 3 ngày làm việc", "quá 3 ngày"),
    ],
)
def test_page_counts_lateness_as_the_queue_does(
    system: System, reference: str, days: int, on_the_page: str, in_the_queue: str
):
    system.clock.hold_at(system.clock.now() + timedelta(days=days))

    page = page_of(system, "minh.ccvc", reference)
    clock = page.partition('id="clock"')[2].partition("<ul")[0]
    queue = Browser(system, "minh.ccvc").get("/desk/queue").text

    assert on_the_page in [text.strip() for text in re.split(r"<[^>]*>", clock)]
    assert f"<b>{in_the_queue}</b>" in queue


def test_restricting_and_refusing_stand_at_the_end_of_the_menu_and_ask_first(system: System):
    citizen = Citizen(system, content="Tôi muốn phản ánh một việc chưa biết thuộc bộ phận nào giải quyết ạ.")
    citizen.send()
    browser = Browser(system, "lan.tiepnhan")
    address = f"/desk/petitions/{citizen.reference}"
    page = browser.get(address)

    menu = page.text[
        page.text.index('class="menu"') : page.text.index("</details>", page.text.index('class="menu"'))
    ]
    questions = [
        browser.fill(page, f"{address}/refuse", reason="SPAM"),
        browser.fill(page, f"{address}/restrict"),
    ]

    assert "Từ chối, nêu lý do…" in menu[menu.index("<hr>") :]
    assert "Chuyển sang quy trình riêng…" in menu[menu.index("<hr>") :]
    assert [answer.status for answer in questions] == [200, 200]
    assert Officer(system, "lan.tiepnhan").petition(citizen.reference)["state"] in {"RECEIVED", "ASSIGNED"}
    confirmed = browser.fill(questions[0], f"{address}/refuse", confirmed="true")
    assert confirmed.status == 303
    assert citizen.look()["state"] == "REFUSED"


def test_history_has_the_newest_first_and_folds_what_the_machine_did():
    entries: list[dict[str, Any]] = [
        {"seq": 1, "by": "petitioner"},
        {"seq": 2, "by": "router"},
        {"seq": 3, "by": "timer"},
        {"seq": 4, "by": "officer:minh.ccvc"},
        {"seq": 5, "by": "timer"},
    ]

    groups = story(entries)

    assert [(group["is_machine"], [entry["seq"] for entry in group["entries"]]) for group in groups] == [
        (True, [5]),
        (False, [4]),
        (True, [3, 2]),
        (False, [1]),
    ]


def test_conversation_is_read_once_and_not_again_in_the_history(system: System, reference: str):
    Officer(system, "minh.ccvc").do("accept", reference)
    Officer(system, "minh.ccvc").do("request-information", reference, question="Quyết định ghi ngày nào?")

    page = page_of(system, "minh.ccvc", reference)

    assert page.count("Quyết định ghi ngày nào?") == 1
    assert "Yêu cầu bổ sung thông tin" in page[page.index('class="story"') :]
