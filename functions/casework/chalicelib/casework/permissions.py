"""Who may do what: one table of role, action and relation to the petition. What is not in it is denied.

Basis: the ministry's division of work (docs/domain.md); who denounces is a state secret (QĐ 774/QĐ-TTg 2020),
so restricted petitions are for the Task Force's inspectors alone; nobody judges a complaint about their own unit.
"""

from __future__ import annotations

from enum import StrEnum

from chalicelib.casework.officers import DeskOfficer, Role
from shared.domain.errors import NotAllowedError
from shared.domain.lifecycle import Action, State
from shared.domain.petition import Lane, Petition


class Relation(StrEnum):
    """How an officer stands to a petition; each includes being an officer at all."""

    ANY = "ANY"
    UNIT = "UNIT"
    HANDLER = "HANDLER"
    ENTERED = "ENTERED"


class Ability(StrEnum):
    """What an officer may do that is no action on one petition."""

    ENTER_PETITION = "enter-petition"
    READ_REPORTS = "read-reports"
    ADMINISTER = "administer"
    SEE_CALL_TASKS = "see-call-tasks"


A, R = Action, Relation

SEES: dict[Role, Relation] = {
    Role.INTAKE_OFFICER: R.ANY,
    Role.HANDLER: R.UNIT,
    Role.UNIT_HEAD: R.UNIT,
    Role.APPROVER: R.ANY,
    Role.HOTLINE_OPERATOR: R.ENTERED,
    Role.INSPECTOR: R.ANY,
    Role.AUDITOR: R.ANY,
}
"""Which ordinary petitions a role sees."""

MAY: dict[Role, dict[Action, Relation]] = {
    Role.INTAKE_OFFICER: {
        A.CLASSIFY: R.ANY,
        A.ASSIGN: R.ANY,
        A.REQUEST_INFORMATION: R.ANY,
        A.NOTE: R.ANY,
        A.REFUSE: R.ANY,
        A.FORWARD: R.ANY,
        A.GUIDE: R.ANY,
        A.RESTRICT: R.ANY,
        A.MERGE: R.ANY,
        A.OPEN_SEAL: R.UNIT,
    },
    Role.HANDLER: {
        A.ACCEPT: R.UNIT,
        A.RETURN_TO_INTAKE: R.UNIT,
        A.NOTE: R.UNIT,
        A.REQUEST_INFORMATION: R.HANDLER,
        A.DRAFT_ANSWER: R.HANDLER,
        A.OPEN_SEAL: R.HANDLER,
    },
    Role.UNIT_HEAD: {
        A.ACCEPT: R.UNIT,
        A.RETURN_TO_INTAKE: R.UNIT,
        A.NOTE: R.UNIT,
        A.REQUEST_INFORMATION: R.UNIT,
        A.DRAFT_ANSWER: R.UNIT,
    },
    Role.APPROVER: {
        A.CLASSIFY: R.ANY,
        A.ASSIGN: R.ANY,
        A.ACCEPT: R.UNIT,
        A.NOTE: R.ANY,
        A.DRAFT_ANSWER: R.HANDLER,
        A.APPROVE: R.ANY,
        A.RETURN_DRAFT: R.ANY,
        A.PUBLISH: R.ANY,
        A.REFUSE: R.ANY,
        A.FORWARD: R.ANY,
        A.GUIDE: R.ANY,
        A.RESTRICT: R.ANY,
        A.MERGE: R.ANY,
        A.REOPEN: R.ANY,
        A.CLOSE: R.ANY,
    },
    Role.HOTLINE_OPERATOR: {A.NOTE: R.ENTERED, A.OPEN_SEAL: R.ENTERED},
    Role.INSPECTOR: {A.NOTE: R.ANY, A.REOPEN: R.ANY, A.CLOSE: R.ANY, A.OPEN_SEAL: R.ANY},
}
"""Which actions a role may take, and how it must stand to the petition."""

ABLE: dict[Ability, frozenset[Role]] = {
    Ability.ENTER_PETITION: frozenset({Role.HOTLINE_OPERATOR, Role.INTAKE_OFFICER}),
    Ability.READ_REPORTS: frozenset(
        {Role.COMMITTEE, Role.INSPECTOR, Role.APPROVER, Role.AUDITOR, Role.UNIT_HEAD}
    ),
    Ability.ADMINISTER: frozenset({Role.ADMINISTRATOR}),
    Ability.SEE_CALL_TASKS: frozenset({Role.HOTLINE_OPERATOR}),
}

RESTRICTED_READERS = frozenset({Role.INSPECTOR})
"""Who sees denunciations."""


def relations(officer: DeskOfficer, petition: Petition) -> frozenset[Relation]:
    """Return every way in which an officer stands to a petition."""
    found = {Relation.ANY}
    if petition.unit == officer.unit:
        found.add(Relation.UNIT)
        if petition.handler == officer.username:
            found.add(Relation.HANDLER)
    if petition.history and petition.history[0].by == officer.actor:
        found.add(Relation.ENTERED)
    return frozenset(found)


def may_see(officer: DeskOfficer, petition: Petition) -> bool:
    """Tell whether an officer may know of a petition at all."""
    if is_about_unit_of(officer, petition):
        return False
    if is_restricted(petition):
        return officer.has(*RESTRICTED_READERS)
    related = relations(officer, petition)
    return any(SEES.get(role) in related for role in officer.roles)


def may(officer: DeskOfficer, action: Action, petition: Petition) -> bool:
    """Tell whether an officer may take an action on a petition; its state is the lifecycle's matter."""
    if not may_see(officer, petition):
        return False
    if (
        action is Action.APPROVE
        and petition.draft is not None
        and petition.draft.drafted_by == officer.username
    ):
        return False
    related = relations(officer, petition)
    return any(MAY.get(role, {}).get(action) in related for role in officer.roles)


def require(officer: DeskOfficer, ability: Ability) -> None:
    """Stop whoever lacks an ability.

    Raises:
        NotAllowedError: the officer's roles do not have it.
    """
    if not officer.has(*ABLE[ability]):
        raise NotAllowedError


def is_restricted(petition: Petition) -> bool:
    """Tell whether a petition travels in the restricted lane."""
    return petition.lane is Lane.RESTRICTED or petition.state is State.RESTRICTED


def is_about_unit_of(officer: DeskOfficer, petition: Petition) -> bool:
    """Tell whether a petition complains of the officer's own unit: nobody there learns of it."""
    return petition.complained_unit is not None and petition.complained_unit == officer.unit
