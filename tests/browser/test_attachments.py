"""Somebody with a keyboard and no JavaScript sends a picture with their petition."""

from __future__ import annotations

import time
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.browser.forms import WITHOUT_SCRIPT, Form, opened_in
from tests.browser.keyboard import press, tab_to, type_into, unfold
from tests.browser.screen import assert_fits
from tests.browser.site_steps import RECEIVED, receipt_address
from tests.support import files
from tests.support.running_stack import RunningStack

CHECKED_WITHIN_SECONDS = 30
REFUSED = {
    "vi": ("Không nhận tệp", "lưu thành PDF rồi gửi lại"),
    "en": ("File not kept", "save it as a PDF, then send it again"),
}


def begin(page: Page, name: str) -> None:
    """From the receipt to the page where a file is chosen, by keyboard."""
    unfold(page, "#files summary")
    type_into(page, "filename", name)
    press(page, "#attach")
    expect(page.locator("#file")).to_be_visible()


def upload(page: Page, path: Path) -> None:
    """Choose a file and send it; the system's own dialogue is not a page's matter."""
    tab_to(page, "#file")
    page.locator("#file").set_input_files(path)
    press(page, "main form button")
    expect(page.locator("main .files")).to_be_visible()


def checked(page: Page) -> None:
    """Look again until the check is done, as the page says."""
    again = page.locator(".banner a")
    until = time.monotonic() + CHECKED_WITHIN_SECONDS
    while again.count():
        assert time.monotonic() < until, "the file is not checked"
        page.wait_for_timeout(200)
        with page.expect_navigation():
            again.click()


@WITHOUT_SCRIPT
def test_a_picture_is_sent_after_the_receipt_and_is_on_the_tracking_page(
    browser: Browser, stack: RunningStack, form: Form, tmp_path: Path
):
    picture = tmp_path / "IMG_0001.jpg"
    picture.write_bytes(files.picture_with_place())
    with opened_in(browser, stack.site, form, f"{stack.moto}/") as page:
        page.goto(receipt_address(page, f"picture-{form}", form.language))
        reference, pin = page.locator("#reference").inner_text(), page.locator("#pin").inner_text()

        begin(page, "Biên nhận hồ sơ")
        assert_fits(page)
        page.reload()
        page.locator("header .lang").click()
        expect(page.locator("html")).to_have_attribute("lang", form.other_language)
        page.locator("header .lang").click()
        expect(page.locator("html")).to_have_attribute("lang", form.language)
        upload(page, picture)
        checked(page)

        expect(page.locator(".files li")).to_contain_text("Biên nhận hồ sơ.jpg")
        expect(page.locator(".files li")).to_contain_text(RECEIVED[form.language])
        assert pin not in page.url
        assert_fits(page)
        page.goto(form.at("/tra-cuu"))
        type_into(page, "ma", reference)
        type_into(page, "pin", pin)
        page.keyboard.press("Enter")
        expect(page.locator("#main .files li").first).to_contain_text("Biên nhận hồ sơ.jpg")


@WITHOUT_SCRIPT
def test_what_is_no_picture_is_said_so_with_what_to_do_next(
    browser: Browser, stack: RunningStack, form: Form, tmp_path: Path
):
    text = tmp_path / "ghi-chu.jpg"
    text.write_text("không phải ảnh", encoding="utf-8")
    with opened_in(browser, stack.site, form, f"{stack.moto}/") as page:
        page.goto(receipt_address(page, f"text-{form}", form.language))

        begin(page, "")
        upload(page, text)
        checked(page)

        for words in REFUSED[form.language]:
            expect(page.locator(".files li")).to_contain_text(words)
        assert_fits(page)
