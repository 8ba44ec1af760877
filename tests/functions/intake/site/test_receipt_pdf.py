"""The receipt as a PDF: its text reads as the page does, under the same pass, and no cache keeps it."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pikepdf
import pytest

from tests.support.pdf_text import text_of

BROWSER = {"Accept": "text/html"}
FORM = {
    "content": "Phòng Nội vụ trả lời hồ sơ chậm.",
    "name": "Nguyễn Văn An",
    "address": "12 Lê Lợi, Huế",
} | {
    "phone": "0912 345 678",
    "key": "page-1",
}


def receipt_page(intake, lang):
    sent = intake.http("POST", f"/gui?lang={lang}", form=FORM, headers=BROWSER)
    return intake.http("GET", sent.header("Location")).text


def first(pattern: str, html: str) -> str:
    match = re.search(pattern, html)
    assert match, pattern
    return match[1].replace("\u00a0", " ")


def pdf_address(html: str) -> str:
    return first(r'id="pdf" href="([^"]+)"', html).replace("&amp;", "&")


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        pytest.param("vi", ("Biên nhận phản ánh, kiến nghị", "Bạn được trả lời chậm nhất", "8088"), id="vi"),
        pytest.param("en", ("Receipt", "8088"), id="en"),
    ],
)
def test_pdf_says_what_the_page_says(intake, lang, words):
    html = receipt_page(intake, lang)
    reference, pin = (first(rf'id="{name}">([^<]+)<', html) for name in ("reference", "pin"))
    due = first(r"<h1>[^<]*?(\d{1,2}[/\u00a0][^<]*20\d\d)", html)

    answer = intake.http("GET", pdf_address(html))

    text = text_of(answer.body)
    assert (answer.status, answer.header("Content-Type")) == (200, "application/pdf")
    assert answer.header("Cache-Control") == "private, no-store"
    assert reference in text
    assert pin in text
    assert due.replace("\u00a0", " ") in text.replace("\u00a0", " ")
    assert all(word in text for word in words)
    assert "/tra-cuu" in text


def test_pdf_is_one_page_with_its_fonts_inside_and_the_same_each_time(intake):
    address = pdf_address(receipt_page(intake, "vi"))

    first, second = (intake.http("GET", address).body for _ in range(2))

    with pikepdf.open(io.BytesIO(first)) as document:
        fonts = [font for font in document.pages[0].resources["/Font"].values() if "/FontDescriptor" in font]
        assert len(document.pages) == 1
        assert {str(font["/BaseFont"]).rpartition("+")[2] for font in fonts} == {
            "BeVietnamPro-Regular",
            "BeVietnamPro-SemiBold",
        }
        assert all("/FontFile2" in font["/FontDescriptor"] for font in fonts)
    assert first == second
    assert len(first) < 60_000


def test_pdf_ends_with_the_pass_of_its_receipt(intake):
    address = pdf_address(receipt_page(intake, "vi"))

    intake.clock.hold_at(intake.clock.now() + timedelta(minutes=31))

    assert intake.http("GET", address).status == 404
    assert intake.http("GET", "/gui/bien-nhan/pdf", query={"p": "x"}).status == 404
