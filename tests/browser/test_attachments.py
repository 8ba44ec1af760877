"""Somebody with a phone, a keyboard and no JavaScript sends a picture with their petition."""

from __future__ import annotations

import time
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.test_citizen_pages import assert_fits, press, send, tab_to, type_into, unfold
from tests.support import files

CHECKED_WITHIN_SECONDS = 30


def begin(page: Page, name: str) -> None:
    """From the receipt to the page where a file is chosen, by keyboard."""
    unfold(page, "#files summary")
    type_into(page, "filename", name)
    press(page, "#attach")
    expect(page.locator("h1")).to_have_text("Chọn tệp")


def upload(page: Page, path: Path) -> None:
    """Choose a file and send it; the system's own dialogue is not a page's matter."""
    tab_to(page, "#file")
    page.locator("#file").set_input_files(path)
    press(page, "main form button")
    expect(page.locator("h1")).to_have_text("Tệp đính kèm")


def checked(page: Page) -> None:
    """Look again until the check is done, as the page says."""
    again = page.get_by_role("link", name="Xem lại")
    until = time.monotonic() + CHECKED_WITHIN_SECONDS
    while again.count():
        assert time.monotonic() < until, "the file is not checked"
        page.wait_for_timeout(200)
        with page.expect_navigation():
            again.click()


def test_a_picture_is_sent_after_the_receipt_and_is_on_the_tracking_page(phone_and_bucket, tmp_path):
    phone = phone_and_bucket
    reference, pin = send(phone, "Biên nhận hồ sơ của tôi có ảnh kèm theo.")
    picture = tmp_path / "IMG_0001.jpg"
    picture.write_bytes(files.picture_with_place())

    begin(phone, "Biên nhận hồ sơ")
    assert_fits(phone)
    upload(phone, picture)
    checked(phone)

    expect(phone.locator(".files li")).to_contain_text("Biên nhận hồ sơ.jpg")
    expect(phone.locator(".files li")).to_contain_text("Đã nhận tệp")
    assert pin not in phone.url
    assert_fits(phone)
    phone.goto("/tra-cuu")
    type_into(phone, "ma", reference)
    type_into(phone, "pin", pin)
    phone.keyboard.press("Enter")
    expect(phone.locator(".files li")).to_contain_text("Biên nhận hồ sơ.jpg")


def test_what_is_no_picture_is_said_so_with_what_to_do_next(phone_and_bucket, tmp_path):
    phone = phone_and_bucket
    send(phone, "Tôi gửi kèm một tệp văn bản.")
    text = tmp_path / "ghi-chu.jpg"
    text.write_text("không phải ảnh", encoding="utf-8")

    begin(phone, "")
    upload(phone, text)
    checked(phone)

    expect(phone.locator(".files li")).to_contain_text("Không nhận tệp")
    expect(phone.locator(".files li")).to_contain_text("lưu thành PDF rồi gửi lại")
