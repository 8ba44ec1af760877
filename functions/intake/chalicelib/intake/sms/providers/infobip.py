"""Infobip: a JSON POST with several messages; the answer goes out through the notifier.

Source: infobip.com/docs/api/channels/sms/inbound-sms/receive-inbound-sms-messages (format MO_JSON_2). How it proves who
calls: `shared/providers/infobip.py`.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, ClassVar

from typing_extensions import override

from chalicelib.intake.sms import payload
from chalicelib.intake.sms.webhook import (
    ForgedWebhookError,
    InboundSms,
    MalformedWebhookError,
    SmsWebhook,
    WebhookRequest,
    replay_key,
    sender_number,
)
from shared.providers.infobip import InfobipCredentials


class InfobipWebhook(SmsWebhook):
    """The adapter for `POST /sms/infobip`."""

    name: ClassVar[str] = "infobip"

    def __init__(
        self, username: str = "", password: str = "", *, hmac_secret: str = "", hmac_header: str = ""
    ) -> None:
        """Take the subscription's security settings: BASIC credentials, the HMAC's secret and header, or both."""
        self._credentials = InfobipCredentials(
            username, password, hmac_secret=hmac_secret, hmac_header=hmac_header
        )

    @override
    def _read(self, request: WebhookRequest, at: datetime) -> list[InboundSms]:
        """Return the messages of a genuine request; where some are malformed, the error brings the others."""
        self._refuse_unless_genuine(request)
        results = payload.json_object(request.body).get("results")
        if not isinstance(results, list):
            raise MalformedWebhookError("results")
        messages: list[InboundSms] = []
        broken: list[str] = []
        for number, result in enumerate(results):
            try:
                messages += filter(None, [self._message(result)])
            except MalformedWebhookError as error:
                broken.append(f"results.{number}.{error.rule}")
        if broken:
            raise MalformedWebhookError(broken[0], messages)
        return messages

    def _refuse_unless_genuine(self, request: WebhookRequest) -> None:
        rule = self._credentials.broken_rule(lambda name: request.header(name) or "", request.body)
        if rule is not None:
            raise ForgedWebhookError(rule)

    def _message(self, result: Any) -> InboundSms | None:
        if not isinstance(result, dict):
            raise MalformedWebhookError("object")
        message_id, sender = payload.message_id(result, "messageId"), payload.text(result, "from")
        content, received_at = payload.text(result, "text"), payload.instant(result, "receivedAt")
        number = sender_number(sender)
        if number is None:
            return None
        key = replay_key(self.name, json.dumps([message_id, sender, content]).encode())
        return InboundSms(self.name, message_id, number, content, received_at, key)
