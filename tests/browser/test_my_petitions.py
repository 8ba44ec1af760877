"""All petitions of a contact in a browser: a contact, a code, the list, and the end of it."""

from __future__ import annotations

import time
from collections.abc import Callable

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PHONE, send_petition
from tests.browser.forms import IN_FORMS, Form, opened_in
from tests.browser.outbox import sent_to
from tests.browser.screen import assert_fits, assert_keeps_the_rules

HOME = "/ho-so-cua-toi"
CODE = r"(?:Mã mở Hồ sơ của tôi|The code for My petitions): (\d{6})"
IS_READ = "phân công"
"""A word of the letter to officers once the router has read a petition: before, a contact alone does not open it."""
OPEN, ASK = "form[action^='/ho-so-cua-toi/mo'] button", "form[action^='/ho-so-cua-toi/ma'] button"
CLOSE = "form[action^='/ho-so-cua-toi/dong'] button"


def send_and_wait(site: str, sender: str) -> tuple[str, str]:
    """Send a petition, wait until the router has read it, and return its sender's address and its reference."""
    name = f"{sender}-{int(time.time() * 1000)}"
    reference, address = send_petition(site, name), f"{name}@thu.example"
    sent_to(site, "", IS_READ, reference)
    return address, reference


@IN_FORMS
def test_a_contact_and_a_code_open_the_petitions_and_one_tap_closes_them(
    browser: Browser, site: str, form: Form
):
    contact, reference = send_and_wait(site, f"ma-{form}")
    with opened_in(browser, site, form) as page:
        page.goto(form.at(HOME))
        assert_fits(page)
        page.locator("#contact").fill(contact)
        page.locator(ASK).click()
        expect(page.locator("#code")).to_be_visible()
        page.reload()
        page.locator("#code").fill("000000")
        page.locator(OPEN).click()
        expect(page.locator("#code-error")).to_be_visible()
        assert_fits(page)
        page.locator("#code").fill(sent_to(site, contact, CODE)[1])
        page.locator(OPEN).click()

        expect(page.locator("html")).to_have_attribute("lang", form.language)
        page.locator(".pet a").first.click()
        page.wait_for_url(f"**{HOME}/{reference}*")
        expect(page.locator("#state")).to_be_visible()
        assert_fits(page)
        page.go_back()
        page.locator("header .lang").click()
        expect(page.locator("html")).to_have_attribute("lang", form.other_language)
        page.locator(CLOSE).first.click()
        expect(page.locator("#contact")).to_be_visible()
        page.goto(f"{HOME}/{reference}")
        expect(page.locator("#contact")).to_be_visible()


def test_the_pages_keep_axes_rules_and_their_width(browser: Browser, site: str, axe: Callable[[Page], None]):
    contact, _reference = send_and_wait(site, "axe")
    with browser.new_context(viewport=PHONE, base_url=site) as context:
        page = context.new_page()

        page.goto(HOME)
        assert_keeps_the_rules(page, axe)
        page.locator(ASK).click()
        expect(page.locator("#contact-error")).to_be_visible()
        assert_keeps_the_rules(page, axe)
        page.locator("#contact").fill(contact)
        page.locator(ASK).click()
        expect(page.locator("#code")).to_be_visible()
        assert_keeps_the_rules(page, axe)
        page.locator("#code").fill(sent_to(site, contact, CODE)[1])
        page.locator(OPEN).click()
        expect(page.locator(".pet").first).to_be_visible()
        assert_keeps_the_rules(page, axe)
        page.goto(f"{HOME}?lang=en")
        assert_keeps_the_rules(page, axe)
