"""Names and secrets of those who get the week's new answers by e-mail (docs/adr/0074). Pure.

All derive from the identifiers' key, as PINs do: the same address and field are one subscription however often somebody
asks, and no token is stored.
"""

from __future__ import annotations

import hmac
from datetime import timedelta

from shared.domain.identity.reference import contact_key, derive

CONFIRM_WITHIN = timedelta(hours=48)
"""Time within which the link of the confirmation works."""
KEPT_FOR = timedelta(days=365)
"""A subscription ends by itself after a year; the mails say when."""
_LENGTH = 20


def subscriber_name(key: bytes, email: str, field: str) -> str:
    """Return the name of a subscription: 20 hex digits, shorter than providers' limits on names.

    Args:
        key: the identifiers' key.
        email: in its normal form; letters' case does not tell subscriptions apart.
        field: the code of a field, "" for all.
    """
    return derive(key, "answers-by-mail", f"{contact_key(key, email.lower())}|{field}").hex()[:_LENGTH]


def confirm_token(key: bytes, name: str, asked_at: int) -> str:
    """Return the token of the link that confirms a subscription: another one for each time it was asked for."""
    return derive(key, "answers-confirm", f"{name}|{asked_at}").hex()[:32]


def end_token(key: bytes, name: str) -> str:
    """Return the token of the link that ends a subscription."""
    return derive(key, "answers-end", name).hex()[:32]


def is_token(expected: str, offered: str) -> bool:
    """Tell, in constant time, whether a link's token is the expected one."""
    return hmac.compare_digest(expected.encode(), offered[:80].encode("utf-8", "replace"))
