"""Texts with the places marked that keep a letter from leaving, and the lines of the summary that lead to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from chalicelib.casework.site.frame import FormProblem
from shared.domain.errors import Place
from shared.web.describe.rules import RULES
from shared.web.i18n import Language, gettext

_LONGEST = 60
"""Characters of a marked place that the summary repeats."""


class Piece(NamedTuple):
    """A stretch of a text; with an identifier and a message where it has to be mended."""

    text: str
    id: str = ""
    message: str = ""


class MarkedText(NamedTuple):
    """One text of a letter with its marks."""

    field: str
    pieces: tuple[Piece, ...]


def marked_texts(
    letter: Mapping[str, str], places: Iterable[Place], language: Language, prefix: str = "gap"
) -> tuple[MarkedText, ...]:
    """Return the texts that have marks, in the order of the letter.

    Args:
        letter: the texts by location.
        places: the marks, numbered through.
        language: of the messages.
        prefix: of the marks' identifiers on the page.
    """
    _ = gettext(language)
    numbered = list(enumerate(places, start=1))
    results = []
    for field, text in letter.items():
        pieces, at = [], 0
        for number, place in numbered:
            if place.field != field:
                continue
            pieces.append(Piece(text[at : place.start]))
            pieces.append(Piece(text[place.start : place.end], f"{prefix}-{number}", _(RULES[place.rule])))
            at = place.end
        if pieces:
            results.append(MarkedText(field, (*pieces, Piece(text[at:]))))
    return tuple(results)


def problems_of_marks(texts: Iterable[MarkedText]) -> tuple[FormProblem, ...]:
    """Return a line of the error summary for each mark, which leads to it."""
    return tuple(
        FormProblem(piece.id, f"“{_shortened(piece.text)}”", piece.message)
        for text in texts
        for piece in text.pieces
        if piece.id
    )


def _shortened(text: str) -> str:
    words = " ".join(text.split()) or "…"
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1]}…"
