"""Differences between two editions of a text, word by word, and its paragraphs by number.

Words are compared by `difflib` of the standard library, paragraph beside paragraph: a paragraph that was moved counts
as left out here and added there. Vietnamese is written in syllables with spaces between them, so that a run of
characters without a space is the unit of comparison.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from enum import StrEnum
from typing import NamedTuple

_WORDS = re.compile(r"\s+|[^\s]+")
_ALIKE = 0.4
"""Share of common words from which two paragraphs are editions of one."""
MOST_WORDS = 6_000
"""Words of both editions together up to which they are compared within paragraphs, so that a page stays fast."""


class Edition(StrEnum):
    """The side of the comparison that a piece of text stands on."""

    BOTH = "both"
    BEFORE = "before"
    AFTER = "after"


class Piece(NamedTuple):
    """A stretch of text."""

    part: Edition
    text: str


class Paragraph(NamedTuple):
    """A paragraph of both editions; None where one of them has none like it."""

    before: int | None
    """Its number in the earlier edition, from 1."""
    after: int | None
    pieces: tuple[Piece, ...]

    @property
    def is_changed(self) -> bool:
        """True if the editions differ in it."""
        return any(piece.part is not Edition.BOTH for piece in self.pieces)


def paragraphs(text: str) -> tuple[str, ...]:
    """Return the paragraphs of a text: its lines that are not blank, in order."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def differences(before: str, after: str) -> tuple[Paragraph, ...]:
    """Return two editions of a text paragraph by paragraph, in the order of the later one.

    The pieces that are not `AFTER` make up the earlier paragraph, those that are not `BEFORE` the later one.
    """
    old, new = paragraphs(before), paragraphs(after)
    is_long = len(before.split()) + len(after.split()) > MOST_WORDS
    rows: list[Paragraph] = []
    for tag, i, j, m, n in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            rows += [_same(i + k, m + k, old[i + k]) for k in range(j - i)]
        else:
            rows += _changed(old, new, range(i, j), range(m, n), is_long=is_long)
    return tuple(rows)


def _same(before: int, after: int, text: str) -> Paragraph:
    return Paragraph(before + 1, after + 1, (Piece(Edition.BOTH, text),))


def _changed(
    old: Sequence[str], new: Sequence[str], left: range, right: range, *, is_long: bool
) -> Iterator[Paragraph]:
    """Yield the paragraphs of a changed stretch: likes in pairs, in order; the others by themselves."""
    waiting = list(left)
    for after in right:
        mate = None if is_long else next((b for b in waiting if _alike(old[b], new[after])), None)
        while mate is not None and waiting and waiting[0] < mate:
            yield _only(old, waiting.pop(0), Edition.BEFORE)
        if mate is None:
            yield _only(new, after, Edition.AFTER)
        else:
            waiting.pop(0)
            yield Paragraph(mate + 1, after + 1, tuple(_words(old[mate], new[after])))
    for before in waiting:
        yield _only(old, before, Edition.BEFORE)


def _only(texts: Sequence[str], at: int, part: Edition) -> Paragraph:
    number = at + 1
    is_before = part is Edition.BEFORE
    return Paragraph(number if is_before else None, None if is_before else number, (Piece(part, texts[at]),))


def _alike(before: str, after: str) -> bool:
    return SequenceMatcher(None, before.split(), after.split(), autojunk=False).ratio() >= _ALIKE


def _words(before: str, after: str) -> Iterator[Piece]:
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    for tag, i, j, m, n in SequenceMatcher(str.isspace, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Piece(Edition.BOTH, "".join(old[i:j]))
            continue
        if i < j:
            yield Piece(Edition.BEFORE, "".join(old[i:j]))
        if m < n:
            yield Piece(Edition.AFTER, "".join(new[m:n]))
