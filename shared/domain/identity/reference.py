"""Names of petitions: the reference, its PIN, link tokens and contact keys, all derived, none stored.

Everything here is an HMAC-SHA256 of one secret key and a label, so a retried submission comes to the
same reference, and knowing a reference tells nothing about its PIN.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterator

_DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)
"""Damm's quasigroup of order 10 (H. M. Damm, 2004): finds every wrong digit and every swap of neighbours."""

_SEPARATORS = re.compile(r"[\s.\-\u00a0]+")
_LENGTH_OF_PIN, _ENOUGH_OF_A_PIN = 8, 5
_LENGTH_OF_SHORT_TOKEN = 22
_SHORT_TOKEN = re.compile(r"[A-Za-z0-9_-]+")
LENGTH = 11
"""Digits of a reference: two of the year, eight, and the check digit."""
CANDIDATES = 8
"""The number of references that a submission may try when others took the first ones; all 8 are never taken."""


def damm_digit(digits: str) -> str:
    """Return the check digit of a string of decimal digits."""
    interim = 0
    for digit in digits:
        interim = _DAMM[interim][int(digit)]
    return str(interim)


def derive(key: bytes, label: str, value: str) -> bytes:
    """Return 32 bytes that only the holder of `key` can derive from `value`; labels keep uses apart."""
    return hmac.digest(key, f"{label}\x00{value}".encode(), hashlib.sha256)


def submission_digest(key: bytes, submission: str) -> str:
    """Return the digest that a petition keeps of its submission's idempotency key: 32 hex digits."""
    return derive(key, "submission", submission).hex()[:32]


def candidates(key: bytes, submission: str, year: int) -> Iterator[str]:
    """Yield the references that a submission may take in a year of receipt, in order of preference."""
    for attempt in range(CANDIDATES):
        number = int.from_bytes(derive(key, "reference", f"{attempt}:{submission}")[:8], "big") % 10**8
        body = f"{year % 100:02d}{number:08d}"
        yield body + damm_digit(body)


def pin_of(key: bytes, reference: str, renewals: int = 0) -> str:
    """Return the petition's PIN: 8 digits; another one after each renewal."""
    return f"{int.from_bytes(derive(key, 'pin', _renewed(reference, renewals))[:8], 'big') % 10**8:08d}"


def link_token_of(key: bytes, reference: str, renewals: int = 0) -> str:
    """Return the token for links in e-mails: 32 hex digits, stands for the PIN; another one after each renewal."""
    return derive(key, "link", _renewed(reference, renewals)).hex()[:32]


def is_link_token(key: bytes, reference: str, secret: str, renewals: int = 0) -> bool:
    """Tell, in constant time, whether `secret` is the link token of a reference."""
    token = _SEPARATORS.sub("", secret).encode("utf-8", "replace")
    return hmac.compare_digest(link_token_of(key, reference, renewals).encode(), token)


def is_pin(key: bytes, reference: str, secret: str, renewals: int = 0) -> bool:
    """Tell, in constant time, whether `secret` is the PIN of a reference.

    Spreadsheets and number fields drop the zeros that a PIN begins with: they are put back.
    """
    digits = _SEPARATORS.sub("", secret)
    if _ENOUGH_OF_A_PIN <= len(digits) < _LENGTH_OF_PIN and digits.isdecimal():
        digits = digits.zfill(_LENGTH_OF_PIN)
    return hmac.compare_digest(pin_of(key, reference, renewals).encode(), digits.encode("utf-8", "replace"))


def _renewed(reference: str, renewals: int) -> str:
    """Return the name that PIN and token derive from: the reference, with the number of renewals."""
    return f"{reference}#{renewals}" if renewals else reference


def contact_key(key: bytes, contact: str) -> str:
    """Return the name under which a normalised phone number or e-mail address is found: 32 hex digits."""
    return derive(key, "contact", contact).hex()[:32]


def short_link_code(reference: str, token: str) -> str:
    """Return the end of a short link, for SMS: the reference and its link token, in 33 letters of GSM-7."""
    return f"{reference}{base64.urlsafe_b64encode(bytes.fromhex(token)).decode().rstrip('=')}"


def in_short_link(code: str) -> tuple[str, str] | None:
    """Return the reference and the link token in the end of a short link, None where it can be none."""
    reference, short = code[:LENGTH], code[LENGTH:]
    if len(short) != _LENGTH_OF_SHORT_TOKEN or not _SHORT_TOKEN.fullmatch(short):
        return None
    return reference, base64.urlsafe_b64decode(f"{short}==").hex()


def unsubscribe_token_of(key: bytes, officer: str) -> str:
    """Return the token in the link by which an officer ends the daily digest without signing in: 32 hex digits."""
    return derive(key, "digest-unsubscribe", officer).hex()[:32]


def normal_reference(text: str) -> str | None:
    """Return the 11 digits of a reference as a person types it, or None when it cannot be one."""
    digits = _SEPARATORS.sub("", text)
    if len(digits) == LENGTH and digits.isascii() and digits.isdigit() and damm_digit(digits) == "0":
        return digits
    return None


def spaced(reference: str) -> str:
    """Return the reference as people read it: `26 4831 9027 5`."""
    return f"{reference[:2]} {reference[2:6]} {reference[6:10]} {reference[10:]}"
