"""A text that petitioners add is held from units until it was screened, or until somebody decided about it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.domain.petition.change import Change
from shared.domain.petition.facts import Finding
from shared.domain.petition.lifecycle import Action, State
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.classification import Lane
from shared.domain.procedures import screening
from tests.support.builders import RECEIVED_AT, a_petition

LATER = RECEIVED_AT + timedelta(days=2)
TEXT = "Chị thủ quỹ giữ lại của mỗi người một khoản."


def added_to(state: State = State.IN_PROGRESS) -> Petition:
    return a_petition(state).supplement(Change.by_petitioner(LATER, "supplement:1"), TEXT)


def screened(petition: Petition, finding: Finding, intake: str | None = "TTTT") -> Petition:
    entry = screening.unscreened(petition)[0]
    return screening.keep_from_units(petition, entry, finding, ("vì sao",), intake, at=LATER)


def test_an_addition_is_held_from_the_moment_it_is_written():
    petition = added_to()

    assert screening.held(petition) == {petition.version}
    assert TEXT not in screening.without_held(petition).model_dump_json()


def test_what_was_found_harmless_is_held_no_longer():
    petition = screened(added_to(), Finding.NOTHING)

    assert screening.held(petition) == frozenset()
    assert (petition.state, petition.may_denounce) == (State.IN_PROGRESS, False)


def test_the_first_text_is_never_held():
    assert screening.held(a_petition(State.IN_PROGRESS)) == frozenset()


def test_identity_that_was_sealed_has_no_text_to_hold():
    petition = a_petition(State.IN_PROGRESS).supplement(Change.by_petitioner(LATER, "identity:1"), None)

    assert screening.unscreened(petition) == ()


@pytest.mark.parametrize("state", [State.ASSIGNED, State.IN_PROGRESS])
def test_what_may_denounce_takes_the_petition_back_from_its_unit(state: State):
    petition = screened(added_to(state), Finding.MAY_DENOUNCE)

    assert (petition.state, petition.unit, petition.handler) == (State.RECEIVED, "TTTT", None)
    assert petition.may_denounce
    assert petition.state_of_work is State.RECEIVED


@pytest.mark.parametrize(
    "state", [State.AWAITING_APPROVAL, State.MERGED, State.REOPENED, State.ANSWERED], ids=str
)
def test_elsewhere_it_stays_where_it_is_and_the_text_stays_held(state: State):
    later, change = a_petition(state), Change.by_petitioner(LATER, "later")
    petition = later.rate(change, 1, TEXT) if state is State.ANSWERED else later.supplement(change, TEXT)

    marked = screened(petition, Finding.MAY_DENOUNCE)

    assert (marked.state, marked.unit) == (petition.state, petition.unit)
    assert screening.held(marked) == {petition.version}


def test_a_unit_does_not_learn_what_the_text_was_taken_for():
    petition = screened(added_to(State.AWAITING_APPROVAL), Finding.MAY_DENOUNCE)

    assert [entry.action for entry in screening.without_held(petition).history][-1] is Action.SUPPLEMENT


@pytest.mark.parametrize("decides", ["classify", "assign"])
def test_who_decided_after_reading_it_releases_it(decides: str):
    petition = screened(added_to(), Finding.MAY_DENOUNCE)

    decided = (
        petition.assign(Change.by_officer("lan", LATER, "assign"), "VCCVC")
        if decides == "assign"
        else petition.classify(
            Change.by_officer("lan", LATER, "classify"), field="CCVC", kind=None, lane=Lane.ORDINARY
        )
    )

    assert screening.held(decided) == frozenset()
    assert not decided.may_denounce


def test_the_next_addition_is_held_again():
    decided = screened(added_to(), Finding.MAY_DENOUNCE).assign(Change.by_officer("lan", LATER, "a"), "VCCVC")

    again = decided.supplement(Change.by_petitioner(LATER, "supplement:2"), "Còn nữa.")

    assert screening.held(again) == {again.version}


def test_what_was_restricted_and_given_back_is_not_looked_through_again():
    petition = added_to()
    entry = screening.unscreened(petition)[0]
    restricted = petition.restrict(
        Change.by_router(LATER, screening.change_id_of(entry)), "TTRA"
    ).return_to_intake(Change.by_officer("khanh", LATER, "back"), "TTTT", reason="Không phải tố cáo")

    assert screening.unscreened(restricted) == ()
    assert screening.held(restricted) == {entry.seq}
