"""Who may do what: one table of role, action and relation to the petition. What is not in it is denied.

Basis: the ministry's division of work (docs/domain.md); who denounces is a state secret (QĐ 774/QĐ-TTg 2020),
so restricted petitions are for named readers alone; nobody judges a complaint about their own unit.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from chalicelib.casework.access.officers import DeskOfficer, Role
from shared.domain.errors import NotAllowedError
from shared.domain.petition.lifecycle import Action, State
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.attachments import Attachment, BelongsTo
from shared.domain.petition.values.classification import Lane
from shared.domain.procedures import disputes, screening
from shared.tables.petitions import Card


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
    FOLLOW_FIGURES = "follow-figures"
    ADMINISTER = "administer"
    MAKE_CALLS = "make-calls"
    AUDIT = "audit"
    READ_CORRECTIONS = "read-corrections"


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
        A.SPLIT: R.ANY,
        A.OPEN_SEAL: R.UNIT,
        A.OPEN_ATTACHMENT: R.UNIT,
    },
    Role.HANDLER: {
        A.ACCEPT: R.UNIT,
        A.RETURN_TO_INTAKE: R.UNIT,
        A.NOTE: R.UNIT,
        A.REQUEST_INFORMATION: R.HANDLER,
        A.DRAFT_ANSWER: R.HANDLER,
        A.OPEN_SEAL: R.HANDLER,
        A.OPEN_ATTACHMENT: R.HANDLER,
    },
    Role.UNIT_HEAD: {
        A.ACCEPT: R.UNIT,
        A.RETURN_TO_INTAKE: R.UNIT,
        A.NOTE: R.UNIT,
        A.REQUEST_INFORMATION: R.UNIT,
        A.DRAFT_ANSWER: R.UNIT,
        A.OPEN_ATTACHMENT: R.UNIT,
    },
    Role.APPROVER: {
        A.CLASSIFY: R.ANY,
        A.ASSIGN: R.ANY,
        A.ACCEPT: R.UNIT,
        A.NOTE: R.ANY,
        A.DRAFT_ANSWER: R.HANDLER,
        A.APPROVE: R.ANY,
        A.RETURN_DRAFT: R.ANY,
        A.OPEN_ATTACHMENT: R.ANY,
        A.PUBLISH: R.ANY,
        A.UNPUBLISH: R.ANY,
        A.REFUSE: R.ANY,
        A.FORWARD: R.ANY,
        A.GUIDE: R.ANY,
        A.RESTRICT: R.ANY,
        A.MERGE: R.ANY,
        A.SPLIT: R.ANY,
        A.REOPEN: R.ANY,
        A.CLOSE: R.ANY,
    },
    Role.HOTLINE_OPERATOR: {A.NOTE: R.ENTERED, A.OPEN_SEAL: R.ENTERED},
    Role.INSPECTOR: {
        A.NOTE: R.ANY,
        A.REOPEN: R.ANY,
        A.CLOSE: R.ANY,
        A.OPEN_SEAL: R.ANY,
        A.OPEN_ATTACHMENT: R.ANY,
        A.ACCEPT: R.UNIT,
        A.DRAFT_ANSWER: R.HANDLER,
    },
}
"""Which actions a role may take, and how it must stand to the petition."""

ON_SECOND_LOOK: dict[Role, dict[Action, Relation]] = {
    Role.INSPECTOR: {
        A.REQUEST_INFORMATION: R.HANDLER,
        A.APPROVE: R.ANY,
        A.RETURN_DRAFT: R.ANY,
    },
}
"""What a role may do besides, once a petition was reopened: the look above the first answer is the inspectors'."""

