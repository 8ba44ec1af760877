"""Measures the search index: size, time to build and to change, time and memory of a search.

`make bench ARGS=search-costs` measures 10,000 petitions; `PAKN_BENCH_PETITIONS="10000 1000000"` as many as named.
Texts are made of syllables with the frequencies of language (Zipf), 120 words a petition and 90 an answer.
"""

from __future__ import annotations

import os
import random
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, timedelta
from itertools import accumulate
from pathlib import Path

from shared.search.fts5 import Fts5Index
from shared.search.index_file import IndexFile
from shared.search.port import EVERYTHING, Change, Document, Scope

_ONSETS = (
    "b",
    "c",
    "ch",
    "d",
    "đ",
    "g",
    "h",
    "kh",
    "l",
    "m",
    "n",
    "ng",
    "nh",
    "ph",
    "qu",
    "s",
    "t",
    "th",
    "tr",
    "v",
)
_RIMES = (
    "an",
    "ang",
    "ao",
    "ay",
    "ân",
    "âng",
    "em",
    "ên",
    "iêu",
    "inh",
    "oa",
    "oan",
    "ong",
    "ôi",
    "ơn",
    "ung",
    "ước",
    "y",
)
_TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
_SYLLABLES = [f"{onset}{rime}{tone}" for onset in _ONSETS for rime in _RIMES for tone in _TONES]
_WORDS, _ANSWERED = 120, 90
_CHANGES = 200
"""Petitions that change in an hour of a busy day at 10⁶ a year, about."""


def main() -> None:
    """Measure each size."""
    print(f"{'petitions':>10} {'file MB':>8} {'build s':>8} {'change s':>9} {'purge s':>8} "
          f"{'rare ms':>8} {'common ms':>10} {'unit ms':>8} {'like ms':>8} {'peak MB':>8}")  # fmt: skip
    for size in map(int, os.environ.get("PAKN_BENCH_PETITIONS", "10000").split()):
        with tempfile.TemporaryDirectory(dir=os.environ.get("PAKN_BENCH_FOLDER")) as folder:
            print(_measure(size, Path(folder) / "index.sqlite"), flush=True)


def _measure(size: int, path: Path) -> str:
    chance = random.Random(2026)
    chance.shuffle(_SYLLABLES)
    weights = list(accumulate(1 / rank for rank in range(3, len(_SYLLABLES) + 3)))
    with closing(IndexFile(path)) as file:
        build = _seconds(lambda: file.apply(_changes(range(size), 1, chance, weights)))
        few = [chance.randrange(size) for _ in range(_CHANGES)]
        change = _seconds(lambda: file.apply(_changes(few, 2, chance, weights)))
        purge = _seconds(file.purge)
    index = Fts5Index(path)
    rare, common = _SYLLABLES[1500:1502], _SYLLABLES[2:4]
    rare_ms = _median(lambda: index.search(" ".join(rare), EVERYTHING, limit=20))
    common_ms = _median(lambda: index.search(" ".join(common), EVERYTHING, limit=20))
    unit_ms = _median(lambda: index.search(" ".join(common), Scope(unit="U3"), limit=20))
    text = " ".join(chance.choices(_SYLLABLES, cum_weights=weights, k=_WORDS))
    like_ms = _median(lambda: index.like(text, limit=5)) if size <= 100_000 else float("nan")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return (
        f"{size:>10} {path.stat().st_size / 1e6:>8.0f} {build:>8.1f} {change:>9.2f} {purge:>8.1f} {rare_ms:>8.1f} "
        f"{common_ms:>10.1f} {unit_ms:>8.1f} {like_ms:>8.1f} {peak:>8.0f}"
    )


def _changes(
    numbers: range | list[int], version: int, chance: random.Random, weights: list[float]
) -> Iterator[Change]:
    for number in numbers:
        words = chance.choices(_SYLLABLES, cum_weights=weights, k=8 + _WORDS + _ANSWERED)
        key = f"26{number:09}"
        yield Change(
            key,
            Document(
                key=key,
                version=version,
                subject=" ".join(words[:8]),
                content=" ".join(words[8 : 8 + _WORDS]),
                answer=" ".join(words[8 + _WORDS :]),
                received_on=date(2026, 1, 1) + timedelta(days=number % 365),
                state="CLOSED",
                unit=f"U{number % 20}",
            ),
        )


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _median(work: Callable[[], object], times: int = 5) -> float:
    """Return the median of a few runs, in milliseconds."""
    return sorted(_seconds(work) for _ in range(times))[times // 2] * 1000
