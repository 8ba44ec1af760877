"""One action on many petitions: each is decided by itself, as if the officer had opened it, and reported by itself.

A repeated request changes nothing twice: the change of each petition is named by its action, input and version. Each
costs a read and a write (20 ms together); should they take long, the request ends in time and reports what it left.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, NamedTuple

from pydantic import ConfigDict, Field

from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.actions.catalogue import INPUTS, ROWS
from chalicelib.casework.actions.input import OptionalCode, OptionalLongText, OptionalShortText
from chalicelib.casework.actions.take_action import ActionService
from shared.domain.base_model import BaseModel
from shared.domain.errors import NotAllowedError, NotReachedError, PetitionError, UnknownPetitionError
from shared.domain.identity.reference import normal_reference
from shared.domain.petition.lifecycle import Action
from shared.domain.petition.petition import Petition
from shared.web.requests import validated

AT_MOST = 100
"""Petitions of one request."""
WITHIN = 15.0
"""Seconds after which a request begins no further petition: API Gateway waits for 29, a slow call lasts 5."""


class BulkAction(StrEnum):
    """An action that may be taken on many petitions at once."""

    ACCEPT = "accept"
    ASSIGN = "assign"
    NOTE = "note"
    MERGE = "merge"


class ChosenPetition(BaseModel):
    """A petition to act on, with the version that the officer saw."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reference: Annotated[str, Field(max_length=20)]
    version: Annotated[int, Field(ge=1)]


class BulkInput(BaseModel):
    """One action on many petitions, with what that action needs besides; what it does not know is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    action: BulkAction
    petitions: Annotated[tuple[ChosenPetition, ...], Field(min_length=1, max_length=AT_MOST)]
    handler: Annotated[OptionalCode, Field(description="`accept`: who works on them")] = None
    unit: Annotated[OptionalCode, Field(description="`assign`: to which unit")] = None
    field: Annotated[OptionalCode, Field(description="`assign`: their field")] = None
    note: Annotated[OptionalShortText, Field(description="`note`, `assign`: for officers")] = None
    parent: Annotated[
        OptionalCode, Field(description="`merge`: the reference of the petition that stays")
    ] = None
    text: Annotated[OptionalLongText, Field(description="`merge`: the petitioners read it")] = None

    def values(self) -> dict[str, Any]:
        """Return the input of the action on one petition."""
        return self.model_dump(exclude={"action", "petitions"}, exclude_none=True)


class Outcome(NamedTuple):
    """The outcome for one petition: changed, or refused with an error."""

    reference: str
    petition: Petition | None
    error: PetitionError | None = None


def offered(officer: DeskOfficer) -> tuple[Action, ...]:
    """Return the actions on many petitions that an officer's roles may take on any petition at all."""
    return tuple(action for name in BulkAction if officer.has(*ROWS[action := Action(name)].may))


def take(
    actions: ActionService, officer: DeskOfficer, bulk: BulkInput, key: str | None = None
) -> tuple[Outcome, ...]:
    """Take an action on each petition, and return the outcomes in the order of the request.

    The petition into which others are merged is left as it is. When the time is over, the rest is not reached; the
    first always is, so that sending the rest again comes to an end.

    Args:
        actions: takes the actions.
        officer: who acts; permissions are those of each petition.
        bulk: the action and the petitions.
        key: identifies the request; a repeated request changes nothing.
    """
    stays = normal_reference(bulk.parent or "") if bulk.action is BulkAction.MERGE else None
    chosen = {
        normal_reference(petition.reference) or petition.reference: petition.version
        for petition in bulk.petitions
    }
    chosen.pop(stays or "", None)
    began, outcomes = time.monotonic(), list[Outcome]()
    for reference, version in chosen.items():
        if outcomes and time.monotonic() - began >= WITHIN:
            outcomes.append(Outcome(reference, None, NotReachedError()))
            continue
        values = {**bulk.values(), "version": version}
        outcomes.append(_take_one(actions, officer, Action(bulk.action), reference, values, key))
    return tuple(outcomes)


def _take_one(
    actions: ActionService,
    officer: DeskOfficer,
    action: Action,
    reference: str,
    values: Mapping[str, Any],
    key: str | None,
) -> Outcome:
    try:
        action_input = validated(INPUTS[action], values)
        try:
            petition = actions.find(officer, reference, action)
        except (NotAllowedError, UnknownPetitionError):
            done = actions.just_done(officer, reference, action, lambda: action_input, key)
            if done is None:
                raise
            return Outcome(reference, done)
        return Outcome(reference, actions.act(officer, petition, action, action_input, key))
    except PetitionError as error:
        return Outcome(reference, None, error)
