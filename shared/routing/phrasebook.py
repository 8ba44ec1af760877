"""Finds the phrases of the routing rules in a text; knows nothing of what the phrases mean."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shared.routing.text import Words, fold, spell, split

_SLIP_FACTOR = 0.7
_WORDS_PER_SLIP = 3
"""The factor of a phrase's weight when some of its words carry other accents than it should (a typing slip)."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase with its weight for each label; its words as they are compared."""

    source: str
    spelled: tuple[str, ...]
    folded: tuple[str, ...]
    weights: Mapping[str, float]
    needs_accents: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase found at words[start:end]; `factor` is below 1 for a misspelled one."""

    phrase: Phrase
    start: int
    end: int
    factor: float


class Phrasebook:
    """Phrases, compiled once, that are looked up at every word of a text by their first word."""

    def __init__(self, entries: Iterable[tuple[str, str, float]]) -> None:
        """Take (phrase, label, weight) entries; one phrase may speak for several labels.

        Without its accents a single syllable means too many things ("cho": chờ, chó, cho), so it is found only as
        spelled, unless it ends in "~"; longer phrases are found unaccented too, unless they end in "!".
        """
        weights: dict[str, dict[str, float]] = defaultdict(dict)
        for source, label, weight in entries:
            weights[source][label] = max(weight, weights[source].get(label, weight))
        self._by_first: dict[str, list[Phrase]] = defaultdict(list)
        for source, labels in weights.items():
            words = [word.lower() for word in split(source)]
            if not words:
                continue
            phrase = Phrase(
                source=source.rstrip("!~"),
                spelled=tuple(spell(word) for word in words),
                folded=tuple(fold(word) for word in words),
                weights=labels,
                needs_accents=source.endswith("!")
                or (len(words) == 1 and not source.endswith("~") and not source.isascii()),
            )
            self._by_first[phrase.folded[0]].append(phrase)

    def find(self, words: Words) -> list[Hit]:
        """Find every phrase in the text, overlapping ones included."""
        hits: list[Hit] = []
        folded = words.folded
        for start, first in enumerate(folded):
            for phrase in self._by_first.get(first, ()):
                end = start + len(phrase.folded)
                if folded[start:end] != phrase.folded:
                    continue
                factor = _agreement(phrase, words, start)
                if factor > 0:
                    hits.append(Hit(phrase, start, end, factor))
        return hits

    def find_longest(self, words: Words) -> list[Hit]:
        """Find phrases such that none overlaps another: the longer wins, then the earlier."""
        taken = [False] * len(words)
        longest: list[Hit] = []
        for hit in sorted(self.find(words), key=lambda hit: (hit.start - hit.end, -hit.factor, hit.start)):
            if not any(taken[hit.start : hit.end]):
                taken[hit.start : hit.end] = [True] * (hit.end - hit.start)
                longest.append(hit)
        return sorted(longest, key=lambda hit: hit.start)


def _agreement(phrase: Phrase, words: Words, start: int) -> float:
    """Weigh how far the accents agree: 1 entirely or as far as written, less after a slip, 0 another phrase."""
    if phrase.needs_accents and not words.is_accented and all(word.isascii() for word in phrase.spelled):
        return 0.0
    slips = 0
    for offset, expected in enumerate(phrase.spelled):
        actual = words.spelled[start + offset]
        if actual == expected:
            continue
        if phrase.needs_accents:
            return 0.0
        slips += words.is_accented or not actual.isascii()
    if slips == 0:
        return 1.0
    return _SLIP_FACTOR if slips <= len(phrase.spelled) // _WORDS_PER_SLIP else 0.0
