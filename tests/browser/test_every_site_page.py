"""Every public page of the site at two widths, in two languages, light and dark: rules of axe, width, first load."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect

from chalicelib.intake.site.guide.machine_files import PAGES
from tests.browser.first_load import FIRST_LOAD_BYTES, first_load, shell
from tests.browser.screen import HEIGHT, WIDTHS, assert_keeps_the_rules

ADDRESSES = (
    *(page.address for page in PAGES),
    *("/tra-cuu", "/problems/invalid-input", "/khong-co", "/a/b/c"),
)
FEWEST_PARTS = 6


@contextmanager
def opened(browser: Browser, site: str) -> Iterator[Page]:
    """Open a page of a telephone."""
    context = browser.new_context(
        viewport={"width": WIDTHS[0], "height": HEIGHT}, base_url=site, locale="vi-VN"
    )
    try:
        yield context.new_page()
    finally:
        context.close()


@pytest.mark.parametrize("address", [*ADDRESSES, "/local/design/components", "/local/design/desk"])
def test_page_keeps_the_rules_at_every_width_in_both_languages_and_themes(
    browser: Browser, site: str, axe: Callable[[Page], None], address: str
):
    with opened(browser, site) as page:
        for language in ("vi", "en"):
            page.goto(f"{address}?lang={language}")

            expect(page.locator("html")).to_have_attribute("lang", language)
            assert_keeps_the_rules(page, axe)


@pytest.mark.parametrize("address", ADDRESSES)
def test_first_load_is_small_and_one_round(browser: Browser, site: str, address: str):
    with opened(browser, site) as page:
        load = first_load(page, address)

    assert load.late == [], "asked for only after something else had come"
    assert load.size <= FIRST_LOAD_BYTES


def test_every_part_of_the_reference_is_as_light_as_the_one_that_was_opened(browser: Browser, site: str):
    with opened(browser, site) as page:
        page.goto("/tai-lieu-api")
        parts: list[str] = page.eval_on_selector_all(
            "a[href^='/tai-lieu-api/tham-chieu/'], a[href^='/problems/']",
            "links => [...new Set(links.map(link => link.getAttribute('href')))]",
        )
        load = first_load(page, parts[0])
    addresses = [*parts, *(f"{part}/schemas" for part in parts if "tham-chieu" in part)]
    shells = {address: shell(site, address) for address in addresses}
    beside = load.size - shells[parts[0]].size

    assert len(parts) > FEWEST_PARTS
    assert load.late == []
    assert {address for address, each in shells.items() if each.assets != shells[parts[0]].assets} == set()
    too_heavy = {address for address, each in shells.items() if each.size + beside > FIRST_LOAD_BYTES}
    assert too_heavy == set()


def test_theme_is_chosen_without_a_script_and_holds_on_the_next_page(phone: Page):
    phone.goto("/huong-dan?lang=en")

    phone.get_by_role("button", name="Dark").click()

    expect(phone).to_have_url("/huong-dan?lang=en")
    expect(phone.locator("html")).to_have_attribute("data-theme", "dark")
    phone.goto("/lien-he")
    expect(phone.locator("html")).to_have_attribute("data-theme", "dark")
    phone.get_by_role("button", name="Theo máy").click()
    expect(phone.locator("html")).not_to_have_attribute("data-theme", "dark")


def test_menu_of_a_telephone_opens_without_a_script(phone: Page):
    phone.goto("/")
    menu = phone.get_by_role("navigation", name="Chính")

    expect(menu).to_be_hidden()
    phone.get_by_role("button", name="Trình đơn").click()

    expect(menu.get_by_role("link", name="Thống kê")).to_be_visible()


def test_printed_page_shows_what_is_folded(phone: Page):
    phone.goto("/tai-lieu-api")
    phone.emulate_media(media="print")

    hidden = phone.locator("details > :not(summary)").evaluate_all(
        "parts => parts.filter(part => !part.checkVisibility()).length"
    )

    assert hidden == 0
