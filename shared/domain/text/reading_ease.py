"""Reading ease of a Vietnamese text, measured as simply as can be explained: by the length of its sentences.

Vietnamese is written syllable by syllable, so that a sentence's length in syllables is its number of words between
spaces. A letter reads easily with 25 syllables a sentence on average and none above 60, about three lines; these are
this project's own bounds, set by reading answers of ministries aloud, not a published formula.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

EASY_ON_AVERAGE = 25
"""Syllables of a sentence, on average."""
LONGEST = 60
"""Syllables of one sentence."""

_END = re.compile(r"(?<=[^\d\s][.!?…])\s{1,4}(?=[^a-zà-ỹ])|[\r\n;]")
_SPOKEN = re.compile(r"\w")


class ReadingEase(NamedTuple):
    """The length of a text's sentences."""

    average: float
    longest: int

    @property
    def is_easy(self) -> bool:
        """True if no reader needs a second go at a sentence."""
        return self.average <= EASY_ON_AVERAGE and self.longest <= LONGEST


def long_sentences(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of each sentence that is longer than one should be."""
    at = 0
    for end in (*_END.finditer(text), None):
        sentence = text[at : end.start() if end else len(text)]
        if sum(1 for word in sentence.split() if _SPOKEN.search(word)) > LONGEST:
            yield at, at + len(sentence)
        at = end.end() if end else at


def reading_ease(text: str) -> ReadingEase:
    """Return the length of the sentences of a text, in syllables; 0 for a text without any."""
    lengths = [
        length
        for sentence in _END.split(text)
        if (length := sum(1 for word in sentence.split() if _SPOKEN.search(word)))
    ]
    return ReadingEase(sum(lengths) / len(lengths), max(lengths)) if lengths else ReadingEase(0, 0)
