"""Infobip's webhooks: does a request carry the credentials that we put into the subscription's security settings?

Source: infobip.com/docs/api/platform/subscriptions-api/create-security-settings: webhooks carry BASIC, HMAC or OAUTH
credentials. BASIC proves who calls and leaves the body to TLS: use a long random password. What the HMAC's header is
called and how it is spelled is not in the public documentation (and integrations in the open disagree), so whoever sets
it up says which header their account sends; taken is HMAC-SHA256 over the raw body in hexadecimal, also behind
`sha256=`, or Base64. Where both are configured, both must hold. Used for messages (intake) and for receipts (notifier).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from typing import Any


class InfobipCredentials:
    """The security settings of one account."""

    def __init__(
        self, username: str = "", password: str = "", *, hmac_secret: str = "", hmac_header: str = ""
    ) -> None:
        """Take BASIC credentials, the HMAC's secret and header, or both.

        Raises:
            ValueError: when a credential is empty, for then everybody could call.
        """
        self._basic = self._hmac_key = None
        self._hmac_header = hmac_header
        if username or not hmac_secret:
            if not (username and password):
                raise ValueError("a webhook's credential is empty")
            self._basic = base64.b64encode(f"{username}:{password}".encode()).decode()
        if hmac_secret:
            if not hmac_header:
                raise ValueError("a webhook's credential is empty")
            self._hmac_key = hmac_secret.encode()

    @classmethod
    def of(cls, account: Mapping[str, Any]) -> InfobipCredentials:
        """Read them from the providers' secret."""
        return cls(
            account.get("username", ""),
            account.get("password", ""),
            hmac_secret=account.get("hmac_secret", ""),
            hmac_header=account.get("hmac_header", ""),
        )

    def broken_rule(self, header: Callable[[str], str], body: bytes) -> str | None:
        """Return which rule a request breaks (`credentials`, `signature`), None when it is genuine.

        `header` returns a header's value, "" where there is none.
        """
        if self._basic is not None:
            scheme, _, presented = header("Authorization").partition(" ")
            if not _is_same(self._basic, presented.strip()) or scheme.lower() != "basic":
                return "credentials"
        if self._hmac_key is not None:
            presented = header(self._hmac_header).strip().removeprefix("sha256=")
            digest = hmac.digest(self._hmac_key, body, hashlib.sha256)
            as_hex = _is_same(digest.hex(), presented.lower())
            as_base64 = _is_same(base64.b64encode(digest).decode(), presented)
            if not (as_hex or as_base64):
                return "signature"
        return None


def _is_same(expected: str, presented: str) -> bool:
    return hmac.compare_digest(expected.encode(), presented.encode("utf-8", "replace"))
