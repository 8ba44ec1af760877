"""The hotline 1900 1547: a call centre's signed report of one call (`POST /hotline/calls`); called by intake's door.

Signed as Standard Webhooks; the body is described in docs/webhooks.md. What the operator took down becomes a petition
through the same use case as every other channel; `call_id` is its idempotency key.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    AnyHttpUrl,
    ConfigDict,
    Field,
    StringConstraints,
    UrlConstraints,
    model_validator,
)
from pydantic.alias_generators import to_camel

from chalicelib.intake.sms import payload
from chalicelib.intake.sms.providers.standard_webhooks import SignatureCheck
from chalicelib.intake.sms.webhook import (
    MalformedWebhookError,
    WebhookReply,
    WebhookRequest,
    require_method,
    sender_number,
)
from shared.domain.base_model import BaseModel
from shared.domain.errors import InvalidInputError
from shared.domain.identity.telephone import LONGEST_PHONE, telephone_numbers
from shared.domain.petition.petition import MAX_CONTENT
from shared.domain.petition.submission import EMPTY_IS_ABSENT, Instant, PetitionerInput
from shared.domain.petition.values.classification import Kind
from shared.web.requests import validated

_WITHHELD = frozenset({"", "anonymous", "unknown", "private", "withheld"})
"""Values that telephone exchanges put in place of a withheld number."""


def _to_utc(instant: datetime) -> datetime:
    return instant.astimezone(UTC)


def _number_or_withheld(text: str | None) -> str | None:
    if text is None or text.lower() in _WITHHELD:
        return None
    return sender_number(text) or next(iter(telephone_numbers(text)), None)


CallId = Annotated[str, StringConstraints(pattern=r"^[!-~]{1,128}$")]
Recording = Annotated[AnyHttpUrl, UrlConstraints(max_length=1000)]
ShortLine = Annotated[Annotated[str, Field(max_length=120)] | None, EMPTY_IS_ABSENT]
Summary = Annotated[Annotated[str, Field(max_length=MAX_CONTENT)] | None, EMPTY_IS_ABSENT]


class HotlineCall(BaseModel):
    """One call. `caller` is E.164, None when withheld; times are UTC; unknown fields are ignored.

    By phone the operator takes down what a petition must have and reads it back (NĐ 20/2008 Đ.7): `summary` and
    `petitioner`. A call without them is not a petition yet: somebody has to call back.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_camel, populate_by_name=True)

    call_id: CallId
    caller: Annotated[ShortLine, AfterValidator(_number_or_withheld)] = Field(default=None, repr=False)
    started_at: Annotated[Instant, AfterValidator(_to_utc)] = Field(alias="start")
    ended_at: Annotated[Instant, AfterValidator(_to_utc)] = Field(alias="end")
    recording: Recording | None = Field(default=None, repr=False)
    agent: ShortLine = None
    summary: Summary = Field(default=None, repr=False)
    kind: Kind | None = None
    field: ShortLine = None
    petitioner: PetitionerInput | None = Field(default=None, repr=False)
    may_publish: bool = False
    language: Annotated[str, Field(pattern="^(vi|en)$")] = "vi"

    @model_validator(mode="before")
    @classmethod
    def _keep_a_dictated_phone_that_is_no_number(cls, facts: Any) -> Any:
        """Move a phone that is no number into its note where the caller's own number is known."""
        petitioner = facts.get("petitioner") if isinstance(facts, dict) else None
        if not isinstance(petitioner, dict) or petitioner.get("phone") in (None, ""):
            return facts
        written = str(petitioner["phone"])
        caller = facts.get("caller")
        if telephone_numbers(written) or not isinstance(caller, str) or not _number_or_withheld(caller):
            return facts
        noted = {"phone": None, "phone_note": written[:LONGEST_PHONE]}
        return {**facts, "petitioner": {**petitioner, **noted}}

    @model_validator(mode="after")
    def _ends_after_it_started(self) -> Self:
        if self.ended_at < self.started_at:
            raise ValueError("invalid")
        return self


class HotlineWebhook:
    """Reads the call centre's requests."""

    def __init__(self, secret: str) -> None:
        """Take the secret shared with the call centre (`whsec_…`)."""
        self._check = SignatureCheck(secret)

    def read(self, request: WebhookRequest, at: datetime) -> HotlineCall:
        """Return the call of a genuine request.

        Raises:
            ForgedWebhookError: not proven to be the call centre's.
            InvalidInputError: proven, but a field breaks a rule; the answer names it to the call centre.
        """
        require_method(request, "POST")
        self._check.genuine(request, at)
        try:
            facts = payload.json_object(request.body)
        except MalformedWebhookError:
            raise InvalidInputError(("body", "json")) from None
        return validated(HotlineCall, facts)


def reply_to_call(reference: str) -> WebhookReply:
    """Answer with the reference of the call's petition; the same call again gets the same answer."""
    headers = {"Content-Type": "application/json", "Cache-Control": "no-store"}
    return WebhookReply(201, headers, json.dumps({"reference": reference}))
