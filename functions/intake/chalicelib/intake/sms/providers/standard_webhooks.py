"""Standard Webhooks, for our own gateways and for the hotline (`shared.providers.standard_webhooks`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar

from typing_extensions import override

from chalicelib.intake.sms import payload
from chalicelib.intake.sms.webhook import (
    ForgedWebhookError,
    InboundSms,
    MalformedWebhookError,
    Part,
    SmsWebhook,
    WebhookRequest,
    refuse_oversized,
    replay_key,
    sender_number,
)
from shared.providers.standard_webhooks import broken_rule, key_of

_MOST_PARTS = 255


@dataclass(frozen=True, slots=True)
class Signed:
    """The signed facts of a genuine request."""

    webhook_id: str
    replay_key: str
    sent_at: datetime


class SignatureCheck:
    """Verifies that a request was signed with the secret that we share with its sender, within five minutes."""

    def __init__(self, secret: str) -> None:
        """Take `whsec_…`; anything else stops the start, because two readings of a secret are one too many."""
        self._key = key_of(secret)

    def genuine(self, request: WebhookRequest, at: datetime) -> Signed:
        """Return the signed facts of a genuine request.

        Raises:
            WebhookTooLargeError: before anything is hashed.
            ForgedWebhookError: for every broken rule.
        """
        refuse_oversized(request)
        webhook_id = request.header("webhook-id") or ""
        timestamp = request.header("webhook-timestamp") or ""
        rule = broken_rule(
            self._key,
            webhook_id=webhook_id,
            timestamp=timestamp,
            signatures=request.header("webhook-signature") or "",
            body=request.body,
            at=at,
        )
        if rule is not None:
            raise ForgedWebhookError(rule)
        key = replay_key("standard", f"{webhook_id}.".encode() + request.body)
        return Signed(webhook_id, key, datetime.fromtimestamp(int(timestamp), UTC))


class StandardSmsWebhook(SmsWebhook):
    """The adapter for `POST /sms/standard`: any gateway that can sign; the body is described in docs/webhooks.md."""

    name: ClassVar[str] = "standard"

    def __init__(self, secret: str) -> None:
        """Take the secret shared with the gateway."""
        self._check = SignatureCheck(secret)

    @override
    def _read(self, request: WebhookRequest, at: datetime) -> list[InboundSms]:
        """Return the one message of a genuine `sms.received`; other event types are none of ours."""
        signed = self._check.genuine(request, at)
        event = payload.json_object(request.body)
        if event.get("type") != "sms.received":
            return []
        data = event.get("data")
        if not isinstance(data, dict):
            raise MalformedWebhookError("data")
        message_id, content = payload.message_id(data, "messageId"), payload.text(data, "text")
        received_at = payload.instant(data, "receivedAt") or _event_time(event) or signed.sent_at
        part = _part(data.get("part"))
        number = sender_number(payload.text(data, "from"))
        if number is None:
            return []
        return [InboundSms(self.name, message_id, number, content, received_at, signed.replay_key, part)]


def _event_time(event: Mapping[str, Any]) -> datetime | None:
    """Return the time of the event by its envelope (Standard Webhooks: `timestamp`), None where none can be read."""
    try:
        return payload.instant(event, "timestamp")
    except MalformedWebhookError:
        return None


def _part(value: Any) -> Part | None:
    if value is None:
        return None
    if not isinstance(value, dict):
        raise MalformedWebhookError("part")
    number, total = value.get("number"), value.get("total")
    if not isinstance(number, int) or not isinstance(total, int) or isinstance(number, bool):
        raise MalformedWebhookError("part")
    if not 1 <= number <= total <= _MOST_PARTS:
        raise MalformedWebhookError("part")
    return Part(payload.message_id(value, "reference"), number, total)
