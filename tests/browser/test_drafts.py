"""Texts that officers type are saved while typing: through a lost network, a session that ends, Reload and Back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import PHONE
from tests.browser.desk import WIDE
from tests.browser.screen import assert_fits, reload_until_shown

WORDS = "Thời hạn là 30 ngày kể từ ngày thông báo tuyển dụng."
TEXT = "#draft-answer-text"
STATE = "#f-draft-answer .draft-state"


@pytest.fixture
def writer(browser: Browser, site: str, reference: str) -> Page:
    """The page of a petition that its handler accepted, with JavaScript."""
    context = browser.new_context(viewport=WIDE, base_url=site, locale="vi-VN")
    page = context.new_page()
    page.goto("/desk/")
    page.fill("#username", "minh.ccvc")
    page.fill("#password", "Local-minh.ccvc-2026")
    page.get_by_role("button", name="Đăng nhập", exact=True).click()
    expect(page.locator("details.me")).to_be_visible()
    reload_until_shown(page, f"/desk/petitions/{reference}", "#f-accept")
    page.locator("#next").click()
    expect(page.locator("#do-draft-answer")).to_be_visible()
    return page


def write(page: Page, text: str) -> None:
    """Type the answer."""
    page.fill(TEXT, text)


def test_typed_words_survive_reload_back_and_a_lost_network(writer: Page):
    context: BrowserContext = writer.context

    write(writer, WORDS)
    expect(writer.locator(STATE)).to_contain_text("Đã lưu trên máy chủ", timeout=10_000)
    writer.reload()
    expect(writer.locator(TEXT)).to_have_value(WORDS)
    write(writer, f"{WORDS} Thêm.")
    writer.goto("/desk/")
    writer.go_back()
    expect(writer.locator(TEXT)).to_have_value(f"{WORDS} Thêm.")
    context.set_offline(True)
    write(writer, f"{WORDS} Khi mất mạng.")
    expect(writer.locator(STATE)).to_contain_text("Mất kết nối", timeout=10_000)
    context.set_offline(False)
    expect(writer.locator(STATE)).to_contain_text("Đã lưu trên máy chủ", timeout=15_000)
    writer.reload()

    expect(writer.locator(TEXT)).to_have_value(f"{WORDS} Khi mất mạng.")
    assert writer.evaluate("localStorage.length + sessionStorage.length") == 0


def test_words_typed_right_before_a_reload_are_shown_by_it(writer: Page):
    write(writer, WORDS)
    writer.reload()

    expect(writer.locator(TEXT)).to_have_value(WORDS)


def test_session_that_is_over_is_renewed_in_place(writer: Page):
    write(writer, WORDS)
    expect(writer.locator(STATE)).to_contain_text("Đã lưu trên máy chủ", timeout=10_000)
    writer.context.clear_cookies()
    write(writer, f"{WORDS} Sau khi hết phiên.")

    again = writer.locator("#sign-in-again")
    expect(again).to_be_visible(timeout=10_000)
    expect(again).to_contain_text(f"Đã lưu trên máy chủ: {len(WORDS.split())} từ, lúc")
    writer.fill("#again-password", "Local-minh.ccvc-2026")
    again.get_by_role("button").click()

    expect(again).to_be_hidden()
    expect(writer.locator(TEXT)).to_have_value(f"{WORDS} Sau khi hết phiên.")
    expect(writer.locator(STATE)).to_contain_text("Đã lưu trên máy chủ", timeout=10_000)
    writer.reload()
    expect(writer.locator(TEXT)).to_have_value(f"{WORDS} Sau khi hết phiên.")


def test_template_and_file_cost_no_word(writer: Page):
    write(writer, WORDS)
    writer.locator("#f-draft-answer details.fold", has_text="Chèn mẫu").locator("summary").click()
    writer.get_by_role("button", name="Chèn mẫu").click()
    expect(writer.locator(TEXT)).to_have_value(re.compile(f"^{WORDS}\\s+\\S+"))
    write(writer, f"{WORDS} Trước khi chọn tệp.")
    writer.locator("#attach summary").click()
    with writer.expect_navigation():
        writer.get_by_role("button", name="Chọn tệp").click()
    writer.go_back()

    expect(writer.locator(TEXT)).to_have_value(f"{WORDS} Trước khi chọn tệp.")


def test_petition_that_went_to_another_unit_gives_the_words_back(writer: Page, site: str, reference: str):
    write(writer, WORDS)
    expect(writer.locator(STATE)).to_contain_text("Đã lưu trên máy chủ", timeout=10_000)
    intake = {"username": "lan.tiepnhan", "password": "Local-lan.tiepnhan-2026"}
    token = writer.request.post(f"{site}/desk/v1/session", data=intake).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    address = f"{site}/desk/v1/petitions/{reference}"
    version = writer.request.get(address, headers=headers).json()["version"]
    moved = writer.request.post(
        f"{address}/assign", headers=headers, data={"version": version, "unit": "CTLBHXH", "field": "TL"}
    )
    assert moved.ok, moved.text()
    write(writer, f"{WORDS} Viết tiếp.")
    writer.locator("#next").click()

    expect(writer.get_by_role("heading", level=1)).to_contain_text("Hồ sơ đã chuyển đi")
    expect(writer.locator("#written")).to_contain_text(f"{WORDS} Viết tiếp.")


def test_form_of_a_draft_fits_a_phone(writer: Page):
    writer.set_viewport_size(PHONE)

    write(writer, WORDS)

    assert_fits(writer)
