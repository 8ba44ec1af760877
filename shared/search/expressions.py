"""Translates what somebody types into expressions of FTS5: without marks, with marks, and exactly as typed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

from shared.domain.text import word_forms
from shared.search.port import LONGEST

MOST_WORDS = 20
"""Words of a search; what stands behind them is not looked for."""
LEAST_DIGITS = 4
"""Digits from which on a number alone is the begin of a reference."""
_QUOTED = re.compile(r'[“”"„«]([^“”"„«»]+)[“”"„»]')
_NUMBER = re.compile(r"[\d .\-]+")


class Expressions(NamedTuple):
    """A search in the language of FTS5; each is quoted words and operators of ours, nothing that was typed raw."""

    plain: str
    """For the table without marks; "" where there is no word."""
    marked: str
    """For the table with marks: the words that were typed with marks, or those of texts without any; "" for none."""
    exact: str
    """For the table with marks: all words as they were typed."""


def expressions(text: str, *, is_unfinished: bool = False) -> Expressions:
    """Return the expressions for what somebody typed; “…” holds words that stand side by side.

    Args:
        text: as it was typed.
        is_unfinished: whether it is still being typed: the last word is then the begin of one, whatever its marks.
    """
    text = text[:LONGEST]
    digits = re.sub(r"\D", "", text) if _NUMBER.fullmatch(text.strip()) else ""
    if len(digits) >= LEAST_DIGITS:
        begin = f'key : "{digits}" *'
        return Expressions(f"({begin}) OR {_quoted([digits])}", "", _quoted([digits]))
    terms = [word_forms.words(quoted) for quoted in _QUOTED.findall(text)]
    is_free = not terms
    terms += [[word] for word in word_forms.words(_QUOTED.sub(" ", text))]
    terms = [term for term in terms if term][:MOST_WORDS]
    if not terms:
        return Expressions("", "", "")
    if is_unfinished:
        *whole, begun = terms
        plain = [_quoted(map(word_forms.uncrossed, term)) for term in whole]
        beginning = f"{_quoted(map(word_forms.unmarked, begun))} *"
        return Expressions(
            plain=" AND ".join([*plain, beginning]),
            marked=" AND ".join(_either(term) for term in whole if _has_marks(term)),
            exact=" AND ".join(_quoted(map(word_forms.spelt, term)) for term in whole),
        )
    return Expressions(
        plain=_plain([[word_forms.uncrossed(word) for word in term] for term in terms], is_free=is_free),
        marked=" AND ".join(_either(term) for term in terms if _has_marks(term)),
        exact=" AND ".join(_quoted(map(word_forms.spelt, term)) for term in terms),
    )


def alike(terms: list[tuple[str, ...]]) -> str:
    """Return an expression for any of some words and pairs of words without marks."""
    return " OR ".join(_quoted(term) for term in terms)


def _plain(terms: list[list[str]], *, is_free: bool) -> str:
    """Ask for all words; where some stand side by side as they were typed, that counts for more."""
    every = " AND ".join(map(_quoted, terms))
    if not is_free or len(terms) == 1:
        return every
    pairs = " OR ".join(_quoted([*first, *second]) for first, second in pairwise(terms))
    return f"({every}) OR (({every}) AND ({pairs}))"


def _has_marks(term: list[str]) -> bool:
    return any(word_forms.unmarked(word) != word for word in term)


def _either(term: list[str]) -> str:
    return f"({_quoted(map(word_forms.spelt, term))} OR {_quoted(map(word_forms.unmarked, term))})"


def _quoted(term: Iterable[str]) -> str:
    return f'"{" ".join(term)}"'
