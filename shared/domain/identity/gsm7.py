"""The cost of a text as an SMS, and Vietnamese without accents; used by every SMS template.

Source of the alphabet and of the lengths: 3GPP TS 23.038 (6.2.1, default alphabet and its extension table)
and TS 23.040 (9.2.3.24.1, concatenation takes 6 of 140 octets).
"""

from __future__ import annotations

import unicodedata

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")
"""Each of these takes two septets: an escape and the character."""

_PLAIN = {
    "đ": "d",
    "Đ": "D",
    "₫": "d",
    "‘": "'",
    "’": "'",
    "‚": "'",
    "′": "'",
    "`": "'",
    "´": "'",
    "“": '"',
    "”": '"',
    "„": '"',
    "«": '"',
    "»": '"',
    "″": '"',
    "‐": "-",
    "‑": "-",
    "‒": "-",
    "–": "-",
    "—": "-",
    "―": "-",
    "−": "-",
    "•": "-",
    "·": "-",
    "…": "...",
    "×": "x",
    "→": "->",
    "\t": " ",
    "\u00ad": "",
    "\u200b": "",
    "\u200c": "",
    "\u200d": "",
    "\ufeff": "",
}
"""Characters that word processors and keyboards put in place of plain characters."""

_SINGLE_SEPTETS, _PART_SEPTETS = 160, 153
_SINGLE_UNITS, _PART_UNITS = 70, 67


def unaccented(text: str) -> str:
    """Return Vietnamese as ASCII and typographic signs as GSM-7; what has no plain form stays as it is."""
    return "".join(_plain(character) for character in unicodedata.normalize("NFC", text))


def _plain(character: str) -> str:
    if character in _PLAIN:
        return _PLAIN[character]
    if character.isascii():
        return character
    if unicodedata.category(character) == "Zs":
        return " "
    if unicodedata.combining(character):
        return ""
    letters = "".join(c for c in unicodedata.normalize("NFD", character) if not unicodedata.combining(c))
    if letters.isascii() or character in _BASIC:
        return letters if letters.isascii() else character
    compatible = unicodedata.normalize("NFKC", character)
    return compatible if is_gsm7(compatible) else character


def is_gsm7(text: str) -> bool:
    """Return whether every character is in the default alphabet or its extension table."""
    return all(character in _BASIC or character in _EXTENDED for character in text)


def segments(text: str) -> int:
    """Return how many SMS a text is sent and paid as; no text is no SMS."""
    if not text:
        return 0
    if is_gsm7(text):
        widths = [2 if character in _EXTENDED else 1 for character in text]
        return _parts(widths, _SINGLE_SEPTETS, _PART_SEPTETS)
    widths = [2 if ord(character) > 0xFFFF else 1 for character in text]  # noqa: PLR2004 - the last plane-0 code point
    return _parts(widths, _SINGLE_UNITS, _PART_UNITS)


def _parts(widths: list[int], single: int, part: int) -> int:
    """Count the parts; a character of two units is never cut in half, so it may begin the next part."""
    if sum(widths) <= single:
        return 1
    parts, used = 1, 0
    for width in widths:
        if used + width > part:
            parts, used = parts + 1, 0
        used += width
    return parts
