"""Access to petitions: the whole table of readers and petitions."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from shared.domain.access.readers import Reader, hides_subject, is_restricted, may_know
from shared.domain.access.roles import Role
from shared.domain.petition.lifecycle import State
from shared.domain.petition.values.classification import Kind, Lane
from shared.domain.procedures.conduct import NO_UNIT_OF_OURS, reporting_line

PARENTS = {"BO": None, "VTL": "BO", "PHONG": "VTL", "VCCVC": "BO"}


@dataclass(frozen=True)
class APetition:
    """The attributes that the rule reads."""

    state: State = State.ASSIGNED
    lane: Lane = Lane.ORDINARY
    complained_unit: str | None = None
    kind: Kind | None = None


def a_reader(*roles: Role, unit: str = "VCCVC", is_named_reader: bool = False) -> Reader:
    return Reader(frozenset(roles), reporting_line(unit, PARENTS), is_named_reader)


@pytest.mark.parametrize("state", [State.RESTRICTED, State.RECEIVED, State.CLOSED], ids=str)
@pytest.mark.parametrize("is_named_reader", [True, False], ids=["named in the directory", "not named"])
def test_denunciation_is_known_to_inspectors_and_named_approvers_alone(
    state: State, *, is_named_reader: bool
):
    petition = APetition(state=state, lane=Lane.RESTRICTED)

    readers = {role for role in Role if may_know(a_reader(role, is_named_reader=is_named_reader), petition)}

    assert readers == {Role.INSPECTOR, *([Role.APPROVER] if is_named_reader else [])}


@pytest.mark.parametrize(
    ("complained_unit", "barred"),
    [
        pytest.param("VTL", {"BO", "VTL", "PHONG"}, id="the unit, the one above and the one below"),
        pytest.param("PHONG", {"BO", "VTL", "PHONG"}, id="a unit at the bottom"),
        pytest.param("BO", {"BO", "VTL", "PHONG", "VCCVC"}, id="a unit at the top"),
        pytest.param(NO_UNIT_OF_OURS, set(), id="no unit of the ministry"),
        pytest.param(None, set(), id="nobody"),
    ],
)
@pytest.mark.parametrize("role", Role)
def test_complaint_is_unknown_to_the_reporting_line_of_the_unit_complained_of(
    complained_unit: str | None, barred: set[str], role: Role
):
    petition = APetition(complained_unit=complained_unit)

    assert {unit for unit in PARENTS if not may_know(a_reader(role, unit=unit), petition)} == barred


def test_inspector_of_the_unit_complained_of_does_not_know_a_denunciation_either():
    petition = APetition(lane=Lane.RESTRICTED, complained_unit="VTL")

    assert not may_know(a_reader(Role.INSPECTOR, unit="PHONG"), petition)


@pytest.mark.parametrize(
    ("petition", "restricted", "hidden"),
    [
        pytest.param(APetition(), False, False, id="an ordinary petition"),
        pytest.param(APetition(kind=Kind.CONDUCT), False, True, id="a complaint about conduct"),
        pytest.param(APetition(lane=Lane.RESTRICTED), True, True, id="a denunciation"),
        pytest.param(APetition(state=State.RESTRICTED), True, False, id="restricted by its state alone"),
        pytest.param(APetition(lane=Lane.FORWARDING), False, False, id="a matter of another body"),
    ],
)
def test_restricted_and_conduct_are_not_described(petition: APetition, *, restricted: bool, hidden: bool):
    assert (is_restricted(petition), hides_subject(petition)) == (restricted, hidden)
