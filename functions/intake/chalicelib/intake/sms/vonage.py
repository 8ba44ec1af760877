"""Vonage Messages API: a JSON POST with a signed JWT; the answer goes out through the notifier.

Source: developer.vonage.com/en/getting-started/concepts/webhooks (signed webhooks): `Authorization: Bearer` carries a
JWT signed with HMAC-SHA256 and the account's signature secret; its claim `payload_hash` is the SHA-256 of the body,
`iat` the time of sending. Vonage's own library verifies neither claim; without them a token that somebody saw would
carry any body at any time, so both are required here. Vonage repeats for 24 hours what is not answered 200 or 204.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from . import payload
from .webhook import (
    ACCEPTED,
    REFUSAL,
    ForgedWebhookError,
    InboundSms,
    WebhookReply,
    WebhookRequest,
    is_same,
    refuse_oversized,
    replay_key,
    require_method,
    required_secret,
    sender_number,
)

_PARTS_OF_A_TOKEN = 3


class VonageWebhook:
    """The adapter for `POST /sms/vonage`."""

    name: ClassVar[str] = "vonage"
    replies_inline: ClassVar[bool] = False

    def __init__(
        self, signature_secret: str, *, api_key: str = "", tolerance: timedelta = timedelta(minutes=5)
    ) -> None:
        """Take the signature secret; with `api_key` only that account's messages are taken."""
        self._secret = required_secret(signature_secret).encode()
        self._api_key = api_key
        self._tolerance = tolerance

    def read(self, request: WebhookRequest, at: datetime) -> list[InboundSms]:
        """Return the one text message of a genuine request; other channels and kinds are none of ours."""
        refuse_oversized(request)
        require_method(request, "POST")
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
        scheme, _, token = (request.header("Authorization") or "").partition(" ")
        claims = self._claims(token.strip()) if scheme.lower() == "bearer" else None
        if claims is None:
            raise ForgedWebhookError("token")
        if not is_same(hashlib.sha256(request.body).hexdigest(), str(claims.get("payload_hash", "")).lower()):
            raise ForgedWebhookError("payload_hash")
        if self._api_key and not is_same(self._api_key, str(claims.get("api_key", ""))):
            raise ForgedWebhookError("api_key")
        if not self._is_fresh(claims, at):
            raise ForgedWebhookError("age")

    def _is_fresh(self, claims: dict[str, Any], at: datetime) -> bool:
        issued, expires = _number(claims.get("iat")), _number(claims.get("exp", float("inf")))
        if issued is None or expires is None:
            return False
        now = at.timestamp()
        return abs(now - issued) <= self._tolerance.total_seconds() and now < expires

    def _claims(self, token: str) -> dict[str, Any] | None:
        """Return the claims of a token that we could have signed with HS256, None for any other."""
        parts = token.split(".")
        if len(parts) != _PARTS_OF_A_TOKEN or not token.isascii():
            return None
        header, claims = _decoded(parts[0]), _decoded(parts[1])
        if header is None or claims is None or header.get("alg") != "HS256" or "crit" in header:
            return None
        signed = hmac.digest(self._secret, f"{parts[0]}.{parts[1]}".encode(), hashlib.sha256)
        expected = base64.urlsafe_b64encode(signed).rstrip(b"=").decode()
        return claims if is_same(expected, parts[2]) else None

    def reply(self, messages: Sequence[InboundSms], text: str = "") -> WebhookReply:  # noqa: ARG002 - takes no text
        """Acknowledge; the notifier sends the answer."""
        return ACCEPTED

    def refusal(self) -> WebhookReply:
        """Return the one answer to everything that is not taken."""
        return REFUSAL


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _decoded(part: str) -> dict[str, Any] | None:
    """Return one part of a JWT as an object, None where it is none."""
    try:
        value = json.loads(base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
