"""Standard Webhooks (standardwebhooks.com, specification 1.0.0): for our own gateways, and for the hotline.

The sender signs `{webhook-id}.{webhook-timestamp}.{body}` with HMAC-SHA256 and a secret of the form
`whsec_<base64 of 24 to 64 random bytes>`; `webhook-signature` may hold several signatures while keys rotate.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from . import payload
from .webhook import (
    ACCEPTED,
    REFUSAL,
    ForgedWebhookError,
    InboundSms,
    MalformedWebhookError,
    Part,
    WebhookReply,
    WebhookRequest,
    refuse_oversized,
    replay_key,
    require_method,
    sender_number,
)

TOLERANCE = timedelta(minutes=5)
"""How far the sender's clock may be from ours, either way."""

_PREFIX = "whsec_"
_SHORTEST_KEY, _LONGEST_KEY = 24, 64
_ID = re.compile(r"[!-\-/-~]{1,256}")
"""Visible ASCII without the dot, which is the separator of what is signed."""
_TIMESTAMP = re.compile(r"[0-9]{1,11}")
_MOST_SIGNATURES = 10
_MOST_PARTS = 255


@dataclass(frozen=True, slots=True)
class Signed:
    """What a genuine request was signed as."""

    webhook_id: str
    replay_key: str


class SignatureCheck:
    """Tells whether a request was signed with the secret that we share with its sender, a moment ago."""

    def __init__(self, secret: str) -> None:
        """Take `whsec_…`; anything else stops the start, because two readings of a secret are one too many."""
        self._key = _key(secret)

    def genuine(self, request: WebhookRequest, at: datetime) -> Signed:
        """Return what was signed; raises ForgedWebhookError, or WebhookTooLargeError before looking."""
        refuse_oversized(request)
        webhook_id = request.header("webhook-id") or ""
        timestamp = request.header("webhook-timestamp") or ""
        if not _ID.fullmatch(webhook_id) or not _TIMESTAMP.fullmatch(timestamp):
            raise ForgedWebhookError("headers")
        signed = f"{webhook_id}.{timestamp}.".encode() + request.body
        expected = hmac.digest(self._key, signed, hashlib.sha256)
        if not _holds(expected, request.header("webhook-signature") or ""):
            raise ForgedWebhookError("signature")
        if abs(at.timestamp() - int(timestamp)) > TOLERANCE.total_seconds():
            raise ForgedWebhookError("age")
        return Signed(webhook_id, replay_key("standard", f"{webhook_id}.".encode() + request.body))


def _key(secret: str) -> bytes:
    problem = f"a webhook secret must be {_PREFIX} and the Base64 of {_SHORTEST_KEY} to {_LONGEST_KEY} bytes"
    if not secret.startswith(_PREFIX):
        raise ValueError(problem)
    encoded = secret.removeprefix(_PREFIX)
    try:
        key = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except binascii.Error:
        raise ValueError(problem) from None
    if not _SHORTEST_KEY <= len(key) <= _LONGEST_KEY:
        raise ValueError(problem)
    return key


def _holds(expected: bytes, header: str) -> bool:
    """Tell whether one of the `v1` signatures is the expected one; other versions are not ours to judge."""
    holds = False
    for entry in header.split(" ")[:_MOST_SIGNATURES]:
        version, _, encoded = entry.partition(",")
        if version == "v1":
            holds |= hmac.compare_digest(base64.b64encode(expected), encoded.encode("utf-8", "replace"))
    return holds


class StandardSmsWebhook:
    """The adapter for `POST /sms/standard`: any gateway that can sign; the body is described in docs/webhooks.md."""

    name: ClassVar[str] = "standard"
    replies_inline: ClassVar[bool] = False

    def __init__(self, secret: str) -> None:
        """Take the secret shared with the gateway."""
        self._check = SignatureCheck(secret)

    def read(self, request: WebhookRequest, at: datetime) -> list[InboundSms]:
        """Return the one message of a genuine `sms.received`; other event types are none of ours."""
        require_method(request, "POST")
        signed = self._check.genuine(request, at)
        event = payload.json_object(request.body)
        if event.get("type") != "sms.received":
            return []
        data = event.get("data")
        if not isinstance(data, dict):
            raise MalformedWebhookError("data")
        message_id, content = payload.message_id(data, "messageId"), payload.text(data, "text")
        received_at, part = payload.instant(data, "receivedAt"), _part(data.get("part"))
        number = sender_number(payload.text(data, "from"))
        if number is None:
            return []
        return [InboundSms(self.name, message_id, number, content, received_at, signed.replay_key, part)]

    def reply(self, messages: Sequence[InboundSms], text: str = "") -> WebhookReply:  # noqa: ARG002 - takes no text
        """Acknowledge; the notifier sends the answer."""
        return ACCEPTED

    def refusal(self) -> WebhookReply:
        """Return the one answer to everything that is not taken."""
        return REFUSAL


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
