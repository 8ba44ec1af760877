"""Measures the router's classifier on the labelled petitions and prints its confusion matrix.

Run it as `python tests/bench/routing.py` from the root (add `seen` to see the other half). The test beside
`labelled_petitions.jsonl` uses the same figures to keep `docs/routing.md` true.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "functions" / "router")]

from shared.routing.classifier import Decision, Lane, RoutingRules, decide  # noqa: E402

LABELLED = ROOT / "tests" / "shared" / "routing" / "labelled_petitions.jsonl"
RULES = ROOT / "infra" / "seed" / "routing_rules.json"
SILENT = "silent"
_OPENED_BY_INTAKE = frozenset({Lane.GUIDANCE, Lane.FORWARDING, Lane.SPAM, Lane.FOREIGN})
"""Lanes that end at the intake desk, not at a unit: a person reads before anybody else does."""
REORGANISED_ON = date(2025, 3, 1)
FIELDS_2018 = frozenset(
    ["TCBM", "CQDP", "CCVC", "DTBD", "TL", "HPCP", "CCHC", "TN", "VTLT", "TDKT", "TG", "TTRA", "KHAC"]
)
FIELDS_2025 = FIELDS_2018 - {"TG"} | {"VLAM", "LDNN", "NCC", "QHLD"}


@dataclass
class Figures:
    """Counts over one split of the labelled petitions."""

    texts: int = 0
    tried: int = 0
    """Texts that have an answer; a text that nobody could place (KHAC) should meet silence instead."""
    spoke: int = 0
    right: int = 0
    placeless: int = 0
    left_alone: int = 0
    ranked: int = 0
    in_best_three: int = 0
    denunciations: int = 0
    leaked: int = 0
    """Denunciations that went to a unit's ordinary queue: the one thing that must never happen."""
    suspected: int = 0
    """Denunciations handed to the intake desk with a warning."""
    unnoticed: int = 0
    """Denunciations handed to the intake desk without a warning."""
    wrongly_restricted: int = 0
    wrongly_suspected: int = 0
    others: int = 0
    others_spoke: int = 0
    others_right: int = 0
    forwarded: int = 0
    right_body: int = 0
    kinds: int = 0
    right_kind: int = 0
    matrix: Counter[tuple[str, str]] = field(default_factory=Counter)

    def numbers(self) -> dict[str, str]:
        """Return the figures that are counted rather than shared out."""
        others = self.texts - self.denunciations
        return {
            "tố cáo in a unit's queue": f"{self.leaked} of {self.denunciations}",
            "tố cáo in the restricted lane": f"{self.denunciations - self.leaked - self.suspected - self.unnoticed}"
            f" of {self.denunciations}",
            "tố cáo at the intake desk, with a warning": f"{self.suspected} of {self.denunciations}",
            "tố cáo at the intake desk, unnoticed": f"{self.unnoticed} of {self.denunciations}",
            "others wrongly in the restricted lane": f"{self.wrongly_restricted} of {others}",
            "others at the intake desk with a needless warning": f"{self.wrongly_suspected} of {others}",
        }

    def percentages(self) -> dict[str, float]:
        """Give the figures that goals are set on, in per cent."""
        return {
            "right when it speaks": _percent(self.right, self.spoke),
            "speaks": _percent(self.spoke, self.tried),
            "right when it speaks, denunciations aside": _percent(self.others_right, self.others_spoke),
            "speaks, denunciations aside": _percent(self.others_spoke, self.others),
            "right field among best three": _percent(self.in_best_three, self.ranked),
            "silent on what cannot be placed": _percent(self.left_alone, self.placeless),
            "right body when forwarded": _percent(self.right_body, self.forwarded),
            "right kind": _percent(self.right_kind, self.kinds),
        }


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


def outcome(decision: Decision) -> str:
    """Say where a text went: a lane, a field, or nowhere."""
    if not decision.speaks:
        return SILENT
    return str(decision.lane) if decision.lane is not Lane.ORDINARY else str(decision.field)


