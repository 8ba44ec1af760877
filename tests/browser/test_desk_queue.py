"""A queue as officers see it: how soon it begins, how many rows fit, and work on many without JavaScript."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from tests.browser.conftest import send_petition
from tests.browser.screen import assert_fits, reload_until_shown

WIDE = ViewportSize(width=1280, height=900)
NARROW = ViewportSize(width=360, height=740)
FIRST_ROW_PX = 300
ROWS_ON_A_SCREEN = 12
HEADINGS_PX = 3 * 28
HANDLER = "minh.ccvc"


@pytest.fixture(scope="module")
def sent(site: str) -> list[str]:
    """Two petitions of two people about one matter."""
    return [send_petition(site, f"hang-doi-{number}") for number in range(2)]


@pytest.fixture
def desk(browser: Browser, site: str) -> Iterator[BrowserContext]:
    """A browser without JavaScript."""
    context = browser.new_context(java_script_enabled=False, base_url=site, locale="vi-VN")
    yield context
    context.close()


def queue_of(desk: BrowserContext, viewport: ViewportSize, awaited: list[str]) -> Page:
    """Sign in and open the queue, once the petitions were routed there."""
    page = desk.new_page()
    page.set_viewport_size(viewport)
    page.goto("/desk/")
    page.fill("#username", HANDLER)
    page.fill("#password", f"Local-{HANDLER}-2026")
    page.keyboard.press("Enter")
    expect(page.locator("details.me")).to_be_visible()
    reload_until_shown(page, "/desk/queue", *(f'tr.p a[href*="{name}"]' for name in awaited))
    return page


def test_axe_notices_a_picture_without_a_text(browser: Browser, axe: Callable[[Page], None]):
    with browser.new_context() as context:
        page = context.new_page()
        page.set_content('<html lang="vi"><title>Hồ sơ</title><main><h1>Hồ sơ</h1><img src="data:,"></main>')

        with pytest.raises(AssertionError, match="image-alt"):
            axe(page)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [pytest.param(WIDE, id="desk"), pytest.param(NARROW, id="phone")])
def test_axe_finds_nothing_in_a_queue(
    browser: Browser,
    site: str,
    sent: list[str],
    viewport: ViewportSize,
    theme: Literal["light", "dark"],
    axe: Callable[[Page], None],
):
    with browser.new_context(base_url=site, locale="vi-VN", color_scheme=theme) as context:
        page = queue_of(context, viewport, sent)

        for language in ("vi", "en"):
            page.goto(f"/desk/queue?lang={language}")
            page.locator("input.pick").first.check()
            expect(page.locator(".bulk")).to_be_visible()
            axe(page)


@pytest.mark.parametrize("viewport", [pytest.param(WIDE, id="desk"), pytest.param(NARROW, id="phone")])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_queue_begins_at_once(desk: BrowserContext, sent: list[str], viewport: ViewportSize, language: str):
    page = queue_of(desk, viewport, sent)

    page.goto(f"/desk/queue?lang={language}")

    first = page.locator("tr.p").first.bounding_box()
    assert first is not None
    assert first["y"] <= FIRST_ROW_PX
    assert_fits(page)
    dues = page.locator("tr.p .due")
    assert all(dues.evaluate_all("found => found.map((due) => due.scrollWidth <= due.clientWidth)"))
    if viewport is WIDE:
        assert first["y"] + HEADINGS_PX + ROWS_ON_A_SCREEN * first["height"] <= WIDE["height"]


def test_ticked_petitions_are_accepted_together_without_javascript(desk: BrowserContext, sent: list[str]):
    page = queue_of(desk, WIDE, sent)
    expect(page.locator(".bulk")).to_be_hidden()

    for name in sent:
        page.locator(f'input[name=pick][value^="{name}."]').check()
    expect(page.locator(".bulk")).to_be_visible()
    page.locator('.bulk button[value="accept"]').click()

    expect(page.get_by_role("status")).to_contain_text("2 hồ sơ")
    for name in sent:
        expect(page.locator("tr.p", has=page.locator(f'a[href*="{name}"]'))).to_contain_text("Đang xử lý")
