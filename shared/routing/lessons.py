"""Learns from decisions of officers: moves the weights of a model in force a little, in plain Python.

An averaged stochastic gradient descent on the logistic loss, from the weights in force: the same lessons in the same
order give the same row. Each weight stays near where it was (`MOST_CHANGE`), so no month can turn a model round.
The model in force was trained offline (docs/routing.md); this is for what officers know better since.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

from shared.routing.features import LONGEST_RUN, SURNAMES, runs
from shared.routing.model import MOST_UNITS, Model, encode
from shared.routing.text import Words

FROM_TEXTS = 5
"""Texts, each by another sender, that a new run of words must occur in."""
MOST_FEATURES = 4_000
MOST_BYTES = 60_000
PASSES = 4
RATE = 0.3
"""By how much one lesson of weight 1 moves its text's score at most, in one pass."""
MOST_CHANGE = 4.0
"""By how much a weight may differ from where it was in force (the largest are about 6)."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """A text as features, with the class that officers gave it ("" for none of a model of one class)."""

    features: frozenset[str]
    label: str
    weight: float = 1.0


def new_runs(texts: Iterable[tuple[str, Words]], present: Iterable[str]) -> set[str]:
    """Return the runs of words worth learning: written by at least five senders, and nobody's name.

    Only texts with accents are looked at, and of them only words in small letters: there a name shows itself.

    Args:
        texts: sender (any key) and words.
        present: features that the model has already.
    """
    senders: dict[str, set[str]] = defaultdict(set)
    for sender, words in texts:
        if words.is_accented:
            for run in _nameless(words):
                if len(senders[run]) < FROM_TEXTS:
                    senders[run].add(sender)
    return {run for run, by in senders.items() if len(by) >= FROM_TEXTS} - set(present)


def _nameless(words: Words) -> set[str]:
    """Return the runs of words in small letters, without a digit and without a part of a name."""
    nameless: set[str] = set()
    start = 0
    while start < len(words):
        end = start
        while end < len(words) and _is_plain(words.written[end], words.folded[end]):
            end += 1
        part = words.without([(0, start), (end, len(words))])
        nameless |= runs(part, LONGEST_RUN) if len(part) else set()
        start = end + 1
    return nameless


def _is_plain(written: str, folded: str) -> bool:
    return written.islower() and folded.isalpha() and folded not in SURNAMES


def learned(row: Mapping[str, Any], lessons: Sequence[Lesson], new: Iterable[str] = ()) -> dict[str, Any]:
    """Return a row whose model has learned.

    Args:
        row: of the model in force.
        lessons: in any order that is always the same.
        new: further features that it may learn, the most frequent first.
    """
    model = Model.from_row(row)
    weights = _Weights(model, new)
    for number in range(PASSES):
        for lesson in lessons if number % 2 == 0 else reversed(lessons):
            weights.learn(lesson)
        weights.remember()
    bias, moved = weights.averaged()
    return dict(row) | {"bias": [round(value, 3) for value in bias], "weights": _written(moved, model)}


class _Weights:
    """The weights of a model while they move."""

    def __init__(self, model: Model, new: Iterable[str]) -> None:
        self._model = model
        size = len(model.classes)
        self._start = {feature: _row_of(codes, size, model.scale) for feature, codes in model.weights.items()}
        room = max(MOST_FEATURES - len(self._start), 0)
        self._start |= {feature: [0.0] * size for feature in list(new)[:room]}
        self._now = {feature: list(row) for feature, row in self._start.items()}
        self._sum: dict[str, list[float]] = {}
        self._bias = list(model.bias)
        self._bias_sum = [0.0] * size
        self._times = 0

    def learn(self, lesson: Lesson) -> None:
        """Move the weights of a text's features towards its class."""
        in_text = [feature for feature in lesson.features if feature in self._now]
        if not in_text or (lesson.label and lesson.label not in self._model.classes):
            return
        norm = sqrt(max(len(in_text), self._model.fewest))
        rows = [self._now[feature] for feature in in_text]
        scores = [
            bias + sum(column) / norm
            for bias, column in zip(self._bias, zip(*rows, strict=True), strict=True)
        ]
        for index, miss in enumerate(self._misses(scores, lesson.label)):
            step = RATE * lesson.weight * miss
            self._bias[index] += step / len(in_text)
            for feature, row in zip(in_text, rows, strict=True):
                start = self._start[feature][index]
                row[index] = min(max(row[index] + step / norm, start - MOST_CHANGE), start + MOST_CHANGE)

    def _misses(self, scores: Sequence[float], label: str) -> list[float]:
        """Return by how much each class's probability falls short of what officers decided."""
        classes = self._model.classes
        if len(classes) == 1:
            (probability,) = self._model.certainties(dict(zip(classes, scores, strict=True))).values()
            return [float(bool(label)) - probability]
        probabilities = self._model.probabilities(dict(zip(classes, scores, strict=True)))
        return [float(name == label) - probabilities[name] for name in classes]

    def remember(self) -> None:
        """Count the weights as they are now into the average."""
        self._times += 1
        for feature, row in self._now.items():
            before = self._sum.get(feature)
            self._sum[feature] = (
                list(row) if before is None else list(map(sum, zip(before, row, strict=True)))
            )
        self._bias_sum = list(map(sum, zip(self._bias_sum, self._bias, strict=True)))

    def averaged(self) -> tuple[list[float], dict[str, list[float]]]:
        """Return the averages of bias and weights."""
        weights = {feature: [value / self._times for value in row] for feature, row in self._sum.items()}
        return [value / self._times for value in self._bias_sum], weights


def _row_of(codes: Iterable[tuple[int, int]], size: int, scale: float) -> list[float]:
    row = [0.0] * size
    for index, units in codes:
        row[index] = units * scale
    return row


def _written(weights: Mapping[str, Sequence[float]], model: Model) -> str:
    """Write weights as a row has them, in its units; the weakest are left out where there is no room."""
    entries = []
    for feature, row in weights.items():
        units = [max(-MOST_UNITS, min(MOST_UNITS, round(value / model.scale))) for value in row]
        if any(units):
            entries.append((max(map(abs, units)), feature, f"{feature}:{encode(units)}"))
    room = MOST_BYTES
    strongest = set()
    for _strength, feature, entry in sorted(entries, key=lambda each: (-each[0], each[1])):
        room -= len(entry.encode()) + 1
        if room >= 0:
            strongest.add(feature)
    return "|".join(entry for _strength, feature, entry in entries if feature in strongest)
