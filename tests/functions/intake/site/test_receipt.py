"""The receipt's own address: who it opens for, for how long, and that nothing of it is lost on the way."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from chalicelib.intake import composition
from chalicelib.intake.petitions.passes import Purpose
from infra.local.emulation.functions import HttpResponse
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
