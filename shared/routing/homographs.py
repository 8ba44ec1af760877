"""Finds phrases of the rules that, written without accents, mostly mean something else.

"bì thư" (an envelope, so a bribe) is typed "bi thu", and so is "bí thư" (a secretary), which people write far more
often. Such a phrase may count only with its accents: it ends in "!" in the rules.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from shared.routing.text import Words, fold, spell, split


class Homograph(NamedTuple):
    """A phrase that texts use less often than other words of the same letters."""

    row: str
    """Identifier of the row that has the phrase."""
    phrase: str
    times: int
    """Number of times that accented texts have the phrase itself."""
    others: int
    """Number of times that they have other words which lose their accents to the same letters."""


def homographs(rows: Iterable[Mapping[str, Any]], texts: Iterable[Words]) -> list[Homograph]:
    """Return the phrases of the rows that would more often be mistaken than meant, by what accented texts say.

    Phrases that need their accents anyway, and the neutral ones that only hide others, are left out.
    """
    phrases = {
        (str(row.get("id")), phrase): tuple(word.lower() for word in split(phrase))
        for row in rows
        if row.get("type") != "neutral"
        for phrase in _phrases(row)
        if not _needs_accents(phrase)
    }
    spellings = _spellings({tuple(map(fold, words)) for words in phrases.values()}, texts)
    mistaken = []
    for (row, phrase), words in phrases.items():
        counts = spellings[tuple(map(fold, words))]
        times = counts[tuple(map(spell, words))]
        if (others := counts.total() - times) > times:
            mistaken.append(Homograph(row, phrase, times, others))
    return mistaken


def _spellings(
    wanted: set[tuple[str, ...]], texts: Iterable[Words]
) -> defaultdict[tuple[str, ...], Counter[tuple[str, ...]]]:
    spellings: defaultdict[tuple[str, ...], Counter[tuple[str, ...]]] = defaultdict(Counter)
    lengths = {len(folded) for folded in wanted}
    for words in texts:
        if not words.is_accented:
            continue
        for length in lengths:
            for start in range(len(words) - length + 1):
                folded = words.folded[start : start + length]
                if folded in wanted:
                    spellings[folded][words.spelled[start : start + length]] += 1
    return spellings


def _phrases(row: Mapping[str, Any]) -> Iterable[str]:
    terms = row.get("terms", ())
    if isinstance(terms, Mapping):
        return [str(phrase) for phrases in terms.values() for phrase in phrases]
    return [str(phrase) for phrase in terms]


def _needs_accents(phrase: str) -> bool:
    words = split(phrase)
    if phrase.endswith("!") or not words:
        return True
    return len(words) == 1 and not phrase.endswith("~")
