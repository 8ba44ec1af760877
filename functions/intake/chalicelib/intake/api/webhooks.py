"""Signed requests of providers, as the OpenAPI document describes them: SMS to 8088, receipts, calls, and our own SMS.

They are for whoever runs a gateway of their own (`standard`, `http`) or the call centre; providers with adapters of
their own follow their own documents (docs/webhooks.md).
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel

from chalicelib.intake.hotline.hotline_webhook import HotlineCall
from shared.domain.base_model import BaseModel
from shared.web.describe.webhooks import BEARER, Webhook, WebhookAnswer
from shared.web.openapi import Problem

MessageId = Annotated[str, Field(pattern="^[!-~]{1,128}$")]
Phone = Annotated[str, Field(max_length=120)]
SmsText = Annotated[str, Field(max_length=16_384)]


class _Described(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_camel, populate_by_name=True)


class SmsPart(_Described):
    """The place of one part of a long message; whole messages have none."""

    reference: MessageId
    """The same for all parts of one message."""
    number: Annotated[int, Field(ge=1, le=255)]
    total: Annotated[int, Field(ge=1, le=255)]


class ReceivedSms(_Described):
    """One message that came to 8088."""

    message_id: MessageId
    """Names the message: again with the same name it takes no second effect."""
    sender: Annotated[Phone, Field(alias="from")]
    """E.164, or as people write it; a name or a short code is acknowledged and dropped."""
    to: Annotated[str, Field(max_length=40)] | None = None
    text: SmsText
    received_at: datetime | None = None
    """The instant it left its sender's hands: the clock of the law starts then, at most 5 days back."""
    part: SmsPart | None = None


class SmsReceived(_Described):
    """An SMS to 8088, as a gateway of the scheme `standard` posts it."""

    type: Literal["sms.received"]
    timestamp: datetime | None = None
    data: ReceivedSms


class SmsReceiptData(_Described):
    """The message that a receipt is about."""

    id: Annotated[str, Field(max_length=255)]
    """The `id` that the message was sent with."""
    reason: Annotated[str, Field(pattern="^[a-zA-Z0-9_-]{1,40}$")] | None = None


class SmsReceipt(_Described):
    """A receipt of an SMS that went out through the generic gateway."""

    type: Literal["sms.delivered", "sms.failed", "sms.sent"]
    data: SmsReceiptData


class OutgoingSms(_Described):
    """An SMS that we hand to the generic gateway."""

    to: Annotated[str, Field(pattern=r"^\+[0-9]{6,15}$")]
    text: SmsText
    sender: Annotated[str, Field(alias="from", max_length=40)]
    id: Annotated[str, Field(max_length=255)]
    """Names the message in its receipts."""


class GatewayAnswer(_Described):
    """The answer of a gateway that took an SMS."""

    id: Annotated[str, Field(max_length=255)]


class CallTaken(_Described):
    """The petition of a call; none where the call has no summary yet."""

    reference: Annotated[str, Field(pattern="^[0-9]{11}$")] | None
    missing: tuple[Literal["summary"], ...] = ()


_REFUSED = WebhookAnswer("Not proven, whatever is wrong with it: always the same bytes")
_WRONG = WebhookAnswer(
    "Proven, and a field breaks a rule: `errors` names it", Problem, "application/problem+json"
)
_LATER = WebhookAnswer("This cannot be told just now: send the same again")
_SIGNED = (
    " Sign it with the secret of the entry `{entry}`. Repeat what was not answered 2xx; twice is once."
    " At most 16 KB. The answer comes when it is stored."
)

WEBHOOKS = (
    Webhook(
        "sms.received",
        "receiveSms",
        "An SMS to 8088 from a gateway of your own",
        "Posted to us: `POST /sms/standard`. Other types are acknowledged and ignored."
        + _SIGNED.format(entry="standard"),
        SmsReceived,
        {200: WebhookAnswer("Taken"), 403: _REFUSED, 422: _WRONG, 503: _LATER},
        {
            "type": "sms.received",
            "timestamp": "2026-11-23T01:30:00Z",
            "data": {
                "messageId": "m-1",
                "from": "+84901234567",
                "to": "8088",
                "text": "PAKN Đề nghị xem lại lương",
                "receivedAt": "2026-11-23T01:30:00Z",
            },
        },
    ),
    Webhook(
        "sms.receipt",
        "receiveSmsReceipt",
        "A receipt of an SMS that went out through your gateway",
        "Posted to us: `POST /receipts/http`; the type is `sms.delivered`, `sms.failed` or `sms.sent`."
        + _SIGNED.format(entry="http"),
        SmsReceipt,
        {
            200: WebhookAnswer("Recorded"),
            403: _REFUSED,
            422: WebhookAnswer("A status that is not documented"),
        },
        {"type": "sms.failed", "data": {"id": "26483190275-3-RECEIPT", "reason": "absent"}},
    ),
    Webhook(
        "sms.outgoing",
        "sendSms",
        "An SMS that your gateway is to send",
        "Posted by us to the `url` of the entry `http`. The same `Idempotency-Key` within a day is the same message:"
        " send it once and answer alike.",
        OutgoingSms,
        {
            200: WebhookAnswer("Any 2xx: taken", GatewayAnswer),
            429: WebhookAnswer("Not taken: it is tried again later, like 503"),
        },
        {
            "to": "+84901234567",
            "text": "PAKN 26483190275: da tiep nhan.",
            "from": "BO NOI VU",
            "id": "26483190275-1-RECEIPT",
        },
        BEARER,
    ),
    Webhook(
        "hotline.call",
        "receiveCall",
        "A call to 1900 1547, when its operator has finished",
        "Posted to us: `POST /hotline/calls`, once a call; the same `callId` is the same petition."
        + _SIGNED.format(entry="hotline"),
        HotlineCall,
        {
            201: WebhookAnswer("Taken", CallTaken),
            403: _REFUSED,
            409: WebhookAnswer(
                "The call came before with another summary", Problem, "application/problem+json"
            ),
            422: _WRONG,
            503: _LATER,
        },
        {
            "callId": "call-0001",
            "caller": "0901234567",
            "start": "2026-11-23T08:30:00+07:00",
            "end": "2026-11-23T08:41:30+07:00",
            "summary": "Đề nghị xem lại lương",
            "petitioner": {"name": "Nguyễn Văn A", "address": "12 Lê Lợi, Huế", "phone": "090 123 4567"},
        },
    ),
)
"""The requests of providers, and ours to the generic gateway (docs/webhooks.md)."""
