"""Browser tests wait for the page that they are led to before they look at it."""

from __future__ import annotations

import pytest

from tests.architecture.browser_steps import browser_sources, early_looks

WAITS_IN_A_HELPER = """
def follow(page):
    page.click("a")
    expect(page.locator("h1")).to_have_text("Next")

def test_something(page):
    follow(page)
    axe(page)
"""
STAYS = """
def test_something(page):
    page.keyboard.press("Tab")
    assert page.locator(":focus").count()
"""
AT_ONCE = """
def test_something(page):
    page.get_by_role("button").click()
    {look}
"""
LOOKS = (
    "axe(page)",
    "assert page.locator('h1').count() == 1",
    "assert page.url == '/'",
    "page.goto('/')",
    "assert [each.inner_text() for each in page.locator('li').all()]",
    "page.wait_for_load_state(); page.evaluate('1')",
)
IN_HELPERS = """
class Hand:
    def press(self):
        self.page.keyboard.press("Enter")

def fits(page):
    assert page.evaluate("document.body.scrollWidth") < 360

def test_something(hand, page):
    for _ in range(2):
        hand.press()
        fits(page)
"""
IN_A_CIRCLE = """
def test_something(page):
    while page.locator("#more").count():
        page.click("#more")
"""
SENT_BY_A_SCRIPT = """
SEND = "document.forms[0].submit()"

def test_something(page):
    page.evaluate(SEND)
    assert page.title() == "Next"
"""


def test_no_browser_test_looks_at_a_page_that_it_may_be_leaving():
    assert [*early_looks(browser_sources())] == [], (
        "wait for something of the next page: expect, expect_navigation"
    )


@pytest.mark.parametrize("source", [WAITS_IN_A_HELPER, STAYS])
def test_what_waits_or_stays_is_no_finding(source: str):
    assert [*early_looks({"tests.browser.test_sample": source})] == []


@pytest.mark.parametrize(
    "source",
    [*(AT_ONCE.format(look=look) for look in LOOKS), IN_HELPERS, IN_A_CIRCLE, SENT_BY_A_SCRIPT],
)
def test_a_look_at_once_is_noticed(source: str):
    assert len([*early_looks({"tests.browser.test_sample": source})]) == 1
