"""People who call again: an operator finds their earlier petitions and does what they want with one of them.

An operator sees the status of a caller's petitions, not their content. A caller proves that a petition is theirs by its
PIN, or by calling from a number on file; to withdraw, by the PIN or by being called back. In the history each change is
the operator's; its identifier names the call and the kind of proof.

Whoever knows which petitions a number sent knows who sent them. So only an operator looks a number up, for a call of
the last hour that covers it, so many times an hour, and each petition found has an entry of it before it is shown;
so has one whose reference was known and whose number was tried.
"""

from __future__ import annotations

import hashlib
from datetime import date
from enum import StrEnum
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, ConfigDict, Field

from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from shared.domain.base_model import BaseModel
from shared.domain.calendar.working_calendar import local_date
from shared.domain.errors import InvalidInputError, NotFoundOrWrongPinError, PetitionError, PetitionFullError
from shared.domain.identity import reference as references
from shared.domain.identity.contact import ContactError, normal_phone
from shared.domain.identity.identifier_keys import Keyring
from shared.domain.identity.telephone import LONGEST_PHONE
from shared.domain.petition.change import Change
from shared.domain.petition.lifecycle import State
from shared.domain.petition.petition import MAX_CONTENT, Petition
from shared.domain.petition.submission import EMPTY_IS_ABSENT, Text
from shared.domain.petition.values.classification import Channel
from shared.domain.petition.work import LOOK_UP
from shared.domain.procedures import withdrawals
from shared.domain.procedures.pin_requests import is_pin, renewals_of, times_sent
from shared.domain.procedures.second_look import ask_for_second_look
from shared.platform import clock, telemetry
from shared.tables.directory import Directory
from shared.tables.dynamo import retry_when_stale
from shared.tables.petitions import Petitions
from shared.tables.throttle.calls import HotlineCalls
from shared.tables.throttle.pin_guard import PinGuard, PinTry

_EARLIER = 10
LOOKED_UP = "Tra theo số điện thoại của người gọi"


class Wish(StrEnum):
    """The things that a caller may want done with one of their petitions."""

    TRACK = "track"
    SUPPLEMENT = "supplement"
    RATE = "rate"
    SECOND_LOOK = "second-look"
    WITHDRAW = "withdraw"
    UNDO_WITHDRAWAL = "undo-withdrawal"


def _number(text: str | None) -> str | None:
    try:
        return normal_phone(text) if text else None
    except ContactError:
        raise ValueError("phone") from None


Phone = Annotated[
    Annotated[str, Field(max_length=LONGEST_PHONE)] | None, EMPTY_IS_ABSENT, AfterValidator(_number)
]


class CallerInput(BaseModel):
    """The call, and the number that it comes from, whose earlier petitions are listed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    call_id: Annotated[Text, Field(min_length=1, max_length=128)]
    phone: Annotated[Text, Field(min_length=1, max_length=LONGEST_PHONE), AfterValidator(_number)]


class WishInput(BaseModel):
    """A caller's wish, and the proof that the petition is theirs: its PIN, or the number they call from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    call_id: Annotated[Text, Field(min_length=1, max_length=128)]
    pin: Annotated[Annotated[str, Field(max_length=20)] | None, EMPTY_IS_ABSENT] = None
    phone: Phone = None
    wish: Wish
    text: Annotated[Annotated[str, Field(max_length=MAX_CONTENT)] | None, EMPTY_IS_ABSENT] = None
    score: Annotated[Annotated[int, Field(ge=1, le=5)] | None, EMPTY_IS_ABSENT] = None
    called_back: bool = False
    """The operator called the number on file and whoever answered confirmed it: a displayed number can be forged."""

    @property
    def missing(self) -> tuple[str, ...]:
        """The fields that this wish needs and that are empty."""
        needs_text = self.wish in {Wish.SUPPLEMENT, Wish.SECOND_LOOK}
        needed = {
            "pin": bool(self.pin or self.phone),
            "text": bool(self.text) or not needs_text,
            "score": self.score is not None or self.wish is not Wish.RATE,
        }
        return tuple(name for name, is_there in needed.items() if not is_there)

    @property
    def shows_content(self) -> bool:
        """True if the caller may hear what was written: by the PIN, or because the number on file was called back."""
        return bool(self.pin) or self.called_back

    @property
    def needs_call_back(self) -> bool:
        """True if the number alone is no proof, and nobody called it back yet."""
        return self.wish is Wish.WITHDRAW and not self.pin and not self.called_back

    @property
    def change_id(self) -> str:
        """The identifier of the change: the same wish of the same call is one change, however often it is sent."""
        digest = hashlib.sha256(f"{self.wish}\x00{self.text}\x00{self.score}".encode()).hexdigest()[:12]
        return f"{self.wish}:call:{self.call_id}:by-{self._proof}:{digest}"

    @property
    def _proof(self) -> str:
        if self.pin:
            return "pin"
        return "call-back" if self.called_back else "number"


