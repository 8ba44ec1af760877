"""Learns from the *seen* labelled petitions which words hint at which field, and how denunciations read.

Run `python tests/bench/learn_routing_hints.py` from the root after adding labelled petitions: it writes what it learned
into the routing rules. With `check` it only cross-validates (ten parts, each judged by what never saw it), as
`make bench ARGS=routing-cross-validation` does. The unseen split is never read.
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from math import log
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "functions" / "router")]

from shared.routing.classifier import Lane, RoutingRules, features, signed_features  # noqa: E402
from shared.routing.text import read  # noqa: E402
from tests.bench import learn_resemblance, routing  # noqa: E402

FROM_TEXTS = 2
FROM_WEIGHT = 1.0
MOST = 3.0
PARTS = 10
LATEST = date(2026, 11, 2)
LEARNED = frozenset({"hints", "resemblance"})
VALID_FROM = "2018-06-18"


def learn(
    petitions: Iterable[Mapping[str, Any]], short_forms: Mapping[str, tuple[str, ...]]
) -> dict[str, Any]:
    """Weigh each word and pair of words by its log-odds for a topic, rounded to quarters."""
    texts: Counter[str] = Counter()
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    everywhere: Counter[str] = Counter()
    for petition in petitions:
        topic = topic_of(petition)
        petition_features = features(read(petition["text"], short_forms))
        texts[topic] += 1
        seen[topic].update(petition_features)
        everywhere.update(petition_features)
    total = texts.total()
    learned: dict[str, dict[str, float]] = {}
    for topic in sorted(seen.keys() - {""}):
        weights: dict[str, float] = {}
        for feature, times in seen[topic].items():
            others = everywhere[feature] - times
            odds = log((times + 0.5) / (texts[topic] + 1)) - log((others + 0.5) / (total - texts[topic] + 1))
            if times >= FROM_TEXTS and odds >= FROM_WEIGHT:
                weights[feature] = round(min(odds, MOST) * 4) / 4
        learned[topic] = weights
    return learned


def topic_of(petition: Mapping[str, Any]) -> str:
    """Name the field that hints may be learned for; what is no ordinary petition has none ("")."""
    return str(petition["field"]) if petition["lane"] == "ORDINARY" and petition["field"] != "KHAC" else ""


def rows_of(learned: Mapping[str, Mapping[str, float]]) -> list[dict[str, Any]]:
    """Shape learned weights as directory rows."""
    rows = []
    for topic, weights in learned.items():
        terms: dict[str, list[str]] = defaultdict(list)
        for feature, weight in sorted(weights.items()):
            terms[str(weight)].append(feature)
        ordered = dict(sorted(terms.items(), key=lambda item: -float(item[0])))
        row = {"id": f"hints-{topic}", "valid_from": VALID_FROM, "type": "hints", "topic": topic}
        rows.append({**row, "terms": ordered})
    return rows


def learned_rows(petitions: list[dict[str, Any]], rules: RoutingRules) -> list[dict[str, Any]]:
    """Learn everything that is learned, as directory rows."""
    examples = [
        (signed_features(petition["text"], rules), petition["lane"] == Lane.RESTRICTED)
        for petition in petitions
    ]
    resemblance = learn_resemblance.row_of(*learn_resemblance.learn(examples))
    return [*rows_of(learn(petitions, rules.short_forms)), resemblance]


def cross_validate(rules: list[dict[str, Any]]) -> routing.Figures:
    """Judge each tenth of the seen petitions by rules whose learned rows come from the other nine."""
    petitions = routing.petitions("seen")
    figures = routing.Figures()
    days = {date.fromisoformat(petition["on"]) for petition in petitions}
    for part in range(PARTS):
        rest = [petition for index, petition in enumerate(petitions) if index % PARTS != part]
        rows = [*rules, *learned_rows(rest, RoutingRules.from_rows(rules, on=LATEST))]
        compiled = {on: RoutingRules.from_rows(rows, on=on) for on in days}
        for petition in petitions[part::PARTS]:
            on = date.fromisoformat(petition["on"])
            routing.count(figures, petition, routing.decision_on(petition, compiled[on]))
    return figures


def unlearned() -> list[dict[str, Any]]:
    """Read the seeded rows that people wrote."""
    return [
        row for row in json.loads(routing.RULES.read_text(encoding="utf-8")) if row["type"] not in LEARNED
    ]


def check() -> None:
    """Print what cross-validation says of rules and learning together."""
    figures = cross_validate(unlearned())
    print(f"{figures.texts} seen texts, each judged by what was learned from the other nine tenths\n")
    routing.print_figures(figures)


def main() -> None:
    """Cross-validate, and unless only asked to check, write what was learned."""
    check()
    if "check" in sys.argv[1:]:
        return
    rules = unlearned()
    learned = learned_rows(routing.petitions("seen"), RoutingRules.from_rows(rules, on=LATEST))
    lines = [json.dumps(row, ensure_ascii=False) for row in learned]
    written = (
        routing.RULES.read_text(encoding="utf-8")
        .partition('{"id": "hints-')[0]
        .rstrip()
        .rstrip(",]")
        .rstrip()
    )
    routing.RULES.write_text(",\n".join([written, *lines]) + "\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
