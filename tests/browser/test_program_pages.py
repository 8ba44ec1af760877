"""An administrator looks after programs with a keyboard, on a phone and without JavaScript."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.browser.desk import Opened
from tests.browser.keyboard import press
from tests.browser.screen import assert_fits, reload_until_shown


def test_administrator_sends_a_test_and_sees_the_keys_with_a_keyboard_on_a_phone(officer: Opened):
    page = officer("quantri", PHONE)
    page.goto("/desk/subscriptions")
    assert_fits(page)
    press(page, 'a[href="/desk/subscriptions/local"]')
    expect(page).to_have_url(re.compile("/desk/subscriptions/local"))
    assert_fits(page)

    press(page, "button[value=test]")
    expect(page.get_by_role("status")).to_be_visible()
    reload_until_shown(page, "/desk/subscriptions/local", "#deliveries .chip.done")

    expect(page.locator("#deliveries .chip.done").first).to_be_visible()
    assert_fits(page)
    press(page, "button[value=keys]")
    expect(page.locator("#keys")).to_contain_text("whsec_")
    assert_fits(page)
    page.goto("/desk/machines")
    assert_fits(page)
