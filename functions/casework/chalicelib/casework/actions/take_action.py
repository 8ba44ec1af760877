"""Takes an action on a petition: checks that the officer may, that the state allows it, that nothing is overwritten."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.actions import authorization
from chalicelib.casework.actions.disclosure import OpenSeal
from chalicelib.casework.actions.input import ActionContext, ActionInput
from shared.domain.errors import (
    InvalidInputError,
    MovedAwayError,
    NotAllowedError,
    StaleVersionError,
    UnknownPetitionError,
)
from shared.domain.identity.reference import normal_reference
from shared.domain.petition.change import Change
from shared.domain.petition.lifecycle import Action, target_of
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.petitioner import Identity
from shared.platform import clock
from shared.platform.seal import Seal
from shared.tables.directory import Directory
from shared.tables.petitions import Petitions
from shared.use_cases.check_letter import LetterCheck


class ActionService:
    """Finds petitions for officers and takes their actions."""

    def __init__(self, petitions: Petitions, directory: Directory, seal: Seal) -> None:
        self._petitions = petitions
        self._directory = directory
        self._seal = seal
        self._letters = LetterCheck(petitions, directory, seal)

    def find(self, officer: DeskOfficer, reference: str, action: Action | None = None) -> Petition:
        """Return a petition that the officer may see, and take an action on if one is named.

        Raises:
            UnknownPetitionError: there is none, or the officer may not know that there is.
            NotAllowedError: it is not this officer's.
        """
        digits = normal_reference(reference)
        petition = self._petitions.get(digits) if digits else None
        if petition is None or not permissions.may_know(officer, petition):
            if not officer.roles & permissions.SEES.keys():
                raise NotAllowedError
            raise UnknownPetitionError
        is_allowed = (
            permissions.may_see(officer, petition)
            if action is None
            else authorization.may(officer, action, petition)
        )
        if not is_allowed:
            has_moved = not permissions.may_see(officer, petition) and _was_at(officer.unit, petition)
            raise MovedAwayError if has_moved else NotAllowedError
        return petition

    def act(
        self,
        officer: DeskOfficer,
        petition: Petition,
        action: Action,
        action_input: ActionInput,
        key: str | None = None,
    ) -> Petition:
        """Take one action on a petition that `find` returned for it.

        Args:
            officer: who acts.
            petition: the petition as `find` read it.
            action: the action.
            action_input: the action's own input, with the version that the officer saw.
            key: identifies the request; a repeated request changes nothing.

        Raises:
            StaleVersionError: somebody else was faster; nothing was written.
            ActionNotPossibleError: not in this petition's state.
            InvalidInputError: the directory does not know what is asked for, or a letter has gaps.
        """
        change_id = _change_id(officer, action, action_input, key)
        is_repeated = petition.has_change(change_id)
        if is_repeated and action is not Action.OPEN_SEAL:  # every opening is recorded, a repeated one too
            return petition
        if petition.version != action_input.version:
            raise StaleVersionError(petition.version)
        target_of(action, petition.state)
        self._letters.check(
            action_input.letter(petition), petition, permissions.as_read_by(officer, petition), officer.actor
        )
        context = ActionContext(
            officer,
            Change(officer.actor, clock.now(), change_id),
            self._directory,
            self._petitions,
        )
        changed = action_input.apply(petition, context)
        self._petitions.save(changed, petition.version)
        return changed

    def just_done(
        self,
        officer: DeskOfficer,
        reference: str,
        action: Action,
        read: Callable[[], ActionInput],
        key: str | None = None,
    ) -> Petition | None:
        """Return the petition if its last change is this very request, repeated because its answer was lost.

        An officer who gave the petition away, or approved it, might not take the action any more; they still get the
        answer that was lost. Once the petition has changed again, the request is refused like any other.
        """
        digits = normal_reference(reference)
        petition = self._petitions.get(digits) if digits else None
        if petition is None:
            return None
        try:
            change_id = _change_id(officer, action, read(), key)
        except InvalidInputError:
            return None
        is_last = petition.history[-1].change_id == change_id
        return petition if is_last and action is not Action.OPEN_SEAL else None

    def open_seal(
        self, officer: DeskOfficer, petition: Petition, action_input: OpenSeal, key: str | None = None
    ) -> tuple[Petition, Identity]:
        """Return the petitioner's identity; the opening, its officer and reason are recorded before."""
        opened = self.act(officer, petition, Action.OPEN_SEAL, action_input, key)
        return opened, self._seal.open(opened.petitioner.seal, opened.reference)


def _was_at(unit: str, petition: Petition) -> bool:
    return petition.unit != unit and any(entry.facts.unit == unit for entry in petition.history)


def _change_id(officer: DeskOfficer, action: Action, action_input: ActionInput, key: str | None) -> str:
    """Return the identifier of a change, derived from its request: officer, action, input with version, key."""
    digest = hashlib.sha256(f"{key or ''}\x00{action_input.model_dump_json()}".encode()).hexdigest()[:24]
    return f"desk:{officer.username}:{action}:{digest}"
