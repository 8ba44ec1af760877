"""The kept record: every permission that a test was heard to need, with the journey that shows it.

One line each in `needs.jsonl`, written by `make permissions`, or by hand as the failing test says.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from tests.infra.permissions.needs import Need

RECORD = Path(__file__).with_name("needs.jsonl")


def line_of(need: Need, journey: str) -> str:
    """Return a need as its line in the record."""
    facts: dict[str, Any] = {"who": need.who, "action": need.action, "on": need.on}
    if need.context:
        facts["context"] = dict(need.context)
    return json.dumps(facts | {"journey": journey}, ensure_ascii=False)


def read_lines(lines: Iterable[str]) -> dict[Need, str]:
    """Return the journey of each need."""
    journeys = {}
    for line in lines:
        facts = json.loads(line)
        context = tuple(sorted(facts.get("context", {}).items()))
        journeys[Need(facts["who"], facts["action"], facts["on"], context)] = str(facts["journey"])
    return journeys


@cache
def recorded() -> Mapping[Need, str]:
    """Return the record: the journey of each need."""
    return read_lines(RECORD.read_text("utf-8").splitlines()) if RECORD.exists() else {}


@cache
def shown_by() -> Mapping[str, frozenset[Need]]:
    """Return the needs that each journey shows."""
    shown: dict[str, set[Need]] = {}
    for need, journey in recorded().items():
        shown.setdefault(journey, set()).add(need)
    return {journey: frozenset(needs) for journey, needs in shown.items()}


def write(needs: Mapping[Need, str]) -> None:
    """Write the record anew."""
    RECORD.write_text("".join(f"{line_of(need, needs[need])}\n" for need in sorted(needs)), "utf-8")


def read_all(files: Iterable[Path]) -> dict[str, set[Need]]:
    """Return the needs of each test, from files of lines as `line_of` writes them."""
    needs: dict[str, set[Need]] = {}
    for file in files:
        for line in file.read_text("utf-8").splitlines():
            ((need, journey),) = read_lines([line]).items()
            needs.setdefault(journey, set()).add(need)
    return needs
