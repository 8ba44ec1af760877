"""Labelled texts, the seeded rules on a day, and what a decision costs (`make bench ARGS=routing`)."""

from __future__ import annotations

import json
import sys
import time
import zlib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "functions" / "router")]

from shared.routing.classifier import Decision, Lane, RoutingRules, decide  # noqa: E402

FROZEN = ROOT / "functions" / "router" / "chalicelib" / "router" / "learning" / "frozen.jsonl"
LABELLED = ROOT / "tests" / "shared" / "routing" / "labelled_petitions.jsonl"
RULES = ROOT / "infra" / "seed" / "routing_rules.json"
REORGANISED_ON = date(2025, 3, 1)
LATEST = date(2026, 11, 2)
FIELDS_2018 = frozenset(
    ["TCBM", "CQDP", "CCVC", "DTBD", "TL", "HPCP", "CCHC", "TN", "VTLT", "TDKT", "TG", "TTRA", "KHAC"]
)
FIELDS_2025 = FIELDS_2018 - {"TG"} | {"VLAM", "LDNN", "NCC", "QHLD"}


def petitions(split: str | None = None) -> list[dict[str, Any]]:
    """Read the labelled petitions, all or one split."""
    rows = [json.loads(line) for line in LABELLED.read_text(encoding="utf-8").splitlines()]
    return [row for row in rows if split is None or row["split"] == split]


@cache
def rules_on(on: date) -> RoutingRules:
    """Compile the seeded rules in force on a day."""
    return RoutingRules.from_rows(json.loads(RULES.read_text(encoding="utf-8")), on=on)


def fields_on(on: date) -> frozenset[str]:
    """Name the ministry's fields on a day (NĐ 34/2017; since 1 March 2025 NĐ 25/2025)."""
    return FIELDS_2025 if on >= REORGANISED_ON else FIELDS_2018


def decision_on(petition: dict[str, Any], rules: RoutingRules | None = None) -> Decision:
    """Decide one labelled petition as on its day of receipt, without a choice by its sender."""
    on = date.fromisoformat(petition["on"])
    return decide(
        petition["text"],
        rules or rules_on(on),
        chosen_field=None,
        chosen_kind=None,
        fields_in_force=fields_on(on),
    )


def expected(petition: dict[str, Any]) -> str:
    """Say where a text should go."""
    return str(petition["lane"] if petition["lane"] != Lane.ORDINARY else petition["field"])


def speed() -> tuple[float, float]:
    """Measure a decision in ms of processor time: the median of the labelled texts, and a text of 2,000 words."""
    texts = petitions()
    times = sorted(_milliseconds(petition) for petition in texts)
    long = {**texts[0], "text": " ".join(petition["text"] for petition in texts)[:10_000]}
    return times[len(times) // 2], min(_milliseconds(long) for _ in range(5))


def _milliseconds(petition: dict[str, Any]) -> float:
    started = time.process_time()
    decision_on(petition)
    return (time.process_time() - started) * 1000


def packed() -> int:
    """Return the bytes that routing adds to the router's package: code and frozen texts, compressed as in a zip."""
    files = [*(ROOT / "shared" / "routing").glob("*.py"), *FROZEN.parent.glob("*.*")]
    return sum(len(zlib.compress(path.read_bytes(), 6)) for path in files if path.is_file())


def main() -> None:
    """Print what a decision costs and how large the models are; `make train-routing` measures how right they are."""
    rules = rules_on(LATEST)
    print(f"rules {rules.version}")
    for name, model in (("fields", rules.fields), ("denunciations", rules.gate)):
        print(f"{f'features of the model of {name}':52}{len(model.weights) if model else 0:>6}")
    median, long = speed()
    print(
        f"{'processor time of a decision, goal 1.5 ms':52}{median:6.2f} ms (10,000 characters: {long:.1f} ms)"
    )
    print(f"{'bytes in the package, goal 150,000':52}{packed():>6}")


if __name__ == "__main__":
    main()
