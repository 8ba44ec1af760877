"""Finds the units of the ministry that a complaint about conduct names, so that they cannot see it; used by routing.

A unit that is only addressed ("đề nghị Thanh tra Bộ xem xét") is not complained of. Where the text names several units,
all count: none of them may examine the complaint.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from shared.routing.text import fold, split
from shared.tables.directory import Unit

ADDRESSED_BY = ("de ngi", "kien ngi", "mong", "nho", "gui", "yeu cau", "xin")
"""Folded words right before somebody who is asked to help; a few small words may come between."""
OURS = ("bo noi vu", "qui bo", "qui vu", "qui cuc", "qui co quan")
"""Names of the ministry as a whole, or of the unit that the sender believes to address."""
SOMEBODY_OF_OURS = "?"
"""The code of the ministry where no unit of it is named."""
_SMALL_WORDS = frozenset({"den", "toi", "cho", "qui", "ca", "duoc"})
_SHORTEST = 2
"""Words of a name that may stand for the unit: one alone is anybody's."""


def named_units(text: str, units: Iterable[Unit]) -> tuple[str, ...]:
    """Return the codes of the units that a text names as more than its addressee; `?` stands for the ministry."""
    read = _folded(text)
    codes: dict[str, None] = {}
    names = (*_names(units), *((name, SOMEBODY_OF_OURS) for name in OURS))
    for name, code in sorted(names, key=lambda pair: (-len(pair[0]), pair)):
        matches = tuple(re.finditer(rf"(?<!\S){re.escape(name)}(?!\S)", read))
        if any(not _is_addressed(read[: match.start()]) for match in matches):
            codes[code] = None
        # a longer name contains shorter ones: "Thanh tra Bộ Nội vụ" is one mention
        read = re.sub(rf"(?<!\S){re.escape(name)}(?!\S)", "\n", read)
    return tuple(codes)


def _names(units: Iterable[Unit]) -> Iterator[tuple[str, str]]:
    for unit in units:
        for name in {unit.name, unit.name.partition(" và ")[0], unit.name.partition(",")[0], unit.short_name}:
            folded = _folded(name)
            if folded.count(" ") + 1 >= _SHORTEST:
                yield folded, unit.id


def _is_addressed(before: str) -> bool:
    words = before.rpartition("\n")[2].split()
    while words and words[-1] in _SMALL_WORDS:
        words.pop()
    return f" {' '.join(words)}".endswith(tuple(f" {word}" for word in ADDRESSED_BY))


def _folded(text: str) -> str:
    """Return a text as its folded words, sentences apart, so that no name reaches over a full stop."""
    sentences = re.split(r"[.;:!?\n]+", text)
    return "\n".join(" ".join(fold(word.lower()) for word in split(sentence)) for sentence in sentences)
