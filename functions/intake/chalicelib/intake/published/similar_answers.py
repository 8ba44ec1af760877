"""Finds published answers to a question like the one being written, so that whoever is helped by one need not wait.

Cosine of word pairs and words, weighted by how rare they are among what is published (Salton, Wong, Yang, "A vector
space model for automatic indexing", 1975), over unaccented text: people write with and without accents. A Vietnamese
word is mostly two syllables, so pairs carry the meaning.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise
from math import log, sqrt
from typing import NamedTuple

from chalicelib.intake.published.answers import PublicRecord, PublishedItem
from shared.domain.identity.gsm7 import unaccented
from shared.platform import clock
from shared.web.i18n import Language

SHOWN = 3
COMPARED = 300
"""Newest published answers that a text is compared with."""
KEPT_FOR = timedelta(minutes=5)
ALIKE = 0.18
"""Cosine from which an answer is worth showing. Of the sample petitions, those about another matter stay below 0.175,
and those that a published answer would help come to 0.19 and more."""
_WORD = re.compile(r"[a-z0-9]+")


class _Indexed(NamedTuple):
    items: list[tuple[PublishedItem, dict[str, float]]]
    rarity: dict[str, float]


class SimilarAnswers:
    """Compares a text with the published answers, which are read anew every few minutes."""

    def __init__(self, public: PublicRecord) -> None:
        self._public = public
        self._indexes: dict[Language, tuple[datetime, _Indexed]] = {}

    def to(self, text: str, language: Language) -> tuple[PublishedItem, ...]:
        """Return the published answers nearest to a text, the nearest first; nothing where none is near."""
        index = self._index(language)
        query = _weighed(_terms(text), index.rarity)
        scored = ((cosine(query, weights), item) for item, weights in index.items)
        near = sorted((pair for pair in scored if pair[0] >= ALIKE), key=lambda pair: -pair[0])
        return tuple(item for _score, item in near[:SHOWN])

    def _index(self, language: Language) -> _Indexed:
        now = clock.now()
        built_at, index = self._indexes.get(language, (None, None))
        if built_at is None or index is None or abs(now - built_at) >= KEPT_FOR:
            index = _indexed(self._newest(language))
            self._indexes[language] = (now, index)
        return index

    def _newest(self, language: Language) -> list[PublishedItem]:
        items: list[PublishedItem] = []
        cursor = ""
        while len(items) < COMPARED:
            page = self._public.published(field="", month="", search="", cursor=cursor, language=language)
            items += page.items
            if page.next_cursor is None:
                break
            cursor = page.next_cursor
        return items[:COMPARED]


def cosine(first: dict[str, float], second: dict[str, float]) -> float:
    """Return how much two texts share of what is rare: 0 nothing, 1 all."""
    lengths = sqrt(sum(w * w for w in first.values()) * sum(w * w for w in second.values()))
    return sum(weight * second.get(term, 0.0) for term, weight in first.items()) / lengths if lengths else 0.0


def _indexed(items: list[PublishedItem]) -> _Indexed:
    texts = [_terms(f"{item.subject} {item.content}") for item in items]
    occurrences = Counter(term for terms in texts for term in set(terms))
    rarity = {term: log(1 + len(items) / count) for term, count in occurrences.items()}
    return _Indexed(
        [(item, _weighed(terms, rarity)) for item, terms in zip(items, texts, strict=True)], rarity
    )


def _weighed(terms: Iterable[str], rarity: dict[str, float]) -> dict[str, float]:
    """Weigh each term once; one that nothing published has weighs like the rarest."""
    rarest = max(rarity.values(), default=1.0)
    return {term: rarity.get(term, rarest) for term in set(terms)}


def _terms(text: str) -> list[str]:
    words = _WORD.findall(unaccented(text).casefold())
    return [*words, *(f"{word} {following}" for word, following in pairwise(words))]
