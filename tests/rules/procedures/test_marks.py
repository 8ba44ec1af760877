"""Marks of a petition in a list: returned, supplemented, disputed, merged."""

from __future__ import annotations

import pytest

from shared.domain.petition.change import Change
from shared.domain.petition.facts import Finding, Screened
from shared.domain.petition.lifecycle import Action, State
from shared.domain.procedures.marks import Mark, marks_of
from tests.rules.procedures.test_disputes import by, returned
from tests.support.builders import RECEIVED_AT, a_petition


@pytest.mark.parametrize("state", [State.ASSIGNED, State.IN_PROGRESS, State.AWAITING_APPROVAL, State.CLOSED])
def test_petition_on_its_ordinary_way_has_no_mark(state: State):
    assert marks_of(a_petition(state)) == ()


def test_merged_petition_is_marked():
    merged = a_petition(State.MERGED).model_copy(update={"parent": "26000000001"})

    assert marks_of(merged) == (Mark.MERGED,)


def test_draft_is_marked_from_its_return_until_it_is_submitted_again():
    back = a_petition(State.AWAITING_APPROVAL).return_draft(by("binh", "r"), "Thiếu căn cứ.")
    submitted = back.draft_answer(by("minh", "s"), "Trả lời, có căn cứ.")

    assert marks_of(back) == (Mark.RETURNED,)
    assert marks_of(submitted) == ()


@pytest.mark.parametrize(
    "by_whom",
    [
        pytest.param(Change.by_petitioner(RECEIVED_AT, "add"), id="by the petitioner"),
        pytest.param(Change.by_officer("tong.dai", RECEIVED_AT, "add"), id="told to an operator"),
    ],
)
def test_addition_is_marked_until_an_officer_acts(by_whom: Change):
    supplemented = a_petition(State.AWAITING_INFORMATION).supplement(by_whom, "Năm 2024.")
    screened = supplemented.record(
        Action.SCREEN,
        Change.by_router(RECEIVED_AT, "screen"),
        facts=Screened(entry=supplemented.history[-1].seq, finding=Finding.NOTHING),
    )

    assert marks_of(supplemented) == ()  # held from units until it was screened
    assert marks_of(screened) == (Mark.SUPPLEMENTED,)
    assert marks_of(screened.record_opening(by("minh", "look"), "Cần gọi lại")) == (Mark.SUPPLEMENTED,)
    assert marks_of(screened.add_note(by("minh", "n"), "Đã đọc.")) == ()


def test_dispute_is_marked():
    assert marks_of(returned(a_petition(State.ASSIGNED), 3)) == (Mark.DISPUTED,)
