"""The whole matrix of role, action and relation, written down a second time.

The matrix below is what the ministry decided, as a reader would check it; it does not ask the code's own table.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.actions import authorization
from shared.domain.access.roles import Role
from shared.domain.petition.facts import Assigned, Facts, Reopened, ReturnedToIntake
from shared.domain.petition.history import Entry
from shared.domain.petition.lifecycle import OF_OFFICERS, Action, State
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.answer import Answer
from shared.domain.petition.values.classification import Lane
from tests.support.builders import RECEIVED_AT, a_petition

ME = "toi"
MY_UNIT, OTHER_UNIT = "VCCVC", "VTL"

ROLES = {
    "I": Role.INTAKE_OFFICER,
    "H": Role.HANDLER,
    "U": Role.UNIT_HEAD,
    "A": Role.APPROVER,
    "O": Role.HOTLINE_OPERATOR,
    "T": Role.INSPECTOR,
    "C": Role.COMMITTEE,
    "S": Role.ADMINISTRATOR,
    "R": Role.AUDITOR,
}
"""Intake officer, Handler, Unit head, Approver, hotline Operator, Task force's inspector, Committee,
System administrator, auditoR."""

COLUMNS = ("stranger", "unit", "handler", "entered")
"""The relation of the officer to the petition: none; it is in their unit; they handle it; they wrote it down
(and it is in another unit)."""

MATRIX = """
                     stranger  unit      handler   entered
