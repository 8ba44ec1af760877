"""Divides the labelled texts into parts, by a seed: for cross-validation, and the part that is held back."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Sequence

from tests.bench import routing_figures
from tests.bench.routing_figures import Text

PARTS = 5
SEED = 20261128
HELD_BACK = 0
"""The part that thresholds were not chosen on: it has figures of its own, and its texts are the frozen ones."""


def parts_of(texts: Sequence[Text]) -> list[list[Text]]:
    """Divide texts into parts that have the same mix of sources and labels, by a fixed seed."""
    groups: dict[tuple[str, str | None, bool], list[Text]] = defaultdict(list)
    for text in texts:
        groups[text.source, text.field, text.denounces].append(text)
    parts: list[list[Text]] = [[] for _ in range(PARTS)]
    draw = random.Random(SEED)
    index = 0
    for _, group in sorted(groups.items(), key=lambda item: str(item[0])):
        draw.shuffle(group)
        for text in group:
            parts[index % PARTS].append(text)
            index += 1
    return parts


def frozen_lines(texts: Sequence[Text]) -> list[str]:
    """Return the lines of the frozen texts: the held-back part, of the short messages only every third."""
    lines = []
    for number, text in enumerate(parts_of(texts)[HELD_BACK]):
        if text.source == "labelled" and number % 3:
            continue
        right = {field for field in (text.field, text.second) if field}
        if right & {routing_figures.OUTSIDE, *routing_figures.FORWARDED}:
            right.add("FORWARDING")
        right |= {text.lane} - {"ORDINARY"} if text.lane else set()
        facts = {"text": text.text, "right": sorted(map(str, right)), "denounces": text.denounces}
        lines.append(json.dumps(facts, ensure_ascii=False))
    return lines
