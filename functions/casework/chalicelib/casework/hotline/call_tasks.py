"""Calls to petitioners who chose the telephone: an operator dials, delivers the notice and records the outcome.

A number is shown only for an open call, and each showing is recorded as an opening of the seal.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, NamedTuple

from pydantic import ConfigDict, Field

from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from shared.domain.base_model import BaseModel
from shared.domain.errors import (
    ActionNotPossibleError,
    InvalidInputError,
    UnknownPetitionError,
)
from shared.domain.petition.change import Change
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.petitioner import contacts_on_file
from shared.domain.promises.deliveries import CallOutcome, Delivery, DeliveryState, possible_outcomes
from shared.platform import clock
from shared.platform.seal import Seal
from shared.tables.deliveries import CALLS, ClaimLostError, Deliveries
from shared.tables.dynamo import retry_when_stale
from shared.tables.petitions import Petitions

LATEST_CALL = timedelta(days=7)
"""The longest time ahead for which somebody may ask to be called."""
REASON = "Gọi điện theo lựa chọn của người gửi"


class CallView(BaseModel):
    """A call to be made: the text to read out, not yet the number."""

    model_config = ConfigDict(frozen=True)

    reference: str
    notice: str
    text: str
    since: datetime
    attempt: int
    """Number of calls made so far."""
    state: DeliveryState
    """OPEN: to be called. LETTER: the calls were in vain, a letter is to be written."""
    outcomes: tuple[CallOutcome, ...]
    """The outcomes that may be recorded."""


class CallRequest(BaseModel):
    """The notice of a call."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    notice: Annotated[str, Field(min_length=1, max_length=200)]


class OutcomeInput(CallRequest):
    """The outcome of a call; `attempt` is the number that the list showed."""

    attempt: Annotated[int, Field(ge=0)]
    outcome: CallOutcome
    call_at: datetime | None = None
    """With `CALL_LATER`: the time for which the petitioner asked."""


class Callee(NamedTuple):
    """The person to call, or to write to after calls in vain."""

    phone: str | None
    name: str | None
    address: str | None = None


class CallTasks:
    """The operators' list of calls."""

    def __init__(self, petitions: Petitions, deliveries: Deliveries, seal: Seal) -> None:
        self._petitions = petitions
        self._deliveries = deliveries
        self._seal = seal

    def waiting(self, officer: DeskOfficer) -> tuple[CallView, ...]:
        """Return the calls to be made now, the oldest first, about petitions that the officer may know of.

        Raises:
            NotAllowedError: the officer makes no calls.
        """
        permissions.require(officer, permissions.Ability.MAKE_CALLS)
        tasks = tuple(self._deliveries.open_calls(clock.now()))
        visible = {
            petition.reference
            for petition in self._petitions.get_all(task.reference for task in tasks)
            if permissions.may_know(officer, petition)
        }
        return tuple(_view(task) for task in tasks if task.reference in visible)

    def dial(self, officer: DeskOfficer, reference: str, call: CallRequest) -> Callee:
        """Record an opening of the seal, once for each operator and attempt, then return the person to call.

        Raises:
            NotAllowedError: the officer makes no calls.
            UnknownPetitionError: there is no such call to make.
        """
        permissions.require(officer, permissions.Ability.MAKE_CALLS)
        task = self._open_task(reference, call.notice)
        petition = self._record_opening(officer, task)
        parts = petition.petitioner.seal
        identity = self._seal.open(parts, petition.reference)
        phone = identity.phone
        if task.contact is not None:
            phone = contacts_on_file(self._seal.open_each(parts, petition.reference))[task.contact - 1]
        address = identity.address if task.state is DeliveryState.LETTER else None
        return Callee(phone, identity.name, address)

    def record(self, officer: DeskOfficer, reference: str, outcome: OutcomeInput) -> CallView:
        """Record the outcome of a call; the same outcome sent again changes nothing.

        Raises:
            NotAllowedError: the officer makes no calls.
            UnknownPetitionError: there is no such call to make.
            ActionNotPossibleError: somebody else called since the list was shown, or the outcome is not possible now.
            InvalidInputError: `CALL_LATER` without a time, or with one that is past or more than 7 days ahead.
        """
        permissions.require(officer, permissions.Ability.MAKE_CALLS)
        self._visible_petition(officer, reference)
        if recorded := self._recorded_before(officer, reference, outcome):
            return _view(recorded)
        task = self._open_task(reference, outcome.notice)
        if task.attempt != outcome.attempt or outcome.outcome not in possible_outcomes(task):
            raise ActionNotPossibleError("call", task.state)
        try:
            return _view(
                self._deliveries.record_call(
                    task, outcome.outcome, officer.username, clock.now(), _call_at(outcome)
                )
            )
        except ClaimLostError as lost:
            raise ActionNotPossibleError("call", lost.other.state) from None

    def _recorded_before(
        self, officer: DeskOfficer, reference: str, outcome: OutcomeInput
    ) -> Delivery | None:
        """Return the call for which this officer recorded this very outcome: a repeated request, its answer lost."""
        record = (outcome.notice, outcome.attempt + 1, officer.username, outcome.outcome.value)
        for task in self._deliveries.of_petition(reference):
            if (task.notice, task.attempt, task.handled_by, task.reason) == record:
                return task
        return None

    def _open_task(self, reference: str, notice: str) -> Delivery:
        for task in self._deliveries.of_petition(reference):
            if task.notice == notice and task.listed == CALLS:
                return task
        raise UnknownPetitionError

    def _visible_petition(self, officer: DeskOfficer, reference: str) -> Petition:
        petition = self._petitions.get(reference)
        if petition is None or not permissions.may_know(officer, petition):
            raise UnknownPetitionError
        return petition

    def _record_opening(self, officer: DeskOfficer, task: Delivery) -> Petition:
        change_id = f"call:{officer.username}:{task.notice}:{task.attempt}"

        def attempt() -> Petition:
            petition = self._visible_petition(officer, task.reference)
            if petition.has_change(change_id):
                return petition
            opened = petition.record_opening(Change(officer.actor, clock.now(), change_id), REASON)
            self._petitions.save(opened, petition.version)
            return opened

        return retry_when_stale(attempt)


def _call_at(outcome: OutcomeInput) -> datetime | None:
    """Return the time of the next call, if the petitioner asked for one."""
    if outcome.outcome is not CallOutcome.CALL_LATER:
        return None
    now = clock.now()
    if outcome.call_at is None or outcome.call_at.tzinfo is None:
        raise InvalidInputError(("call_at", "missing"))
    if not now < outcome.call_at <= now + LATEST_CALL:
        raise InvalidInputError(("call_at", "invalid"))
    return outcome.call_at


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
