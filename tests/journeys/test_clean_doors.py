"""Pasted text is stored in one clean form at every door, whoever wrote it and by whichever way."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from shared.tables.petition_items import petition_of
from tests.functions.intake.hotline.test_hotline_calls import a_call, report
from tests.support.desk_pages import Browser
from tests.support.people import CITIZEN, Citizen, GatewayPhone, Officer, Phone
from tests.support.system import System

PASTED = "Ðề\u200b nghị\x0bxem\u2066 lại\u00ad ð\u0301o\x00 👨\u200d👩\u200d👧"
CLEAN = "Đề nghị\nxem lại đ\u0301o 👨\u200d👩\u200d👧"
TCVN3 = "§Ò nghÞ xem l¹i l\u00ad¬ng c¸n bé x·"
READ = "Đề nghị xem lại lương cán bộ xã"
DIRTY = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u00d0\u00f0\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)


def by_api(system: System, text: str) -> None:
    system.http("POST", "/v1/petitions", json={"content": text, "petitioner": CITIZEN})


def by_page(system: System, text: str) -> None:
    Browser(system).post("/gui", {"content": text, "type": "CITIZEN", **CITIZEN, "key": "page-1"})


def by_sms(system: System, text: str) -> None:
    Phone(system).request(f"PAKN {text}")


def by_gateway(system: System, text: str) -> None:
    GatewayPhone(system).send(f"PAKN {text}")


def by_call_centre(system: System, text: str) -> None:
    report(system, a_call(summary=text))


def by_open311(system: System, text: str) -> None:
    form = {
        "service_code": "CCVC",
        "description": text,
        "last_name": "An",
        "address_string": "Huế",
        "phone": "0912345678",
    }
    system.http("POST", "/open311/v2/requests.json", form=form)


def by_operator(system: System, text: str) -> None:
    Officer(system, "tong.dai").enter_call("call-9", content=text)


def by_operators_form(system: System, text: str) -> None:
    fields = {"content": text, "type": "CITIZEN", **CITIZEN, "call_id": "call-9", "step": "confirm"}
    Browser(system, "tong.dai").post("/desk/calls", {**fields, "reply_by": "PHONE"})


DOORS = [
    by_api,
    by_page,
    by_sms,
    by_gateway,
    by_call_centre,
    by_open311,
    by_operator,
    by_operators_form,
]


@pytest.mark.parametrize("send", DOORS, ids=lambda door: door.__name__)
@pytest.mark.parametrize(
    ("text", "clean"), [pytest.param(PASTED, CLEAN, id="pasted"), pytest.param(TCVN3, READ, id="TCVN3")]
)
def test_petition_is_stored_clean(
    system: System, send: Callable[[System, str], None], text: str, clean: str
) -> None:
    send(system, text)

    (petition,) = [petition_of(item) for item in system.items("petitions") if "version" in item]
    assert petition.content == clean
    assert list(_dirty(system)) == []


@pytest.mark.parametrize("send", DOORS, ids=lambda door: door.__name__)
def test_a_blank_that_nobody_sees_makes_no_petition(
    system: System, send: Callable[[System, str], None]
) -> None:
    send(system, "\u200b\u2800\u2066")

    assert [item for item in system.items("petitions") if "version" in item] == []


def test_later_texts_of_petitioners_and_officers_are_stored_clean(system: System) -> None:
    citizen = Citizen(system)
    citizen.send()
    officer, page = Officer(system, "minh.ccvc"), Browser(system, "minh.ccvc")

    citizen.add("supplements", content=PASTED)
    officer.do("accept", citizen.reference)
    officer.do("note", citizen.reference, note=PASTED)
    version = str(officer.petition(citizen.reference)["version"])
    page.post(f"/desk/petitions/{citizen.reference}/note", {"version": version, "note": TCVN3})

    texts = [text for item in system.items("petitions") for _path, text in _texts("", item)]
    assert texts.count(CLEAN) >= 2
    assert READ in texts
    assert list(_dirty(system)) == []


def test_rows_of_the_directory_are_stored_clean_by_page_and_api(system: System) -> None:
    row = {"valid_from": "2026-11-04", "name": "Mẫu\u200b mới", "text": PASTED}
    bearer = {"Authorization": f"Bearer {system.access_token('quantri')}"}

    by_api = system.http("PUT", "/desk/v1/directory/answer-template/mau-moi", json=row, headers=bearer)
    Browser(system, "quantri").post(
        "/desk/directory/answer-template", {**row, "name": "Mẫu\u2066 khác", "step": "confirm", "what": "add"}
    )

    assert by_api.status == 201, by_api.text
    assert list(_dirty(system)) == []


def test_an_emoji_that_two_parts_of_an_sms_share_survives(system: System) -> None:
    phone = GatewayPhone(system)

    phone.send("PAKN Luong thap qua \ud83d", part=(1, 2))
    phone.send("\ude21 mong Bo xem lai", part=(2, 2))

    (petition,) = [petition_of(item) for item in system.items("petitions") if "version" in item]
    assert petition.content == "Luong thap qua 😡 mong Bo xem lai"


def test_half_a_character_in_an_sms_loses_nothing_else(system: System) -> None:
    GatewayPhone(system).send("PAKN Luong thap \ud83d qua")

    (petition,) = [petition_of(item) for item in system.items("petitions") if "version" in item]
    assert petition.content == "Luong thap \ufffd qua"


@pytest.mark.parametrize(
    ("lang", "words"), [("vi", "Ký tự thứ 4."), ("en", "Character 4.")], ids=["Vietnamese", "English"]
)
def test_half_a_character_is_refused_by_place_in_the_callers_language_and_format(
    system: System, lang: str, words: str
) -> None:
    json_answer = system.http(
        "POST",
        f"/v1/petitions?lang={lang}",
        body=json.dumps({"content": "abc\ud800", "petitioner": CITIZEN}),
        headers={"Content-Type": "application/json"},
    )
    page = system.http(
        "POST",
        f"/gui?lang={lang}",
        body=b"content=abc%FF&name=An",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    open311 = system.http(
        "POST",
        f"/open311/v2/requests.xml?lang={lang}",
        body=b"description=abc%ED%A0%80",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )

    (error,) = json_answer.json()["errors"]
    assert (error["field"], error["rule"], error["position"]) == ("content", "control-characters", 4)
    assert words in error["message"]
    assert (page.status, open311.status) == (422, 400)
    assert words in page.text
    assert "description" in open311.text
    assert words in open311.text


def _dirty(system: System) -> Iterator[str]:
    """Yield each place of the tables in which something is stored that no door should let in."""
    for table in ("petitions", "directory", "deliveries", "throttle"):
        for item in system.items(table):
            yield from (f"{table}: {path}" for path, text in _texts("", item) if DIRTY.search(text))


def _texts(path: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
        if value.startswith(("{", "[")):
            try:
                yield from _texts(f"{path} as JSON", json.loads(value))
            except ValueError:
                return
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _texts(f"{path}/{name}", inner)
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _texts(f"{path}/{place}", inner)
