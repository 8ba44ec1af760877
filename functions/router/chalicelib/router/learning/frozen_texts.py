"""The frozen texts: a held-back part of the labelled ones, invented, on which every candidate is compared."""

from __future__ import annotations

import json
from pathlib import Path

from shared.routing.outcomes import Labelled

FILE = Path(__file__).with_name("frozen.jsonl")
"""Written by `make train-routing`; each line has `text`, `right` (fields and lanes) and `denounces`."""


def frozen_texts() -> tuple[Labelled, ...]:
    """Read the frozen texts."""
    rows = map(json.loads, FILE.read_text(encoding="utf-8").splitlines())
    return tuple(Labelled(row["text"], frozenset(row["right"]), row["denounces"]) for row in rows)
