"""Two administrators with a keyboard and without JavaScript: one proposes a text on a phone, the other confirms it."""

from __future__ import annotations

import os

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_citizen_pages import assert_fits, tab_to, type_into
from tests.browser.test_desk_pages import PHONE, Opened, officer

pytestmark = pytest.mark.browser
__all__ = ["officer"]
TEXT = "/desk/texts/officer.ASSIGNED.EMAIL.vi"


def picture(page: Page, name: str) -> None:
    """Keep a picture where somebody wants to look at the page."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def test_text_is_proposed_on_a_phone_and_confirmed_by_another_person(officer: Opened):
    first, second = officer("quantri", PHONE), officer("hien.quantri")
    first.goto(TEXT)
    expect(first.locator("#second-person")).to_be_visible()
    first.locator("#text").fill("Đơn vị của Ông/Bà có phản ánh, kiến nghị mới. Xin nhận xử lý.")
    tab_to(first, "button[value=save]")
    first.keyboard.press("Enter")
    expect(first.locator("#waits")).to_be_visible()
    expect(first.locator("button[value=confirm]")).to_have_count(0)
    assert_fits(first)
    picture(first, "proposal-360")

    second.goto("/desk/proposals")
    picture(second, "proposals-1280")
    second.get_by_role("link", name="Được phân công").first.click()
    picture(second, "proposal-1280")
    tab_to(second, "#do-reject > summary")
    second.keyboard.press("Enter")
    tab_to(second, "#do-reject button")
    second.keyboard.press("Enter")
    expect(second.locator("#reason-error")).to_be_visible()
    picture(second, "rejection-1280")
    tab_to(second, "button[value=confirm]")
    second.keyboard.press("Enter")

    expect(second.locator("#about")).to_contain_text("Đã xác nhận")
    first.goto("/desk/proposals")
    expect(first.locator("#closed")).to_contain_text("Đinh Thị Thu Hiền")
    assert_fits(first)
    picture(first, "proposals-360")


def test_reason_of_a_rejection_is_read_by_the_proposer(officer: Opened):
    first, second = officer("quantri"), officer("hien.quantri", PHONE)
    first.goto(TEXT.replace("ASSIGNED", "WARNING"))
    first.locator("#text").fill("Xin xử lý ngay.")
    tab_to(first, "button[value=save]")
    first.keyboard.press("Enter")
    expect(first.locator("#waits")).to_be_visible()

    second.goto(first.url.split("?")[0])
    assert_fits(second)
    tab_to(second, "#do-reject > summary")
    second.keyboard.press("Enter")
    type_into(second, "reason", "Giọng văn chưa đúng mực.")
    tab_to(second, "#do-reject button")
    second.keyboard.press("Enter")
    expect(second.locator("#about")).to_contain_text("Giọng văn chưa đúng mực.")
    first.reload()

    expect(first.locator("#about")).to_contain_text("Giọng văn chưa đúng mực.")
