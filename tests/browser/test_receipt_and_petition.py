"""The receipt as a picture; the receipt and a petition's page at both widths, in both themes and languages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PHONE
from tests.browser.desk import act
from tests.browser.screen import assert_keeps_the_rules
from tests.browser.site_steps import receipt_address

QUESTION = "Ông còn giấy tờ nào ghi số quyết định không, ví dụ giấy báo dự thi? Ông dự thi ở đâu, ngày nào?"


@contextmanager
def a_page(browser: Browser, site: str) -> Iterator[Page]:
    with browser.new_context(viewport=PHONE, base_url=site, locale="vi-VN") as context:
        yield context.new_page()


def reference_in(address: str) -> str:
    return address.partition("p=")[2].partition(".")[0]


def address_of_asked(page: Page, sender: str) -> str:
    """Have a petition asked for more; return the address of its page."""
    page.goto(receipt_address(page, sender))
    page.get_by_role("link", name="Mở hồ sơ của tôi").click()
    expect(page.locator("#state")).to_be_visible()
    address, reference = page.url, reference_in(page.url)
    act(page, "minh.ccvc", "accept", reference)
    act(page, "minh.ccvc", "request-information", reference, text=QUESTION)
    return address


def test_receipt_is_saved_as_a_picture_that_galleries_take(browser: Browser, site: str):
    with a_page(browser, site) as page:
        page.goto(receipt_address(page, "picture"))
        expect(page.locator("#picture")).to_have_attribute("download", f"pakn-{reference_in(page.url)}.png")

        with page.expect_download() as download:
            page.locator("#picture").click()

        assert download.value.path().read_bytes().startswith(b"\x89PNG")


def test_pages_break_no_rule_of_axe(browser: Browser, site: str, axe: Callable[[Page], None]):
    with a_page(browser, site) as page:
        receipt = receipt_address(page, "axe")
        address = address_of_asked(page, "axe-asked")
        for path in (receipt, address, f"{receipt}&lang=en", f"{address}&lang=en"):
            page.goto(path)
            assert_keeps_the_rules(page, axe)