class EarlierPetition(NamedTuple):
    """The status of one of a caller's petitions."""

    reference: str
    channel: Channel
    received_on: date
    due_on: date
    state: State
    is_open: bool


class Callers:
    """Services of the hotline for people who petitioned before.

    Args:
        petitions: the table.
        directory: for terms, calendar and the units that take a second look.
        guard: counts wrong PINs, with those that the public sends.
        calls: which calls cover which numbers.
        key: the identifiers' key.
    """

    def __init__(
        self,
        petitions: Petitions,
        directory: Directory,
        guard: PinGuard,
        calls: HotlineCalls,
        keyring: Keyring,
    ) -> None:
        self._petitions = petitions
        self._calls = calls
        self._directory = directory
        self._guard = guard
        self._keyring = keyring

    def earlier(self, officer: DeskOfficer, caller: CallerInput) -> tuple[EarlierPetition, ...]:
        """Return a caller's latest petitions that this officer may know of; each gets an entry of it before.

        Raises:
            NotAllowedError: the officer is no operator of the hotline.
            InvalidInputError: the call does not cover this number.
            TooManyRequestsError: the officer looked up enough for this hour.
        """
        contact = references.contact_key(self._keyring.names(), caller.phone or "")
        self._require_call(officer, caller.call_id, caller.phone or "")
        telemetry.count("LookedUpByNumber")
        petitions = (
            self._petitions.get(name) for name, _ in self._petitions.of_contact(contact, limit=_EARLIER)
        )
        return tuple(
            summary_of(self._with_look_up(petition, officer, caller.call_id))
            for petition in petitions
            if petition and _may_find(officer, petition)
        )

    def _require_call(self, officer: DeskOfficer, call_id: str, number: str) -> None:
        """Refuse an officer who has no call from this number, and count the refusal."""
        try:
            permissions.require(officer, permissions.Ability.LOOK_UP_CALLERS)
            if not self._calls.declare(call_id, number, officer.username, clock.now()):
                raise InvalidInputError(("call_id", "call-not-covering"))
        except PetitionError:
            telemetry.count("LookUpsRefused")
            raise

    def _with_look_up(self, petition: Petition, officer: DeskOfficer, call_id: str) -> Petition:
        """Record the look-up as an opening: the same call is one, however often it is sent."""
        change = Change(officer.actor, clock.now(), f"{LOOK_UP}call:{call_id}")

        def looked_up(current: Petition) -> Petition:
            return current if current.has_change(change.id) else current.record_opening(change, LOOKED_UP)

        return self._petitions.change(petition, looked_up)

    def serve(self, officer: DeskOfficer, reference: str, request: WishInput) -> Petition:
        """Do what a caller wants and return the changed petition.

        Raises:
            NotAllowedError: the officer takes no calls, or is no operator and shows a number for a proof.
            InvalidInputError: the request lacks what the wish needs, the proof, or to withdraw PIN and call back; or
                the call covers another number.
            TooManyRequestsError: the officer looked up enough for this hour.
            NotFoundOrWrongPinError: no such petition, or no proof that it is the caller's; both look alike.
            PinSlowedError: too many wrong proofs, of this operator or for this reference.
            ActionNotPossibleError: not in the petition's state.
        """
        permissions.require(officer, permissions.Ability.ENTER_PETITION)
        if request.missing:
            raise InvalidInputError(*((name, "missing") for name in request.missing))
        if not request.pin:
            self._require_call(officer, request.call_id, request.phone or "")
        return retry_when_stale(lambda: self._serve(officer, reference, request))

    def _serve(self, officer: DeskOfficer, reference: str, request: WishInput) -> Petition:
        petition = self._proven_petition(officer, reference, request)
        if not request.pin:
            petition = self._with_look_up(petition, officer, request.call_id)
        if request.needs_call_back:
            raise InvalidInputError(("called_back", "missing"))
        if request.wish is Wish.TRACK or petition.has_change(request.change_id):
            return petition
        changed = self._changed(petition, request, officer.actor)
        return self._petitions.save(changed, petition.version)

    def _proven_petition(self, officer: DeskOfficer, reference: str, request: WishInput) -> Petition:
        """Return the petition against its proof; wrong ones count with those of the public, and for the operator."""
        digits = references.normal_reference(reference[:40])
        if digits is None:
            raise NotFoundOrWrongPinError
        petition = self._petitions.get(digits)
        if petition is not None and not permissions.may_know(officer, petition):
            petition = None
        if request.pin:
            return self._by_pin(petition, digits, request.pin, officer.actor)
        self._guard.check_address(officer.actor)
        contact = references.contact_key(self._keyring.names(), request.phone or "")
        may_find = petition is not None and _may_find(officer, petition)
        if petition is None or not may_find or contact not in petition.petitioner.contact_keys:
            self._guard.count_wrong_proof(officer.actor)
            raise NotFoundOrWrongPinError
        return petition

    def _by_pin(self, petition: Petition | None, digits: str, pin: str, operator: str) -> Petition:
        attempt = PinTry(digits, pin, operator, times_sent(petition) + renewals_of(petition))
        self._guard.check(attempt)
        if petition is None or not is_pin(self._keyring, petition, digits, pin):
            self._guard.count_wrong_pin(attempt)
            raise NotFoundOrWrongPinError
        return petition

    def _changed(self, petition: Petition, request: WishInput, by: str) -> Petition:
        try:
            return self._with_wish(petition, request, by)
        except PetitionFullError:
            raise PetitionFullError("text") from None

    def _with_wish(self, petition: Petition, request: WishInput, by: str) -> Petition:
        change = Change(by, clock.now(), request.change_id)
        match request.wish:
            case Wish.SUPPLEMENT:
                return petition.supplement(change, request.text)
            case Wish.RATE:
                return petition.rate(change, request.score or 0, request.text)
            case Wish.WITHDRAW:
                return petition.withdraw(change, request.text)
            case Wish.UNDO_WITHDRAWAL:
                terms, calendar = self._directory.terms_of(petition), self._directory.calendar()
                return withdrawals.undo(petition, change, terms, calendar)
            case _:
                return ask_for_second_look(
                    petition,
                    change,
                    self._directory.second_look_of(petition, local_date(change.at)),
                    self._directory.terms_of(petition),
                    self._directory.calendar(),
                    reason=request.text,
                )


def _may_find(officer: DeskOfficer, petition: Petition) -> bool:
    """Return whether a look-up shows a petition: as with any opening, none that may be a denunciation."""
    return permissions.may_know(officer, petition) and (
        officer.reader.reads_restricted or not petition.may_denounce
    )


def summary_of(petition: Petition) -> EarlierPetition:
    """Return the facts of a petition that an operator may tell its caller: those that its petitioner knows."""
    petition = petition.as_known_outside(clock.now())
    return EarlierPetition(
        petition.reference,
        petition.channel,
        local_date(petition.received_at),
        petition.due_on,
        petition.state,
        petition.is_unanswered,
    )
