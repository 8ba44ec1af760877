"""Gives petitions to an officer of the unit: what nobody accepted is accepted for them, the rest given over.

Each petition is decided and reported by itself, as if the head had opened it.
"""

from __future__ import annotations

from typing import Annotated, NamedTuple

from pydantic import ConfigDict, Field

from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.actions.catalogue import INPUTS
from chalicelib.casework.actions.input import OptionalShortText
from chalicelib.casework.actions.take_action import ActionService
from shared.domain.base_model import BaseModel
from shared.domain.calendar.working_calendar import local_date
from shared.domain.errors import InvalidInputError, PetitionError
from shared.domain.petition.lifecycle import Action, State
from shared.domain.petition.petition import Petition
from shared.platform import clock
from shared.tables.directory import Directory
from shared.web.requests import validated

AT_MOST = 100
"""Petitions of one request."""
_NOT_ACCEPTED = frozenset({State.ASSIGNED, State.REOPENED})


class PickedPetition(BaseModel):
    """A petition to give, with the version that the head saw."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reference: Annotated[str, Field(max_length=20)]
    version: Annotated[int, Field(ge=1)]


class GiveInput(BaseModel):
    """Petitions, who gets them, and why; the reason may be left out for what nobody had accepted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    petitions: Annotated[tuple[PickedPetition, ...], Field(min_length=1, max_length=AT_MOST)]
    handler: Annotated[str, Field(min_length=1, max_length=64)]
    reason: OptionalShortText = None


class Given(NamedTuple):
    """The outcome for one petition: the petition as it is now, or the error for which it stayed where it was."""

    reference: str
    petition: Petition | None
    error: PetitionError | None = None


def give(
    actions: ActionService, directory: Directory, officer: DeskOfficer, request: GiveInput
) -> tuple[Given, ...]:
    """Give each petition to the officer, and return the outcome of each in the order of the request.

    A request that is sent again changes nothing.
    """
    picked = {petition.reference: petition for petition in request.petitions}
    receives = directory.working(request.handler, local_date(clock.now()))
    return tuple(_give_one(actions, officer, petition, request, receives) for petition in picked.values())


def _give_one(
    actions: ActionService, officer: DeskOfficer, picked: PickedPetition, request: GiveInput, receives: str
) -> Given:
    try:
        petition = actions.find(officer, picked.reference)
        if _is_accepted_before(petition, officer, picked, receives):
            return Given(petition.reference, petition)
        facts = {"version": picked.version, "handler": request.handler}
        action = Action.ACCEPT if petition.state in _NOT_ACCEPTED else Action.REASSIGN
        petition = actions.find(officer, picked.reference, action)
        if action is Action.REASSIGN:
            if not request.reason:
                raise InvalidInputError(("reason", "missing"))
            facts["reason"] = request.reason
        changed = actions.act(officer, petition, action, validated(INPUTS[action], facts))
        return Given(changed.reference, changed)
    except PetitionError as error:
        return Given(picked.reference, None, error)


def _is_accepted_before(
    petition: Petition, officer: DeskOfficer, picked: PickedPetition, receives: str
) -> bool:
    """Return whether this very request accepted the petition before: its answer was lost, so it came again."""
    last = petition.history[-1]
    return (
        petition.version == picked.version + 1
        and last.action is Action.ACCEPT
        and last.by == officer.actor
        and petition.handler == receives
    )
