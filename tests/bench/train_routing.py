"""Trains the router's two models, and judges them on texts that they were not trained on.

`make train-routing` cross-validates (five parts, each decided by what was trained on the other four), writes the
figures into docs/routing.md, then trains on all texts and writes the rows `model-field` and `model-denunciation` into
the routing rules. scikit-learn is needed here and nowhere else: the functions weigh the models in plain Python.
"""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log, sqrt
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from shared.routing.classifier import RoutingRules, features_of_denunciations, plain_signs, read_by
from shared.routing.features import SURNAMES
from shared.routing.model import DENUNCIATION, FIELD, MOST_UNITS, encode
from shared.routing.text import read
from shared.routing.topics import features_of_fields, weigh
from tests.bench import routing, routing_changes, routing_figures, routing_parts
from tests.bench.routing_changes import Changed
from tests.bench.routing_figures import Text

TODAY = routing.LATEST
FROM_TEXTS = 5
"""Texts that a feature must occur in: what fewer people wrote is neither learned nor shown as a reason."""
MOST_FEATURES = {FIELD: 3500, DENUNCIATION: 3000}
MOST_WEIGHTS = 9000
STRENGTH = {FIELD: 3.0, DENUNCIATION: 10.0}
"""Inverse strength of the L2 penalty."""
WEIGHT_OF = {"letters": 1.0, "short": 1.0, "gate": 1.0, "labelled": 0.5}
"""The weight of a text by its source in the model of fields: those in the register of real letters count double."""
GATE_WEIGHT_OF = {"letters": 1.0, "short": 1.0, "gate": 4.0, "labelled": 1.0}
TEMPERATURE = {FIELD: 0.45, DENUNCIATION: 1.0}
"""Chosen so that a probability is the share that is right (docs/routing.md)."""
FEWEST = {FIELD: 16, DENUNCIATION: 1}
VALID_FROM = {FIELD: "2025-03-01", DENUNCIATION: "2018-06-18"}
JOINED = 900
"""Ordinary texts made of short ones, so that length speaks for nothing; half as many denounce in passing."""
JOINED_WEIGHT = 0.5
SHORT_WORDS = 45


@dataclass(frozen=True)
class Example:
    """A text as features, with its class and its weight."""

    features: set[str]
    label: str
    weight: float


def field_features(text: str, rules: RoutingRules) -> set[str]:
    """Return the features of a text for the model of fields."""
    words = read_by(rules, text)
    phrases = weigh(rules.topics.find_longest(words), rules.limits.repeat)
    return features_of_fields(words, phrases, plain_signs(text, words, rules))


def gate_features(text: str, rules: RoutingRules) -> set[str]:
    """Return the features of a text for the model of denunciations."""
    words = read_by(rules, text)
    return features_of_denunciations(words, plain_signs(text, words, rules))


def field_examples(texts: Iterable[Text], rules: RoutingRules) -> list[Example]:
    """Return each ordinary text with its field."""
    return [
        Example(field_features(text.text, rules), text.field, WEIGHT_OF[text.source])
        for text in texts
        if text.field is not None and not text.denounces
    ]


