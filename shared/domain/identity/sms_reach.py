"""The numbers that the ministry sends SMS to: mobiles of Vietnam, and those of the countries that it has opened.

An SMS to a satellite or a premium range costs its sender a hundred times as much, and whoever owns such a range is paid
for it: petitions are sent in its name only for the receipts. Sources: ITU-T E.164.D (list of assigned country codes),
E.164.3 (shared codes), Thông tư 22/2014/TT-BTTTT (mobiles of Vietnam).
"""

from __future__ import annotations

import re
from collections.abc import Collection

_VIETNAM = "84"
_MOBILE = re.compile(r"\+84[35789]\d{8}")
_COUNTRY = re.compile(r"[1-9]\d{0,5}")
NEVER = ("800", "808", "870", "878", "881", "882", "883", "888", "979", "1900", "1976", "4470", "449")
"""Prefixes that no setting opens: satellites and global networks, shared-cost, premium and follow-me numbers."""

NOT_WITH_1 = frozenset(
    f"1{area}"
    for area in (
        *("242", "246", "264", "268", "284", "340", "345", "441", "473", "649", "658", "664", "670", "671"),
        *("684", "721", "758", "767", "784", "809", "829", "849", "868", "869", "876"),
    )
)
"""Islands that share +1 with Canada and the United States at another price: opened only by their own four digits."""


def is_country(prefix: str) -> bool:
    """Return whether a setting may open a prefix: digits of a country code, and of a part of it, without a plus."""
    return _COUNTRY.fullmatch(prefix) is not None and not prefix.startswith(NEVER)


def is_served_by_sms(number: str, countries: Collection[str]) -> bool:
    """Return whether the ministry sends SMS to a number.

    Args:
        number: in E.164, e.g. `+84912345678`.
        countries: the opened prefixes, e.g. `84`, `1`, `61`; of Vietnam mobiles alone.
    """
    digits = number.removeprefix("+")
    if not digits.isdigit() or digits.startswith(NEVER):
        return False
    if digits.startswith(_VIETNAM):
        return _VIETNAM in countries and _MOBILE.fullmatch(number) is not None
    if digits[:4] in NOT_WITH_1:
        return digits[:4] in countries
    return digits.startswith(tuple(countries))