def expected(petition: dict[str, Any]) -> str:
    """Say where a text should go."""
    return str(petition["lane"] if petition["lane"] != Lane.ORDINARY else petition["field"])


def measure(split: str | None) -> Figures:
    """Decide every text of a split and count."""
    figures = Figures()
    for petition in petitions(split):
        count(figures, petition, decision_on(petition))
    return figures


def count(figures: Figures, petition: dict[str, Any], decision: Decision) -> None:
    """Add one decision to the figures."""
    should, went = expected(petition), outcome(decision)
    figures.texts += 1
    figures.matrix[should, went] += 1
    figures.wrongly_restricted += went == Lane.RESTRICTED != should
    if should == Lane.RESTRICTED:
        figures.denunciations += 1
        is_at_intake = went in {SILENT, *_OPENED_BY_INTAKE}
        figures.leaked += went != Lane.RESTRICTED and not is_at_intake
        figures.suspected += is_at_intake and bool(decision.suspicion)
        figures.unnoticed += is_at_intake and not decision.suspicion
    else:
        figures.wrongly_suspected += bool(decision.suspicion)
    if should == "KHAC":
        figures.placeless += 1
        figures.left_alone += went in {SILENT, "KHAC"}
    else:
        figures.tried += 1
        figures.spoke += decision.speaks
        figures.right += decision.speaks and went == should
        if should != Lane.RESTRICTED:
            figures.others += 1
            figures.others_spoke += decision.speaks
            figures.others_right += decision.speaks and went == should
        if petition["field"] is not None:
            figures.ranked += 1
            figures.in_best_three += petition["field"] in dict(decision.best)
    if should == went == Lane.FORWARDING:
        figures.forwarded += 1
        figures.right_body += decision.body == petition["body"]
    if petition["kind"] is not None and decision.lane is Lane.ORDINARY:
        figures.kinds += 1
        figures.right_kind += decision.kind == petition["kind"]


def confusion_matrix(figures: Figures) -> str:
    """Write the matrix as a Markdown table: a row per right answer, a column per place it went to."""
    rows = list(dict.fromkeys(expected(petition) for petition in petitions()))
    columns = [*(name for name in rows if name != "KHAC"), SILENT]
    lines = [
        f"| should go to ↓, went to → | {' | '.join(columns)} |",
        f"|---|{'---:|' * len(columns)}",
    ]
    for should in rows:
        cells = (figures.matrix.get((should, went), 0) for went in columns)
        lines.append(f"| {should} | {' | '.join(str(cell or '') for cell in cells)} |")
    return "\n".join(lines)


def speed() -> tuple[float, float]:
    """Measure milliseconds for an ordinary and for a very long text (median of the labelled, 2,000 words)."""
    texts = petitions()
    times = sorted(_milliseconds(petition) for petition in texts)
    long = {**texts[0], "text": " ".join(petition["text"] for petition in texts)[:10_000]}
    return times[len(times) // 2], min(_milliseconds(long) for _ in range(5))


def _milliseconds(petition: dict[str, Any]) -> float:
    started = time.perf_counter()
    decision_on(petition)
    return (time.perf_counter() - started) * 1000


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 1) if whole else 0.0


def main() -> None:
    """Print the matrix and the figures."""
    split = "seen" if "seen" in sys.argv[1:] else "unseen"
    figures = measure(split)
    print(f"rules {rules_on(date(2026, 11, 2)).version}, {figures.texts} {split} texts\n")
    print(confusion_matrix(figures), end="\n\n")
    print_figures(figures)
    median, long = speed()
    print(f"{'a text takes':52}{median:6.2f} ms (10,000 characters: {long:.1f} ms)")


def print_figures(figures: Figures) -> None:
    """Print what goals are set on."""
    for name, value in figures.percentages().items():
        print(f"{name:52}{value:6.1f} %")
    for name, number in figures.numbers().items():
        print(f"{name:52}{number:>9}")


if __name__ == "__main__":
    main()
