"""The home page and the page of figures: the proof in numbers, the newest answers, the other ways to send."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, time, timedelta
from html import unescape
from typing import Any

import pytest

from chalicelib.intake import composition
from shared.domain.calendar.working_calendar import at_local
from shared.domain.petition.change import Change
from shared.domain.petition.lifecycle import State
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.answer import Publication
from tests.support.builders import a_petition
from tests.support.search_files import build_index
from tests.support.system import System

STATES_OF = {"VCCVC": (State.ANSWERED, State.ASSIGNED), "VPB": (State.ANSWERED,), "TCTLD": (State.ASSIGNED,)}
"""The states of October's petitions by unit: of VCCVC half were answered, of VPB all, of TCTLD none."""


def received(day: date, number: int, unit: str, state: State) -> Petition:
    """Return a petition of a unit; what is answered was so within its time."""
    return a_petition(
        state, received_at=at_local(day, time(9)), reference=f"26{day.month:02}{number:07}"
    ).model_copy(update={"unit": unit})


@pytest.fixture
def october(intake: System) -> System:
    """The end of November: all that came in October has fallen due, of September two thirds were answered."""
    petitions = composition.parts().petitions
    number = 0
    for unit, states in STATES_OF.items():
        for state in states:
            number += 1
            petitions.add(received(date(2026, 10, 5), number, unit, state))
    for number, state in enumerate((State.ANSWERED, State.ANSWERED, State.ASSIGNED), start=20):
        petitions.add(received(date(2026, 9, 7), number, "VCCVC", state))
    intake.clock.hold_at(at_local(date(2026, 11, 26), time(9)))
    return intake


def words_of(html: str) -> str:
    """Return the words of a part of a page, without its marks."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


def part(html: str, name: str) -> str:
    """Return the words of the section whose heading has an id."""
    return words_of(html[html.index(f'id="{name}"') :].partition("</section>")[0].partition(">")[2])


@pytest.mark.parametrize(
    ("language", "words"),
    [
        pytest.param(
            "vi",
            [
                "4 phản ánh, kiến nghị nhận trong tháng 10/2026",
                "50%",
                "tháng 9/2026: 67%",
                "quá hạn",
                "1 việc",
            ],
            id="vi",
        ),
        pytest.param("en", ["October 2026", "50%", "September 2026: 67%", "overdue"], id="en"),
    ],
)
def test_proof_is_the_last_month_that_has_fallen_due_beside_the_one_before(
    october: System, language: str, words: list[str]
):
    proof = part(october.http("GET", "/", query={"lang": language}).text, "proof")

    assert [each for each in words if each not in proof] == []


def test_other_ways_to_send_have_their_price_and_hours(intake: System):
    vietnamese = part(intake.http("GET", "/").text, "ways")
    english = part(intake.http("GET", "/", query={"lang": "en"}).text, "ways")

    for words in ("8088", "1.000 đồng một tin", "1900 1547", "7:30–17:00 ngày làm việc", "đồng một phút"):
        assert words in vietnamese
    for words in ("1,000 dong a message", "7:30–17:00 on working days", "dong a minute"):
        assert words in english


def test_home_lists_the_five_newest_answers_and_leads_to_all(
    intake: System, officers_do: Callable[..., Petition]
):
    for number in range(6):
        published(intake, officers_do, f"Câu hỏi số {number}")
    unindexed = part(intake.http("GET", "/").text, "new")
    build_index(intake)
    intake.clock.hold_at(intake.clock.now() + timedelta(minutes=2))

    new = part(intake.http("GET", "/").text, "new")

    newest = [f"Câu hỏi số {number}" for number in range(5, 0, -1)]
    assert re.findall(r"Câu hỏi số \d", new) == re.findall(r"Câu hỏi số \d", unindexed) == newest
    assert "Xem tất cả 6 câu trả lời" in new
    assert "Xem tất cả câu trả lời" in unindexed, "who cannot count says no number"


def published(intake: System, officers_do: Callable[..., Petition], subject: str) -> None:
    at = intake.clock.now()
    petition = a_petition(State.ANSWERED, received_at=at - timedelta(days=9), reference=_reference(intake))
    composition.parts().petitions.add(petition)
    shown = Publication(subject=subject, content="Xin hỏi.", answer="Có.", published_at=at)
    officers_do(petition.reference, lambda p: p.publish(Change.by_officer("y", at, "publish"), shown))
    intake.clock.hold_at(at + timedelta(minutes=1))


def _reference(intake: System) -> str:
    return f"2612{len(intake.items('petitions')):07}"


# --- statistics -----------------------------------------------------------------------------------------


def rows_of(html: str, class_: str) -> list[str]:
    table = html[html.index(f'<table class="{class_}">') :].partition("</table>")[0]
    return [words_of(row) for row in re.findall(r"<tr><th scope=\"row\">(.*?)</tr>", table, re.DOTALL)]


def test_figures_open_with_the_last_full_month_and_the_lowest_unit(october: System):
    html = october.http("GET", "/thong-ke").text

    percents = [re.findall(r"\d+%", row)[-1] for row in rows_of(html, "units")]
    assert "Tháng 10/2026: 5 trên 10 việc được trả lời đúng hạn" in words_of(html)
    assert percents == ["0%", "50%", "100%"]


def test_tables_are_folded_and_print_opens_them(october: System):
    html = october.http("GET", "/thong-ke").text

    folded = re.findall(r"<details[^>]*>.*?</details>", html, re.DOTALL)
    assert len(folded) > 3
    assert not any(re.match(r"<details[^>]* open", each) for each in folded)
    open_tables = re.sub(r"<details[^>]*>.*?</details>", "", html, flags=re.DOTALL)
    assert open_tables.count("<table") == 2, "the units' bars and the fields"


@pytest.mark.parametrize(
    ("language", "share", "days"),
    [pytest.param("vi", "66,7%", "Số ngày", id="vi"), pytest.param("en", "66.7%", "days", id="en")],
)
def test_numbers_are_written_in_the_readers_language(october: System, language: str, share: str, days: str):
    html = october.http("GET", "/thong-ke", query={"lang": language, "month": "2026-09"}).text

    assert share in words_of(html)
    assert days in words_of(html)


def test_month_to_come_is_not_offered(october: System):
    html: Any = october.http("GET", "/thong-ke").text

    assert re.findall(r'<option value="(\d{4}-\d\d)"', html) == ["2026-10", "2026-09"]
