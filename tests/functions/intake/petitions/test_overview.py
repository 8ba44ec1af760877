"""The top of a petition's page in every state: sentence, question, destination, clock, steps, next update."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from chalicelib.intake.petitions.overview import First, Overview, overview_of
from shared.domain.calendar.working_calendar import local_date
from shared.domain.petition.change import Change
from shared.domain.petition.lifecycle import UNANSWERED, Action, State
from shared.domain.petition.petition import Petition
from tests.support.builders import CALENDAR, TERMS, a_petition, vietnam

UNIT = "Vụ Công chức – Viên chức"
SOON = vietnam("2026-06-08")
"""A week after the receipt; the answer is due on Monday 22 June."""


def overview(petition: Petition, at: datetime = SOON, language: str = "vi") -> Overview:
    return overview_of(petition, TERMS, CALENDAR, at, "en" if language == "en" else "vi", UNIT)


FIRST = {
    State.RECEIVED: First.CLOCK,
    State.AWAITING_INFORMATION: First.QUESTION,
    State.ASSIGNED: First.CLOCK,
    State.IN_PROGRESS: First.CLOCK,
    State.AWAITING_APPROVAL: First.CLOCK,
    State.ANSWERED: First.ANSWER,
    State.PUBLISHED: First.ANSWER,
    State.CLOSED: First.ANSWER,
    State.REOPENED: First.CLOCK,
    State.REFUSED: First.DESTINATION,
    State.FORWARDED: First.DESTINATION,
    State.GUIDED: First.DESTINATION,
    State.RESTRICTED: First.NOTHING,
    State.MERGED: First.CLOCK,
    State.WITHDRAWN: First.NOTHING,
}


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("state", State)
def test_each_state_has_its_sentence_and_what_stands_first(state: State, language: str):
    top = overview(a_petition(state), language=language)

    assert top.headline.first is FIRST[state]
    assert top.headline.sentence.endswith(".")
    assert "%(" not in top.headline.sentence
    assert top.headline.sentence[0].isupper()
    assert (top.question is not None) == (state is State.AWAITING_INFORMATION)
    assert (top.destination is not None) == (FIRST[state] is First.DESTINATION)


@pytest.mark.parametrize("state", State)
def test_next_date_is_named_as_long_as_an_answer_is_owed(state: State):
    top = overview(a_petition(state))

    is_open = state in UNANSWERED
    assert (top.next_update_on is not None) == is_open
    assert (top.clock is not None) == (is_open or FIRST[state] is First.ANSWER)
    if state in (State.RECEIVED, State.ASSIGNED):
        assert top.next_update_on == date(2026, 7, 1)


@pytest.mark.parametrize(
    ("at", "words", "look"),
    [
        pytest.param("2026-06-08", "Còn 10 ngày làm việc", "info", id="there is time"),
        pytest.param("2026-06-19", "Còn 1 ngày làm việc", "attention", id="soon"),
        pytest.param("2026-06-22", "Hôm nay là ngày cuối", "attention", id="today"),
        pytest.param("2026-06-24", "Quá hạn 2 ngày làm việc", "danger", id="late"),
    ],
)
def test_clock_of_an_open_petition(at: str, words: str, look: str):
    clock = overview(a_petition(State.IN_PROGRESS), vietnam(at)).clock

    assert clock is not None
    assert (clock.words, clock.look) == (words, look)


@pytest.mark.parametrize(
    ("at", "next_on"),
    [
        pytest.param("2026-06-23", date(2026, 7, 1), id="just late"),
        pytest.param("2026-07-01", date(2026, 7, 1), id="the day of the first update"),
        pytest.param("2026-07-02", date(2026, 7, 10), id="after the first"),
    ],
)
def test_next_overdue_update_has_its_date(at: str, next_on: date):
    assert overview(a_petition(State.IN_PROGRESS), vietnam(at)).next_update_on == next_on


def test_clock_of_an_answer_says_how_early_it_was():
    petition = a_petition(State.ANSWERED)
    assert petition.answer is not None
    assert petition.answer.approved_at is not None
    answered_on = local_date(petition.answer.approved_at)

    clock = overview(petition).clock

    assert clock is not None
    assert clock.look == "success"
    early = CALENDAR.working_days_between(answered_on, petition.due_on)
    assert clock.words == f"Trả lời sớm {early} ngày làm việc"


def _statuses(petition: Petition) -> list[str]:
    return [step.status for step in overview(petition).steps]


def test_steps_go_forwards():
    assert _statuses(a_petition(State.RECEIVED)) == ["now", "ahead", "ahead", "ahead"]
    assert _statuses(a_petition(State.ASSIGNED)) == ["past", "now", "ahead", "ahead"]
    assert _statuses(a_petition(State.IN_PROGRESS)) == ["past", "past", "now", "ahead"]
    assert _statuses(a_petition(State.AWAITING_APPROVAL)) == ["past", "past", "now", "ahead"]
    assert _statuses(a_petition(State.ANSWERED)) == ["past"] * 4
    assert _statuses(a_petition(State.REOPENED)) == ["past"] * 4 + ["now"]
    assert _statuses(a_petition(State.FORWARDED)) == []


def test_steps_never_run_backwards():
    at_work = a_petition(State.IN_PROGRESS)
    requested = at_work.request_information(Change.by_officer("minh", SOON, "ask"), "Nộp ngày nào?")
    returned = at_work.return_to_intake(
        Change.by_officer("minh", SOON, "return"), "VPB", reason="Không thuộc."
    )

    assert _statuses(requested) == _statuses(returned) == _statuses(at_work)


def test_question_is_the_latest_that_was_asked():
    petition = a_petition(State.AWAITING_INFORMATION)

    question = overview(petition).question

    requested = petition.last(Action.REQUEST_INFORMATION)
    assert question is not None
    assert requested is not None
    assert question.text == requested.text
