"""A citizen with a phone, a keyboard and no JavaScript sends a petition, follows it, adds to it, withdraws it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

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
    """Nothing may stick out to the side of a phone."""
    width = page.viewport_size["width"] if page.viewport_size else 0
    for box in page.locator("body *:visible").all():
        bounds = box.bounding_box()
        if bounds and bounds["y"] >= 0 and bounds["x"] >= 0:
            assert bounds["x"] + bounds["width"] <= width + 1


def send(page: Page, content: str) -> tuple[str, str]:
    """Send a petition by keyboard and return its reference and PIN."""
    page.goto("/gui")
    type_into(page, "content", content)
    type_into(page, "name", "Nguyễn Văn An")
    type_into(page, "address", "12 Lê Lợi, Huế")
    type_into(page, "phone", "0912 345 678")
    tab_to(page, "main form button")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Bộ Nội vụ đã tiếp nhận")
    return page.locator("#reference").inner_text(), page.locator("#pin").inner_text()


def test_the_first_stop_of_the_tab_key_skips_to_the_content(phone):
    phone.goto("/")

    phone.keyboard.press("Tab")

    expect(phone.locator(":focus")).to_have_attribute("href", "#main")
    expect(phone.locator(":focus")).to_be_in_viewport()


def test_from_the_entrance_to_the_receipt_by_keyboard(phone):
    phone.goto("/")
    tab_to(phone, "main a[href='/gui']")
    phone.keyboard.press("Enter")
    expect(phone.locator("h1")).to_have_text("Gửi phản ánh, kiến nghị")
    assert_fits(phone)

    reference, pin = send(phone, "Phòng Nội vụ trả lời hồ sơ của tôi chậm 20 ngày.")

    assert len(reference.replace(" ", "")) == 11
    assert len(pin.replace(" ", "")) == 8
    expect(phone.locator("#due")).to_contain_text("ngày")
    assert_fits(phone)


def test_a_mistake_leads_from_the_summary_to_its_field_and_nothing_is_lost(phone):
    phone.goto("/gui")
    type_into(phone, "content", "Giữ lại đoạn này")
    tab_to(phone, "main form button")
    phone.keyboard.press("Enter")
    expect(phone.get_by_role("alert")).to_contain_text("Họ và tên")
    assert_fits(phone)

    tab_to(phone, ".errors a[href='#name']")
    phone.keyboard.press("Enter")
    phone.keyboard.insert_text("An")

    expect(phone.locator("#name")).to_have_value("An")
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
    type_into(phone, "content", "Tôi nộp ngày 3/3.")
    tab_to(phone, "form[action='/tra-cuu/bo-sung'] button")
    phone.keyboard.press("Enter")
    expect(phone.get_by_role("status")).to_contain_text("Đã nhận nội dung bổ sung")
    expect(phone.locator(".timeline")).to_contain_text("Tôi nộp ngày 3/3.")

    phone.locator("summary", has_text="Rút").focus()
    phone.keyboard.press("Enter")
    tab_to(phone, "#confirm")
    phone.keyboard.press("Space")
    tab_to(phone, "form[action='/tra-cuu/rut'] button")
    phone.keyboard.press("Enter")
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

    phone.get_by_role("link", name="Send", exact=True).focus()
    phone.keyboard.press("Enter")

    expect(phone.locator("h1")).to_have_text("Send feedback or a petition")
