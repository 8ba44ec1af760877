"""The leaders' page and the search by words, with samples: numbers lead to petitions, words to their places."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pikepdf
from playwright.sync_api import Browser, Page, expect

from tests.browser.desk import SCREENS, assert_fits, signed_in
from tests.support.running_stack import RunningStack

MOST_SHEETS = 4


def test_each_number_of_the_leaders_page_leads_to_petitions_with_subjects(
    browser: Browser, samples: RunningStack, axe: Callable[[Page], None]
):
    with signed_in(browser, samples.site, "binh.vanphong") as page:
        page.goto("/desk/leaders")
        expect(page.locator("h1")).to_have_text("Có giữ lời hứa không?")
        chart = page.locator('svg[role="img"]').first
        assert chart.get_attribute("aria-label"), "a chart is read out as words"
        assert_fits(page, axe)
        sheets = len(pikepdf.open(BytesIO(page.pdf(format="A4"))).pages)

        page.set_viewport_size(SCREENS[0])
        page.locator("table.units td.r a").first.click()
        listed = page.locator("main a[href*='/desk/petitions/']")
        expect(listed.first).to_be_visible()
        subjects = page.locator("main table tbody tr").first.inner_text()

    assert sheets <= MOST_SHEETS
    assert any(len(word) > 3 and word.isalpha() for word in subjects.split()), "a list names the matters"


def test_words_without_marks_find_petitions_and_say_where(
    browser: Browser, samples: RunningStack, axe: Callable[[Page], None]
):
    with signed_in(browser, samples.site, "binh.vanphong") as page:
        page.goto("/desk/search")
        page.fill("#q", "vien chuc")
        page.keyboard.press("Enter")

        expect(page.locator("[role=status]").first).to_contain_text("kết quả")
        hit = page.locator("article.hit").first
        expect(hit.locator("mark").first).to_be_visible()
        expect(hit.locator(".where").first).to_be_visible()
        assert_fits(page, axe)
        page.set_viewport_size(SCREENS[0])
        hit.locator("h3 a").click()
        expect(page.locator("#state")).to_be_visible()
