"""A petition as its unit reads it says nothing of a suspicion, and loses nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.domain.petition.change import Change
from shared.domain.petition.facts import Finding
from shared.domain.petition.lifecycle import Action, State
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.classification import Lane, Proposal
from shared.domain.procedures import screening, suspicion
from tests.support.builders import RECEIVED_AT, a_petition

LATER = RECEIVED_AT + timedelta(days=2)
WARNING = suspicion.warning(["sổ quỹ"])
SUSPECTED = {
    "marked": Proposal(lane=Lane.ORDINARY, because=(WARNING, "nâng ngạch → CCVC"), may_denounce=True),
    "from before the mark was stored": Proposal(lane=Lane.ORDINARY, because=(WARNING,)),
    "restricted": Proposal(lane=Lane.RESTRICTED, because=("nhận hối lộ",)),
}


@pytest.mark.parametrize(
    ("signs", "sentence"),
    [
        pytest.param((), "Có thể là tố cáo", id="nothing to name"),
        pytest.param(("a", "b"), "Có thể là tố cáo (a; b)", id="two signs"),
    ],
)
def test_the_warning_names_its_signs(signs: tuple[str, ...], sentence: str):
    assert suspicion.warning(signs) == sentence


@pytest.mark.parametrize("proposal", SUSPECTED.values(), ids=SUSPECTED)
def test_reasons_and_mark_go_and_the_note_that_repeats_them(proposal: Proposal):
    petition = a_petition().hand_to_intake(Change.by_router(LATER, "route"), "TTTT", proposal=proposal)

    read = suspicion.without_suspicion(petition)

    assert read.proposal is not None
    assert (read.proposal.because, read.proposal.may_denounce, read.proposal.lane) == (
        (),
        False,
        Lane.ORDINARY,
    )
    assert [entry.note for entry in read.history] == [None, None]


def test_ordinary_reasons_stay():
    petition = a_petition(State.IN_PROGRESS)

    assert suspicion.without_suspicion(petition) == petition


@pytest.mark.parametrize("finding", Finding)
def test_no_screening_is_shown_whatever_it_found(finding: Finding):
    petition = a_petition(State.IN_PROGRESS).supplement(Change.by_petitioner(LATER, "s"), "Chị thủ quỹ.")
    (entry,) = screening.unscreened(petition)
    petition = screening.keep_from_units(petition, entry, finding, (WARNING,), "TTTT", at=LATER)

    read = suspicion.without_suspicion(petition)

    assert Action.SCREEN not in {entry.action for entry in read.history}
    assert WARNING not in read.model_dump_json()


def test_of_the_time_in_the_restricted_lane_the_petitioners_words_are_left():
    petition = returned_from_the_restricted_lane()

    read = suspicion.without_suspicion(petition)

    assert [(entry.action, entry.state) for entry in read.history[3:]] == [
        (Action.SUPPLEMENT, State.RECEIVED),
        (Action.ASSIGN, State.ASSIGNED),
    ]
    assert "RESTRICTED" not in read.model_dump_json()
    assert "không phải" not in read.model_dump_json()


def returned_from_the_restricted_lane() -> Petition:
    petition = a_petition(State.IN_PROGRESS).restrict(Change.by_officer("lan", LATER, "r"), "TTRA")
    petition = petition.add_note(Change.by_officer("khanh", LATER, "n"), "không phải tố cáo?", progress=None)
    petition = petition.supplement(Change.by_petitioner(LATER, "s"), "Tôi nói lại.")
    petition = petition.return_to_intake(Change.by_officer("khanh", LATER, "b"), "TTTT", reason="không phải")
    return petition.assign(Change.by_officer("lan", LATER, "a"), "VCCVC")
