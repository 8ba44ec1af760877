"""Telephone numbers and e-mail addresses: one spelling each, because a person is found again by its HMAC.

Called by intake (petitioners, SMS senders, callers), casework (the hotline form) and the notifier.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

import idna

from shared.domain.errors import InvalidInputError
from shared.domain.identity.telephone import telephone_numbers

_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_LONGEST_LOCAL_PART, _LONGEST_EMAIL, _LONGEST_DOMAIN = 64, 254, 253

ContactField = Literal["phone", "email"]


class ContactError(InvalidInputError):
    """A telephone number or an e-mail address that cannot be one; never says what was written."""

    def __init__(self, field: ContactField, rule: str) -> None:
        super().__init__((field, rule))
        self.field = field
        self.rule = rule


def normal_phone(text: str) -> str:
    """Return the first number of a text in E.164, e.g. `+84901234567`; one without a country code is Vietnamese.

    Raises ContactError for what no network would connect: short codes, wrong lengths, unknown prefixes.
    """
    if not text.strip():
        raise ContactError("phone", "missing")
    numbers = telephone_numbers(text)
    if not numbers:
        raise ContactError("phone", "not-a-phone-number")
    return numbers[0]


def normal_email(text: str) -> str:
    """Return an address with its domain in lower case, and by IDNA 2008 in Punycode where it is not ASCII.

    The part before the @ is kept as written and must be ASCII: Amazon SES sends to no other (RFC 6531 is not
    supported), and quoted local parts are refused. Raises ContactError.
    """
    written = unicodedata.normalize("NFC", text).strip()
    written = written.removeprefix("mailto:")
    if not written:
        raise ContactError("email", "missing")
    local, at, domain = written.rpartition("@")
    if not at or len(local) > _LONGEST_LOCAL_PART or not _LOCAL_PART.fullmatch(local):
        raise ContactError("email", "not-an-email-address")
    address = f"{local}@{_ascii_domain(domain)}"
    if len(address) > _LONGEST_EMAIL:
        raise ContactError("email", "not-an-email-address")
    return address


def _ascii_domain(domain: str) -> str:
    if len(domain) > _LONGEST_DOMAIN:
        raise ContactError("email", "not-an-email-address")
    try:
        name = domain.lower() if domain.isascii() else idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError:
        raise ContactError("email", "not-an-email-address") from None
    labels = name.split(".")
    is_sound = len(labels) > 1 and all(_LABEL.fullmatch(label) for label in labels)
    if not is_sound or labels[-1].isdigit():
        raise ContactError("email", "not-an-email-address")
    return name
