"""All petitions of a contact in a browser: a contact, a code, the list, and the end of it."""

from __future__ import annotations

import json
import re
import time
import urllib.request
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser.conftest import PHONE, send_petition

HOME = "/ho-so-cua-toi"
_CODE = re.compile(r"(?:Mã mở Hồ sơ của tôi|The code for My petitions): (\d{6})")
WITHIN_SECONDS = 60


def code_sent_to(site: str, address: str) -> str:
    """Return the latest code that was sent to an address, as soon as it has come."""
    until = time.monotonic() + WITHIN_SECONDS
    while time.monotonic() < until:
        with urllib.request.urlopen(f"{site}/local/outbox", timeout=30) as answer:  # noqa: S310 - our own address
            texts = [message["text"] for message in json.load(answer) if message["to"] == address]
        if codes := [match[1] for text in texts for match in _CODE.finditer(text)]:
            return codes[-1]
        time.sleep(0.5)
    raise AssertionError("no code came")


def wait_until_read(site: str, reference: str) -> None:
    """Wait until the router has read a petition: before, a contact alone does not open it."""
    until = time.monotonic() + WITHIN_SECONDS
    while time.monotonic() < until:
        with urllib.request.urlopen(f"{site}/local/outbox?reference={reference}", timeout=30) as answer:  # noqa: S310
            if any("phân công" in message["text"] for message in json.load(answer)):
                return
        time.sleep(0.5)
    raise AssertionError("the router did not read it")


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def telephone(browser: Browser, site: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = browser.new_context(
        viewport=PHONE, java_script_enabled=request.param, base_url=site, locale="vi-VN"
    )
    yield context.new_page()
    context.close()


def test_a_contact_and_a_code_open_the_petitions_and_one_tap_closes_them(telephone: Page, site: str):
    sender = f"ma-{int(time.time() * 1000)}"
    reference = send_petition(site, sender)
    wait_until_read(site, reference)

    telephone.goto(HOME)
    telephone.get_by_label("Số điện thoại hoặc email").fill(f"{sender}@thu.example")
    telephone.get_by_role("button", name="Gửi mã cho tôi").click()
    telephone.wait_for_url(f"**{HOME}/ma")
    telephone.wait_for_load_state()
    telephone.reload()
    telephone.locator("#code").fill("000000")
    telephone.get_by_role("button", name="Mở các hồ sơ của tôi").click()
    expect(telephone.locator("#code-error")).to_be_visible()
    telephone.locator("#code").fill(code_sent_to(site, f"{sender}@thu.example"))
    telephone.get_by_role("button", name="Mở các hồ sơ của tôi").click()

    expect(telephone.get_by_role("heading", level=1)).to_have_text("Hồ sơ của tôi")
    telephone.locator(".pet a").first.click()
    telephone.wait_for_url(f"**{HOME}/{reference}")
    expect(telephone.get_by_role("heading", level=1)).to_be_visible()
    telephone.go_back()
    telephone.get_by_role("link", name="English").click()
    telephone.get_by_role("button", name="Close now").click()
    expect(telephone.locator("#contact")).to_be_visible()
    telephone.goto(f"{HOME}/{reference}")
    expect(telephone.locator("#contact")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_the_pages_keep_axes_rules_and_their_width(
    browser: Browser, site: str, axe: Callable[[Page], None], width: int, theme: str
):
    sender = f"axe-{width}-{theme}-{int(time.time() * 1000)}"
    wait_until_read(site, send_petition(site, sender))
    context = browser.new_context(
        viewport=ViewportSize(width=width, height=740),
        color_scheme="dark" if theme == "dark" else "light",
        base_url=site,
    )
    page = context.new_page()

    def assert_fits() -> None:
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width

    page.goto(HOME)
    assert_fits()
    page.get_by_role("button", name="Gửi mã cho tôi").click()
    expect(page.locator("#contact-error")).to_be_visible()
    assert_fits()
    page.locator("#contact").fill(f"{sender}@thu.example")
    page.get_by_role("button", name="Gửi mã cho tôi").click()
    expect(page.locator("#code")).to_be_visible()
    assert_fits()
    page.locator("#code").fill(code_sent_to(site, f"{sender}@thu.example"))
    page.get_by_role("button", name="Mở các hồ sơ của tôi").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Hồ sơ của tôi")
    assert_fits()
    page.goto(f"{HOME}?lang=en")
    assert_fits()
    context.close()