ABLE: dict[Ability, frozenset[Role]] = {
    Ability.ENTER_PETITION: frozenset({Role.HOTLINE_OPERATOR, Role.INTAKE_OFFICER}),
    Ability.READ_REPORTS: frozenset(
        {Role.COMMITTEE, Role.INSPECTOR, Role.APPROVER, Role.AUDITOR, Role.UNIT_HEAD}
    ),
    Ability.FOLLOW_FIGURES: frozenset({Role.INSPECTOR, Role.APPROVER, Role.AUDITOR, Role.UNIT_HEAD}),
    Ability.AUDIT: frozenset({Role.AUDITOR}),
    Ability.READ_CORRECTIONS: frozenset({Role.ADMINISTRATOR, Role.INTAKE_OFFICER, Role.APPROVER}),
    Ability.ADMINISTER: frozenset({Role.ADMINISTRATOR}),
    Ability.MAKE_CALLS: frozenset({Role.HOTLINE_OPERATOR, Role.INSPECTOR}),
}

DECIDING = frozenset({Action.DRAFT_ANSWER, Action.APPROVE, Action.RETURN_DRAFT})
"""Actions that decide an answer: what somebody did before may keep them from it."""

RESTRICTED_READERS = frozenset({Role.INSPECTOR})
"""Who reads denunciations by their role; an approver only when the directory names them."""

OVERSEERS = frozenset(role for role, relation in SEES.items() if relation is R.ANY)
"""Who may look over the queues of all units."""

WORKS_AT_UNIT = frozenset({Role.HANDLER, Role.UNIT_HEAD}) | OVERSEERS
"""Who may look at the queue of their own unit."""


class Shown(Protocol):
    """What decides whether an officer may know of a petition: the whole one has it, and its line in a list."""

    @property
    def state(self) -> State: ...  # noqa: D102
    @property
    def lane(self) -> Lane: ...  # noqa: D102
    @property
    def complained_unit(self) -> str | None: ...  # noqa: D102


def relations(officer: DeskOfficer, petition: Petition) -> frozenset[Relation]:
    """Return every way in which an officer stands to a petition."""
    found = {Relation.ANY}
    if petition.unit == officer.unit:
        found.add(Relation.UNIT)
        if officer.handles(petition.handler):
            found.add(Relation.HANDLER)
    if petition.history and petition.history[0].by == officer.actor:
        found.add(Relation.ENTERED)
    return frozenset(found)


def may_know(officer: DeskOfficer, petition: Shown) -> bool:
    """Tell whether an officer may learn that a petition exists: to others it is as unknown as a wrong number."""
    if is_about_line_of(officer, petition):
        return False
    return not is_restricted(petition) or reads_restricted(officer)


def may_see(officer: DeskOfficer, petition: Petition) -> bool:
    """Tell whether an officer may read a petition."""
    if not may_know(officer, petition):
        return False
    related = relations(officer, petition)
    return any(SEES.get(role) in related for role in officer.roles)


def as_read_by(officer: DeskOfficer, petition: Petition) -> Petition:
    """Return a petition as an officer reads it: what was added is for its unit only once it was looked through.

    Who reads it for another reason than being of its unit (the intake desk, Văn phòng Bộ, the Task Force, the operator
    who wrote it down) reads all of it: somebody has to.
    """
    return petition if reads_additions(officer, petition) else screening.without_held(petition)


def reads_additions(officer: DeskOfficer, petition: Petition) -> bool:
    """Tell whether an officer reads a petition for another reason than being of its unit."""
    related = relations(officer, petition) - {Relation.UNIT}
    return any(SEES.get(role) in related for role in officer.roles)


def card_for(officer: DeskOfficer, card: Card) -> Card:
    """Return a line of a list as an officer reads it: a unit does not learn what its petition was taken for."""
    return card if officer.has(*OVERSEERS) else card.model_copy(update={"may_denounce": False})


