"""Authorization of actions: the rows say who may take them, and a few rules stand above every row."""

from __future__ import annotations

from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.access.permissions import may_see, relations
from chalicelib.casework.actions.catalogue import INPUTS, ROWS
from shared.domain.access.readers import is_restricted
from shared.domain.access.roles import Role
from shared.domain.petition.lifecycle import MOVES, SIDE_EXITS, Action, possible_actions
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.attachments import Attachment, BelongsTo
from shared.domain.procedures import disputes, taking_back
from shared.platform import clock


def may(officer: DeskOfficer, action: Action, petition: Petition) -> bool:
    """Return whether an officer may take an action on a petition; its state is checked by the lifecycle.

    An action that has no row is denied. Above the rows stand these rules: what turns out to be no denunciation only
    inspectors return; a dispute about who is responsible is decided by Văn phòng Bộ alone, and for good; a second look
    does not go back to where it may come down again; a head returns only drafts that wait for their signature; what
    ended without an answer only the approver takes up again; whoever sent what may be a denunciation stays sealed until
    somebody decided; a decision is taken back by the officer who made it, wherever it put the petition.
    """
    if action is Action.TAKE_BACK:
        return taking_back.is_own(petition, officer.actor)
    return _may_by_row(officer, action, petition)


def _may_by_row(officer: DeskOfficer, action: Action, petition: Petition) -> bool:
    row = ROWS.get(action)
    if row is None or not may_see(officer, petition):
        return False
    if action is Action.RETURN_TO_INTAKE and is_restricted(petition):
        return officer.has(Role.INSPECTOR)
    if action is Action.RETURN_TO_INTAKE and (
        disputes.is_decided(petition) or disputes.is_second_look(petition)
    ):
        return False
    roles = _roles(officer, petition)
    if action is Action.RETURN_DRAFT and not (petition.draft and petition.draft.awaits_signature):
        roles -= {Role.UNIT_HEAD}
    if action is Action.REOPEN and petition.state in SIDE_EXITS:
        return Role.APPROVER in roles or (is_restricted(petition) and officer.has(Role.INSPECTOR))
    if action is Action.ASSIGN and (disputes.is_open(petition) or disputes.is_decided(petition)):
        return Role.APPROVER in roles
    if row.decides_answer and not _may_decide(officer, action, petition):
        return False
    if action is Action.OPEN_SEAL and petition.may_denounce and not officer.reader.reads_restricted:
        return False
    related = relations(officer, petition)
    tables = (row.may, row.may_on_second_look) if disputes.is_second_look(petition) else (row.may,)
    return any(table.get(role) in related for role in roles for table in tables)


def available_actions(officer: DeskOfficer, petition: Petition) -> tuple[Action, ...]:
    """Return the actions with a form that the petition offers in its state and that this officer may take."""
    possible, is_held = possible_actions(petition.state), petition.is_held(clock.now())
    return tuple(
        action
        for action in INPUTS
        if action in possible
        and not (is_held and leads_on(action, petition))
        and ROWS[action].is_offered(petition)
        and may(officer, action, petition)
    )


def leads_on(action: Action, petition: Petition) -> bool:
    """Return whether an action would lead on from a decision that may still be taken back."""
    target = MOVES[action].target
    return action is not Action.TAKE_BACK and target is not None and target is not petition.state


def may_open(officer: DeskOfficer, petition: Petition, attachment: Attachment) -> bool:
    """Return whether an officer may open a file: of the answer, by seeing the petition; of the petitioner, by role.

    Handwriting in a petitioner's file may show who wrote it, so not everybody who reads the text may open it.
    """
    if attachment.belongs_to is BelongsTo.ANSWER:
        return may_see(officer, petition)
    return may(officer, Action.OPEN_ATTACHMENT, petition)


def _may_decide(officer: DeskOfficer, action: Action, petition: Petition) -> bool:
    """Return whether an officer may still decide the answer, in view of their own earlier actions.

    Nobody signs or approves their own draft, nor approves what they signed. After a reopening, whoever drafted or
    approved the first answer neither drafts, returns nor approves the second: it is for another, higher level.
    """
    if disputes.is_second_look(petition) and officer.username in disputes.answered_first(petition):
        return False
    draft = petition.draft
    if draft is None or action not in {Action.APPROVE, Action.SIGN_DRAFT}:
        return True
    return officer.username not in {draft.drafted_by, draft.signed_by}


def _roles(officer: DeskOfficer, petition: Petition) -> frozenset[Role]:
    """Return an officer's roles towards a petition.

    Where Văn phòng Bộ itself is complained of, none of its officers may approve, so the Task Force does.
    """
    stands_in = officer.has(Role.INSPECTOR) and petition.complained_unit in officer.office_line
    return officer.roles | {Role.APPROVER} if stands_in else officer.roles
