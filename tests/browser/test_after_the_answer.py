"""Rating and asking for a second look with a keyboard and no JavaScript; and what JavaScript adds to the form."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PHONE
from tests.browser.test_citizen_pages import assert_fits, send, tab_to, type_into

pytestmark = pytest.mark.browser

QUESTION = (
    "Tôi dự thi nâng ngạch chuyên viên chính, đề nghị cho biết thời hạn công bố kết quả thi nâng ngạch."
)
SECONDS_FOR_ROUTING = 20


@pytest.fixture
def with_script(browser: Browser, site: str) -> Iterator[Page]:
    """A phone with JavaScript; an error of a script fails the test."""
    context = browser.new_context(viewport=PHONE, base_url=site, locale="vi-VN")
    page = context.new_page()
    trouble: list[str] = []
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("console", lambda message: trouble.append(message.text) if message.type == "error" else None)
    yield page
    context.close()
    assert trouble == []


def desk(page: Page, username: str, action: str, reference: str, **body: Any) -> None:
    """Let an officer act on a petition, once it is where they can."""
    signed_in = page.request.post(
        "/desk/v1/session", data={"username": username, "password": f"Local-{username}-2026"}
    )
    headers = {"Authorization": f"Bearer {signed_in.json()['access_token']}"}
    path = f"/desk/v1/petitions/{reference}"
    until = time.monotonic() + SECONDS_FOR_ROUTING
    while True:
        seen = page.request.get(path, headers=headers)
        version = seen.json().get("version")
        done = page.request.post(f"{path}/{action}", headers=headers, data={"version": version, **body})
        if done.ok:
            return
        assert time.monotonic() < until, done.text()
        time.sleep(0.5)


def test_a_poor_rating_leads_to_a_second_look_by_keyboard(phone):
    reference, pin = send(phone, QUESTION)
    digits = reference.replace(" ", "")
    desk(phone, "minh.ccvc", "accept", digits)
    desk(phone, "minh.ccvc", "draft-answer", digits, text="Thời hạn do hội đồng thi thông báo.")
    desk(phone, "binh.vanphong", "approve", digits)
    phone.goto("/tra-cuu")
    type_into(phone, "ma", reference)
    type_into(phone, "pin", pin)
    phone.keyboard.press("Enter")
    expect(phone.locator("#answer + .card")).to_contain_text("Thời hạn do hội đồng thi thông báo.")
    assert_fits(phone)

    tab_to(phone, "#score")
    phone.keyboard.press("Space")
    tab_to(phone, "form[action='/tra-cuu/danh-gia'] button")
    phone.keyboard.press("Enter")
    expect(phone.get_by_role("status")).to_contain_text("Cảm ơn bạn đã đánh giá.")

    tab_to(phone, "a[href='#second-look']")
    phone.keyboard.press("Enter")
    type_into(phone, "reason", "Chưa trả lời đúng câu hỏi.")
    tab_to(phone, "form[action='/tra-cuu/xem-lai'] button")
    phone.keyboard.press("Enter")

    expect(phone.locator("#state")).to_have_text("Mở lại")
    expect(phone.locator("dd", has_text="Thanh tra Bộ")).to_be_visible()
    expect(phone.locator(".timeline")).to_contain_text("Chưa trả lời đúng câu hỏi.")
    assert_fits(phone)


def test_looking_before_sending_by_keyboard(phone):
    phone.goto("/gui")
    type_into(phone, "content", "Một việc cần xem lại.")
    type_into(phone, "name", "Nguyễn Văn An")
    type_into(phone, "address", "12 Lê Lợi, Huế")
    type_into(phone, "email", "xem-lai@example.vn")
    tab_to(phone, "button[value='review']")
    phone.keyboard.press("Enter")
    expect(phone.locator("h1")).to_have_text("Xem lại trước khi gửi")
    expect(phone.locator(".facts")).to_contain_text("xem-lai@example.vn")
    assert_fits(phone)

    tab_to(phone, "main button[value='edit']")
    phone.keyboard.press("Enter")
    expect(phone.locator("#content")).to_have_value("Một việc cần xem lại.")
    tab_to(phone, "main form button")
    phone.keyboard.press("Enter")

    expect(phone.locator("h1")).to_have_text("Bộ Nội vụ đã tiếp nhận")
    expect(phone.locator(".code svg")).to_be_visible()


def test_lost_pin_is_asked_for_by_keyboard(phone):
    phone.goto("/tra-cuu")
    type_into(phone, "reference", "26 4831 9027 4")
    type_into(phone, "contact", "0912 345 678")
    phone.keyboard.press("Enter")

    expect(phone.get_by_role("status")).to_contain_text("Nếu mã số đúng")


def test_summary_of_mistakes_has_the_focus(phone):
    phone.goto("/gui")
    tab_to(phone, "main form button")
    phone.keyboard.press("Enter")

    expect(phone.locator("#errors")).to_be_focused()
    phone.keyboard.press("Tab")
    expect(phone.locator(":focus")).to_have_attribute("href", "#content")


def test_script_keeps_a_draft_until_it_is_sent_and_brings_a_proof(with_script):
    page = with_script
    page.goto("/gui")
    page.locator("#draft-keep").check()
    page.locator("#content").fill("Bản nháp viết dở.")
    page.locator("#name").fill("Nguyễn Văn An")
    expect(page.locator("input[name=proof]")).not_to_have_value("", timeout=15_000)

    page.reload()
    expect(page.locator("#content")).to_have_value("Bản nháp viết dở.")
    expect(page.locator("#draft")).to_be_visible()
    assert page.evaluate("localStorage.getItem('pakn-draft')").find("Nguyễn") == -1

    page.locator("#name").fill("Nguyễn Văn An")
    page.locator("#address").fill("Huế")
    page.locator("#email").fill("nhap@example.vn")
    page.get_by_role("button", name="Gửi phản ánh, kiến nghị").click()
    expect(page.locator("h1")).to_have_text("Bộ Nội vụ đã tiếp nhận")
    expect(page.locator("#print")).to_be_visible()
    assert page.evaluate("localStorage.getItem('pakn-draft')") is None


def test_restored_draft_is_compared_with_the_published_answers(with_script):
    page = with_script
    item = {
        "subject": "Phụ cấp thôn",
        "content": "Hỏi.",
        "answer": "Đáp.",
        "unit_label": "Vụ A",
        "field_label": None,
        "answered_on": "2026-11-12",
        "attachments": [{"filename": "Bảng.pdf", "url": "/cong-khai/tep?a=1&f=2"}],
        "citations": [{"number": "33/2023/NĐ-CP", "article": "Điều 33", "link": None}],
    }

    page.route("**/v1/published/similar*", lambda route: route.fulfill(json={"items": [item]}))
    page.goto("/gui")
    page.locator("#draft-keep").check()
    page.locator("#content").fill("Phụ cấp của người hoạt động ở thôn, tổ dân phố năm 2026.")
    page.reload()

    card = page.locator("#similar article")
    expect(card).to_contain_text("Vụ A · 12/11/2026")
    card.locator("summary").click()
    expect(card).to_contain_text("33/2023/NĐ-CP, Điều 33")
    expect(card.get_by_role("link", name="Bảng.pdf")).to_be_visible()
    page.evaluate("localStorage.clear()")


def test_whoever_wants_no_draft_has_none(with_script):
    page = with_script
    page.goto("/gui")
    page.locator("#content").fill("Viết trên máy chung.")

    page.reload()

    expect(page.locator("#content")).to_have_value("")
    page.locator("#draft-keep").check()
    page.locator("#content").fill("Giữ lại.")
    page.locator("#draft-keep").uncheck()
    page.reload()
    expect(page.locator("#content")).to_have_value("")
    expect(page.locator("#draft-keep")).not_to_be_checked()


def test_only_the_fields_of_ones_own_kind_are_shown(with_script):
    page = with_script
    page.goto("/gui")
    expect(page.locator("#organisation")).to_be_hidden()

    page.locator("#type-business").check()
    expect(page.locator("#organisation")).to_be_visible()

    page.locator("#type-foreigner").check()
    expect(page.locator("#organisation")).to_be_hidden()
    expect(page.locator("#foreigner-hint")).to_be_visible()
