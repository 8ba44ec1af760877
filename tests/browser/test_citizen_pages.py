"""A citizen with a phone, a keyboard and no JavaScript sends a petition, follows it, adds to it, withdraws it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.screen import sticking_out

MOST_STEPS = 80
"""Presses of the Tab key that any element of a page is reached within."""


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the element has the focus, as somebody without a pointer does."""
    for _ in range(MOST_STEPS):
        page.keyboard.press("Tab")
        if page.locator(f"{selector}:focus").count():
            return
    pytest.fail(f"{selector} cannot be reached with the Tab key")


def type_into(page: Page, field: str, text: str) -> None:
    tab_to(page, f"#{field}")
    page.keyboard.insert_text(text)


def assert_fits(page: Page) -> None:
    """Nothing may stick out to the side of a screen."""
    assert sticking_out(page) == []


def send(page: Page, content: str) -> tuple[str, str]:
    """Send a petition by keyboard, step by step, and return its reference and PIN."""
    page.goto("/gui")
    type_into(page, "content", content)
    press(page, "main form button.full-small")
    type_into(page, "name", "Nguyễn Văn An")
    type_into(page, "address", "12 Lê Lợi, Huế")
    type_into(page, "phone", "0912 345 678")
    press(page, "main form button.full-small")
    expect(page.locator("h1")).to_have_text("Bộ báo tin cho bạn bằng cách nào?")
    press(page, "main form button.full-small")
    expect(page.locator("h1")).to_have_text("Xem lại rồi gửi")
    tick(page, "#consent")
    press(page, "main form button.full-small")
    expect(page.locator("h1")).to_contain_text("Bạn được trả lời chậm nhất")
    return page.locator("#reference").inner_text(), page.locator("#pin").inner_text()


def press(page: Page, button: str) -> None:
    """Reach with the Tab key what leads to another page, and press it."""
    tab_to(page, button)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def tick(page: Page, box: str) -> None:
    """Reach a box with the Tab key and tick it."""
    tab_to(page, box)
    page.keyboard.press("Space")
    expect(page.locator(box)).to_be_checked()


def unfold(page: Page, summary: str) -> None:
    """Reach a fold with the Tab key and open it."""
    tab_to(page, summary)
    page.keyboard.press("Enter")
    expect(page.locator("details:has(> summary:focus)")).to_have_attribute("open", "")


def test_the_first_stop_of_the_tab_key_skips_to_the_content(phone):
    phone.goto("/")

    phone.keyboard.press("Tab")

    expect(phone.locator(":focus")).to_have_attribute("href", "#main")
    expect(phone.locator(":focus")).to_be_in_viewport()


def test_from_the_entrance_to_the_receipt_by_keyboard(phone):
    phone.goto("/")
    tab_to(phone, "main a[href='/gui']")
    phone.keyboard.press("Enter")
    expect(phone.locator("h1")).to_have_text("Chuyện gì đã xảy ra?")
    assert_fits(phone)

    reference, pin = send(phone, "Phòng Nội vụ trả lời hồ sơ của tôi chậm 20 ngày.")

    assert len(reference.replace(" ", "")) == 11
    assert len(pin.replace(" ", "")) == 8
    expect(phone.locator("#due")).to_contain_text("ngày")
    assert_fits(phone)


def test_a_mistake_leads_from_the_summary_to_its_field_and_nothing_is_lost(phone):
    phone.goto("/gui")
    type_into(phone, "content", "Giữ lại đoạn này")
    press(phone, "main form button.full-small")
    type_into(phone, "address", "Giữ lại địa chỉ này")
    press(phone, "main form button.full-small")
    expect(phone.get_by_role("alert")).to_contain_text("Họ và tên")
    assert_fits(phone)

    tab_to(phone, ".error-summary a[href='#name']")
    phone.keyboard.press("Enter")
    expect(phone.locator("#name")).to_be_focused()
    phone.keyboard.insert_text("An")

    expect(phone.locator("#name")).to_have_value("An")
    expect(phone.locator("#address")).to_have_value("Giữ lại địa chỉ này")
    phone.goto("/gui")
    expect(phone.locator("#content")).to_have_value("Giữ lại đoạn này")


def test_following_adding_and_withdrawing_by_keyboard(phone):
    reference, pin = send(phone, "Một việc khác cần trả lời.")
    phone.goto("/tra-cuu")
    type_into(phone, "ma", reference)
    type_into(phone, "pin", pin)
    phone.keyboard.press("Enter")
    expect(phone.locator("#state")).to_be_visible()
    assert_fits(phone)

    phone.locator("summary", has_text="Bổ sung").focus()
    phone.keyboard.press("Enter")
    expect(phone.locator("#content")).to_be_visible()
    type_into(phone, "content", "Tôi nộp ngày 3/3.")
    press(phone, "form[action='/tra-cuu/bo-sung'] button")
    expect(phone.get_by_role("status")).to_contain_text("Đã nhận nội dung bổ sung")
    expect(phone.locator(".timeline")).to_contain_text("Tôi nộp ngày 3/3.")

    phone.locator("summary", has_text="Rút").focus()
    phone.keyboard.press("Enter")
    expect(phone.locator("#confirm")).to_be_visible()
    tick(phone, "#confirm")
    press(phone, "form[action='/tra-cuu/rut'] button")
    expect(phone.locator("#state")).to_have_text("Đã rút")


def test_sending_twice_by_impatience_makes_one_petition(phone):
    send(phone, "Gửi một lần thôi.")
    first = phone.locator("#reference").inner_text()

    phone.reload()

    expect(phone.locator("#reference")).to_have_text(first)


def test_the_english_site_stays_english(phone):
    phone.goto("/")
    phone.get_by_role("link", name="English").focus()
    phone.keyboard.press("Enter")
    expect(phone.locator("html")).to_have_attribute("lang", "en")

    phone.get_by_role("button", name="Menu").focus()
    phone.keyboard.press("Enter")
    phone.get_by_role("link", name="Send a petition", exact=True).focus()
    phone.keyboard.press("Enter")

    expect(phone.locator("h1")).to_have_text("What happened?")
