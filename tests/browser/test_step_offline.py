"""Without a network: the filled step stays in the page that the worker shows, is sent once, and nothing is stored."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import PHONE
from tests.browser.test_steps import CONTENT, DONE, FIRST, WHO, until_last

STORED = """async () => {
  const addresses = [];
  for (const name of await caches.keys()) {
    for (const one of await (await caches.open(name)).keys()) addresses.push(new URL(one.url).pathname);
  }
  const databases = (await indexedDB.databases()).length;
  return { addresses, databases, items: localStorage.length + sessionStorage.length };
}"""
SEND_AT_ONCE = "HTMLFormElement.prototype.submit.call(document.getElementById('step'))"
"""Leaves the page as a browser does where the network went after the script had looked for it."""


@pytest.fixture
def context(browser: Browser, site: str) -> Iterator[BrowserContext]:
    """A phone of 360 × 740 with JavaScript."""
    context = browser.new_context(viewport=PHONE, base_url=site, locale="vi-VN")
    yield context
    context.close()


def with_worker(context: BrowserContext) -> Page:
    page = context.new_page()
    page.goto("/gui")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    return page


def send_at_once(page: Page) -> None:
    """Leave the page, and wait for the one that the worker shows."""
    page.evaluate(SEND_AT_ONCE)
    expect(page.locator("h1")).to_have_text("Mất mạng")


def test_filled_step_waits_in_the_page_and_goes_on_with_the_network(context):
    page = with_worker(context)
    page.locator("#content").fill(CONTENT)
    context.set_offline(True)

    send_at_once(page)
    expect(page.locator("main")).to_contain_text(CONTENT)
    stored = page.evaluate(STORED)
    context.set_offline(False)

    expect(page.locator("h1")).to_contain_text(WHO)
    page.goto("/gui")
    expect(page.locator("#content")).to_have_value(CONTENT)
    assert set(stored["addresses"]) <= {
        "/assets/site.css",
        "/assets/offline.js",
        "/assets/site-icons.svg",
        "/assets/be-vietnam-pro-400.woff2",
        "/assets/be-vietnam-pro-600.woff2",
        "/gui/ngoai-tuyen",
    }
    assert (stored["databases"], stored["items"]) == (0, 0)


def test_petition_is_sent_once_when_the_network_is_back(context):
    page = with_worker(context)
    until_last(page, "offline@thudientu.example")
    page.locator("#consent").check()
    context.set_offline(True)

    send_at_once(page)
    context.set_offline(False)
    expect(page.locator("h1")).to_contain_text(DONE)
    reference = page.locator("#reference").inner_text()
    page.goto("/gui/xem-lai")

    expect(page.locator("#reference")).to_have_text(reference)


def test_step_that_is_opened_without_a_network_opens_by_itself_later(context):
    page = with_worker(context)
    context.set_offline(True)

    page.goto("/gui?field=", wait_until="domcontentloaded")
    expect(page.locator("h1")).to_have_text("Mất mạng")
    context.set_offline(False)

    expect(page.locator("h1")).to_contain_text(FIRST)
