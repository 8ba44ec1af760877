"""Calls to petitioners who chose the telephone: an operator dials, reads out the notice and records the outcome.

A number, and what is to be read out, is shown only for an open call, and each showing is recorded as an opening of the
seal. The calls to one person are one card: whoever is called once hears everything.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, NamedTuple

from pydantic import ConfigDict, Field

from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.hotline.call_readings import CallReading, reading_of
from shared.domain.base_model import BaseModel
from shared.domain.calendar import deadlines
from shared.domain.calendar.working_calendar import end_of_day, local_date
from shared.domain.errors import (
    ActionNotPossibleError,
    InvalidInputError,
    UnknownPetitionError,
)
from shared.domain.petition.change import Change
from shared.domain.petition.lifecycle import MOVES, Action
from shared.domain.petition.petition import Petition
from shared.domain.petition.submission import EMPTY_IS_ABSENT
from shared.domain.petition.values.petitioner import contacts_on_file
from shared.domain.procedures.second_look import ask_for_second_look, may_ask_for_second_look
from shared.domain.promises.deliveries import CallOutcome, Delivery, DeliveryState, named, possible_outcomes
from shared.platform import clock
from shared.platform.seal import Seal
from shared.tables.deliveries import CALLS, ClaimLostError, Deliveries
from shared.tables.directory import Directory
from shared.tables.dynamo import retry_when_stale
from shared.tables.petitions import Petitions

LATEST_CALL = timedelta(days=7)
"""The longest time ahead for which somebody may ask to be called."""
REASON = "Gọi điện theo lựa chọn của người gửi, đọc nội dung thông báo"


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
    due_on: date
    """The last day for the notice: word of a result goes out within 2 working days (QĐ 574/QĐ-TTg 2017)."""
    is_late: bool
    person: int
    """The number of the person in this list: the same for calls that one ring settles."""


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
    score: Annotated[Annotated[int, Field(ge=1, le=5)] | None, EMPTY_IS_ABSENT] = None
    """With `REACHED`: the listener's rating of the answer."""
    words: Annotated[Annotated[str, Field(max_length=2000)] | None, EMPTY_IS_ABSENT] = None
    """With `REACHED`: the listener's own words, the comment of the score or a supplement."""
    second_look: bool = False
    """With `REACHED`, a poor score and `words`, the reason: the listener asks a higher level to look again."""


class Callee(NamedTuple):
    """The person to call, or to write to after calls in vain."""

    phone: str | None
    name: str | None
    address: str | None = None
    readings: tuple[CallReading, ...] = ()
    """The texts to read out: of the notice, and of those that go out with it."""


