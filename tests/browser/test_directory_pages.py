"""An administrator keeps the directory with a keyboard, on a phone and without JavaScript."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.browser.desk import Opened
from tests.browser.keyboard import press, type_into, unfold
from tests.browser.screen import assert_fits


def test_administrator_adds_a_unit_and_ends_it_with_a_keyboard_on_a_phone(officer: Opened):
    page = officer("quantri", PHONE)
    page.goto("/desk/directory/unit?add=1")
    assert_fits(page)
    for name, text in {"id": "TTHU", "name": "Tổ thử bàn phím", "short_name": "To thu"}.items():
        type_into(page, f"add-{name}", text)
    press(page, "#add button")
    expect(page.locator("#effect")).to_contain_text("Tổ thử bàn phím")
    assert_fits(page)
    press(page, "button[value=confirm]")
    expect(page.get_by_role("status")).to_be_visible()

    unfold(page, "#do-end > summary")
    assert_fits(page)
    press(page, "#do-end form button")

    expect(page.get_by_role("alert")).to_contain_text("Ngày cuối có hiệu lực")
    expect(page.locator("#end-valid_to-error")).to_be_visible()
    assert_fits(page)
