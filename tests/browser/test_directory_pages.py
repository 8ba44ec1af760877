"""An administrator keeps the directory with a keyboard, on a phone and without JavaScript."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.test_citizen_pages import assert_fits, tab_to, type_into
from tests.browser.test_desk_pages import PHONE, Opened, officer

pytestmark = pytest.mark.browser
__all__ = ["officer"]


def test_administrator_adds_a_unit_and_ends_it_with_a_keyboard_on_a_phone(officer: Opened):
    page = officer("quantri", PHONE)
    page.goto("/desk/directory/unit?add=1")
    assert_fits(page)
    for name, text in {"id": "TTHU", "name": "Tổ thử bàn phím", "short_name": "To thu"}.items():
        type_into(page, f"add-{name}", text)
    tab_to(page, "#add button")
    page.keyboard.press("Enter")
    expect(page.locator("#effect")).to_contain_text("Tổ thử bàn phím")
    assert_fits(page)
    tab_to(page, "button[value=confirm]")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_be_visible()

    tab_to(page, "#do-end > summary")
    page.keyboard.press("Enter")
    assert_fits(page)
    tab_to(page, "#do-end form button")
    page.keyboard.press("Enter")

    expect(page.get_by_role("alert")).to_contain_text("Ngày cuối có hiệu lực")
    expect(page.locator("#end-valid_to-error")).to_be_visible()
    assert_fits(page)
