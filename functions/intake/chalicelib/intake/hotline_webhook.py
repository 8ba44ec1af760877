"""The hotline 1900 1547: a call centre's signed report of one call (`POST /hotline/calls`); called by intake's door.

Signed as Standard Webhooks; the body is described in docs/webhooks.md. What the operator took down becomes a petition
through the same use case as every other channel; `call_id` is its idempotency key.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    AnyHttpUrl,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic.alias_generators import to_camel

from shared.domain.contact import ContactError, normal_email, normal_phone

from .sms.standard_webhooks import SignatureCheck
from .sms.webhook import (
    REFUSAL,
    MalformedWebhookError,
    WebhookReply,
    WebhookRequest,
    require_method,
    sender_number,
)

_WITHHELD = frozenset({"", "anonymous", "unknown", "private", "withheld"})
"""What telephone exchanges put in place of a number that the caller keeps to himself."""

_NO_STORE = {"Cache-Control": "no-store"}

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
CallId = Annotated[str, StringConstraints(pattern=r"^[!-~]{1,128}$")]


def _to_utc(instant: datetime) -> datetime:
    return instant.astimezone(UTC)


def _caller(text: str) -> str | None:
    """Return the caller's number, None when it is withheld or no number."""
    return None if text.strip().lower() in _WITHHELD else sender_number(text)


def _phone(text: str) -> str:
    try:
        return normal_phone(text)
    except ContactError as error:
        raise ValueError(error.rule) from None


def _email(text: str) -> str:
    try:
        return normal_email(text)
    except ContactError as error:
        raise ValueError(error.rule) from None


Instant = Annotated[AwareDatetime, AfterValidator(_to_utc)]


class _Model(BaseModel):
    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        alias_generator=to_camel,
        populate_by_name=True,
        hide_input_in_errors=True,
    )


class HotlinePetitioner(_Model):
    """Who called, as the operator took it down and read it back (NĐ 20/2008 Đ.7)."""

    type: Literal["CITIZEN", "BUSINESS", "ORGANISATION"] = "CITIZEN"
    name: Line = Field(repr=False)
    address: Line = Field(repr=False)
    phone: Annotated[str, AfterValidator(_phone)] | None = Field(default=None, repr=False)
    email: Annotated[str, AfterValidator(_email)] | None = Field(default=None, repr=False)
    organisation: Line | None = Field(default=None, repr=False)


class HotlineCall(_Model):
    """One call. Without `summary` and `petitioner` nobody has written it down yet: an operator has to call back."""

    call_id: CallId
    caller: Annotated[str, AfterValidator(_caller)] | None = Field(default=None, repr=False)
    started_at: Instant = Field(alias="start")
    ended_at: Instant = Field(alias="end")
    recording: AnyHttpUrl | None = Field(default=None, repr=False)
    agent: Line | None = None
    summary: (
        Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000)] | None
    ) = Field(default=None, repr=False)
    kind: Literal["REGULATION", "CONDUCT", "INITIATIVE"] | None = None
    field: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2,8}$")] | None = None
    petitioner: HotlinePetitioner | None = Field(default=None, repr=False)
    may_publish: bool = False
    language: Literal["vi", "en"] = "vi"

    @model_validator(mode="after")
    def _ends_after_it_started(self) -> HotlineCall:
        if self.ended_at < self.started_at:
            raise ValueError("ended before it started")
        return self


class MalformedCallError(MalformedWebhookError):
    """A genuine request whose body breaks a rule; `problems` lists (field, rule) pairs and never a value."""

    def __init__(self, problems: tuple[tuple[str, str], ...]) -> None:
        super().__init__("call")
        self.problems = problems


class HotlineWebhook:
    """Reads the call centre's requests."""

    def __init__(self, secret: str) -> None:
        """Take the secret shared with the call centre (`whsec_…`)."""
        self._check = SignatureCheck(secret)

    def read(self, request: WebhookRequest, at: datetime) -> HotlineCall:
        """Return the call of a genuine request.

        Raises ForgedWebhookError and WebhookTooLargeError (answer: `refusal`), MalformedCallError (`rejection`).
        """
        require_method(request, "POST")
        self._check.genuine(request, at)
        try:
            return HotlineCall.model_validate_json(request.body)
        except ValidationError as error:
            problems = tuple(
                (".".join(str(step) for step in detail["loc"]) or "body", str(detail["type"]))
                for detail in error.errors(include_url=False, include_context=False, include_input=False)
            )
        raise MalformedCallError(problems)

    def reply(self, reference: str) -> WebhookReply:
        """Tell the call centre which petition its call became; the same call again gets the same answer."""
        body = json.dumps({"reference": reference})
        return WebhookReply(201, {"Content-Type": "application/json", **_NO_STORE}, body)

    def rejection(self, error: MalformedCallError) -> WebhookReply:
        """Tell a proven sender which fields are wrong; a retry of the same body is in vain."""
        problem = {
            "type": "about:blank",
            "title": "The call report breaks a rule",
            "status": 422,
            "code": "invalid-input",
            "problems": [{"field": field, "rule": rule} for field, rule in error.problems],
        }
        return WebhookReply(
            422, {"Content-Type": "application/problem+json", **_NO_STORE}, json.dumps(problem)
        )

    def refusal(self) -> WebhookReply:
        """Return the one answer to everything that is not proven."""
        return REFUSAL
