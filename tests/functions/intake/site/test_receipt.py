"""The receipt's own address: who it opens for, for how long, and that nothing of it is lost on the way."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from urllib.parse import urlencode

import pytest

from chalicelib.intake import composition
from chalicelib.intake.petitions.passes import Purpose
from infra.local.emulation.functions import HttpResponse
from shared.web.qr import qr_svg
from shared.web.rendering import NO_BREAK
from tests.support.system import System

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
FORM = {
    "content": "Phòng Nội vụ trả lời hồ sơ chậm.",
    "name": "Nguyễn Văn An",
    "address": "12 Lê Lợi, Huế",
    "phone": "0912 345 678",
    "email": "hanh@thudientu.example",
    "key": "page-1",
}
Forge = Callable[[str], str]


def send(intake: System, lang: str = "vi", **changes: str) -> HttpResponse:
    """Send a petition as a browser does."""
    answer: HttpResponse = intake.http("POST", f"/gui?lang={lang}", form=FORM | changes, headers=BROWSER)
    return answer


def receipt_of(intake: System, **changes: str) -> str:
    """Send a petition and return the address of its receipt."""
    address = send(intake, **changes).header("Location")
    assert address.startswith("/gui/bien-nhan?p=")
    return address


def shown(html: str, name: str) -> str:
    match = re.search(rf'id="{name}">([^<]*)<', html)
    assert match, name
    return match[1]


def main_of(html: str) -> str:
    return html[html.index("<main") : html.index("</main>")]


def test_browser_is_led_to_the_receipts_own_address(intake):
    sent = send(intake)

    receipt = intake.http("GET", sent.header("Location"))
    assert (sent.status, receipt.status) == (303, 200)
    assert "no-store" in receipt.header("Cache-Control")
    assert re.fullmatch(r"\d{4} \d{4}", shown(receipt.text, "pin"))


def test_program_gets_the_same_receipt_at_once(intake):
    by_browser = intake.http("GET", receipt_of(intake)).text

    at_once = intake.http("POST", "/gui", form=FORM)

    assert at_once.status == 200
    assert main_of(at_once.text) == main_of(by_browser)


def test_neither_the_pin_nor_a_contact_stands_in_the_address(intake):
    address = receipt_of(intake)

    pin = shown(intake.http("GET", address).text, "pin").replace(" ", "")
    assert not any(secret in address for secret in (pin, "678", "thudientu"))


def test_receipt_is_kept_by_reloading_and_by_the_other_language(intake):
    address = receipt_of(intake)
    vietnamese = intake.http("GET", address).text

    again = intake.http("GET", address).text
    link = re.search(r'href="(/gui/bien-nhan[^"]*)"[^>]*lang="en"', vietnamese)
    assert link
    english = intake.http("GET", link[1].replace("&amp;", "&")).text

    assert again == vietnamese
    assert '<html lang="en">' in english
    assert shown(english, "pin") == shown(vietnamese, "pin")


@pytest.mark.parametrize(
    "forge",
    [
        pytest.param(lambda _pass: "", id="none"),
        pytest.param(lambda p: p[:-1] + ("0" if p[-1] != "0" else "1"), id="another signature"),
        pytest.param(lambda p: p.replace(p.split(".")[1], "9999999999"), id="a later end"),
        pytest.param(lambda p: "26483190275." + p.partition(".")[2], id="another petition"),
        pytest.param(lambda p: p.partition(".")[0], id="only the reference"),
        pytest.param(lambda p: f"{p}\u00e9", id="other letters"),
    ],
)
def test_nobody_without_the_pass_sees_a_receipt(intake, forge: Forge):
    address = receipt_of(intake)
    pin = shown(intake.http("GET", address).text, "pin")

    answer = intake.http("GET", "/gui/bien-nhan", query={"p": forge(address.partition("p=")[2])})

    assert answer.status == 404
    assert pin not in answer.text


@pytest.mark.parametrize("purpose", [each for each in Purpose if each is not Purpose.RECEIPT])
def test_pass_for_something_else_opens_no_receipt(intake, purpose: Purpose):
    reference = receipt_of(intake).partition("p=")[2].partition(".")[0]
    parts = composition.parts()
    petition = parts.petitions.get(reference)
    assert petition is not None

    other = parts.passes.issue(purpose, petition, intake.clock.now() + timedelta(hours=1))

    assert intake.http("GET", "/gui/bien-nhan", query={"p": other}).status == 404


def test_receipt_ends_half_an_hour_after_the_petition_was_received(intake):
    address = receipt_of(intake)
    intake.clock.hold_at(intake.clock.now() + timedelta(minutes=9))
    again = receipt_of(intake)
    intake.clock.hold_at(intake.clock.now() + timedelta(minutes=20, seconds=59))
    before = intake.http("GET", address)
    intake.clock.hold_at(intake.clock.now() + timedelta(seconds=1))

    after = intake.http("GET", address)

    assert again == address
    assert (before.status, after.status) == (200, 404)
    assert "/tra-cuu" in after.text


def test_receipt_ends_with_its_pin(intake):
    address = receipt_of(intake)
    pin = shown(intake.http("GET", address).text, "pin").replace(" ", "")
    reference = address.partition("p=")[2].partition(".")[0]
    intake.http("POST", "/tra-cuu/doi-ma", form={"ma": reference, "pin": pin, "key": "k"})

    assert intake.http("GET", address).status == 404


def test_what_the_receipt_shows_of_contacts_tells_the_table_nobodys_contact(intake):
    reference = receipt_of(intake).partition("p=")[2].partition(".")[0]

    rows = [row for row in intake.items("throttle") if row["key"]["S"].startswith("receipt#")]

    assert len(rows) == 1
    stored = json.dumps(rows, ensure_ascii=False)
    assert not any(secret in stored for secret in (reference, "0912", "912345678", "hanh@", "An"))


# --- what it shows ----------------------------------------------------------------------------------------


def links_of(html: str) -> list[tuple[str, str]]:
    """Return the links of the page's main part: their address and words, in their order."""
    links = re.findall(r'<a [^>]*?href="([^"]*)"[^>]*>(.*?)</a>', main_of(html), re.DOTALL)
    return [(unescape(address), re.sub(r"<[^>]+>", "", words).strip()) for address, words in links]


