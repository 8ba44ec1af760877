"""Figures of the router on labelled texts: what docs/routing.md states and `make bench ARGS=routing` prints."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from shared.routing.classifier import Decision, Lane, RoutingRules, decide
from shared.routing.text import read
from tests.bench import routing
from tests.bench.routing_changes import Changed

DOCS = routing.ROOT / "docs" / "routing.md"
BEGIN, END = "<!-- figures: make train-routing -->", "<!-- end of figures -->"
FORWARDED = frozenset({"TG"})
"""Fields that the router recognises and that another ministry has (Bộ Dân tộc và Tôn giáo)."""
OUTSIDE = "KHAC"
THANKS = "TTRA"
"""The field of thanks; the subject is a field that could be defended (docs/routing.md)."""
SOURCES = {
    "letters": "letters, questions, voters' petitions, SMS",
    "short": "shorter, cleaner ones",
    "labelled": "messages of some 16 words",
    "gate": "denunciations and what only looks like them",
}
PLACES = {
    "unit": "at a unit",
    "lane": "desk: guidance, forwarding, spam",
    "silent": "desk: no field sure enough",
    "held": "desk: with a warning",
    "restricted": "restricted lane",
}
"""First reader of a text → heading of a column in Markdown."""
LETTERS = frozenset({"letters", "short"})
"""Sources in the register of real letters."""
SIDE_LANES = frozenset({"RESTRICTED", "GUIDANCE", "SPAM", "FOREIGN"})


@dataclass(frozen=True)
class Text:
    """A labelled text; `second` is a field that a careful officer could defend."""

    text: str
    source: str
    field: str | None
    second: str | None
    kind: str | None
    denounces: bool
    subtype: str
    lane: str | None = None


@dataclass(frozen=True)
class Judged:
    """A text with the decision about it."""

    label: Text
    decision: Decision

    @property
    def went(self) -> str:
        """The field that the rules spoke for, the lane, or "held" or "silent" where a person decides."""
        decision = self.decision
        if decision.lane is not Lane.ORDINARY:
            return str(decision.lane)
        return decision.field or ("held" if decision.suspicion else "silent")

    @property
    def place(self) -> str:
        """The first reader of the text: a key of `PLACES`."""
        if self.went == Lane.RESTRICTED:
            return "restricted"
        if self.decision.lane is not Lane.ORDINARY:
            return "lane"
        return self.went if self.went in PLACES else "unit"

    @property
    def is_spoken(self) -> bool:
        """True if the rules chose a field, or another way than the intake desk."""
        return self.place not in {"held", "silent"}

    @property
    def is_right(self) -> bool:
        """True if the field is right, or the text was rightly forwarded."""
        label = self.label
        if self.decision.lane is Lane.FORWARDING:
            return bool({OUTSIDE, *FORWARDED} & {label.field, label.second})
        return self.went in {label.field, label.second}

    @property
    def is_right_first(self) -> bool:
        """True if the most probable field is right, spoken or not."""
        return bool(self._right_fields & {field for field, _ in self.decision.best[:1]})

    @property
    def is_in_best_three(self) -> bool:
        """True if one of the three most probable fields is right."""
        return bool(self._right_fields & {field for field, _ in self.decision.best})

    @property
    def _right_fields(self) -> set[str | None]:
        return {OUTSIDE if field in FORWARDED else field for field in (self.label.field, self.label.second)}


def texts() -> list[Text]:
    """Read all labelled texts of the ministry's present fields."""
    folder = routing.LABELLED.parent
    labelled = [
        Text(r["text"], source, r["field"], r.get("second"), r["kind"], False, r["style"])
        for source, name in (("letters", "letters.jsonl"), ("short", "short_letters.jsonl"))
        for r in _rows(folder / name)
    ]
    for r in _rows(folder / "gate.jsonl"):
        is_praise = r["subtype"] == "praise"
        field, second = (THANKS, r["field"]) if is_praise else (r["field"], None)
        denounces = r["label"] == "DENUNCIATION"
        labelled.append(Text(r["text"], "gate", field, second, None, denounces, r["subtype"]))
    for r in routing.petitions():
        if date.fromisoformat(r["on"]) < routing.REORGANISED_ON:
            continue
        denounces = r["lane"] == Lane.RESTRICTED
        field = (
            OUTSIDE if r["lane"] == Lane.FORWARDING else r["field"] if r["lane"] == Lane.ORDINARY else None
        )
        labelled.append(Text(r["text"], "labelled", field, None, r["kind"], denounces, r["split"], r["lane"]))
    return labelled


