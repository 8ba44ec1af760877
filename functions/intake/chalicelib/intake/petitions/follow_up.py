"""Later changes by a petitioner: supplement, withdraw, rate, ask for a second look; by pages, JSON API and SMS alike.

Each change is named by its cause, so the same one arriving again changes nothing; after a lost race against an officer
it is made on the petition as the officer left it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Annotated

from pydantic import BeforeValidator, ConfigDict, Field

from shared.domain.base_model import BaseModel
from shared.domain.calendar.working_calendar import local_date
from shared.domain.errors import IdempotencyKeyReusedError
from shared.domain.identity.provinces import province_of
from shared.domain.petition.change import PETITIONER, Change
from shared.domain.petition.lifecycle import Action
from shared.domain.petition.petition import MAX_CONTENT, Petition
from shared.domain.petition.submission import EMPTY_IS_ABSENT, Text
from shared.domain.petition.values.petitioner import Identity, ReplyBy
from shared.domain.procedures import withdrawals
from shared.domain.procedures.pin_requests import renewals_of, times_sent
from shared.domain.procedures.second_look import ask_for_second_look
from shared.domain.promises.chosen_channels import choose_channels
from shared.platform import clock
from shared.platform.seal import Seal
from shared.tables.directory import Directory
from shared.tables.petitions import Petitions
from shared.use_cases.idempotency import named_by_key, was_made

Verb = Callable[[Petition], Petition]
_IDENTITY = "identity:"
"""Begins the names of changes that bring a name and address."""


class SupplementInput(BaseModel):
    """A supplement to a petition."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    content: Annotated[Text, Field(min_length=1, max_length=MAX_CONTENT)]


class WithdrawalInput(BaseModel):
    """The withdrawal of a petition; the reason is optional."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reason: Annotated[Annotated[str, Field(max_length=2000)] | None, EMPTY_IS_ABSENT] = None


class ChannelsInput(BaseModel):
    """The channels over which a petitioner wants to be notified: one at least."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    reply_by: tuple[ReplyBy, ...]


class RatingInput(BaseModel):
    """A rating of the answer, from 1 (not satisfied at all) to 5."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    score: Annotated[int, Field(ge=1, le=5, strict=True)]
    comment: Annotated[Annotated[str, Field(max_length=2000)] | None, EMPTY_IS_ABSENT] = None


class ReopeningInput(BaseModel):
    """The request for a second look, once and after a poor rating."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reason: Annotated[Text, Field(min_length=1, max_length=2000)]


def whole_number(value: object) -> object:
    """Turn the digit that a form sends into the number that the model asks for."""
    return int(value) if isinstance(value, str) and value in {"1", "2", "3", "4", "5"} else value


class RatingForm(RatingInput):
    """A rating as a page's form sends it."""

    score: Annotated[int, BeforeValidator(whole_number), Field(ge=1, le=5)]


