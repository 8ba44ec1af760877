"""Disputes between units, and who takes the second look."""

from __future__ import annotations

import pytest

from shared.domain.petition.change import Change
from shared.domain.petition.lifecycle import State
from shared.domain.petition.petition import Petition
from shared.domain.procedures import disputes
from tests.support.builders import RECEIVED_AT, TERMS, a_petition


def by(name: str, change_id: str) -> Change:
    return Change.by_officer(name, RECEIVED_AT, change_id)


def returned(petition: Petition, times: int) -> Petition:
    """Given to a unit and returned by it, some times."""
    for n in range(times):
        is_dispute = disputes.becomes_dispute(petition, TERMS)
        petition = petition.return_to_intake(
            by("minh", f"r{n}"), "VPB" if is_dispute else "TTTT", reason="Khác", is_dispute=is_dispute
        )
        if n < times - 1:
            petition = petition.assign(by("lan", f"a{n}"), "VTL")
    return petition


@pytest.mark.parametrize(
    ("times", "is_open"),
    [pytest.param(n, n > TERMS.return_at_most, id=f"returned-{n}-times") for n in (1, 2, 3)],
)
def test_petition_returned_once_too_often_is_a_dispute(times: int, *, is_open: bool):
    assert disputes.is_open(returned(a_petition(State.ASSIGNED), times)) is is_open


def test_assignment_settles_the_dispute_for_good():
    disputed = returned(a_petition(State.ASSIGNED), 3)

    settled = disputed.assign(by("binh", "s"), "VCCVC", settles_dispute=disputes.is_open(disputed))

    assert not disputes.is_open(settled)
    assert disputes.is_decided(settled)


def test_what_was_no_denunciation_does_not_count_as_returned():
    petition = a_petition(State.RESTRICTED).return_to_intake(by("khanh", "r"), "TTTT", reason="Không phải")

    assert disputes.returns(petition) == 0
    assert not disputes.becomes_dispute(a_petition(State.RESTRICTED), TERMS)


def test_second_look_knows_who_answered_first():
    petition = a_petition(State.REOPENED)

    assert disputes.is_second_look(petition)
    assert disputes.answered_first(petition) == {"minh", "binh"}


def test_petition_that_was_not_reopened_has_no_first_answer():
    petition = a_petition(State.ANSWERED)

    assert not disputes.is_second_look(petition)
    assert disputes.answered_first(petition) == frozenset()
