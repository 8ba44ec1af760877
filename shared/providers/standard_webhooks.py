"""Standard Webhooks (standardwebhooks.com, specification 1.0.0): was a request signed with our secret, just now?

The sender signs `{webhook-id}.{webhook-timestamp}.{body}` with HMAC-SHA256 and a secret of the form
`whsec_<base64 of 24 to 64 random bytes>`; `webhook-signature` may hold several signatures while keys rotate.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from datetime import datetime, timedelta

TOLERANCE = timedelta(minutes=5)
"""The tolerated difference between the sender's clock and ours."""

_PREFIX = "whsec_"
_SHORTEST_KEY, _LONGEST_KEY = 24, 64
_ID = re.compile(r"[!-\-/-~]{1,256}")
"""Visible ASCII without the dot, which is the separator of what is signed."""
_TIMESTAMP = re.compile(r"[0-9]{1,11}")
_MOST_SIGNATURES = 10


def key_of(secret: str) -> bytes:
    """Return the key of `whsec_…`.

    Raises:
        ValueError: for anything else, because two readings of a secret are one too many.
    """
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


def broken_rule(
    key: bytes, *, webhook_id: str, timestamp: str, signatures: str, body: bytes, at: datetime
) -> str | None:
    """Return which rule a request breaks (`headers`, `signature`, `age`), None when it is genuine."""
    if not _ID.fullmatch(webhook_id) or not _TIMESTAMP.fullmatch(timestamp):
        return "headers"
    signed = f"{webhook_id}.{timestamp}.".encode() + body
    if not _holds(hmac.digest(key, signed, hashlib.sha256), signatures):
        return "signature"
    if abs(at.timestamp() - int(timestamp)) > TOLERANCE.total_seconds():
        return "age"
    return None


def sign(key: bytes, *, webhook_id: str, timestamp: int, body: bytes) -> str:
    """Return the signature of a request that we send, as `webhook-signature` has it."""
    digest = hmac.digest(key, f"{webhook_id}.{timestamp}.".encode() + body, hashlib.sha256)
    return f"v1,{base64.b64encode(digest).decode()}"


def _holds(expected: bytes, header: str) -> bool:
    """Return whether one of the `v1` signatures is the expected one; other versions are ignored."""
    holds = False
    for entry in header.split(" ")[:_MOST_SIGNATURES]:
        version, _, encoded = entry.partition(",")
        if version == "v1":
            holds |= hmac.compare_digest(base64.b64encode(expected), encoded.encode("utf-8", "replace"))
    return holds
