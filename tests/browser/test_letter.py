"""The letter that forwards a petition: picked from the directory, sent later, looked at, and printed on one page."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO

import pikepdf
from playwright.sync_api import Browser, Page, expect

from tests.browser.desk import assert_fits, signed_in
from tests.browser.many_petitions import petitions_of_a_unit, store
from tests.support.running_stack import RunningStack

CLERK = "lan.tiepnhan"


def test_a_letter_is_sent_after_the_forwarding_and_prints_on_one_page(
    browser: Browser, stack: RunningStack, axe: Callable[[Page], None]
):
    (petition,) = petitions_of_a_unit(1, subject="Giáo viên mầm non ngoài công lập")
    store([petition], stack.moto)
    address = f"/desk/petitions/{petition.reference}"
    with signed_in(browser, stack.site, CLERK) as page:
        page.goto(f"{address}#do-forward")
        page.fill("#forward-body", "Bộ Y tế")
        page.locator("#f-forward .btn:not(.quiet)").click()
        expect(page.locator("#letter")).to_contain_text("Chưa ghi là đã gửi")

        page.goto(f"{address}#do-send-letter")
        expect(page.locator("#send-letter-body")).to_have_value("Bộ Y tế")
        page.select_option("#send-letter-sent_by", "POST")
        page.fill("#send-letter-letter_number", "1234/BNV-TTTT")
        page.locator("#f-send-letter .btn:not(.quiet)").click()
        expect(page.locator("#letter")).to_contain_text("qua bưu điện")

        page.locator("#letter a", has_text="Xem, in văn bản").click()
        expect(page.locator("article.letter")).to_contain_text("Kính gửi: Bộ Y tế")
        assert_fits(page, axe)
        printed = pikepdf.open(BytesIO(page.pdf(format="A4")))
        page.emulate_media(media="print")
        words = re.sub(r"\s+", " ", page.locator("body").inner_text())

    assert len(printed.pages) == 1
    for text in ("BỘ NỘI VỤ", "1234/BNV-TTTT", "Bộ Y tế", "138A Giảng Võ", "20/2008/NĐ-CP", petition.subject):
        assert text in words
    for text in ("Đăng xuất", "In trang này", "Danh tính người gửi"):
        assert text not in words
