"""Vonage's signed webhooks: was a request signed with our account's secret, just now, and for this very body?

Source: developer.vonage.com/en/getting-started/concepts/webhooks (signed webhooks): `Authorization: Bearer` carries a
JWT signed with HMAC-SHA256 and the account's signature secret; its claim `payload_hash` is the SHA-256 of the body,
`iat` the time of sending. Vonage's own library verifies neither claim; without them a token that somebody saw would
carry any body at any time, so both are required here. Used for messages (intake) and for receipts (notifier).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from datetime import datetime, timedelta
from typing import Any

TOLERANCE = timedelta(minutes=5)
"""The tolerated difference between the sender's clock and ours."""

_PARTS_OF_A_TOKEN = 3


def broken_rule(
    secret: str,
    *,
    authorization: str,
    body: bytes,
    at: datetime,
    api_key: str = "",
    tolerance: timedelta = TOLERANCE,
) -> str | None:
    """Return which rule a request breaks (`token`, `payload_hash`, `api_key`, `age`), None when it is genuine.

    With `api_key` only that account's requests are genuine.
    """
    scheme, _, token = authorization.partition(" ")
    claims = _claims(secret.encode(), token.strip()) if scheme.lower() == "bearer" else None
    if claims is None:
        return "token"
    if not _is_same(hashlib.sha256(body).hexdigest(), str(claims.get("payload_hash", "")).lower()):
        return "payload_hash"
    if api_key and not _is_same(api_key, str(claims.get("api_key", ""))):
        return "api_key"
    return None if _is_fresh(claims, at, tolerance) else "age"


def _is_fresh(claims: dict[str, Any], at: datetime, tolerance: timedelta) -> bool:
    issued, expires = _number(claims.get("iat")), _number(claims.get("exp", float("inf")))
    if issued is None or expires is None:
        return False
    now = at.timestamp()
    return abs(now - issued) <= tolerance.total_seconds() and now < expires


def _claims(key: bytes, token: str) -> dict[str, Any] | None:
    """Return the claims of a token that we could have signed with HS256, None for any other."""
    parts = token.split(".")
    if len(parts) != _PARTS_OF_A_TOKEN or not token.isascii():
        return None
    header, claims = _decoded(parts[0]), _decoded(parts[1])
    if header is None or claims is None or header.get("alg") != "HS256" or "crit" in header:
        return None
    signed = hmac.digest(key, f"{parts[0]}.{parts[1]}".encode(), hashlib.sha256)
    expected = base64.urlsafe_b64encode(signed).rstrip(b"=").decode()
    return claims if _is_same(expected, parts[2]) else None


def _is_same(expected: str, presented: str) -> bool:
    return hmac.compare_digest(expected.encode(), presented.encode("utf-8", "replace"))


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _decoded(part: str) -> dict[str, Any] | None:
    """Return one part of a JWT as an object, None where it is none."""
    try:
        value = json.loads(base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
