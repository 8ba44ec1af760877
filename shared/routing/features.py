"""Turns a text into the features that the models weigh: runs of words, the rules' phrases and signs.

Names and numbers are masked before runs of words are formed, so that no model can learn, keep or show them.
"""

from collections.abc import Iterable, Mapping
from itertools import combinations

from shared.routing.text import Words

LONGEST_RUN = 3
"""Words of the longest runs that models know."""
NAME, NUMBER = "@", "#"
"""Masks of a name (two or more capitalised words in a row) and of a number; runs of one mask count as one word."""
PHRASES = "+"
"""Prefix of a feature that says how much the phrases of the rules speak for a topic."""
SIGN = "~"
"""Prefix of a feature that stands for a sign of the rules, or for two of them together."""
SURNAMES = frozenset({"nguyen", "tran", "pham", "huynh", "trinh", "quach", "thach"})
"""Parts of names that are hardly ever ordinary words: no model learns a run of words with one of them."""
_LEVELS = (1.0, 2.0, 3.0, 5.0, 8.0)
_FEWEST_IN_NAME = 2


def runs(words: Words, longest: int) -> set[str]:
    """Return each run of one to `longest` unaccented words, names and numbers masked."""
    masked = _masked(words)
    return {
        " ".join(masked[start : start + length])
        for length in range(1, longest + 1)
        for start in range(len(masked) - length + 1)
    }


def topics(scores: Mapping[str, float]) -> set[str]:
    """Return a feature for each level that the phrases' weight for a topic reaches ("+CCVC3")."""
    return {
        f"{PHRASES}{topic}{level:g}" for topic, score in scores.items() for level in _LEVELS if score >= level
    }


def single_signs(seen: Iterable[str]) -> set[str]:
    """Return a feature for each sign ("~praise")."""
    return {f"{SIGN}{sign}" for sign in seen}


def signs(seen: Iterable[str]) -> set[str]:
    """Return a feature for each sign and for each pair of signs ("~money", "~money~named_person")."""
    ordered = sorted(seen)
    pairs = (f"{SIGN}{first}{SIGN}{second}" for first, second in combinations(ordered, 2))
    return single_signs(ordered) | set(pairs)


def _masked(words: Words) -> list[str]:
    folded = [NUMBER if word[0].isdigit() else word for word in words.folded]
    shouting = all(word.isupper() for word in words.written if word[0].isalpha())
    if words.is_accented and not shouting:
        start = 0
        while start < len(folded):
            end = start
            while end < len(folded) and _is_capitalised(words.written[end]):
                end += 1
            if end - start >= _FEWEST_IN_NAME:
                folded[start:end] = [NAME] * (end - start)
            start = max(end, start + 1)
    return [
        word
        for index, word in enumerate(folded)
        if word not in {NAME, NUMBER} or folded[index - 1 : index] != [word]
    ]


def _is_capitalised(written: str) -> bool:
    return written[0].isupper() and not written.isupper()