see                  I--A-T-R  IHUA-T-R  IHUA-T-R  I--AOT-R
accept               --------  -HUA-T--  -HUA-T--  --------
reassign             --------  --U-----  --U-----  --------
draft-answer         --------  --U-----  -HUA-T--  --------
approve              ---A----  ---A----  ---A----  ---A----
sign-draft           --------  --U-----  --U-----  --------
return-draft         ---A----  ---A----  ---A----  ---A----
publish              ---A----  ---A----  ---A----  ---A----
unpublish            ---A----  ---A----  ---A----  ---A----
assign               I--A----  I--A----  I--A----  I--A----
classify             I--A----  I--A----  I--A----  I--A----
request-information  I-------  I-U-----  IHU-----  I-------
note                 I--A-T--  IHUA-T--  IHUA-T--  I--AOT--
return-to-intake     --------  -HU-----  -HU-----  --------
forward              I--A----  I--A----  I--A----  I--A----
send-letter          I--A----  I--A----  I--A----  I--A----
guide                I--A----  I--A----  I--A----  I--A----
merge                I--A----  I--A----  I--A----  I--A----
split                I--A----  I--A----  I--A----  I--A----
refuse               I--A----  I--A----  I--A----  I--A----
restrict             I--A----  I--A----  I--A----  I--A----
reopen               ---A-T--  ---A-T--  ---A-T--  ---A-T--
close                ---A-T--  ---A-T--  ---A-T--  ---A-T--
take-back            --------  --------  --------  --------
open-seal            -----T--  I----T--  IH---T--  ----OT--
open-attachment      ---A-T--  I-UA-T--  IHUA-T--  ---A-T--
"""
"""Committee and administrator see no petition; they are in every cell all the same. A decision is taken back by the
officer who made it, whatever their roles: the petitions here have none (`tests/journeys/test_taking_back.py`)."""
EVERYTHING = ("see", *OF_OFFICERS)


class Cell(NamedTuple):
    """One cell of the matrix."""

    what: str
    column: str
    letters: str


def _cells() -> list[Cell]:
    lines = [line.split() for line in MATRIX.strip().splitlines()]
    assert lines[0] == list(COLUMNS)
    return [
        Cell(line[0], column, letters)
        for line in lines[1:]
        for column, letters in zip(COLUMNS, line[1:], strict=True)
    ]


def _of(role: Role, *, unit: str = MY_UNIT, is_named_reader: bool = False) -> DeskOfficer:
    return DeskOfficer(ME, "Tôi", unit, frozenset({role}), is_named_reader=is_named_reader)


def _petition(column: str, **facts: object) -> Petition:
    petition = a_petition(State.AWAITING_APPROVAL).model_copy(
        update={"unit": OTHER_UNIT if column in ("stranger", "entered") else MY_UNIT, "handler": "ai-do"}
    )
    if column == "handler":
        petition = petition.model_copy(update={"handler": ME})
    if column == "entered":
        first = petition.history[0].model_copy(update={"by": f"officer:{ME}"})
        petition = petition.model_copy(update={"history": (first, *petition.history[1:])})
    return petition.model_copy(update=facts)


def _may(officer: DeskOfficer, what: str, petition: Petition) -> bool:
    if what == "see":
        return permissions.may_see(officer, petition)
    return authorization.may(officer, Action(what), petition)


def _allowed(petition_in: Callable[[str], Petition]) -> set[tuple[Role, str, str]]:
    """Return each (role, column, action) that is allowed on the petition of the column."""
    return {
        (role, column, what)
        for role in ROLES.values()
        for column in COLUMNS
        for what in EVERYTHING
        if _may(_of(role), what, petition_in(column))
    }


def test_matrix_has_a_line_for_each_action_of_officers():
    lines = {cell.what for cell in _cells()}

    assert {"see", *OF_OFFICERS} - lines == set(), "write who may into MATRIX, as the ministry decided it"
    assert lines - {"see", *OF_OFFICERS} == set(), "no such action: take its line out of MATRIX"


def test_role_may_act_only_as_it_is_related_to_the_petition():
    decided = {
        (cell.what, cell.column): {
            letter for letter, role in ROLES.items() if _may(_of(role), cell.what, _petition(cell.column))
        }
        for cell in _cells()
    }

    assert decided == {(cell.what, cell.column): set(cell.letters) - {"-"} for cell in _cells()}


_READ = {"see", "note", "reopen", "close", "open-seal", "open-attachment", "return-to-intake"}
RESTRICTED = {
    "stranger": _READ,
    "unit": _READ | {"accept"},
    "handler": _READ | {"accept", "draft-answer"},
    "entered": _READ,
}
"""The actions of inspectors on a denunciation; all others may do nothing."""


def test_denunciation_is_for_the_inspectors_alone():
    decided = _allowed(lambda column: _petition(column, lane=Lane.RESTRICTED))

    assert decided == {
        (Role.INSPECTOR, column, what) for column, actions in RESTRICTED.items() for what in actions
    }


@pytest.mark.parametrize("role", ROLES.values())
def test_state_alone_is_enough_to_restrict(role: Role):
    petition = _petition("unit", state=State.RESTRICTED)

    assert permissions.may_know(_of(role), petition) is (role is Role.INSPECTOR)


@pytest.mark.parametrize("role", ROLES.values())
def test_directory_can_name_only_approvers_as_readers_of_denunciations(role: Role):
    named = _of(role, is_named_reader=True)

    sees = permissions.may_see(named, _petition("stranger", lane=Lane.RESTRICTED))

    assert sees is (role in (Role.INSPECTOR, Role.APPROVER))


@pytest.mark.parametrize("role", ROLES.values())
@pytest.mark.parametrize("column", COLUMNS)
def test_nobody_of_the_unit_complained_of_knows_of_the_petition(role: Role, column: str):
    assert not permissions.may_know(_of(role), _petition(column, complained_unit=MY_UNIT))


def test_nobody_of_the_unit_complained_of_may_do_anything():
    assert _allowed(lambda column: _petition(column, complained_unit=MY_UNIT)) == set()


@pytest.mark.parametrize("role", ROLES.values())
def test_complaint_about_a_unit_above_or_below_is_unknown_as_well(role: Role):
    officer = _of(role)._replace(line=frozenset({"CAP-TREN"}))

    assert not permissions.may_know(officer, _petition("stranger", complained_unit="CAP-TREN"))
    assert permissions.may_know(officer, _petition("stranger", complained_unit="KHAC-HAN"))


@pytest.mark.parametrize("role", ROLES.values())
def test_nobody_approves_their_own_draft(role: Role):
    own = Answer(text="Trả lời.", drafted_by=ME, drafted_at=RECEIVED_AT)

    assert not authorization.may(_of(role), Action.APPROVE, _petition("unit", draft=own))


def _reopened(column: str, *, approved_by: str = "ai-do") -> Petition:
    first = Answer(
        text="A",
        drafted_by="ai-khac",
        drafted_at=RECEIVED_AT,
        approved_by=approved_by,
        approved_at=RECEIVED_AT,
    )
    return _petition(column, answer=first, history=a_petition(State.REOPENED).history)


@pytest.mark.parametrize("role", ROLES.values())
def test_nobody_approves_the_second_answer_who_approved_the_first(role: Role):
    assert not authorization.may(_of(role), Action.APPROVE, _reopened("unit", approved_by=ME))


def test_second_look_gives_inspectors_the_decision_and_nobody_a_way_down():
    before = _allowed(_petition)
    on_second_look = _allowed(_reopened)

    assert on_second_look - before == {
        (Role.INSPECTOR, "handler", "request-information"),
        *((Role.INSPECTOR, column, "approve") for column in COLUMNS),
        *((Role.INSPECTOR, column, "return-draft") for column in COLUMNS),
    }
    assert {what for _role, column, what in before - on_second_look if column != "entered"} == {
        "return-to-intake"
    }


def test_inspectors_take_the_second_look_and_approve_what_comes_of_it():
    inspector = _of(Role.INSPECTOR)

    assert authorization.may(inspector, Action.ACCEPT, _reopened("unit"))
    assert authorization.may(inspector, Action.DRAFT_ANSWER, _reopened("handler"))
    assert authorization.may(inspector, Action.APPROVE, _reopened("stranger"))
    assert not authorization.may(inspector, Action.ACCEPT, _reopened("stranger"))
    assert not authorization.may(inspector, Action.APPROVE, _petition("stranger"))


REOPENS = {
    "REFUSED": "A",
    "FORWARDED": "A",
    "GUIDED": "A",
    "WITHDRAWN": "A",
    "ANSWERED": "AT",
    "PUBLISHED": "AT",
    "CLOSED": "AT",
}
"""The roles that reopen a petition, by its state: what ended without an answer only the approver."""


def test_reopening_of_what_ended_without_an_answer_is_for_the_approver():
    decided = {
        state: "".join(
            letter
            for letter, role in ROLES.items()
            if _may(_of(role), "reopen", _petition("stranger", state=State(state)))
        )
        for state in REOPENS
    }

    assert decided == REOPENS


def test_denunciation_that_ended_without_an_answer_is_reopened_by_its_readers():
    refused = _petition("stranger", state=State.REFUSED, lane=Lane.RESTRICTED)

    assert {letter for letter, role in ROLES.items() if _may(_of(role), "reopen", refused)} == {"T"}


# --- disputes and the second look ---------------------------------------------------------------------


def _led(*actions: tuple[Action, str, Facts], **facts: object) -> Petition:
    """A petition of MY_UNIT whose history ends with these (action, who, facts)."""
    petition = a_petition(State.IN_PROGRESS)
    entries = [
        Entry(
            seq=petition.version + n,
            at=RECEIVED_AT,
            action=action,
            by=f"officer:{by}",
            state=State.ASSIGNED,
            change_id=str(n),
            facts=facts_of_entry,
        )
        for n, (action, by, facts_of_entry) in enumerate(actions, start=1)
    ]
    return petition.model_copy(
        update={"unit": MY_UNIT, "handler": ME, "history": (*petition.history, *entries), **facts}
    )


DISPUTED = (Action.RETURN_TO_INTAKE, "ai-do", ReturnedToIntake(dispute="open"))
DECIDED = (Action.ASSIGN, "binh", Assigned(unit=MY_UNIT, dispute="decided"))


@pytest.mark.parametrize("role", ROLES.values())
@pytest.mark.parametrize("history", [(DISPUTED,), (DISPUTED, DECIDED)], ids=["open", "decided"])
def test_dispute_is_for_the_approver_alone_to_decide(role: Role, history: tuple[Any, ...]):
    assert authorization.may(_of(role), Action.ASSIGN, _led(*history)) is (role is Role.APPROVER)


@pytest.mark.parametrize("role", ROLES.values())
def test_unit_cannot_return_what_a_dispute_gave_it(role: Role):
    assert not authorization.may(_of(role), Action.RETURN_TO_INTAKE, _led(DISPUTED, DECIDED))


REOPENED = (Action.REOPEN, "petitioner", Reopened(unit=MY_UNIT, first_due_on=RECEIVED_AT.date()))


@pytest.mark.parametrize("before", [Action.DRAFT_ANSWER, Action.APPROVE])
@pytest.mark.parametrize("what", [Action.DRAFT_ANSWER, Action.APPROVE, Action.RETURN_DRAFT])
@pytest.mark.parametrize("role", ROLES.values())
def test_who_answered_first_decides_nothing_of_the_second_look(role: Role, what: Action, before: Action):
    assert not authorization.may(_of(role), what, _led((before, ME, Facts()), REOPENED))


@pytest.mark.parametrize("role", [Role.HANDLER, Role.UNIT_HEAD, Role.APPROVER, Role.INSPECTOR])
def test_another_officer_drafts_the_second_answer(role: Role):
    assert authorization.may(
        _of(role), Action.DRAFT_ANSWER, _led((Action.APPROVE, "ai-do", Facts()), REOPENED)
    )


@pytest.mark.parametrize("role", ROLES.values())
def test_task_force_stands_in_where_the_office_is_complained_of(role: Role):
    petition = _petition("stranger", complained_unit="VPB-PHONG")
    officer = _of(role)._replace(office_line=frozenset({"VPB", "VPB-PHONG"}))

    assert authorization.may(officer, Action.APPROVE, petition) is (role in (Role.APPROVER, Role.INSPECTOR))
    assert authorization.may(officer, Action.ASSIGN, petition) is (
        role in (Role.APPROVER, Role.INSPECTOR, Role.INTAKE_OFFICER)
    )


def test_officer_of_two_roles_may_do_what_either_may():
    officer = _of(Role.HANDLER)._replace(roles=frozenset({Role.HANDLER, Role.APPROVER}))

    assert authorization.may(officer, Action.ACCEPT, _petition("unit"))
    assert authorization.may(officer, Action.APPROVE, _petition("stranger"))


def test_officer_without_a_role_may_do_nothing():
    nobody = DeskOfficer(ME, "Tôi", MY_UNIT, frozenset())

    assert not any(_may(nobody, what, _petition(column)) for what in EVERYTHING for column in COLUMNS)
