"""The measure of whether two petitions say nearly the same: one person sending twice, or many sending one letter.

`similarity` compares two whole texts. `sketch` makes of a text two short keys that texts of nearly the same wording
share: stored beside each open petition they find its likes by two look-ups, whatever is stored besides (min-wise
hashing: two texts share a key with the probability of the wording that they share).
Source: A. Broder, "On the resemblance and containment of documents", SEQUENCES 1997.
"""

from __future__ import annotations

import re
import unicodedata
from hashlib import blake2b
from itertools import pairwise

KEYS = 2
"""Keys of a sketch. A letter of which nine words in ten are the same is missed once in a hundred, by two keys."""
_RUN = 3
_FEWEST_RUNS = 6
"""Texts of fewer words say too little to be distinguished from others."""
_KEY_BYTES = 6
_WORD = re.compile(r"\w+")
_MARK = re.compile("[\u0300-\u036f]")


def similarity(first: str, second: str) -> float:
    """Say how much wording two texts share: 0 nothing, 1 all of it, accents, case and punctuation aside."""
    left, right = _words_and_pairs(first), _words_and_pairs(second)
    if not left and not right:
        return 0.0
    return len(left & right) / len(left | right)


def sketch(text: str) -> tuple[str, ...]:
    """Return the keys by which texts like this one are found; none for a text of a few words."""
    words = _words(text)
    runs = {" ".join(words[start : start + _RUN]) for start in range(len(words) - _RUN + 1)}
    if len(runs) < _FEWEST_RUNS:
        return ()
    return tuple(_least(runs, bytes([number])) for number in range(KEYS))


def _least(runs: set[str], salt: bytes) -> str:
    return min(blake2b(run.encode(), digest_size=_KEY_BYTES, salt=salt).hexdigest() for run in runs)


def _words_and_pairs(text: str) -> frozenset[str]:
    words = _words(text)
    return frozenset(words) | frozenset(f"{word} {following}" for word, following in pairwise(words))


def _words(text: str) -> list[str]:
    """Return the words without accents: people write one letter with and without."""
    bare = _MARK.sub("", unicodedata.normalize("NFD", text.lower())).replace("đ", "d")
    return _WORD.findall(bare)