class FollowUp:
    """Makes a petitioner's later changes; `by` names the program that makes one for them (`client_actor`)."""

    def __init__(self, petitions: Petitions, directory: Directory, seal: Seal) -> None:
        self._petitions = petitions
        self._directory = directory
        self._seal = seal

    def supplement(self, petition: Petition, content: str, cause: str, *, by: str = PETITIONER) -> Petition:
        """Add a text to a petition; one that waited for it goes back to work.

        Raises:
            ActionNotPossibleError: it is no longer open.
            IdempotencyKeyReusedError: the same cause came before with another text.
        """
        change = Change(by, clock.now(), f"supplement:{cause}")
        _refuse_other_text(petition, change.id, content)
        return self.apply(petition, change, lambda p: p.supplement(change, content))

    def complete_identity(self, petition: Petition, text: str, cause: str) -> Petition:
        """Seal the name and address that an SMS sender was asked for, in one piece as they wrote it."""
        change = Change.by_petitioner(clock.now(), f"{_IDENTITY}{cause}")
        if petition.has_change(change.id):
            return petition
        sealed = self._seal.close(Identity(text=text), petition.reference, change.at)
        province = province_of(text)
        return self.apply(
            petition,
            change,
            lambda p: p.supplement(change, None, sealed=sealed, province=province),
        )

    def hold_text(self, petition: Petition, text: str, cause: str) -> Petition:
        """Seal a text of which its sender has yet to say whether it is their name."""
        change = Change.by_petitioner(clock.now(), f"held:{cause}")
        if petition.has_change(change.id):
            return petition
        sealed = self._seal.close(Identity(text=text), petition.reference, change.at)
        return self.apply(petition, change, lambda p: p.hold_text(change, sealed))

    def confirm_name(self, petition: Petition, text: str, cause: str) -> Petition:
        """Record that a text which was held is the name and address.

        Raises:
            ActionNotPossibleError: the petition has ended.
        """
        change = Change.by_petitioner(clock.now(), f"{_IDENTITY}{cause}")
        province = province_of(text)
        return self.apply(
            petition, change, lambda p: p.confirm_name(change, is_named=True, province=province)
        )

    def take_name_back(self, petition: Petition, cause: str) -> Petition:
        """Record that a text is not the name for which it was taken; another name that came meanwhile stays."""
        names = [entry.change_id for entry in petition.history if entry.change_id.startswith(_IDENTITY)]
        if names != [f"{_IDENTITY}{cause}"]:
            return petition
        change = Change.by_petitioner(clock.now(), f"no-identity:{cause}")
        return self.apply(petition, change, lambda p: p.confirm_name(change, is_named=False))

    def withdraw(
        self, petition: Petition, reason: str | None, cause: str, *, by: str = PETITIONER
    ) -> Petition:
        """End a petition at its petitioner's wish.

        Raises:
            ActionNotPossibleError: it is no longer open.
        """
        change = Change(by, clock.now(), f"withdraw:{cause}")
        return self.apply(petition, change, lambda p: p.withdraw(change, reason))

    def undo_withdrawal(self, petition: Petition, cause: str, *, by: str = PETITIONER) -> Petition:
        """Take a withdrawal back; work goes on as if nothing had happened.

        Raises:
            ActionNotPossibleError: it is not withdrawn, or the days for undoing it are over.
        """
        change = Change(by, clock.now(), f"undo-withdrawal:{cause}")
        return self.apply(
            petition,
            change,
            lambda p: withdrawals.undo(p, change, self._directory.terms_of(p), self._directory.calendar()),
        )

    def withdraw_consent(self, petition: Petition, *, by: str = PETITIONER) -> Petition:
        """Allow publication no more; asked again, it is done already.

        Raises:
            ActionNotPossibleError: it was not allowed in the first place.
        """
        change = Change(by, clock.now(), "withdraw-consent")
        return self.apply(petition, change, lambda p: p.withdraw_consent(change))

    def choose_channels(
        self, petition: Petition, reply_by: Iterable[ReplyBy], *, by: str = PETITIONER
    ) -> Petition:
        """Notify the petitioner over these channels from now on; those that are chosen already change nothing.

        Raises:
            InvalidInputError: none is left, or no contact on file serves one.
            ActionNotPossibleError: the matter has ended, so that no notice follows.
        """
        wanted = tuple(reply_by)
        times = sum(entry.action is Action.CHOOSE_CHANNELS for entry in petition.history)
        change = Change(by, clock.now(), f"choose-channels:{times + 1}")
        return self.apply(petition, change, lambda p: choose_channels(p, change, wanted))

    def rate(
        self, petition: Petition, score: int, comment: str | None, cause: str, *, by: str = PETITIONER
    ) -> Petition:
        """Say how satisfied the petitioner is.

        Raises:
            ActionNotPossibleError: there is no answer yet.
        """
        change = Change(by, clock.now(), f"rate:{cause}")
        return self.apply(petition, change, lambda p: p.rate(change, score, comment))

    def reopen(self, petition: Petition, reason: str | None, cause: str, *, by: str = PETITIONER) -> Petition:
        """Ask, once and after a poor rating, for a second look by a level above those who answered.

        Raises:
            ActionNotPossibleError: the rating was not poor, or a second look was asked for before.
        """
        change = Change(by, clock.now(), f"reopen:{cause}")

        def reopened(seen: Petition) -> Petition:
            return ask_for_second_look(
                seen,
                change,
                self._directory.second_look_of(seen, local_date(change.at)),
                self._directory.terms_of(seen),
                self._directory.calendar(),
                reason=reason,
            )

        return self.apply(petition, change, reopened)

    def renew_secrets(self, petition: Petition, *, by: str = PETITIONER) -> Petition:
        """Have another PIN and link from now on; the same request twice at once is one."""
        change = Change(by, clock.now(), f"renew-secrets:{renewals_of(petition) + 1}")
        return self.apply(petition, change, lambda p: p.renew_secrets(change))

    def send_pin(self, petition: Petition, channel: ReplyBy) -> Petition:
        """Have the PIN given again; the same request twice at once is one."""
        change = Change.by_petitioner(clock.now(), f"send-pin:{times_sent(petition) + 1}")
        return self.apply(petition, change, lambda p: p.send_pin(change, channel))

    def apply(self, petition: Petition, change: Change, verb: Verb) -> Petition:
        """Make a change once; after a lost race, on the petition as it is stored now.

        Raises:
            IdempotencyKeyReusedError: its sender's key came before, with something else.
            StaleVersionError: others were faster in every attempt.
        """
        return self._petitions.change(
            petition, lambda current: current if was_made(current, change.id) else verb(current)
        )


def web_cause(idempotency_key: str | None, body: BaseModel, at: datetime) -> str:
    """Name a change from the web: by its sender's key, else by its content and day (a double click is one change)."""
    sent = body.model_dump_json()
    if idempotency_key is None:
        return _named(f"derived:{local_date(at)}:{sent}")
    return named_by_key(_named(f"key:{idempotency_key}"), sent)


def _named(name: str) -> str:
    return f"web:{hashlib.sha256(name.encode()).hexdigest()[:24]}"


def undoing_on_the_web(petition: Petition) -> str:
    """Name the undoing of a petition's latest withdrawal: there is one for each, however often it is asked for."""
    withdrawn = petition.last(Action.WITHDRAW)
    return f"web:{withdrawn.seq if withdrawn else 0}"


def _refuse_other_text(petition: Petition, change_id: str, content: str) -> None:
    if any(entry.change_id == change_id and entry.text != content for entry in petition.history):
        raise IdempotencyKeyReusedError
