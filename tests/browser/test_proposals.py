"""Two administrators with a keyboard and without JavaScript: one proposes a text on a phone, the other confirms it."""

from __future__ import annotations

import os

from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE
from tests.browser.desk import Opened
from tests.browser.keyboard import press, type_into, unfold
from tests.browser.screen import assert_fits

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
    press(first, "button[value=save]")
    expect(first.locator("#waits")).to_be_visible()
    expect(first.locator("button[value=confirm]")).to_have_count(0)
    assert_fits(first)
    picture(first, "proposal-360")

    second.goto("/desk/proposals")
    picture(second, "proposals-1280")
    with second.expect_navigation():
        second.get_by_role("link", name="Được phân công").first.click()
    picture(second, "proposal-1280")
    unfold(second, "#do-reject > summary")
    press(second, "#do-reject button")
    expect(second.locator("#reason-error")).to_be_visible()
    picture(second, "rejection-1280")
    press(second, "button[value=confirm]")

    expect(second.locator("#about")).to_contain_text("Đã xác nhận")
    first.goto("/desk/proposals")
    expect(first.locator("#closed")).to_contain_text("Đinh Thị Thu Hiền")
    assert_fits(first)
    picture(first, "proposals-360")


def test_reason_of_a_rejection_is_read_by_the_proposer(officer: Opened):
    first, second = officer("quantri"), officer("hien.quantri", PHONE)
    first.goto(TEXT.replace("ASSIGNED", "WARNING"))
    first.locator("#text").fill("Xin xử lý ngay.")
    press(first, "button[value=save]")
    expect(first.locator("#waits")).to_be_visible()

    second.goto(first.url.split("?")[0])
    assert_fits(second)
    unfold(second, "#do-reject > summary")
    type_into(second, "reason", "Giọng văn chưa đúng mực.")
    press(second, "#do-reject button")
    expect(second.locator("#about")).to_contain_text("Giọng văn chưa đúng mực.")
    first.reload()

    expect(first.locator("#about")).to_contain_text("Giọng văn chưa đúng mực.")