def test_receipt_opens_the_petition_before_it_is_kept_and_never_prints_first(intake):
    html = intake.http("GET", receipt_of(intake)).text

    words = [word for _address, word in links_of(html)]
    assert words[:4] == ["Mở hồ sơ của tôi", "Lưu ảnh", "Lưu PDF", "Lịch"]
    assert html.index('id="print" hidden') > html.index(">Lịch<"), "and only where a script can print"


def test_petition_opens_without_typing_and_messages_are_written_by_one_tap(intake):
    address = receipt_of(intake)
    reference = address.partition("p=")[2].partition(".")[0]
    links = {words: to for to, words in links_of(intake.http("GET", address).text)}

    opened = intake.http("GET", links["Mở hồ sơ của tôi"])

    assert 'id="state"' in opened.text
    assert links["8088"] == f"sms:8088?body=PAKN%20TC%20{reference}"


def test_receipt_gives_the_day_of_the_answer_for_a_calendar(intake):
    links = {words: address for address, words in links_of(intake.http("GET", receipt_of(intake)).text)}

    file = intake.http("GET", links["Lịch"])

    assert (file.status, file.header("Content-Type")) == (200, "text/calendar; charset=utf-8")
    assert "DTSTART;VALUE=DATE:20261123" in file.text


@pytest.mark.parametrize(("lang", "title"), [("vi", "Biên nhận phản ánh, kiến nghị"), ("en", "Receipt")])
def test_picture_holds_both_codes_the_day_and_a_code_to_scan_without_the_pin(intake, lang: str, title: str):
    address = send(intake, lang).header("Location")
    html = intake.http("GET", address).text
    links = dict(links_of(html))
    [picture] = [each for each in links if each.startswith("/gui/bien-nhan/anh")]

    drawn = intake.http("GET", picture)

    reference, pin = shown(html, "reference"), shown(html, "pin")
    assert (drawn.status, drawn.header("Content-Type")) == (200, "image/svg+xml")
    assert all(text in unescape(drawn.text) for text in (title, reference, pin, "8088", "1900 1547", "2026"))
    [code] = re.findall(r"<svg x=.*?</svg>", drawn.text, re.DOTALL)
    tracked = qr_svg(f"http://localhost:8088/tra-cuu?ma={reference.replace(' ', '').replace(NO_BREAK, '')}")
    assert tracked.partition(">")[2] in code


@pytest.mark.parametrize(
    ("lang", "before", "after"),
    [
        pytest.param(
            "vi",
            [
                "Bộ nhắn tin báo bạn qua số …678",
                "Không đến được thì Bộ gửi email đến h•••@thudientu.example",
            ],
            ["Đã nhắn tin đến số …678", "Không đến được thì Bộ gửi email đến h•••@thudientu.example"],
            id="vi",
        ),
        pytest.param(
            "en",
            ["You will be told by SMS to …678", "If that does not arrive, an email goes to h•••@"],
            ["An SMS went to …678"],
            id="en",
        ),
    ],
)
def test_receipt_says_where_word_of_it_goes_and_that_it_went(
    running_system: System, lang: str, before: list[str], after: list[str]
):
    running_system.reset()
    form = urlencode([*FORM.items(), ("reply_by", "SMS"), ("reply_by", "EMAIL")])
    headers = {**BROWSER, "Content-Type": "application/x-www-form-urlencoded"}
    sent = running_system.http("POST", f"/gui?lang={lang}", body=form, headers=headers)
    address = sent.header("Location")
    at_once = unescape(running_system.http("GET", address).text)
    running_system.settle()

    later = unescape(running_system.http("GET", address).text)

    assert [words for words in before if words not in at_once] == []
    assert [words for words in after if words not in later] == []
    assert "0912 345 678" not in later
    assert "hanh@" not in later
