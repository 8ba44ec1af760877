"""Finds what may tell who somebody is, so that the officer who publishes looks twice. It finds, it never removes."""

from __future__ import annotations

import re
from collections.abc import Iterator

_UPPER = "A-ZÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝĂĐĨŨƠƯẠ-Ỹ"
_PATTERNS = (
    re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    re.compile(r"(?<!\d)(?:\+?84|0)[\d .-]{8,12}\d(?!\d)"),
    re.compile(r"(?<!\d)\d{9}(?:\d{3})?(?!\d)"),
    re.compile(
        rf"(?:(?:[Ôô]ng|[Bb]à|[Aa]nh|[Cc]hị|[Tt]ôi là|[Tt]ên(?: tôi)? là)\s+)((?:[{_UPPER}]\w+\s*){{2,5}})"
    ),
    re.compile(
        r"(?:[Ss]ố nhà|[Nn]gõ|[Nn]gách|[Hh]ẻm|[Tt]hôn|[Xx]óm|[Tt]ổ dân phố|[Ấấ]p|[Bb]ản)\s+[\w/]+(?:\s+\w+)?"
    ),
)
"""E-mail addresses, telephone numbers, numbers of identity cards, names after a form of address, addresses."""


def personal_data_in(*texts: str) -> tuple[str, ...]:
    """Return the pieces of texts that look like personal data, each once, in order."""
    return tuple(dict.fromkeys(piece.strip() for text in texts for piece in _pieces(text)))


def _pieces(text: str) -> Iterator[str]:
    found = (
        (match.start(), match[match.lastindex or 0]) for one in _PATTERNS for match in one.finditer(text)
    )
    return (piece for _place, piece in sorted(found))
