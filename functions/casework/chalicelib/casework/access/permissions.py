"""Which petitions an officer may know of and see, which lists and abilities a role has. What is not here is denied.

Basis: the ministry's division of work (docs/domain.md); who denounces is a state secret (QĐ 774/QĐ-TTg 2020),
so restricted petitions are for named readers alone; nobody judges a complaint about their own unit.
Who may take which action: `casework.actions.authorization`.
"""

from __future__ import annotations

from enum import StrEnum

from chalicelib.casework.access.officers import DeskOfficer
from shared.domain.access import readers
from shared.domain.access.readers import Confidential
from shared.domain.access.roles import Role
from shared.domain.errors import NotAllowedError
from shared.domain.petition.petition import Petition
from shared.domain.procedures import screening, suspicion
from shared.search.port import Scope
from shared.tables.petition_items import Card


class Relation(StrEnum):
    """The relation of an officer to a petition."""

    ANY = "ANY"
    UNIT = "UNIT"
    HANDLER = "HANDLER"
    ENTERED = "ENTERED"


class Ability(StrEnum):
    """A permission that is not about one petition."""

    ENTER_PETITION = "enter-petition"
    LOOK_UP_CALLERS = "look-up-callers"
    READ_REPORTS = "read-reports"
    FOLLOW_FIGURES = "follow-figures"
    ADMINISTER = "administer"
    CONFIRM_CHANGES = "confirm-changes"
    MAKE_CALLS = "make-calls"
    AUDIT = "audit"
    FOLLOW_DELIVERIES = "follow-deliveries"
    READ_CORRECTIONS = "read-corrections"
    READ_BOARD = "read-board"
    LEAD_UNIT = "lead-unit"


SEES: dict[Role, Relation] = {
    Role.INTAKE_OFFICER: Relation.ANY,
    Role.HANDLER: Relation.UNIT,
    Role.UNIT_HEAD: Relation.UNIT,
    Role.APPROVER: Relation.ANY,
    Role.HOTLINE_OPERATOR: Relation.ENTERED,
    Role.INSPECTOR: Relation.ANY,
    Role.AUDITOR: Relation.ANY,
}
"""Which ordinary petitions a role sees."""

ABLE: dict[Ability, frozenset[Role]] = {
    Ability.ENTER_PETITION: frozenset({Role.HOTLINE_OPERATOR, Role.INTAKE_OFFICER}),
    Ability.LOOK_UP_CALLERS: frozenset({Role.HOTLINE_OPERATOR}),
    Ability.READ_REPORTS: frozenset(
        {Role.COMMITTEE, Role.INSPECTOR, Role.APPROVER, Role.AUDITOR, Role.UNIT_HEAD}
    ),
    Ability.FOLLOW_FIGURES: frozenset({Role.INSPECTOR, Role.APPROVER, Role.AUDITOR, Role.UNIT_HEAD}),
    Ability.AUDIT: frozenset({Role.AUDITOR}),
    Ability.FOLLOW_DELIVERIES: frozenset({Role.ADMINISTRATOR, Role.APPROVER, Role.INSPECTOR, Role.AUDITOR}),
    Ability.READ_CORRECTIONS: frozenset({Role.ADMINISTRATOR, Role.INTAKE_OFFICER, Role.APPROVER}),
    Ability.READ_BOARD: frozenset({Role.HANDLER, Role.UNIT_HEAD, Role.APPROVER, Role.INSPECTOR}),
    Ability.LEAD_UNIT: frozenset({Role.UNIT_HEAD}),
    Ability.ADMINISTER: frozenset({Role.ADMINISTRATOR}),
    Ability.CONFIRM_CHANGES: frozenset({Role.ADMINISTRATOR, Role.APPROVER}),
    Ability.MAKE_CALLS: frozenset({Role.HOTLINE_OPERATOR, Role.INSPECTOR}),
}

OVERSEERS = frozenset(role for role, relation in SEES.items() if relation is Relation.ANY)
"""Roles that see the queues of all units."""

WORKS_AT_UNIT = frozenset({Role.HANDLER, Role.UNIT_HEAD}) | OVERSEERS
"""Roles that see the queue of their own unit."""


def relations(officer: DeskOfficer, petition: Petition) -> frozenset[Relation]:
    """Return every relation of an officer to a petition."""
    related = {Relation.ANY}
    if petition.unit == officer.unit:
        related.add(Relation.UNIT)
        if officer.handles(petition.handler):
            related.add(Relation.HANDLER)
    if petition.history and petition.history[0].by == officer.actor:
        related.add(Relation.ENTERED)
    return frozenset(related)


def may_know(officer: DeskOfficer, petition: Confidential) -> bool:
    """Return whether an officer may learn that a petition exists; others get the answer of an unknown reference."""
    return readers.may_know(officer.reader, petition)


def may_see(officer: DeskOfficer, petition: Petition) -> bool:
    """Return whether an officer may read a petition."""
    if not may_know(officer, petition):
        return False
    related = relations(officer, petition)
    return any(SEES.get(role) in related for role in officer.roles)


def reach(officer: DeskOfficer) -> Scope:
    """Return which petitions a search may find and count for an officer: those of `may_see` that an index holds."""
    related = {SEES[role] for role in officer.roles if role in SEES}
    return Scope(
        is_everything=Relation.ANY in related,
        unit=officer.unit if Relation.UNIT in related else None,
        entered_by=officer.actor if Relation.ENTERED in related else None,
        not_about=frozenset({officer.unit, *officer.line}),
    )


def as_read_by(officer: DeskOfficer, petition: Petition) -> Petition:
    """Return a petition as an officer reads it: its unit sees no addition before it was screened, and no suspicion.

    Whoever sees the petition by another relation (the intake desk, Văn phòng Bộ, the Task Force, the operator who
    entered it) reads all texts: somebody has to screen them. That it may be a denunciation is for those who see the
    petitions of all units, and so decide about it.
    """
    if not reads_additions(officer, petition):
        petition = screening.without_held(petition)
    return petition if officer.has(*OVERSEERS) else suspicion.without_suspicion(petition)


def reads_additions(officer: DeskOfficer, petition: Petition) -> bool:
    """Return whether an officer may see a petition by another relation than its unit."""
    related = relations(officer, petition) - {Relation.UNIT}
    return any(SEES.get(role) in related for role in officer.roles)


def card_for(officer: DeskOfficer, card: Card) -> Card:
    """Return a line of a list as an officer reads it: a unit does not see the suspicion of a denunciation."""
    return card if officer.has(*OVERSEERS) else card.model_copy(update={"may_denounce": False})


def may_list(officer: DeskOfficer, unit: str | None) -> bool:
    """Return whether an officer may see the queue of a unit; None stands for the queues of all units."""
    if unit == officer.unit:
        return officer.has(*WORKS_AT_UNIT)
    return officer.has(*OVERSEERS)


def is_able(officer: DeskOfficer, ability: Ability) -> bool:
    """Return whether an officer has an ability; of approvers, only those whom the directory names confirm changes."""
    if ability is Ability.CONFIRM_CHANGES and not officer.is_named_confirmer:
        return officer.has(Role.ADMINISTRATOR)
    return officer.has(*ABLE[ability])


def require(officer: DeskOfficer, ability: Ability) -> None:
    """Check that an officer has an ability.

    Raises:
        NotAllowedError: the officer's roles do not have it.
    """
    if not is_able(officer, ability):
        raise NotAllowedError
