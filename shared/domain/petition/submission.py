"""The parts that a petition must have, whatever its channel (Nghị định 20/2008/NĐ-CP Đ.7).

These models check what people and programs send; their errors name a field and a rule, never a value.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails, InitErrorDetails

from shared.domain.base_model import BaseModel
from shared.domain.identity.contact import ContactError, normal_email, normal_phone
from shared.domain.identity.telephone import LONGEST_PHONE, more_than_a_number
from shared.domain.petition.petition import MAX_CONTENT
from shared.domain.petition.values.classification import Channel, Kind
from shared.domain.petition.values.petitioner import Identity, PetitionerType, ReplyBy
from shared.domain.text.clean_text import BrokenTextError, clean_text

_YEARS = range(2000, 2200)


def _cleaned(value: object) -> object:
    """Clean a text again where a model is not filled by a door: cleaning twice changes nothing.

    Raises:
        ValueError: `control-characters`.
    """
    try:
        return clean_text(value) if isinstance(value, str) else value
    except BrokenTextError:
        raise ValueError("control-characters") from None


def _empty_is_absent(value: object) -> object:
    cleaned = _cleaned(value)
    return None if cleaned == "" else cleaned


def _phone(value: str | None) -> str | None:
    try:
        return normal_phone(value) if value is not None else None
    except ContactError:
        raise ValueError("phone") from None


def _email(value: str | None) -> str | None:
    try:
        return normal_email(value) if value is not None else None
    except ContactError:
        raise ValueError("email") from None


def _of_our_days(instant: datetime) -> datetime:
    if instant.year not in _YEARS:
        raise ValueError("invalid")
    return instant


Text = Annotated[str, BeforeValidator(_cleaned)]
Instant = Annotated[AwareDatetime, AfterValidator(_of_our_days)]
"""A time that somebody writes: with its zone, and in years that every zone can show."""
EMPTY_IS_ABSENT = BeforeValidator(_empty_is_absent)
"""Put it around `Annotated[str, Field(max_length=…)] | None`: a length cannot be asked of an absent text."""


class PetitionerInput(BaseModel):
    """The petitioner. Name and address are required by law; a phone number or e-mail address lets us answer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: PetitionerType = PetitionerType.CITIZEN
    name: Annotated[Text, Field(min_length=1, max_length=120)]
    address: Annotated[Text, Field(min_length=1, max_length=300)]
    phone: Annotated[
        Annotated[str, Field(max_length=LONGEST_PHONE)] | None, EMPTY_IS_ABSENT, AfterValidator(_phone)
    ] = None
    phone_note: Annotated[
        Annotated[str, Field(max_length=LONGEST_PHONE, description="a second number, an extension")] | None,
        EMPTY_IS_ABSENT,
    ] = None
    email: Annotated[
        Annotated[str, Field(max_length=254)] | None, EMPTY_IS_ABSENT, AfterValidator(_email)
    ] = None
    organisation: Annotated[Annotated[str, Field(max_length=200)] | None, EMPTY_IS_ABSENT] = None

    @model_validator(mode="before")
    @classmethod
    def _keep_what_else_is_said_of_the_number(cls, facts: Any) -> Any:
        if not isinstance(facts, dict) or not isinstance(facts.get("phone"), str) or facts.get("phone_note"):
            return facts
        note = more_than_a_number(facts["phone"])
        return {**facts, "phone_note": note} if note else facts

    @property
    def identity(self) -> Identity:
        """The data that is sealed."""
        return Identity(
            name=self.name,
            address=self.address,
            phone=self.phone,
            phone_note=self.phone_note,
            email=self.email,
            organisation=self.organisation,
        )


def _has_contact(facts: Any) -> bool:
    petitioner = facts.get("petitioner") if isinstance(facts, dict) else None
    if not isinstance(petitioner, dict):
        return True
    return any(_empty_is_absent(petitioner.get(name)) for name in ("phone", "email"))


def _detail_of(error: ErrorDetails) -> InitErrorDetails:
    return InitErrorDetails(
        type=error["type"], loc=error["loc"], input=error["input"], ctx=error.get("ctx", {})
    )


class PetitionInput(BaseModel):
    """A petition as the web, a program or an operator sends it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    content: Annotated[Text, Field(min_length=1, max_length=MAX_CONTENT)]
    subject: Annotated[Annotated[str, Field(max_length=200)] | None, EMPTY_IS_ABSENT] = None
    kind: Kind | None = None
    field: Annotated[Annotated[str, Field(max_length=10)] | None, EMPTY_IS_ABSENT] = None
    petitioner: PetitionerInput
    reply_by: Annotated[tuple[ReplyBy, ...], Field(max_length=3)] = ()
    may_publish: bool = False
    language: Annotated[str, Field(pattern="^(vi|en)$")] = "vi"

    @model_validator(mode="wrap")
    @classmethod
    def _tell_of_a_missing_contact_at_once(cls, facts: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        """Say that a contact is missing in the same round as what else is wrong.

        Raises:
            ValidationError: with `contact-missing` beside the errors of the fields.
        """
        try:
            return handler(facts)
        except ValidationError as error:
            if any(detail["loc"] == () for detail in error.errors()) or _has_contact(facts):
                raise
            missing = InitErrorDetails(
                type="value_error", loc=(), input=None, ctx={"error": ValueError("contact-missing")}
            )
            raise ValidationError.from_exception_data(
                error.title, [*map(_detail_of, error.errors()), missing]
            ) from None

    @model_validator(mode="after")
    def _can_be_answered(self) -> Self:
        phone, email = self.petitioner.phone, self.petitioner.email
        if not phone and not email:
            raise ValueError("contact-missing")
        needs = {ReplyBy.EMAIL: email, ReplyBy.SMS: phone, ReplyBy.PHONE: phone}
        if any(not needs[choice] for choice in self.reply_by):
            raise ValueError("reply-by-without-contact")
        return self

    @property
    def chosen_channels(self) -> tuple[ReplyBy, ...]:
        """The channels for the answer: as chosen, in that order; else by e-mail where there is one, else by SMS."""
        if self.reply_by:
            return tuple(dict.fromkeys(self.reply_by))
        return (ReplyBy.EMAIL,) if self.petitioner.email else (ReplyBy.SMS,)


class Submission(BaseModel):
    """A petition on its way in, whichever door it came through: already valid."""

    model_config = ConfigDict(frozen=True)

    key: str
    """Names the submission for ever: `web:<Idempotency-Key>`, `sms:<provider>:<message id>`, `call:<call id>`."""
    channel: Channel
    content: str
    subject: str = ""
    kind: Kind | None = None
    field: str | None = None
    type: PetitionerType = PetitionerType.CITIZEN
    identity: Identity
    reply_by: tuple[ReplyBy, ...]
    may_publish: bool = False
    language: str = "vi"
    is_named: bool = True
    is_receipt_owed: bool = False
    """True if the receipt could not be given in the reply to an SMS, so that the notifier has to send it."""
    sent_at: datetime | None = None
    """The time at which it left its sender's hands, as somebody says who may be believed; the clock of the law starts
    there (`deadlines.receipt_time`). None: with its arrival."""
    missing_parts: str = ""
    """Which parts of a long SMS never came, e.g. `2/3`; "" when it is whole."""
    by: str = "petitioner"
    call_id: str | None = None
    call_started_at: datetime | None = None
    call_ended_at: datetime | None = None
    call_agent: str | None = None
