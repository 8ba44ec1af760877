"""Telephone numbers and e-mail addresses: one spelling each, because a person is found again by its HMAC.

Called by intake (petitioners, SMS senders, callers), casework (the hotline form) and the notifier.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

from shared.domain.errors import InvalidInputError

OLD_MOBILE_PREFIXES = {
    "120": "70", "121": "79", "122": "77", "126": "76", "128": "78",
    "123": "83", "124": "84", "125": "85", "127": "81", "129": "82",
    "162": "32", "163": "33", "164": "34", "165": "35",
    "166": "36", "167": "37", "168": "38", "169": "39",
    "186": "56", "188": "58",
    "199": "59",
}  # fmt: skip
"""Mobile prefixes of 11-digit numbers and what they became in 2018 (QĐ 798/QĐ-BTTTT of 25 May 2018): MobiFone,
VinaPhone, Viettel, Vietnamobile, Gmobile. People still write the old ones; the last seven digits stayed."""

_OLD_MOBILE = re.compile(r"(?:\+?84|0084|0)0?(1\d\d)(\d{7})")
_MOBILE = re.compile(r"\+84[35789]\d{8}")
"""Any mobile number of the plan since 2018: networks open new ranges sooner than numbering tables list them."""
_DIALLED_MOBILE = re.compile(r"(?:\+84|84|0)([35789]\d{8})")
"""The form of nearly every number: read without the numbering tables, which take 50 ms to load."""
_LONGEST_PHONE = 40
_PHONE_CHARACTERS = re.compile(r"\+?[\d\s().\-/\u00a0\u2010-\u2015]+")
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
    """Return a number in E.164, e.g. `+84901234567`; one without a country code is Vietnamese.

    Raises ContactError for what no network would connect: short codes, wrong lengths, unknown prefixes.
    """
    written = unicodedata.normalize("NFKC", text).strip().removeprefix("tel:")
    if not written:
        raise ContactError("phone", "missing")
    if len(written) > _LONGEST_PHONE or not _PHONE_CHARACTERS.fullmatch(written):
        raise ContactError("phone", "not-a-phone-number")
    digits = "".join(str(unicodedata.decimal(c)) for c in written if c.isdecimal())
    dialled = _as_dialled_today(("+" if written.startswith("+") else "") + digits)
    return _e164(dialled)


def _as_dialled_today(number: str) -> str:
    old = _OLD_MOBILE.fullmatch(number)
    if old and old[1] in OLD_MOBILE_PREFIXES:
        return f"+84{OLD_MOBILE_PREFIXES[old[1]]}{old[2]}"
    if number.startswith("00"):
        return f"+{number[2:]}"
    return number


def _e164(number: str) -> str:
    if mobile := _DIALLED_MOBILE.fullmatch(number):
        return f"+84{mobile[1]}"
    import phonenumbers  # noqa: PLC0415 - takes 50 ms to import; most requests carry no number

    try:
        parsed = phonenumbers.parse(number, region="VN")
    except phonenumbers.NumberParseException:
        raise ContactError("phone", "not-a-phone-number") from None
    e164: str = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    if not (_MOBILE.fullmatch(e164) or phonenumbers.is_valid_number(parsed)):
        raise ContactError("phone", "not-a-phone-number")
    return e164


def normal_email(text: str) -> str:
    """Return an address with its domain in lower case (and in Punycode where it is not ASCII).

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
        name = domain.lower().encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise ContactError("email", "not-an-email-address") from None
    labels = name.split(".")
    is_sound = len(labels) > 1 and all(_LABEL.fullmatch(label) for label in labels)
    if not is_sound or labels[-1].isdigit():
        raise ContactError("email", "not-an-email-address")
    return name
