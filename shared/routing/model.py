"""A linear model of a text: one row of the routing rules, trained offline, weighed in plain Python.

A row has the type `model`, its `purpose` (`field` or `denunciation`), `classes`, `bias` (one number for each class),
`scale`, `temperature`, `fewest` and `weights`, a string of `feature:code` joined by `|`. A code is a sequence of two
characters for each class that the feature speaks for or against: the class as a letter in the order of `classes`
(capital for, small against), then the weight in base 36, in units of `scale`. "luong huu:E9b2" says +9 for the fifth
class and -2 for the second. The score of a class is its bias plus the sum of the weights, divided by the square root of
the number of known features (at least `fewest`), so that a long text is not suspected for its length and a short one
not sure.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from math import exp, sqrt
from typing import Any

from shared.routing.features import NAME, NUMBER, PHRASES, SIGN

FIELD, DENUNCIATION = "field", "denunciation"
_FIRST_FOR, _FIRST_AGAINST = ord("A"), ord("a")
_NUMBERS = ("scale", "temperature", "fewest")
_MASKED = frozenset({NAME, NUMBER})
MOST_CLASSES = 26
MOST_UNITS = 35
"""The largest weight that one character of base 36 holds."""
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Model:
    """A linear model, ready to weigh texts."""

    classes: tuple[str, ...]
    bias: tuple[float, ...]
    scale: float
    temperature: float
    """By which scores are divided before they become probabilities: the probability 0.8 is right in 80 % of texts."""
    fewest: int
    """Number of known features that a shorter text is taken to have: few words make no certainty."""
    weights: Mapping[str, tuple[tuple[int, int], ...]]
    """Feature → (index of the class, weight in units of `scale`) for each class that it speaks for or against."""

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> "Model":
        """Read a row.

        Raises:
            ValueError: the row has no valid model.
            KeyError: the row lacks an attribute.
        """
        classes = tuple(str(name) for name in row["classes"])
        bias = tuple(float(value) for value in row["bias"])
        if not 0 < len(classes) == len(bias) <= MOST_CLASSES:
            raise ValueError("a model needs one bias for each class")
        entries = (entry.rpartition(":") for entry in str(row["weights"]).split("|") if entry)
        weights = {feature: decode(code, len(classes)) for feature, _, code in entries}
        return cls(classes, bias, float(row["scale"]), float(row["temperature"]), int(row["fewest"]), weights)

    def scores(self, features: Iterable[str]) -> dict[str, float]:
        """Return the score of each class (a log-odds for a model of one class)."""
        weights_of = [self.weights[feature] for feature in features if feature in self.weights]
        sums = [0] * len(self.classes)
        for weights in weights_of:
            for index, weight in weights:
                sums[index] += weight
        share = self.scale / sqrt(max(len(weights_of), self.fewest))
        return {
            name: bias + share * total
            for name, bias, total in zip(self.classes, self.bias, sums, strict=True)
        }

    def probabilities(self, scores: Mapping[str, float]) -> dict[str, float]:
        """Return calibrated probabilities for scores, most probable class first."""
        highest = max(scores.values())
        powers = {name: exp((score - highest) / self.temperature) for name, score in scores.items()}
        total = sum(powers.values())
        ranked = sorted(powers.items(), key=lambda item: (-item[1], item[0]))
        return {name: power / total for name, power in ranked}

    def certainties(self, scores: Mapping[str, float]) -> dict[str, float]:
        """Return the probability of each class by itself (for a model of one class)."""
        return {
            name: 1 / (1 + exp(-max(min(score / self.temperature, 30), -30)))
            for name, score in scores.items()
        }

    def heaviest(self, name: str, most: int) -> list[str]:
        """Return the runs of words that speak most for a class, heaviest first; masks and signs are left out."""
        index = self.classes.index(name)
        ranked = sorted(
            (-_weight_of(codes, index), feature)
            for feature, codes in self.weights.items()
            if _is_readable(feature)
        )
        return [feature for weight, feature in ranked[:most] if weight < 0]

    def reasons(self, features: Iterable[str], winner: str, runner_up: str | None, most: int) -> list[str]:
        """Return the runs of words that weigh most for the winner over the runner-up, heaviest first.

        Masked names and numbers, signs, phrases of the rules and runs inside heavier ones are left out.
        """
        first = self.classes.index(winner)
        second = self.classes.index(runner_up) if runner_up is not None else -1
        leads = [
            (_weight_of(self.weights[feature], first) - _weight_of(self.weights[feature], second), feature)
            for feature in features
            if feature in self.weights and _is_readable(feature)
        ]
        named: list[str] = []
        for lead, feature in sorted(leads, key=lambda pair: (-pair[0], pair[1])):
            if lead <= 0 or len(named) == most:
                break
            if not any(f" {feature} " in f" {other} " or f" {other} " in f" {feature} " for other in named):
                named.append(feature)
        return named


def digest_of(row: Mapping[str, Any]) -> str:
    """Name what a row of a model weighs, whenever it holds and whoever wrote it: eight hexadecimal digits."""
    weighed = [row[name] for name in ("purpose", "classes", "weights")]
    numbers = [[float(value) for value in row["bias"]], *(float(row[name]) for name in _NUMBERS)]
    return blake2b(json.dumps([*weighed, *numbers], ensure_ascii=False).encode(), digest_size=4).hexdigest()


def decode(code: str, classes: int) -> tuple[tuple[int, int], ...]:
    """Return (class, weight) for each pair of characters of a code.

    Raises:
        ValueError: a character stands for no class or no weight.
    """
    if len(code) % 2:
        raise ValueError(f"the code {code!r} has half a weight")
    weights = []
    for letter, digit in zip(code[::2], code[1::2], strict=True):
        is_for = letter.isupper()
        index = ord(letter) - (_FIRST_FOR if is_for else _FIRST_AGAINST)
        if not 0 <= index < classes:
            raise ValueError(f"{letter!r} stands for no class")
        weights.append((index, int(digit, 36) * (1 if is_for else -1)))
    return tuple(weights)


def encode(weights: Sequence[int]) -> str:
    """Return the code of a feature's weights, one for each class; zeros are left out."""
    return "".join(
        chr((_FIRST_FOR if weight > 0 else _FIRST_AGAINST) + index) + _DIGITS[min(abs(weight), MOST_UNITS)]
        for index, weight in enumerate(weights)
        if weight
    )


def _weight_of(weights: Iterable[tuple[int, int]], index: int) -> int:
    return next((weight for of, weight in weights if of == index), 0)


def _is_readable(feature: str) -> bool:
    return feature[0] not in {PHRASES, SIGN} and not _MASKED & set(feature.split())
