"""Infobip: a JSON POST with several messages; the answer goes out through the notifier.

Source: infobip.com/docs/api/channels/sms/inbound-sms/receive-inbound-sms-messages (format MO_JSON_2) and
…/platform/subscriptions-api/create-security-settings: webhooks carry BASIC, HMAC or OAUTH credentials. BASIC proves
who calls and leaves the body to TLS: use a long random password. What the HMAC's header is called and how it is
spelled is not in the public documentation (and integrations in the open disagree), so whoever sets it up says which
header their account sends; we take HMAC-SHA256 over the raw body in hexadecimal, also behind `sha256=`, or Base64.
Where both are configured, both must hold.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
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

    def __init__(
        self, username: str = "", password: str = "", *, hmac_secret: str = "", hmac_header: str = ""
    ) -> None:
        """Take the subscription's security settings: BASIC credentials, the HMAC's secret and header, or both."""
        self._credentials = self._hmac_key = None
        if username or not hmac_secret:
            pair = f"{required_secret(username)}:{required_secret(password)}"
            self._credentials = base64.b64encode(pair.encode()).decode()
        if hmac_secret:
            self._hmac_key = hmac_secret.encode()
            self._hmac_header = required_secret(hmac_header)

    def read(self, request: WebhookRequest, at: datetime) -> list[InboundSms]:  # noqa: ARG002 - no timestamp is signed
        """Return the messages of a genuine request: all or, where one is malformed, none."""
        refuse_oversized(request)
        require_method(request, "POST")
        self._refuse_unless_genuine(request)
        results = payload.json_object(request.body).get("results")
        if not isinstance(results, list) or not all(isinstance(result, dict) for result in results):
            raise MalformedWebhookError("results")
        return [sms for result in results if (sms := self._message(result)) is not None]

    def _refuse_unless_genuine(self, request: WebhookRequest) -> None:
        if self._credentials is not None:
            scheme, _, given = (request.header("Authorization") or "").partition(" ")
            if not is_same(self._credentials, given.strip()) or scheme.lower() != "basic":
                raise ForgedWebhookError("credentials")
        if self._hmac_key is not None:
            given = (request.header(self._hmac_header) or "").strip().removeprefix("sha256=")
            digest = hmac.digest(self._hmac_key, request.body, hashlib.sha256)
            as_hex, as_base64 = is_same(digest.hex(), given.lower()), is_same(_base64(digest), given)
            if not (as_hex or as_base64):
                raise ForgedWebhookError("signature")

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


def _base64(digest: bytes) -> str:
    return base64.b64encode(digest).decode()
