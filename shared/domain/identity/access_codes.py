"""One-time codes by which somebody shows that a telephone or an e-mail address is theirs (docs/adr/0074). Pure.

A code derives from the name of its row, as a PIN derives from its reference: it is stored nowhere, and no queue carries
it. The row's name derives from a secret that only the browser that asked has, so who reads tables or queues opens
nothing with it.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import timedelta

from shared.domain.identity.reference import derive

CODE_HOLDS_FOR = timedelta(minutes=10)
TRIES = 5
"""Tries of one code; the right one is a try too."""
ASK_AGAIN_AFTER = timedelta(seconds=60)
"""Time between two codes for one contact."""
SESSION_HOLDS_FOR = timedelta(minutes=30)
_DIGITS = 6
_SEPARATORS = re.compile(r"[\s.\-\u00a0]+")
_SHOWN_DIGITS = 3


def row_name(secret: str) -> str:
    """Return the name of the row that belongs to a browser's secret: 32 hex digits, of which none leads back."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()[:32]


def code_of(key: bytes, name: str) -> str:
    """Return the code of a row: six digits."""
    return f"{int.from_bytes(derive(key, 'access-code', name)[:8], 'big') % 10**_DIGITS:0{_DIGITS}d}"


def is_code(key: bytes, name: str, offered: str) -> bool:
    """Tell, in constant time, whether what was typed is the code of a row."""
    digits = _SEPARATORS.sub("", offered).encode("utf-8", "replace")
    return hmac.compare_digest(code_of(key, name).encode(), digits)


def tail_of(contact: str) -> str:
    """Return as much of a contact as its owner recognises: `…678`, or `a•••@thu.example`."""
    local, at, domain = contact.rpartition("@")
    return f"{local[:1]}•••@{domain}" if at else f"…{contact[-_SHOWN_DIGITS:]}"
