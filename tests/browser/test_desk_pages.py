"""Officers with a keyboard and no JavaScript bring a petition from the queue to the answer."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE
from tests.browser.desk import Opened
from tests.browser.keyboard import press, tab_to, type_into, unfold
from tests.browser.screen import assert_fits, reload_until_shown
from tests.support.people import CONTENT


def open_from_queue(page: Page, reference: str) -> None:
    """Follow the queue's link to a petition, once it was routed there."""
    link = f'a[href="/desk/petitions/{reference}"]'
    reload_until_shown(page, "/desk/queue", link)
    press(page, link)
    expect(page.locator("#state")).to_be_visible()


def do(page: Page, action: str, **typed: str) -> None:
    """Bring an action's form into sight by keyboard, from the menu unless it stands there; fill it in, send it."""
    if not page.locator(f"#do-{action}").is_visible():
        unfold(page, "details.menu > summary")
        tab_to(page, f'details.menu a[href="#do-{action}"]')
        page.keyboard.press("Enter")
        expect(page.locator(f"#do-{action}")).to_be_visible()
    for name, text in typed.items():
        type_into(page, f"{action}-{name}", text)
    press(page, f"#f-{action} button")


def test_petition_is_accepted_drafted_and_approved_by_keyboard(officer: Opened, reference: str):
    handler = officer("minh.ccvc")

    open_from_queue(handler, reference)
    expect(handler.locator("#state")).to_have_text("Đã phân công")
    do(handler, "accept")
    expect(handler.locator("#state")).to_have_text("Đang xử lý")
    do(handler, "draft-answer", text="Kết quả được công bố trước ngày 30/11/2026.")
    expect(handler.locator("#state")).to_have_text("Chờ phê duyệt")
    expect(handler.locator("#do-approve")).to_have_count(0)

    approver = officer("binh.vanphong")
    open_from_queue(approver, reference)
    expect(approver.get_by_text("Kết quả được công bố trước ngày 30/11/2026.").first).to_be_visible()
    do(approver, "approve")

    expect(approver.locator("#state")).to_have_text("Đã có kết quả")
    expect(approver.get_by_role("status")).to_contain_text("Phê duyệt trả lời")


def test_what_was_written_survives_a_colleague_who_was_faster(officer: Opened, reference: str):
    handler, head = officer("minh.ccvc"), officer("huong.ccvc")
    open_from_queue(handler, reference)
    do(handler, "accept")
    expect(handler.locator("#state")).to_have_text("Đang xử lý")
    head.goto(f"/desk/petitions/{reference}")
    do(head, "request-information", question="Ông/Bà dự thi năm nào?")
    expect(head.locator(".notice[role=status]")).to_be_visible()

    do(handler, "draft-answer", text="Viết dở từ sáng.")

    expect(handler.locator("#conflict")).to_contain_text("Trần Thị Hương")
    expect(handler.locator("#draft-answer-text")).to_have_value("Viết dở từ sáng.")
    press(handler, "#f-draft-answer button")
    expect(handler.locator("#state")).to_have_text("Chờ phê duyệt")


def test_operator_reads_a_call_back_before_it_is_sent(officer: Opened):
    page = officer("tong.dai")
    page.goto("/desk/call")
    type_into(page, "content", CONTENT)
    type_into(page, "name", "Lê Văn Tư")
    type_into(page, "address", "Bản Mường, Sơn La")
    type_into(page, "contact_phone", "0912 345 678")
    press(page, 'button[value="check"]')

    expect(page.locator("main")).to_contain_text("Lê Văn Tư")
    press(page, 'button[value="confirm"]')

    expect(page.locator("main")).to_contain_text(re.compile(r"\d{2} \d{4} \d{4} \d"))


@pytest.mark.parametrize(
    ("username", "path"),
    [
        pytest.param("minh.ccvc", "/desk/", id="queue"),
        pytest.param("tong.dai", "/desk/call", id="call"),
        pytest.param("quantri", "/desk/calendar", id="calendar"),
        pytest.param("quantri", "/desk/terms", id="terms"),
    ],
)
def test_page_fits_a_phone(officer: Opened, username: str, path: str):
    page = officer(username, PHONE)

    page.goto(path)

    expect(page.locator("h1")).to_be_visible()
    assert_fits(page)
