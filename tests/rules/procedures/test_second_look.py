"""The second look: who may ask for it, and who takes it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from shared.domain.errors import ActionNotPossibleError
from shared.domain.petition.change import Change
from shared.domain.petition.lifecycle import Action, State
from shared.domain.petition.petition import Petition
from shared.domain.procedures.second_look import (
    SecondLook,
    ask_for_second_look,
    may_ask_for_second_look,
    second_look_of,
)
from shared.domain.promises.duties import DutyKind, duties
from shared.domain.promises.notices import Audience, NoticeKind, notices_after
from tests.support.builders import CALENDAR, RECEIVED_AT, TERMS, a_petition, vietnam

RUNGS = {"VCCVC": 0, "TTTT": 0, "VPB": 1, "TTRA": 2, "TCT": 3}
ASKED_AT = vietnam("2026-06-30")


def rated(score: int, state: State = State.ANSWERED, **facts: Any) -> Petition:
    return a_petition(state, **facts).rate(Change.by_petitioner(RECEIVED_AT, f"rate-{score}"), score, None)


@pytest.mark.parametrize(
    ("petition", "expected"),
    [
        pytest.param(rated(1), True, id="very poor rating"),
        pytest.param(rated(2), True, id="poor rating"),
        pytest.param(rated(3), False, id="fair rating"),
        pytest.param(rated(5), False, id="good rating"),
        pytest.param(rated(2, State.PUBLISHED), True, id="published answer"),
        pytest.param(rated(2, State.CLOSED), True, id="closed meanwhile"),
        pytest.param(a_petition(State.ANSWERED), False, id="not rated"),
        pytest.param(a_petition(State.IN_PROGRESS), False, id="not answered"),
        pytest.param(a_petition(State.REFUSED), False, id="refused, which is no answer"),
        pytest.param(a_petition(State.REOPENED), False, id="being looked at again"),
        pytest.param(
            rated(1, State.CLOSED).erase(Change.by_timer(RECEIVED_AT, "erase")), False, id="erased meanwhile"
        ),
    ],
)
def test_petitioner_may_ask_after_a_poor_rating(petition, expected):
    assert may_ask_for_second_look(petition, TERMS) is expected


def test_rating_that_counts_as_poor_is_a_setting():
    strict = TERMS.model_copy(update={"poor_rating_at_most": 3})

    assert may_ask_for_second_look(rated(3), strict)


def test_better_rating_afterwards_takes_the_right_away_and_a_worse_one_gives_it():
    better = rated(1).rate(Change.by_petitioner(RECEIVED_AT, "again"), 5, None)
    worse = rated(5).rate(Change.by_petitioner(RECEIVED_AT, "again"), 1, None)

    assert not may_ask_for_second_look(better, TERMS)
    assert may_ask_for_second_look(worse, TERMS)


@pytest.mark.parametrize(
    ("unit", "approvers_unit", "complained_unit", "expected"),
    [
        pytest.param("VCCVC", "VPB", None, "TTRA", id="department, approved by the Office"),
        pytest.param("VCCVC", None, None, "VPB", id="approver no longer known"),
        pytest.param("VPB", "VPB", None, "TTRA", id="the Office itself"),
        pytest.param("TTRA", "VPB", None, "TCT", id="the Inspectorate"),
        pytest.param("VCCVC", "TCT", None, "TCT", id="nobody stands higher"),
        pytest.param("VCCVC", "VPB", "TTRA", "TCT", id="the next one up is complained of"),
        pytest.param("KHONG-CON", "VPB", None, "TTRA", id="a unit that is no more"),
    ],
)
def test_second_look_goes_above_everybody_who_answered(unit, approvers_unit, complained_unit, expected):
    petition = rated(1, unit=unit, complained_unit=complained_unit).model_copy(update={"unit": unit})

    look = second_look_of(petition, RUNGS, approvers_unit)

    assert look.unit == expected
    assert expected in look.because
    assert set(look.answered_by) == {unit, approvers_unit} - {None}


def test_without_any_rung_nobody_can_look_again():
    with pytest.raises(ActionNotPossibleError):
        second_look_of(rated(1), {"VCCVC": 0}, "VPB")


def after_a_second_request(petition: Petition) -> Petition:
    look = SecondLook("TTRA", ("VCCVC", "VPB"))
    return ask_for_second_look(
        petition,
        Change.by_petitioner(ASKED_AT, "reopen:web:1"),
        look,
        TERMS,
        CALENDAR,
        reason="Chưa đúng câu hỏi.",
    )


def test_asking_reopens_above_with_a_promise_of_its_own():
    reopened = after_a_second_request(rated(2))

    assert (reopened.state, reopened.unit, reopened.handler) == (State.REOPENED, "TTRA", None)
    assert reopened.due_on == date(2026, 7, 20)
    second = next(d for d in duties(reopened, TERMS, CALENDAR, ASKED_AT) if d.kind is DutyKind.SECOND_ANSWER)
    assert (second.promised_on, second.due_on) == (date(2026, 6, 30), date(2026, 7, 20))
    entry = reopened.history[-1]
    assert (entry.by, entry.text) == ("petitioner", "Chưa đúng câu hỏi.")
    assert entry.note == "Đã trả lời: VCCVC, VPB. Cấp cao hơn xem xét lại: TTRA."


def test_asking_a_second_time_is_refused_also_after_a_poor_second_answer():
    again = (
        after_a_second_request(rated(2))
        .accept(Change.by_officer("x", ASKED_AT, "2"), handler="x")
        .draft_answer(Change.by_officer("x", ASKED_AT, "3"), "B")
        .approve(Change.by_officer("y", ASKED_AT, "4"))
        .rate(Change.by_petitioner(ASKED_AT, "5"), 1, None)
    )

    with pytest.raises(ActionNotPossibleError):
        after_a_second_request(again)


def test_second_answer_waits_for_the_task_force_and_the_unit_above_is_notified():
    reopened = after_a_second_request(rated(2))
    drafted = reopened.accept(Change.by_officer("x", ASKED_AT, "2"), handler="x").draft_answer(
        Change.by_officer("x", ASKED_AT, "3"), "B"
    )

    notified = {(n.kind, n.audience) for n in notices_after(reopened, reopened.history[-1])}
    assert (NoticeKind.REOPENED, Audience.UNIT_HEAD) in notified
    assert (NoticeKind.REOPENED, Audience.PETITIONER) in notified
    assert notices_after(drafted, drafted.history[-1]) == ((NoticeKind.DRAFT_WAITING, Audience.TASK_FORCE),)


def test_what_followed_from_the_first_draft_is_the_same_after_the_petition_was_reopened():
    reopened = after_a_second_request(rated(2))
    first = next(entry for entry in reopened.history if entry.action is Action.DRAFT_ANSWER)

    assert notices_after(reopened, first) == ((NoticeKind.DRAFT_WAITING, Audience.APPROVER),)
