"""The outcome of a decision in one word: a field, a lane, silence or a suspicion; for whoever compares decisions."""

from collections.abc import Iterable
from typing import NamedTuple

from shared.domain.petition.values.classification import SILENT, SUSPECTED
from shared.routing.classifier import Decision, decide
from shared.routing.rules import Lane, RoutingRules


def outcome_of(decision: Decision) -> str:
    """Return a field code, a lane, or that the rules are silent or suspect a denunciation."""
    if decision.suspicion:
        return SUSPECTED
    return decision.lane.value if decision.lane is not Lane.ORDINARY else decision.field or SILENT


class Labelled(NamedTuple):
    """A text with the outcomes that are right for it."""

    text: str
    right: frozenset[str]
    """Field codes and lanes."""
    denounces: bool


class Score(NamedTuple):
    """The outcomes of labelled texts, counted."""

    ordinary: int = 0
    spoken: int = 0
    """Ordinary texts that the rules sent on by themselves."""
    right: int = 0
    """Those of the spoken ones that went the right way."""
    held: int = 0
    """Ordinary texts that wait for a person because they may denounce."""
    restricted: int = 0
    """Ordinary texts in the restricted lane."""
    denunciations: int = 0
    leaked: int = 0
    """Denunciations that reached a unit."""


def score(texts: Iterable[Labelled], rules: RoutingRules, fields_in_force: frozenset[str]) -> Score:
    """Decide labelled texts by the rules, without a choice by their senders, and count the outcomes."""
    total = Score()
    for text in texts:
        decision = decide(
            text.text, rules, chosen_field=None, chosen_kind=None, fields_in_force=fields_in_force
        )
        total = Score(*map(sum, zip(total, _counted(text, outcome_of(decision)), strict=True)))
    return total


def _counted(text: Labelled, outcome: str) -> Score:
    if text.denounces:
        reaches_unit = outcome not in {SUSPECTED, SILENT, *Lane}
        return Score(denunciations=1, leaked=int(reaches_unit))
    is_spoken = outcome not in {SUSPECTED, SILENT, Lane.RESTRICTED.value}
    return Score(
        ordinary=1,
        spoken=int(is_spoken),
        right=int(is_spoken and outcome in text.right),
        held=int(outcome == SUSPECTED),
        restricted=int(outcome == Lane.RESTRICTED.value),
    )
