"""Serves people who call again: their earlier petitions, and what they want done with one of them.

An operator sees of a caller's petitions how they stand, not what is in them. To have something done, a caller shows
that the petition is theirs: its PIN, or the number on file that the call comes from. Each change is the operator's in
the history, and named by the call and by what was shown.
"""

from __future__ import annotations

import hashlib
from datetime import date
from enum import StrEnum
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from shared.domain.calendar.working_calendar import local_date
from shared.domain.errors import InvalidInputError, NotFoundOrWrongPinError
from shared.domain.identity import reference as references
from shared.domain.identity.contact import ContactError, normal_phone
from shared.domain.petition.change import Change
from shared.domain.petition.lifecycle import State
from shared.domain.petition.petition import MAX_CONTENT, Petition
from shared.domain.petition.submission import EMPTY_IS_ABSENT, clean_text
from shared.domain.petition.values.classification import Channel
from shared.domain.procedures.pin_requests import times_sent
from shared.domain.procedures.second_look import ask_for_second_look
from shared.platform import clock
from shared.tables.directory import Directory
from shared.tables.dynamo import retry_when_stale
from shared.tables.petitions import Petitions
from shared.tables.throttle.pin_guard import PinGuard

_EARLIER = 10


class Wish(StrEnum):
    """What a caller may want done with a petition of theirs."""

    TRACK = "track"
    SUPPLEMENT = "supplement"
    RATE = "rate"
    SECOND_LOOK = "second-look"
    WITHDRAW = "withdraw"


def _number(text: str | None) -> str | None:
    try:
        return normal_phone(text) if text else None
    except ContactError:
        raise ValueError("phone") from None


Phone = Annotated[Annotated[str, Field(max_length=40)] | None, EMPTY_IS_ABSENT, AfterValidator(_number)]


class CallerInput(BaseModel):
    """Whose earlier petitions are asked for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    phone: Annotated[
        str, BeforeValidator(clean_text), Field(min_length=1, max_length=40), AfterValidator(_number)
    ]


class WishInput(BaseModel):
    """What a caller wants, and what shows that the petition is theirs: the PIN, or the number they call from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    call_id: Annotated[str, BeforeValidator(clean_text), Field(min_length=1, max_length=128)]
    pin: Annotated[Annotated[str, Field(max_length=20)] | None, EMPTY_IS_ABSENT] = None
    phone: Phone = None
    wish: Wish
    text: Annotated[Annotated[str, Field(max_length=MAX_CONTENT)] | None, EMPTY_IS_ABSENT] = None
    score: Annotated[Annotated[int, Field(ge=1, le=5)] | None, EMPTY_IS_ABSENT] = None

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
    def change_id(self) -> str:
        """Name the change: the same wish of the same call is one, however often the form is sent."""
        said = hashlib.sha256(f"{self.wish}\x00{self.text}\x00{self.score}".encode()).hexdigest()[:12]
        return f"{self.wish}:call:{self.call_id}:by-{'pin' if self.pin else 'number'}:{said}"


class EarlierPetition(NamedTuple):
    """How one of a caller's petitions stands."""

    reference: str
    channel: Channel
    received_on: date
    due_on: date
    state: State
    is_open: bool


class Callers:
    """What operators do for people whose petition is there already."""

    def __init__(self, petitions: Petitions, directory: Directory, guard: PinGuard, key: bytes) -> None:
        self._petitions = petitions
        self._directory = directory
        self._guard = guard
        self._key = key

    def earlier(self, officer: DeskOfficer, given: CallerInput) -> tuple[EarlierPetition, ...]:
        """Return a caller's latest petitions, as far as this officer may know of them."""
        permissions.require(officer, permissions.Ability.ENTER_PETITION)
        contact = references.contact_key(self._key, given.phone or "")
        found = (
            self._petitions.get(name) for name, _, _ in self._petitions.of_contact(contact, limit=_EARLIER)
        )
        return tuple(standing_of(one) for one in found if one and permissions.may_know(officer, one))

    def serve(self, officer: DeskOfficer, reference: str, given: WishInput) -> Petition:
        """Do what a caller wants and return the petition as it stands then.

        Raises:
            InvalidInputError: the wish lacks something, or what shows that the petition is theirs.
            NotFoundOrWrongPinError: no such petition, or not shown to be the caller's: for every reason alike.
            ActionNotPossibleError: not in its state.
        """
        permissions.require(officer, permissions.Ability.ENTER_PETITION)
        if given.missing:
            raise InvalidInputError(*((name, "missing") for name in given.missing))
        return retry_when_stale(lambda: self._serve(officer, reference, given))

    def _serve(self, officer: DeskOfficer, reference: str, given: WishInput) -> Petition:
        petition = self._shown_to_be_theirs(officer, reference, given)
        if given.wish is Wish.TRACK or petition.has_change(given.change_id):
            return petition
        changed = self._changed(petition, given, officer.actor)
        self._petitions.save(changed, petition.version)
        return changed

    def _shown_to_be_theirs(self, officer: DeskOfficer, reference: str, given: WishInput) -> Petition:
        """Return the petition against what was shown; wrong tries count with those of the public, and by operator."""
        digits = references.normal_reference(reference[:40])
        if digits is None:
            raise NotFoundOrWrongPinError
        petition = self._petitions.get(digits)
        if petition is not None and not permissions.may_know(officer, petition):
            petition = None
        opened = times_sent(petition)
        is_locked = self._guard.is_locked(digits, officer.actor, opened)
        if petition is None or is_locked or not self._proves(given, petition):
            self._guard.count_wrong_try(digits, officer.actor, opened)
            raise NotFoundOrWrongPinError
        return petition

    def _proves(self, given: WishInput, petition: Petition) -> bool:
        if given.pin:
            return references.proves(self._key, petition.reference, "".join(given.pin.split()))
        contact = references.contact_key(self._key, given.phone or "")
        return contact in petition.petitioner.contact_keys

    def _changed(self, petition: Petition, given: WishInput, by: str) -> Petition:
        change = Change(by, clock.now(), given.change_id)
        match given.wish:
            case Wish.SUPPLEMENT:
                return petition.supplement(change, given.text)
            case Wish.RATE:
                return petition.rate(change, given.score or 0, given.text)
            case Wish.WITHDRAW:
                return petition.withdraw(change, given.text)
            case _:
                return ask_for_second_look(
                    petition,
                    change,
                    self._directory.second_look_of(petition, local_date(change.at)),
                    self._directory.terms_of(petition),
                    self._directory.calendar(),
                    reason=given.text,
                )


def standing_of(petition: Petition) -> EarlierPetition:
    """Return what an operator tells of a petition: how it stands, and by when it is answered."""
    return EarlierPetition(
        petition.reference,
        petition.channel,
        local_date(petition.received_at),
        petition.due_on,
        petition.state,
        petition.is_unanswered,
    )
