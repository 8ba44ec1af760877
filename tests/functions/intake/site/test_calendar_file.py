"""The day of the answer for a petitioner's own calendar: RFC 5545 to the letter, and nothing of what it is about."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.intake.petitions.calendar_file import due_date_file
from shared.domain.petition.change import Change
from shared.domain.petition.facts import DueDateMoved
from shared.domain.petition.lifecycle import Action
from shared.tables.petition_items import petition_of
from tests.support.system import System

MADE_AT = datetime(2026, 11, 3, 2, 0, 5, tzinfo=UTC)


def calendar_file(**facts: Any) -> str:
    texts: dict[str, Any] = {
        "summary": "Hạn trả lời",
        "description": "Xem ở trang Tra cứu.",
        "url": "https://pakn.example.vn/tra-cuu?ma=26483190275",
        "host": "pakn.example.vn",
        "sequence": 0,
        "made_at": MADE_AT,
    }
    return due_date_file("26483190275", date(2026, 11, 23), **texts | facts)


def lines_of(file: str) -> list[str]:
    """Read a file as RFC 5545 says: unfold, then one content line each."""
    assert file.endswith("\r\n")
    return file.removesuffix("\r\n").replace("\r\n ", "").split("\r\n")


def test_it_is_an_all_day_event_named_for_ever() -> None:
    assert lines_of(calendar_file()) == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Bo Noi vu//PAKN//VI",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        "UID:26483190275-due@pakn.example.vn",
        "SEQUENCE:0",
        "DTSTAMP:20261103T020005Z",
        "DTSTART;VALUE=DATE:20261123",
        "DTEND;VALUE=DATE:20261124",
        "SUMMARY:Hạn trả lời",
        "DESCRIPTION:Xem ở trang Tra cứu.",
        "URL:https://pakn.example.vn/tra-cuu?ma=26483190275",
        "CLASS:PRIVATE",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
        "END:VCALENDAR",
    ]


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=300))
def test_no_line_is_longer_than_75_octets_and_every_text_comes_back(text: str) -> None:
    file = calendar_file(summary=text)

    assert max(len(line.encode()) for line in file.split("\r\n")) <= 75
    (summary,) = (line.partition(":")[2] for line in lines_of(file) if line.startswith("SUMMARY:"))
    assert re.sub(r"\\([\\;,])", r"\1", summary) == text


def test_end_of_a_line_cannot_begin_another_property() -> None:
    lines = lines_of(calendar_file(description="a\nATTENDEE:mailto:x@example.vn"))

    assert not [line for line in lines if line.startswith("ATTENDEE")]


@pytest.fixture
def sent(intake: System, a_submission: Any) -> dict[str, str]:
    receipt: dict[str, str] = intake.http("POST", "/v1/petitions", json=a_submission()).json()
    return receipt


def test_whoever_has_the_pin_gets_it_from_the_tracking_page(intake: System, sent: dict[str, str]) -> None:
    form = {"ma": sent["reference"], "pin": sent["pin"]}
    page = intake.http("POST", "/tra-cuu", form=form).text

    file = intake.http("POST", "/tra-cuu/lich", form=form)

    assert 'action="/tra-cuu/lich"' in page
    assert (file.status, file.header("Content-Type")) == (200, "text/calendar; charset=utf-8")
    assert "attachment" in file.header("Content-Disposition")
    assert f"DTSTART;VALUE=DATE:{sent['due_on'].replace('-', '')}" in file.text
    assert sent["pin"] not in file.text
    assert "nâng ngạch" not in file.text


def test_moved_date_replaces_the_earlier_one(intake: System, sent: dict[str, str]) -> None:
    from chalicelib.intake import composition

    petition = petition_of(intake.items("petitions")[0])
    moved = petition.record(
        Action.MOVE_DUE_DATE,
        Change.by_timer(intake.clock.now(), "m"),
        facts=DueDateMoved(moved_from=petition.due_on, moved_to=date(2026, 11, 25)),
        due_on=date(2026, 11, 25),
    )
    composition.parts().petitions.save(moved, petition.version)

    file = intake.http("POST", "/tra-cuu/lich", form={"ma": sent["reference"], "pin": sent["pin"]}).text

    assert "SEQUENCE:1" in file
    assert "DTSTART;VALUE=DATE:20261125" in file


def test_wrong_pin_gets_the_one_answer_for_all(intake: System, sent: dict[str, str]) -> None:
    answer = intake.http("POST", "/tra-cuu/lich", form={"ma": sent["reference"], "pin": "00000000"})

    assert answer.status == 404
    assert "BEGIN:VCALENDAR" not in answer.text
