"""Takes an action on a petition: checks that the officer may, that the state allows it, that nothing is overwritten."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Protocol

from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.actions import authorization
from chalicelib.casework.actions.answers import Approve
from chalicelib.casework.actions.disclosure import OpenSeal
from chalicelib.casework.actions.input import ActionContext, ActionInput
from shared.domain.errors import (
    HandedOverError,
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
from shared.domain.petition.values.held import IN_FLIGHT
from shared.domain.petition.values.petitioner import Identity
from shared.domain.procedures import conflicts, taking_back
from shared.platform import clock
from shared.platform.seal import Seal
from shared.tables.directory import Directory
from shared.tables.petitions import Petitions
from shared.use_cases.check_letter import LetterCheck


class Together(Protocol):
    """Other petitions that are answered with one that is approved."""

    def repeats_of(
        self, petition: Petition, references: Iterable[str], officer: DeskOfficer
    ) -> tuple[Petition, ...]:
        """Return the petitions that an officer chose.

        Raises:
            InvalidInputError: one is unknown to the officer, or not theirs to merge.
        """

    def join(self, repeats: Iterable[Petition], petition: Petition, change: Change) -> None:
        """Let petitions wait for the approval of another; those that do already are left as they are."""


class ActionService:
    """Finds petitions for officers and takes their actions."""

    def __init__(
        self,
        petitions: Petitions,
        directory: Directory,
        seal: Seal,
        together: Together,
        *,
        units_sign: bool = False,
        undo_within: timedelta = timedelta(0),
    ) -> None:
        self._together = together
        self._units_sign = units_sign
        self._petitions = petitions
        self._undo_within = undo_within
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
        if (
            petition is not None
            and action is Action.TAKE_BACK
            and taking_back.is_own(petition, officer.actor)
        ):
            return petition  # also one that went where the officer may not know of it any more
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
            if has_moved:
                raise MovedAwayError
            raise HandedOverError if _was_handler(officer, petition) else NotAllowedError
        return petition

    def find_written_on(self, officer: DeskOfficer, reference: str) -> Petition:
        """Return a petition that the officer may write drafts on: one that they see, or that went to another unit.

        Raises:
            UnknownPetitionError: there is none, or the officer may not know that there is.
            NotAllowedError: it never was at the officer's unit.
        """
        try:
            return self.find(officer, reference)
        except MovedAwayError:
            petition = self._petitions.get(normal_reference(reference) or "")
            if petition is None:
                raise UnknownPetitionError from None
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
        if not _is_current(petition, action_input.version, action, officer):
            raise StaleVersionError(petition.version)
        target_of(action, petition.state)
        also = action_input.also if isinstance(action_input, Approve) else ()
        repeats = self._together.repeats_of(petition, also, officer) if also else ()
        self._letters.check(
            action_input.letter(petition),
            petition,
            permissions.as_read_by(officer, petition),
            officer.actor,
            is_for_many=bool(repeats),
        )
        change = Change(officer.actor, clock.now(), change_id)
        change = change.held_until(self._word_at((petition, *repeats), action, change.at))
        context = ActionContext(officer, change, self._directory, self._petitions, self._units_sign)
        if repeats:
            action_input.apply(petition, context)  # refuses what is not possible before others join
            self._together.join(repeats, petition, change)
        return self._petitions.change(
            petition, lambda current: self._applied(current, action, action_input, context)
        )

    def _applied(
        self, current: Petition, action: Action, action_input: ActionInput, context: ActionContext
    ) -> Petition:
        """Apply an action to a petition as it is now; what others did meanwhile must leave it untouched."""
        if current.has_change(context.change.id) and action is not Action.OPEN_SEAL:
            return current
        if not _is_current(current, action_input.version, action, context.officer):
            raise StaleVersionError(current.version)
        target_of(action, current.state)
        return action_input.apply(current, context)

    def minutes_to_undo(self, petition: Petition, action: Action, now: datetime) -> int:
        """Return for how many minutes an officer could take an action back that they take now; 0 where it is final."""
        word_at = self._word_at([petition], action, now)
        return int((word_at - IN_FLIGHT - now).total_seconds() // 60) if word_at else 0

    def _word_at(self, petitions: Iterable[Petition], action: Action, at: datetime) -> datetime | None:
        """Return the instant at which word of a decision leaves: for all together, and late for none."""
        calendar = self._directory.calendar()
        instants = [
            taking_back.word_at(each, action, at, self._undo_within, self._directory.terms_of(each), calendar)
            for each in petitions
        ]
        return None if None in instants else min(instant for instant in instants if instant is not None)

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


def _is_current(petition: Petition, seen: int, action: Action, officer: DeskOfficer) -> bool:
    """Return whether an action decides upon the petition as it is: nothing of it changed since the officer saw it."""
    if petition.version <= seen:
        return petition.version == seen
    return conflicts.leaves_untouched(petition, seen, action, officer.actor)


def _was_handler(officer: DeskOfficer, petition: Petition) -> bool:
    """Return whether a colleague of the unit has the petition now that the officer once handled."""
    if petition.handler is None or officer.handles(petition.handler):
        return False
    return any(entry.facts.handler == officer.username for entry in petition.history)


def _was_at(unit: str, petition: Petition) -> bool:
    return petition.unit != unit and any(entry.facts.unit == unit for entry in petition.history)


def _change_id(officer: DeskOfficer, action: Action, action_input: ActionInput, key: str | None) -> str:
    """Return the identifier of a change, derived from its request: officer, action, input with version, key."""
    digest = hashlib.sha256(f"{key or ''}\x00{action_input.model_dump_json()}".encode()).hexdigest()[:24]
    return f"desk:{officer.username}:{action}:{digest}"