def may(officer: DeskOfficer, action: Action, petition: Petition) -> bool:
    """Tell whether an officer may take an action on a petition; its state is the lifecycle's matter.

    What turns out to be no denunciation only the inspectors give back. A dispute about who is responsible is decided by
    Văn phòng Bộ alone, and for good; nor goes a second look back to where it may come down again.
    Who sent what may be a denunciation stays sealed until somebody decided.
    """
    if not may_see(officer, petition):
        return False
    if action is Action.RETURN_TO_INTAKE and is_restricted(petition):
        return officer.has(Role.INSPECTOR)
    if action is Action.RETURN_TO_INTAKE and (
        disputes.is_decided(petition) or disputes.is_second_look(petition)
    ):
        return False
    if action is Action.ASSIGN and (disputes.is_open(petition) or disputes.is_decided(petition)):
        return Role.APPROVER in _roles(officer, petition)
    if action in DECIDING and not may_decide(officer, action, petition):
        return False
    if action is Action.OPEN_SEAL and petition.may_denounce and not reads_restricted(officer):
        return False
    related = relations(officer, petition)
    tables = (MAY, ON_SECOND_LOOK) if disputes.is_second_look(petition) else (MAY,)
    return any(
        table.get(role, {}).get(action) in related for role in _roles(officer, petition) for table in tables
    )


def may_decide(officer: DeskOfficer, action: Action, petition: Petition) -> bool:
    """Tell whether nothing that an officer did before keeps them from deciding.

    Nobody approves what they drafted themselves. After a reopening, who drafted or approved the first answer neither
    drafts nor approves the second: it is for another, higher level.
    """
    if disputes.is_second_look(petition) and officer.username in disputes.answered_first(petition):
        return False
    drafted_by = petition.draft.drafted_by if petition.draft else None
    return action is not Action.APPROVE or drafted_by != officer.username


def _roles(officer: DeskOfficer, petition: Petition) -> frozenset[Role]:
    """Return an officer's roles towards a petition.

    Where Văn phòng Bộ itself is complained of, nobody of it may approve, so the Task Force stands in for it.
    """
    stands_in = officer.has(Role.INSPECTOR) and petition.complained_unit in officer.office_line
    return officer.roles | {Role.APPROVER} if stands_in else officer.roles


def may_open(officer: DeskOfficer, petition: Petition, attachment: Attachment) -> bool:
    """Tell whether an officer may open a file: the answer's by reading the petition, the petitioner's by their role.

    A petitioner's file may show handwriting, which tells who wrote it, so it is not for everybody who reads the text.
    """
    if attachment.belongs_to is BelongsTo.ANSWER:
        return may_see(officer, petition)
    return may(officer, Action.OPEN_ATTACHMENT, petition)


def may_list(officer: DeskOfficer, unit: str | None) -> bool:
    """Tell whether an officer may look at the queue of a unit; None stands for the queues of all units."""
    if unit == officer.unit:
        return officer.has(*WORKS_AT_UNIT)
    return officer.has(*OVERSEERS)


def is_able(officer: DeskOfficer, ability: Ability) -> bool:
    """Tell whether an officer has an ability."""
    return officer.has(*ABLE[ability])


def require(officer: DeskOfficer, ability: Ability) -> None:
    """Stop whoever lacks an ability.

    Raises:
        NotAllowedError: the officer's roles do not have it.
    """
    if not is_able(officer, ability):
        raise NotAllowedError


def reads_restricted(officer: DeskOfficer) -> bool:
    """Tell whether an officer reads denunciations: the Task Force, and approvers whom the directory names."""
    return officer.has(*RESTRICTED_READERS) or (officer.is_named_reader and officer.has(Role.APPROVER))


def is_restricted(petition: Shown) -> bool:
    """Tell whether a petition travels in the restricted lane."""
    return petition.lane is Lane.RESTRICTED or petition.state is State.RESTRICTED


def is_about_line_of(officer: DeskOfficer, petition: Shown) -> bool:
    """Tell whether a petition complains of the officer's own unit, or of one in its reporting line."""
    return petition.complained_unit is not None and petition.complained_unit in {officer.unit, *officer.line}
