"""Changes of others stop an action only where they changed what it decides upon."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.domain.petition.change import Change
from shared.domain.petition.facts import DueDateMoved
from shared.domain.petition.lifecycle import Action, State
from shared.domain.petition.petition import Petition
from shared.domain.procedures import conflicts
from tests.support.builders import RECEIVED_AT, a_petition

A = Action
LATER = RECEIVED_AT + timedelta(days=1)
BY_LAN, BY_TIMER = Change.by_officer("lan.tiepnhan", LATER, "x"), Change.by_timer(LATER, "x")


def classified(petition: Petition) -> Petition:
    return petition.record(A.CLASSIFY, BY_LAN, field="TL")


def noted(petition: Petition) -> Petition:
    return petition.record(A.NOTE, BY_LAN, note="Đã gọi.")


def warned(petition: Petition) -> Petition:
    return petition.record(A.WARN_HANDLER, BY_TIMER)


def moved(petition: Petition) -> Petition:
    to = petition.due_on + timedelta(days=1)
    facts = DueDateMoved.model_validate({"from": petition.due_on, "to": to})
    return petition.record(A.MOVE_DUE_DATE, BY_TIMER, facts=facts, due_on=to)


def supplemented(petition: Petition) -> Petition:
    return petition.record(A.SUPPLEMENT, Change(by="petitioner", at=LATER, id="x"), text="Xin nói thêm.")


def drafted(petition: Petition) -> Petition:
    return petition.record(A.DRAFT_ANSWER, BY_LAN, text="Trả lời.")


@pytest.mark.parametrize(
    ("action", "goes_on_after", "stops_after"),
    [
        pytest.param(
            A.DRAFT_ANSWER, (classified, noted, warned, moved), (supplemented, drafted), id="a draft"
        ),
        pytest.param(
            A.REQUEST_INFORMATION,
            (classified, noted, warned, moved),
            (supplemented, drafted),
            id="a question",
        ),
        pytest.param(A.NOTE, (classified, warned, moved, noted), (supplemented, drafted), id="a note"),
        pytest.param(
            A.CLASSIFY, (noted, warned, moved, drafted), (classified, supplemented), id="a classification"
        ),
        pytest.param(
            A.APPROVE, (noted, warned), (classified, moved, supplemented, drafted), id="an approval, of all"
        ),
    ],
)
def test_action_goes_on_unless_what_it_decides_upon_changed(action, goes_on_after, stops_after):
    seen = a_petition(State.IN_PROGRESS)

    for change in goes_on_after:
        assert not conflicts.obstacles(change(seen), seen.version, action, "officer:minh.ccvc"), change
    for change in stops_after:
        entries = conflicts.obstacles(warned(change(seen)), seen.version, action, "officer:minh.ccvc")
        assert [entry.seq for entry in entries] == [seen.version + 1], "the clock is not named for it"


def test_form_that_was_sent_twice_takes_effect_once():
    seen = a_petition(State.IN_PROGRESS)

    assert conflicts.obstacles(classified(seen), seen.version, A.CLASSIFY, "officer:lan.tiepnhan")
