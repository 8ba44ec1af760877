"""Vonage Messages API: a JSON POST with a signed JWT; the answer goes out through the notifier.

How it is signed: `shared/providers/vonage.py`. Vonage repeats for 24 hours what is not answered 200 or 204.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from typing_extensions import override

from chalicelib.intake.sms import payload
from chalicelib.intake.sms.webhook import (
    ForgedWebhookError,
    InboundSms,
    SmsWebhook,
    WebhookRequest,
    replay_key,
    required_secret,
    sender_number,
)
from shared.providers import vonage


class VonageWebhook(SmsWebhook):
    """The adapter for `POST /sms/vonage`."""

    name: ClassVar[str] = "vonage"

    def __init__(
        self, signature_secret: str, *, api_key: str = "", tolerance: timedelta = vonage.TOLERANCE
    ) -> None:
        """Take the signature secret; with `api_key` only that account's messages are taken."""
        self._secret = required_secret(signature_secret)
        self._api_key = api_key
        self._tolerance = tolerance

    @override
    def _read(self, request: WebhookRequest, at: datetime) -> list[InboundSms]:
        """Return the one text message of a genuine request; other channels and kinds are none of ours."""
        self._refuse_unless_genuine(request, at)
        message = payload.json_object(request.body)
        if message.get("channel") != "sms" or message.get("message_type") != "text":
            return []
        message_id, content = payload.message_id(message, "message_uuid"), payload.text(message, "text")
        received_at = payload.instant(message, "timestamp")
        number = sender_number(payload.text(message, "from"))
        if number is None:
            return []
        key = replay_key(self.name, request.body)
        return [InboundSms(self.name, message_id, number, content, received_at, key)]

    def _refuse_unless_genuine(self, request: WebhookRequest, at: datetime) -> None:
        rule = vonage.broken_rule(
            self._secret,
            authorization=request.header("Authorization") or "",
            body=request.body,
            at=at,
            api_key=self._api_key,
            tolerance=self._tolerance,
        )
        if rule is not None:
            raise ForgedWebhookError(rule)
