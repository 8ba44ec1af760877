"""The receipt and a petition's page on a phone and on a desk: one tap, the first screen, both themes and languages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser.conftest import PHONE
from tests.browser.screen import cramped, sticking_out
from tests.browser.test_after_the_answer import desk

DESK = ViewportSize(width=1280, height=800)
SIZES = pytest.mark.parametrize("size", [PHONE, DESK], ids=["360", "1280"])
CONTENT = "Tôi dự thi nâng ngạch chuyên viên chính, đề nghị cho biết thời hạn công bố kết quả thi nâng ngạch."
QUESTION = "Ông còn giấy tờ nào ghi số quyết định không, ví dụ giấy báo dự thi? Ông dự thi ở đâu, ngày nào?"
BROWSER = {"Accept": "text/html"}


@contextmanager
def a_page(
    browser: Browser,
    site: str,
    size: ViewportSize,
    theme: Literal["light", "dark"] = "light",
    *,
    with_script: bool = True,
) -> Iterator[Page]:
    context = browser.new_context(
        viewport=size, base_url=site, locale="vi-VN", color_scheme=theme, java_script_enabled=with_script
    )
    yield context.new_page()
    context.close()


def receipt_address(page: Page, sender: str) -> str:
    """Send a petition as the last form does; return where its receipt is."""
    form: dict[str, str | float | bool] = {
        "content": CONTENT,
        "name": "Lê Thị Hạnh",
        "address": "Huế",
        "email": f"{sender[:40]}@thu.example",
        "may_publish": "1",
        "key": f"page-{sender}",
    }
    sent = page.request.post("/gui", form=form, headers=BROWSER, max_redirects=0)
    assert sent.status == 303
    return sent.headers["location"]


def reference_in(address: str) -> str:
    return address.partition("p=")[2].partition(".")[0]


def address_of_asked(page: Page, sender: str) -> str:
    """Have a petition asked for more; return the address of its page."""
    page.goto(receipt_address(page, sender))
    page.get_by_role("link", name="Mở hồ sơ của tôi").click()
    expect(page.locator("#state")).to_be_visible()
    address, reference = page.url, reference_in(page.url)
    desk(page, "minh.ccvc", "accept", reference)
    desk(page, "minh.ccvc", "request-information", reference, text=QUESTION)
    return address


@SIZES
def test_receipt_opens_the_petition_with_one_tap_and_is_kept_by_reload_back_and_language(
    browser: Browser, site: str, size: ViewportSize
):
    with a_page(browser, site, size, with_script=False) as page:
        page.goto(receipt_address(page, f"receipt-{size['width']}"))
        expect(page.locator("h1")).to_contain_text("Bạn được trả lời chậm nhất")
        expect(page.locator("#open")).to_be_in_viewport(ratio=1)
        pin = page.locator("#pin").inner_text()
        assert sticking_out(page) == []

        page.get_by_role("link", name="Mở hồ sơ của tôi").click()
        expect(page.locator("#state")).to_be_visible()
        page.go_back()
        expect(page.locator("#pin")).to_have_text(pin)
        page.reload()
        expect(page.locator("#pin")).to_have_text(pin)
        page.locator("a.lang").click()

        expect(page.locator("html")).to_have_attribute("lang", "en")
        expect(page.locator("#pin")).to_have_text(pin)


def test_receipt_is_saved_as_a_picture_that_galleries_take(browser: Browser, site: str):
    with a_page(browser, site, PHONE) as page:
        page.goto(receipt_address(page, "picture"))
        expect(page.locator("#picture")).to_have_attribute("download", f"pakn-{reference_in(page.url)}.png")

        with page.expect_download() as download:
            page.locator("#picture").click()

        assert download.value.path().read_bytes().startswith(b"\x89PNG")


@SIZES
def test_question_and_the_box_for_its_answer_are_on_the_first_screen(
    browser: Browser, site: str, size: ViewportSize
):
    with a_page(browser, site, size, with_script=False) as page:
        page.goto(address_of_asked(page, f"asked-{size['width']}"))

        expect(page.locator("blockquote", has_text=QUESTION)).to_be_in_viewport(ratio=1)
        expect(page.locator("#content")).to_be_in_viewport(ratio=1)
        assert sticking_out(page) == []

        page.locator("#content").fill("Tôi dự thi ngày 12/10.")
        page.get_by_role("button", name="Gửi trả lời").click()
        expect(page.get_by_role("status")).to_contain_text("Đã nhận nội dung bổ sung")
        page.reload()
        expect(page.locator(".timeline")).to_contain_text("Tôi dự thi ngày 12/10.")


@SIZES
def test_pages_break_no_rule_of_axe(
    browser: Browser, site: str, size: ViewportSize, axe: Callable[[Page], None]
):
    with a_page(browser, site, size) as first:
        receipt = receipt_address(first, f"axe-{size['width']}")
        address = address_of_asked(first, f"axe-asked-{size['width']}")
    for theme in ("light", "dark"):
        with a_page(browser, site, size, "dark" if theme == "dark" else "light") as page:
            for path in (receipt, address, f"{receipt}&lang=en", f"{address}&lang=en"):
                page.goto(path)
                axe(page)
                assert cramped(page) == [], path
