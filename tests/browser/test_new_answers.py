"""The weekly e-mail about new answers in a browser: subscribe, confirm and end, without a script."""

from __future__ import annotations

import json
import re
import time
import urllib.request
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

HOME = "/cau-tra-loi-moi"
WITHIN_SECONDS = 60


def link_sent_to(site: str, address: str) -> str:
    """Return the link of the latest mail to an address, as soon as it has come."""
    until = time.monotonic() + WITHIN_SECONDS
    while time.monotonic() < until:
        with urllib.request.urlopen(f"{site}/local/outbox", timeout=30) as answer:  # noqa: S310 - our own address
            texts = [message["text"] for message in json.load(answer) if message["to"] == address]
        if links := re.findall(rf"{site}({HOME}/\S+)", "\n".join(texts)):
            return str(links[-1])
        time.sleep(0.5)
    raise AssertionError("no mail came")


def test_a_reader_subscribes_and_confirms_without_a_script(phone: Page, site: str):
    address = f"doc-{int(time.time() * 1000)}@thu.example"

    phone.goto(HOME)
    phone.get_by_role("button", name="Đăng ký").click()
    expect(phone.locator("#email-error")).to_be_visible()
    phone.get_by_label("Email").fill(address)
    phone.get_by_label("Lĩnh vực").select_option("TL")
    phone.get_by_role("button", name="Đăng ký").click()
    expect(phone.get_by_role("status")).to_contain_text("48 giờ")
    phone.goto(link_sent_to(site, address))
    phone.get_by_role("button", name="Xác nhận").click()

    expect(phone.get_by_role("status")).to_contain_text("Đã xác nhận")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_the_pages_keep_axes_rules_and_their_width(
    browser: Browser, site: str, axe: Callable[[Page], None], width: int, theme: str
):
    context = browser.new_context(
        viewport=ViewportSize(width=width, height=740),
        color_scheme="dark" if theme == "dark" else "light",
        base_url=site,
    )
    page = context.new_page()
    address = f"axe-{width}-{theme}-{int(time.time() * 1000)}@thu.example"

    def assert_fits() -> None:
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width

    page.goto(HOME)
    assert_fits()
    page.get_by_role("button", name="Đăng ký").click()
    expect(page.locator("#email-error")).to_be_visible()
    assert_fits()
    page.goto(f"{HOME}?lang=en&field=TL")
    page.get_by_label("Email", exact=True).fill(address)
    page.get_by_role("button", name="Subscribe").click()
    expect(page.get_by_role("status")).to_contain_text("48 hours")
    assert_fits()
    page.goto(link_sent_to(site, address))
    assert_fits()
    context.close()
