"""Learns how much a text reads like a denunciation: a logistic regression in plain Python over words, pairs and signs.

Called by `learn_routing_hints.py`. The order of the texts and the random seed are fixed, so that learning twice from
the same labelled petitions gives the same row.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from math import exp, sqrt
from typing import Any

from shared.routing.rules import share_of_each

EPOCHS = 25
RATE = 0.3
SHRINKAGE = 0.4
MISSED_COSTS = 4.0
"""The weight of a missed denunciation against a wrongly suspected text."""
FROM_TEXTS = 5
LEAST = 0.05
VALID_FROM = "2018-06-18"

Example = tuple[Sequence[str], bool]


def learn(examples: Iterable[Example]) -> tuple[float, dict[str, float]]:
    """Return the bias and the weights (AdaGrad, L2 shrinkage) that tell denunciations from the rest."""
    labelled = list(examples)
    texts = Counter(feature for features, _ in labelled for feature in features)
    rows = [
        ([f for f in features if texts[f] >= FROM_TEXTS], share_of_each(features), denounces)
        for features, denounces in labelled
    ]
    weights: dict[str, float] = defaultdict(float)
    steps: dict[str, float] = defaultdict(lambda: 1e-2)
    bias, bias_step = 0.0, 1e-8
    order = random.Random(1)
    for _ in range(EPOCHS):
        order.shuffle(rows)
        for features, share, denounces in rows:
            odds = bias + share * sum(weights[feature] for feature in features)
            miss = (1 / (1 + exp(-max(-30.0, min(30.0, odds)))) - denounces) * (
                MISSED_COSTS if denounces else 1
            )
            bias_step += miss * miss
            bias -= RATE * miss / sqrt(bias_step)
            for feature in features:
                slope = miss * share + SHRINKAGE * weights[feature]
                steps[feature] += slope * slope
                weights[feature] -= RATE * slope / sqrt(steps[feature])
    return round(bias, 2), {feature: weight for feature, weight in weights.items() if abs(weight) >= LEAST}


def row_of(bias: float, weights: dict[str, float]) -> dict[str, Any]:
    """Shape what was learned as a directory row, weights rounded to twentieths."""
    terms: dict[str, list[str]] = defaultdict(list)
    for feature, weight in sorted(weights.items()):
        terms[f"{round(weight * 20) / 20:g}"].append(feature)
    ordered = dict(sorted(terms.items(), key=lambda item: -float(item[0])))
    return {
        "id": "resemblance",
        "valid_from": VALID_FROM,
        "type": "resemblance",
        "bias": bias,
        "terms": ordered,
    }
