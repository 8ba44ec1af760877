"""An administrator looks after programs with a keyboard, on a phone and without JavaScript."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.test_citizen_pages import assert_fits, tab_to
from tests.browser.test_desk_pages import PHONE, Opened, officer

pytestmark = pytest.mark.browser
__all__ = ["officer"]
ARRIVES_WITHIN_MS = 10_000


def test_administrator_sends_a_test_and_sees_the_keys_with_a_keyboard_on_a_phone(officer: Opened):
    page = officer("quantri", PHONE)
    page.goto("/desk/subscriptions")
    assert_fits(page)
    tab_to(page, 'a[href="/desk/subscriptions/local"]')
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/subscriptions/local*")
    assert_fits(page)

    tab_to(page, "button[value=test]")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_be_visible()
    delivered = page.locator("#deliveries .chip.done")
    for _ in range(ARRIVES_WITHIN_MS // 500):
        page.goto("/desk/subscriptions/local")
        if delivered.count():
            break
        page.wait_for_timeout(500)

    expect(delivered.first).to_be_visible()
    assert_fits(page)
    tab_to(page, "button[value=keys]")
    page.keyboard.press("Enter")
    expect(page.locator("#keys")).to_contain_text("whsec_")
    assert_fits(page)
    page.goto("/desk/machines")
    assert_fits(page)