def gate_examples(texts: Sequence[Text], rules: RoutingRules) -> list[Example]:
    """Return denunciations and ordinary texts, with joined ones, so that neither is longer than the other."""
    examples = [
        Example(
            gate_features(text.text, rules), _label(denounces=text.denounces), GATE_WEIGHT_OF[text.source]
        )
        for text in texts
    ]
    draw = random.Random(routing_parts.SEED)
    short = [text for text in texts if not text.denounces and len(read(text.text)) < SHORT_WORDS]
    accusing = [text for text in texts if text.denounces]
    for _ in range(JOINED):
        parts = draw.sample(short, draw.choice((2, 2, 3)))
        examples.append(_joined(parts, rules, denounces=False))
    for _ in range(JOINED // 2):
        parts = [draw.choice(accusing), draw.choice(short)]
        draw.shuffle(parts)
        examples.append(_joined(parts, rules, denounces=True))
    return examples


def _joined(parts: Sequence[Text], rules: RoutingRules, *, denounces: bool) -> Example:
    text = ". ".join(part.text for part in parts)
    return Example(gate_features(text, rules), _label(denounces=denounces), JOINED_WEIGHT)


def _label(*, denounces: bool) -> str:
    return "DENUNCIATION" if denounces else "ORDINARY"


def train(purpose: str, examples: Sequence[Example]) -> dict[str, Any]:
    """Train a model and return it as a row of the routing rules."""
    times = Counter(feature for example in examples for feature in example.features)
    vocabulary = sorted(f for f, count in times.items() if count >= FROM_TEXTS and not _is_name(f))
    rarity = {f: log(len(examples) / times[f]) / 3 + 0.3 for f in vocabulary}
    fitted = _fit(purpose, examples, vocabulary, rarity, rounds=60)
    importance = np.abs(_weights(fitted, vocabulary, rarity)).max(axis=0)
    importance *= np.sqrt([min(times[f], 60) for f in vocabulary])
    best = sorted(np.argsort(-importance)[: MOST_FEATURES[purpose]])
    vocabulary = [vocabulary[index] for index in best]
    fitted = _fit(purpose, examples, vocabulary, rarity, rounds=300)
    weights = _weights(fitted, vocabulary, rarity)
    is_binary = len(fitted.classes_) == 2
    if is_binary and fitted.classes_[1] != "DENUNCIATION":
        weights = -weights
    bias = fitted.intercept_ * (1 if not is_binary or fitted.classes_[1] == "DENUNCIATION" else -1)
    return _row(purpose, ["DENUNCIATION"] if is_binary else list(fitted.classes_), bias, weights, vocabulary)


def _fit(
    purpose: str, examples: Sequence[Example], vocabulary: list[str], rarity: dict[str, float], rounds: int
) -> LogisticRegression:
    place = {feature: index for index, feature in enumerate(vocabulary)}
    starts, columns, values = [0], [], []
    for example in examples:
        in_text = sorted(feature for feature in example.features if feature in place)
        columns += [place[feature] for feature in in_text]
        values += [rarity[feature] / sqrt(max(len(in_text), FEWEST[purpose])) for feature in in_text]
        starts.append(len(columns))
    matrix = csr_matrix((values, columns, starts), shape=(len(examples), len(vocabulary)))
    balance = "balanced" if purpose == DENUNCIATION else None
    model = LogisticRegression(C=STRENGTH[purpose], max_iter=rounds, class_weight=balance)
    return model.fit(
        matrix, [example.label for example in examples], sample_weight=[e.weight for e in examples]
    )


def _weights(fitted: LogisticRegression, vocabulary: list[str], rarity: dict[str, float]) -> np.ndarray:
    return fitted.coef_ * np.array([rarity[feature] for feature in vocabulary])


def _row(
    purpose: str, classes: list[str], bias: Iterable[float], weights: np.ndarray, vocabulary: list[str]
) -> dict[str, Any]:
    """Prune and quantise: the strongest weights, in at most 35 steps."""
    if weights.size > MOST_WEIGHTS:
        least = np.sort(np.abs(weights).ravel())[-MOST_WEIGHTS]
        weights = np.where(np.abs(weights) < least, 0, weights)
    scale = float(np.quantile(np.abs(weights[weights != 0]), 0.999)) / MOST_UNITS
    units = np.clip(np.round(weights / scale), -MOST_UNITS, MOST_UNITS).astype(int)
    codes = ((feature, encode([int(u) for u in units[:, i]])) for i, feature in enumerate(vocabulary))
    return {
        "id": f"model-{purpose}",
        "valid_from": VALID_FROM[purpose],
        "type": "model",
        "purpose": purpose,
        "classes": classes,
        "bias": [round(float(value), 3) for value in bias],
        "scale": round(scale, 4),
        "temperature": TEMPERATURE[purpose],
        "fewest": FEWEST[purpose],
        "weights": "|".join(f"{feature}:{code}" for feature, code in codes if code),
    }


def _is_name(feature: str) -> bool:
    return bool(SURNAMES & set(feature.split()))


def trained_rows(texts: Sequence[Text], rules: RoutingRules) -> list[dict[str, Any]]:
    """Train both models on texts."""
    rows = [
        train(FIELD, field_examples(texts, rules)),
        train(DENUNCIATION, gate_examples(texts, rules)),
    ]
    return [row | {"learned_from": {"texts": len(texts)}} for row in rows]


def cross_validate(
    texts: Sequence[Text], written: list[dict[str, Any]]
) -> tuple[list[routing_figures.Judged], list[Changed]]:
    """Decide each text, and each letter after changes of form, by models that were trained on the other parts."""
    rules = RoutingRules.from_rows(written, on=TODAY)
    parts = routing_parts.parts_of(texts)
    judged: list[routing_figures.Judged] = []
    changed: list[Changed] = []
    for number, part in enumerate(parts):
        rest = [text for other, texts_ in enumerate(parts) if other != number for text in texts_]
        compiled = RoutingRules.from_rows([*written, *trained_rows(rest, rules)], on=TODAY)
        judged += [routing_figures.judge(text, compiled) for text in part]
        letters = [text.text for text in part if text.source in routing_figures.LETTERS]
        changed += routing_changes.changed(letters, compiled)
        print(f"part {number + 1} of {routing_parts.PARTS} is judged", file=sys.stderr)
    return judged, changed


def main() -> None:
    """Cross-validate, write the figures into docs/routing.md and the models into the routing rules."""
    texts = routing_figures.texts()
    written = [row for row in json.loads(routing.RULES.read_text(encoding="utf-8")) if row["type"] != "model"]
    judged, changed = cross_validate(texts, written)
    held_back = set(routing_parts.parts_of(texts)[routing_parts.HELD_BACK])
    rows = trained_rows(texts, RoutingRules.from_rows(written, on=TODAY))
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    for row, line in zip(rows, lines, strict=True):
        print(f"{row['id']}: {row['weights'].count('|') + 1} features, {len(line.encode()):,} bytes")
    head = (
        routing.RULES.read_text(encoding="utf-8")
        .partition('{"id": "model-')[0]
        .rstrip()
        .rstrip(",]")
        .rstrip()
    )
    routing.RULES.write_text(",\n".join([head, *lines]) + "\n]\n", encoding="utf-8")
    routing.FROZEN.write_text("\n".join(routing_parts.frozen_lines(texts)) + "\n", encoding="utf-8")
    version = RoutingRules.from_rows([*written, *rows], on=TODAY).version
    routing_figures.write_docs(
        routing_figures.report(judged, version, [each for each in judged if each.label in held_back], changed)
    )


if __name__ == "__main__":
    main()
