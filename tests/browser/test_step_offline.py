"""Without a network: the filled step stays in the page that the worker shows, is sent once, and nothing is stored."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, expect

from tests.browser.forms import WITH_SCRIPT, WITHOUT_SCRIPT, Form, opened_in
from tests.browser.screen import assert_fits
from tests.browser.site_steps import CONTENT, HEADINGS, go_on, until_last

LOST = {"vi": "Mất mạng", "en": "No network"}

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


@contextmanager
def with_worker(browser: Browser, site: str, form: Form) -> Iterator[Page]:
    """Open the first step, with the worker at work."""
    with opened_in(browser, site, form) as page:
        page.goto(form.at("/gui"))
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        yield page


def send_at_once(page: Page, form: Form) -> None:
    """Leave the page, and wait for the one that the worker shows."""
    page.evaluate(SEND_AT_ONCE)
    expect(page.locator("h1")).to_have_text(LOST[form.language])
    assert_fits(page)


@WITH_SCRIPT
def test_filled_step_waits_in_the_page_and_goes_on_with_the_network(browser: Browser, site: str, form: Form):
    with with_worker(browser, site, form) as page:
        page.locator("#content").fill(CONTENT)
        page.context.set_offline(True)

        send_at_once(page, form)
        expect(page.locator("main")).to_contain_text(CONTENT)
        stored = page.evaluate(STORED)
        page.context.set_offline(False)

        expect(page.locator("h1")).to_contain_text(HEADINGS[form.language][0])
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


@WITH_SCRIPT
def test_petition_is_sent_once_when_the_network_is_back(browser: Browser, site: str, form: Form):
    with with_worker(browser, site, form) as page:
        until_last(page, f"offline-{form}@thudientu.example", language=form.language)
        page.locator("#consent").check()
        page.context.set_offline(True)

        send_at_once(page, form)
        page.context.set_offline(False)
        expect(page.locator("h1")).to_contain_text(HEADINGS[form.language][3])
        reference = page.locator("#reference").inner_text()
        page.goto("/gui/xem-lai")

        expect(page.locator("#reference")).to_have_text(reference)


@WITH_SCRIPT
def test_step_that_is_opened_without_a_network_opens_by_itself_later(browser: Browser, site: str, form: Form):
    with with_worker(browser, site, form) as page:
        page.context.set_offline(True)

        page.goto(form.at("/gui?field="), wait_until="domcontentloaded")
        expect(page.locator("h1")).to_have_text(LOST[form.language])
        page.context.set_offline(False)

        expect(page.locator("#content")).to_be_visible()


@WITHOUT_SCRIPT
def test_without_a_script_back_shows_the_filled_step_again(browser: Browser, site: str, form: Form):
    with opened_in(browser, site, form) as page:
        page.goto(form.at("/gui"))
        page.locator("#content").fill(CONTENT)
        page.context.set_offline(True)

        page.locator("main form button.full-small").click()
        page.wait_for_url("chrome-error://**")
        page.context.set_offline(False)
        page.go_back()

        expect(page.locator("#content")).to_have_value(CONTENT)
        go_on(page, HEADINGS[form.language][0])
