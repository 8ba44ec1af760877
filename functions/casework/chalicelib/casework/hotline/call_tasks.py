"""The calls that operators make: who chose the telephone is told by a person, and what came of it is kept.

A number is shown only for a call that is open, and showing it is recorded as an opening of the seal.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from shared.domain.errors import (
    ActionNotPossibleError,
    InvalidInputError,
    UnknownPetitionError,
)
from shared.domain.petition.change import Change
from shared.domain.petition.petition import Petition
from shared.platform import clock
from shared.platform.seal import Seal
from shared.tables.deliveries import (
    CALLS,
    CallOutcome,
    ClaimLostError,
    Deliveries,
    Delivery,
    DeliveryState,
    possible_outcomes,
)
from shared.tables.dynamo import retry_when_stale
from shared.tables.petitions import Petitions

LATEST_CALL = timedelta(days=7)
"""How far ahead somebody may ask to be called."""
REASON = "Gọi điện theo lựa chọn của người gửi"


class CallView(BaseModel):
    """A call to be made: what to say, not yet to whom."""

    model_config = ConfigDict(frozen=True)

    reference: str
    notice: str
    text: str
    since: datetime
    attempt: int
    """How many calls were made already."""
    state: DeliveryState
    """OPEN: to be called. LETTER: calls were in vain, a letter is to be written."""
    outcomes: tuple[CallOutcome, ...]
    """What may come of it."""


class CallRequest(BaseModel):
    """Which call."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    notice: Annotated[str, Field(min_length=1, max_length=200)]


class OutcomeInput(CallRequest):
    """What came of a call; `attempt` is what the list showed."""

    attempt: Annotated[int, Field(ge=0)]
    outcome: CallOutcome
    call_at: datetime | None = None
    """When somebody asked to be called, with `CALL_LATER`."""


class Callee(NamedTuple):
    """Whom to call, or to write to when calls were in vain."""

    phone: str | None
    name: str | None
    address: str | None = None


class CallTasks:
    """The operators' list."""

    def __init__(self, petitions: Petitions, deliveries: Deliveries, seal: Seal) -> None:
        self._petitions = petitions
        self._deliveries = deliveries
        self._seal = seal

    def waiting(self, officer: DeskOfficer) -> tuple[CallView, ...]:
        """Return the calls to be made now, the longest waiting first; none about what the officer may not know of."""
        permissions.require(officer, permissions.Ability.MAKE_CALLS)
        tasks = tuple(self._deliveries.open_calls(clock.now()))
        known = {
            petition.reference
            for petition in self._petitions.get_all(task.reference for task in tasks)
            if permissions.may_know(officer, petition)
        }
        return tuple(_view(task) for task in tasks if task.reference in known)

    def dial(self, officer: DeskOfficer, reference: str, given: CallRequest) -> Callee:
        """Show whom to call. That it was shown is recorded first, once for each operator and attempt.

        Raises:
            UnknownPetitionError: there is no such call to make.
        """
        permissions.require(officer, permissions.Ability.MAKE_CALLS)
        task = self._open_task(reference, given.notice)
        petition = self._record(officer, task)
        identity = self._seal.open(petition.petitioner.seal, petition.reference)
        address = identity.address if task.state is DeliveryState.LETTER else None
        return Callee(identity.phone, identity.name, address)

    def record(self, officer: DeskOfficer, reference: str, given: OutcomeInput) -> CallView:
        """Write what came of a call.

        Raises:
            UnknownPetitionError: there is no such call to make.
            ActionNotPossibleError: somebody else has called since the list was shown, or nothing like that can come
                of it now.
            InvalidInputError: without a time to call later, or with one that is past or far away.
        """
        permissions.require(officer, permissions.Ability.MAKE_CALLS)
        self._known(officer, reference)
        if said := self._said_before(officer, reference, given):
            return _view(said)
        task = self._open_task(reference, given.notice)
        if task.attempt != given.attempt or given.outcome not in possible_outcomes(task):
            raise ActionNotPossibleError("call", task.state)
        try:
            return _view(
                self._deliveries.record_call(
                    task, given.outcome, officer.username, clock.now(), _later(given)
                )
            )
        except ClaimLostError as lost:
            raise ActionNotPossibleError("call", lost.other.state) from None

    def _said_before(self, officer: DeskOfficer, reference: str, given: OutcomeInput) -> Delivery | None:
        """Return a call of which this officer has said this very thing: the answer was lost, and is asked for again."""
        said = (given.notice, given.attempt + 1, officer.username, given.outcome.value)
        for task in self._deliveries.of_petition(reference):
            if (task.notice, task.attempt, task.handled_by, task.reason) == said:
                return task
        return None

    def _open_task(self, reference: str, notice: str) -> Delivery:
        for task in self._deliveries.of_petition(reference):
            if task.notice == notice and task.listed == CALLS:
                return task
        raise UnknownPetitionError

    def _known(self, officer: DeskOfficer, reference: str) -> Petition:
        petition = self._petitions.get(reference)
        if petition is None or not permissions.may_know(officer, petition):
            raise UnknownPetitionError
        return petition

    def _record(self, officer: DeskOfficer, task: Delivery) -> Petition:
        change_id = f"call:{officer.username}:{task.notice}:{task.attempt}"

        def record_opening() -> Petition:
            petition = self._known(officer, task.reference)
            if petition.has_change(change_id):
                return petition
            opened = petition.record_opening(Change(officer.actor, clock.now(), change_id), REASON)
            self._petitions.save(opened, petition.version)
            return opened

        return retry_when_stale(record_opening)


def _later(given: OutcomeInput) -> datetime | None:
    """Return when to call again, if somebody asked for a time."""
    if given.outcome is not CallOutcome.CALL_LATER:
        return None
    now = clock.now()
    if given.call_at is None or given.call_at.tzinfo is None:
        raise InvalidInputError(("call_at", "missing"))
    if not now < given.call_at <= now + LATEST_CALL:
        raise InvalidInputError(("call_at", "invalid"))
    return given.call_at


def _view(task: Delivery) -> CallView:
    return CallView(
        reference=task.reference,
        notice=task.notice,
        text=task.text or "",
        since=task.claimed_at or task.at,
        attempt=task.attempt,
        state=task.state,
        outcomes=possible_outcomes(task),
    )