class CallTasks:
    """The operators' list of calls."""

    def __init__(
        self, petitions: Petitions, deliveries: Deliveries, seal: Seal, directory: Directory
    ) -> None:
        self._petitions = petitions
        self._deliveries = deliveries
        self._seal = seal
        self._directory = directory

    def waiting(self, officer: DeskOfficer) -> tuple[CallView, ...]:
        """Return the calls to be made now, the oldest first, about petitions that the officer may know of.

        Raises:
            NotAllowedError: the officer makes no calls.
        """
        permissions.require(officer, permissions.Ability.MAKE_CALLS)
        tasks = tuple(self._deliveries.open_calls(clock.now()))
        visible = {
            petition.reference: petition
            for petition in self._petitions.get_all({task.reference for task in tasks})
            if permissions.may_know(officer, petition)
        }
        people: dict[tuple[str, int | None, DeliveryState], int] = {}
        return tuple(
            self._view(task, petition, people.setdefault(_person(petition, task), len(people) + 1))
            for task in tasks
            if (petition := visible.get(task.reference))
        )

    def dial(self, officer: DeskOfficer, reference: str, call: CallRequest) -> Callee:
        """Record an opening of the seal, once for each operator and attempt, then return the person and the readings.

        Raises:
            NotAllowedError: the officer makes no calls.
            UnknownPetitionError: there is no such call to make.
        """
        permissions.require(officer, permissions.Ability.MAKE_CALLS)
        task = self._open_task(reference, call.notice)
        petition = self._record_opening(officer, reference, task.notice, task.attempt)
        parts = petition.petitioner.seal
        identity = self._seal.open(parts, petition.reference)
        phone = identity.phone
        if task.contact is not None:
            phone = contacts_on_file(self._seal.open_each(parts, petition.reference))[task.contact - 1]
        address = identity.address if task.state is DeliveryState.LETTER else None
        return Callee(phone, identity.name, address, self._readings(officer, task, petition))

    def record(self, officer: DeskOfficer, reference: str, outcome: OutcomeInput) -> CallView:
        """Record the outcome of a call, and what the listener said; the same outcome sent again changes nothing.

        Raises:
            NotAllowedError: the officer makes no calls.
            UnknownPetitionError: there is no such call to make.
            ActionNotPossibleError: somebody else called since the list was shown, or the outcome is not possible now.
            InvalidInputError: `CALL_LATER` without a time, or with one that is past or more than 7 days ahead; words
                or a score that the petition has no place for.
        """
        permissions.require(officer, permissions.Ability.MAKE_CALLS)
        petition = self._visible_petition(officer, reference)
        if recorded := self._recorded_before(officer, reference, outcome):
            return self._view(recorded, petition)
        task = self._open_task(reference, outcome.notice)
        if task.attempt != outcome.attempt or outcome.outcome not in possible_outcomes(task):
            raise ActionNotPossibleError("call", task.state)
        call_at = _call_at(outcome)
        self._record_words(officer, task, outcome)
        try:
            called = self._deliveries.record_call(
                task, outcome.outcome, officer.username, clock.now(), call_at
            )
            return self._view(called, petition)
        except ClaimLostError as lost:
            raise ActionNotPossibleError("call", lost.other.state) from None

    def _readings(self, officer: DeskOfficer, task: Delivery, petition: Petition) -> tuple[CallReading, ...]:
        """Return the readings of a call; an opening is recorded for each petition whose notice goes out with it."""
        readings = [reading_of(petition, task.seq, task.kind)]
        for name in (task.carries or "").split():
            reference, _, prefix = name.partition("/")
            of = named(prefix)
            other = petition
            if reference != task.reference:
                unopened = self._petitions.get(reference)
                if unopened is None or not permissions.may_know(officer, unopened):
                    continue
                other = self._record_opening(officer, reference, prefix, task.attempt)
            readings.append(reading_of(other, of.seq, of.kind))
        return tuple(readings)

    def _record_words(self, officer: DeskOfficer, task: Delivery, outcome: OutcomeInput) -> None:
        """Record the listener's score and words in the petition, once for each call.

        Raises:
            InvalidInputError: the petition is neither answered nor open.
        """
        if outcome.outcome is not CallOutcome.REACHED or not (outcome.score or outcome.words):
            return
        verb = Action.RATE if outcome.score else Action.SUPPLEMENT
        change_id = f"{verb}:call:{task.notice}:{task.attempt}:{outcome.score or 0}"

        def attempt() -> None:
            petition = self._visible_petition(officer, task.reference)
            if petition.has_change(change_id):
                return
            change = Change(officer.actor, clock.now(), change_id)
            if petition.state not in MOVES[verb].sources:
                raise InvalidInputError(("score" if outcome.score else "words", "not-possible-now"))
            changed = (
                petition.rate(change, outcome.score, outcome.words)
                if outcome.score
                else petition.supplement(change, outcome.words)
            )
            if outcome.second_look:
                self._check_second_look(changed, outcome)
            self._petitions.save(changed, petition.version)

        retry_when_stale(attempt)
        if outcome.second_look:
            self._ask_for_second_look(officer, task, outcome.words or "")

    def _check_second_look(self, rated: Petition, outcome: OutcomeInput) -> None:
        """Check that the listener may ask for a second look, before anything is recorded.

        Raises:
            InvalidInputError: without a reason, or where the score or an earlier second look does not allow it.
        """
        if not outcome.words:
            raise InvalidInputError(("words", "missing"))
        if not may_ask_for_second_look(rated, self._directory.terms_of(rated)):
            raise InvalidInputError(("second_look", "not-possible-now"))

    def _ask_for_second_look(self, officer: DeskOfficer, task: Delivery, reason: str) -> None:
        """Record that the listener asks a higher level to look again."""
        change_id = f"{Action.REOPEN}:call:{task.notice}:{task.attempt}"

        def attempt() -> None:
            petition = self._visible_petition(officer, task.reference)
            if petition.has_change(change_id):
                return
            directory, terms = self._directory, self._directory.terms_of(petition)
            change = Change(officer.actor, clock.now(), change_id)
            look = directory.second_look_of(petition, local_date(change.at))
            reopened = ask_for_second_look(petition, change, look, terms, directory.calendar(), reason=reason)
            self._petitions.save(reopened, petition.version)

        retry_when_stale(attempt)

    def _view(self, task: Delivery, petition: Petition, person: int = 1) -> CallView:
        terms, calendar = self._directory.terms_of(petition), self._directory.calendar()
        due_on = deadlines.publication_due_on(petition.history[task.seq - 1].at, terms, calendar)
        return CallView(
            reference=task.reference,
            notice=task.notice,
            text=task.text or "",
            since=task.claimed_at or task.at,
            attempt=task.attempt,
            state=task.state,
            outcomes=possible_outcomes(task),
            due_on=due_on,
            is_late=clock.now() >= end_of_day(due_on),
            person=person,
        )

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

    def _record_opening(
        self, officer: DeskOfficer, reference: str, notice: str, attempt_number: int
    ) -> Petition:
        change_id = f"call:{officer.username}:{notice}:{attempt_number}"

        def attempt() -> Petition:
            petition = self._visible_petition(officer, reference)
            if petition.has_change(change_id):
                return petition
            opened = petition.record_opening(Change(officer.actor, clock.now(), change_id), REASON)
            return self._petitions.save(opened, petition.version)

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


def _person(petition: Petition, task: Delivery) -> tuple[str, int | None, DeliveryState]:
    """Return the key of the card that holds a call: the number that is dialled, as its HMAC, and the state.

    A call that names no contact goes to the number that came with the petition, whose HMAC is the first. One that names
    a contact goes there too, unless others were added: which of them it is, only the seal knows.
    """
    keys, sealed = petition.petitioner.contact_keys, petition.petitioner.seal
    is_added = task.contact not in {None, 1} and len(sealed) > 1
    return (keys[0] if keys else petition.reference, task.contact if is_added else None, task.state)
