"""Infobip: a JSON POST with several messages; the answer goes out through the notifier.

Source: infobip.com/docs/api/channels/sms/inbound-sms/receive-inbound-sms-messages (format MO_JSON_2) and
…/platform/subscriptions-api/create-security-settings: webhooks carry BASIC, HMAC or OAUTH credentials. How the HMAC
is laid out on the wire is not in the public documentation, so BASIC is what we take; it proves who calls and leaves
the body to TLS. Use a long random password, and TLS only.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from . import payload
from .webhook import (
    ACCEPTED,
    REFUSAL,
    ForgedWebhookError,
    InboundSms,
    MalformedWebhookError,
    WebhookReply,
    WebhookRequest,
    is_same,
    refuse_oversized,
    replay_key,
    require_method,
    required_secret,
    sender_number,
)


class InfobipWebhook:
    """The adapter for `POST /sms/infobip`."""

    name: ClassVar[str] = "infobip"
    replies_inline: ClassVar[bool] = False

    def __init__(self, username: str, password: str) -> None:
        """Take the BASIC credentials of the subscription's security settings."""
        pair = f"{required_secret(username)}:{required_secret(password)}"
        self._credentials = base64.b64encode(pair.encode()).decode()

    def read(self, request: WebhookRequest, at: datetime) -> list[InboundSms]:  # noqa: ARG002 - no timestamp is signed
        """Return the messages of a genuine request: all or, where one is malformed, none."""
        refuse_oversized(request)
        require_method(request, "POST")
        scheme, _, given = (request.header("Authorization") or "").partition(" ")
        if not is_same(self._credentials, given.strip()) or scheme.lower() != "basic":
            raise ForgedWebhookError("credentials")
        results = payload.json_object(request.body).get("results")
        if not isinstance(results, list) or not all(isinstance(result, dict) for result in results):
            raise MalformedWebhookError("results")
        return [sms for result in results if (sms := self._message(result)) is not None]

    def _message(self, result: Mapping[str, Any]) -> InboundSms | None:
        message_id, sender = payload.message_id(result, "messageId"), payload.text(result, "from")
        content, received_at = payload.text(result, "text"), payload.instant(result, "receivedAt")
        number = sender_number(sender)
        if number is None:
            return None
        key = replay_key(self.name, json.dumps([message_id, sender, content]).encode())
        return InboundSms(self.name, message_id, number, content, received_at, key)

    def reply(self, messages: Sequence[InboundSms], text: str = "") -> WebhookReply:  # noqa: ARG002 - takes no text
        """Acknowledge; the notifier sends the answer."""
        return ACCEPTED

    def refusal(self) -> WebhookReply:
        """Return the one answer to everything that is not taken."""
        return REFUSAL