def _rows(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def judge(text: Text, rules: RoutingRules) -> Judged:
    """Decide a text as on a day of the ministry's present fields, without a choice by its sender."""
    decision = decide(
        text.text, rules, chosen_field=None, chosen_kind=None, fields_in_force=routing.FIELDS_2025
    )
    return Judged(text, decision)


def report(
    judged: Sequence[Judged], version: str, held_back: Sequence[Judged], changed: Sequence[Changed]
) -> str:
    """Return the tables of docs/routing.md, in Markdown.

    Args:
        judged: every text, each decided by models that were not trained on it.
        version: of the rules that they were measured by.
        held_back: those that no threshold was chosen on.
        changed: letters before and after changes of form.
    """
    placed = [j for j in judged if j.label.field is not None and not j.label.denounces]
    held = set(held_back)
    letters = [j for j in placed if j.label.source in LETTERS]
    return "\n\n".join(
        [
            f"Measured by cross-validation in five parts; rules `{version}`.",
            _by_group({**_by_source(placed), **_by_length(letters), **_by_accents(letters)}),
            "The fifth that was held back before training, by a seed (thresholds: right in 92 % of the other four):",
            _by_group(_by_source([j for j in placed if j in held])),
            _gate(held_back),
            _by_threshold(letters),
            _by_change(changed),
            _gate(judged),
            _leaks(judged),
            _confusion(letters),
        ]
    )


def write_docs(tables: str) -> None:
    """Write the tables into docs/routing.md, between their two markers."""
    text = DOCS.read_text(encoding="utf-8")
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    DOCS.write_text(f"{head}{BEGIN}\n{tables}\n{END}{tail}", encoding="utf-8")


def _by_source(judged: Sequence[Judged]) -> dict[str, list[Judged]]:
    return {name: [j for j in judged if j.label.source == source] for source, name in SOURCES.items()}


def _by_length(judged: Sequence[Judged]) -> dict[str, list[Judged]]:
    lengths = [(j, len(read(j.label.text))) for j in judged]
    return {
        "up to 25 words": [j for j, words in lengths if words <= 25],
        "26 to 50 words": [j for j, words in lengths if 25 < words <= 50],
        "more than 50 words": [j for j, words in lengths if words > 50],
    }


def _by_accents(judged: Sequence[Judged]) -> dict[str, list[Judged]]:
    return {
        name: [j for j in judged if read(j.label.text).is_accented is accented]
        for name, accented in (("with accents", True), ("without accents", False))
    }


def _by_group(groups: dict[str, list[Judged]]) -> str:
    lines = [
        "| texts | number | speaks | right when it speaks | right field among best three | right kind |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for name, group in groups.items():
        spoken = [j for j in group if j.is_spoken]
        kinds = [j for j in group if j.label.kind is not None and j.decision.kind is not None]
        shares = (
            _share(spoken, group),
            _share([j for j in spoken if j.is_right], spoken),
            _share([j for j in group if j.is_in_best_three], group),
            _share([j for j in kinds if j.decision.kind == j.label.kind], kinds),
        )
        lines.append(f"| {name} | {len(group)} | {' | '.join(shares)} |")
    return "\n".join(lines)


def _by_threshold(judged: Sequence[Judged]) -> str:
    weighed = [j for j in judged if j.decision.lane is Lane.ORDINARY or j.decision.body is not None]
    lines = ["| most probable field from | texts | right |", "|---|---:|---:|"]
    for threshold in (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
        sure = [j for j in weighed if j.decision.confidence >= threshold]
        right = [j for j in sure if j.is_right_first]
        lines.append(f"| {threshold:.1f} | {_share(sure, weighed)} | {_share(right, sure)} |")
    return "\n".join(lines)


def _by_change(changed: Sequence[Changed]) -> str:
    lines = [
        "| change of letters | texts | outcome stays | to another unit | newly with a warning | newly restricted |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for name in dict.fromkeys(each.change for each in changed):
        group = [each for each in changed if each.change == name]
        stayed = _share([each for each in group if each.is_kept], group)
        times = (
            sum(each.went_to_another_unit for each in group),
            sum(each.is_newly_held for each in group),
            sum(each.is_newly_restricted for each in group),
        )
        lines.append(f"| {name} | {len(group)} | {stayed} | {' | '.join(map(str, times))} |")
    return "\n".join(lines)


def _gate(judged: Sequence[Judged]) -> str:
    lines = [
        "| texts | number | " + " | ".join(PLACES.values()) + " |",
        f"|---|---:|{'---:|' * len(PLACES)}",
    ]
    for source in ("gate", "labelled", "letters", "short"):
        for denounces in (True, False):
            counted = [j for j in judged if j.label.source == source and j.label.denounces is denounces]
            if not counted:
                continue
            went = Counter(j.place for j in counted)
            name = f"{'denunciations' if denounces else 'ordinary'}, {SOURCES[source]}"
            lines.append(f"| {name} | {len(counted)} | {' | '.join(str(went[place]) for place in PLACES)} |")
    return "\n".join(lines)


def _leaks(judged: Sequence[Judged]) -> str:
    denunciations = [j for j in judged if j.label.denounces]
    leaks = [j for j in denunciations if j.place == "unit"]
    bound = (len(leaks) + 3) / len(denunciations)
    named = "\n".join(f"- “{j.label.text}” → {j.went}" for j in leaks)
    return (
        f"Of {len(denunciations)} denunciations {len(leaks)} reached a unit; with texts like these, at most about"
        f" {100 * bound:.1f} % would (rule of three):\n\n{named}"
    )


def _confusion(judged: Sequence[Judged]) -> str:
    pairs = Counter(
        (str(j.label.field), j.went)
        for j in judged
        if j.is_spoken and not j.is_right and j.went not in SIDE_LANES
    )
    lines = ["| should go to | went to | texts |", "|---|---|---:|"]
    lines += [
        f"| {should} | {went} | {times} |" for (should, went), times in sorted(pairs.items(), key=_most)
    ]
    return "\n".join(lines)


def _most(item: tuple[tuple[str, str], int]) -> tuple[int, tuple[str, str]]:
    return -item[1], item[0]


def _share(part: Sequence[object], whole: Sequence[object]) -> str:
    return f"{100 * len(part) / len(whole):.1f} %" if whole else "-"
