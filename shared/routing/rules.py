"""The routing rules as data: parsed from directory rows, compiled once, handed to the classifier.

Rows are written in `infra/seed/routing_rules.json` and kept in the directory table, where an administrator edits
them; `docs/routing.md` describes each type. Nothing here reads a table, a clock or the environment.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hashlib import blake2b
from math import sqrt
from typing import Any

from shared.routing.phrasebook import Phrasebook
from shared.routing.text import spell, split

NEUTRAL = ""
"""The label of phrases that speak for nothing but keep shorter ones inside them from speaking ("số lượng")."""


SIGN = "~"
"""The prefix of a signal's name where learned weights speak of it among words."""
_TELLING_WORDS = 4
_SHORT_TEXT = 40
"""Words, pairs and signs of a text message: up to here each counts fully."""


class Lane(StrEnum):
    """The way a petition takes: to a unit, or to one of the side doors that domain.md §3 names."""

    ORDINARY = "ORDINARY"
    GUIDANCE = "GUIDANCE"
    RESTRICTED = "RESTRICTED"
    FORWARDING = "FORWARDING"
    SPAM = "SPAM"
    FOREIGN = "FOREIGN"


class RoutingRulesError(ValueError):
    """A row of the routing rules cannot be used; `row` is its id."""

    def __init__(self, row: str, problem: str) -> None:
        super().__init__(f"routing rule {row!r}: {problem}")
        self.row = row
        self.problem = problem


@dataclass(frozen=True, slots=True)
class LaneRule:
    """A lane is taken when all of `needs` and none of `unless` were seen in the text."""

    lane: Lane
    needs: frozenset[str]
    unless: frozenset[str]
    confidence: float


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Signs that together make a person look whether a text denounces somebody."""

    needs: frozenset[str]
    unless: frozenset[str]


@dataclass(frozen=True, slots=True)
class Resemblance:
    """The degree to which a text reads like labelled denunciations: learned weights of its words and signs."""

    bias: float
    weights: Mapping[str, float]

    def of(self, features: Sequence[str]) -> tuple[float, tuple[str, ...]]:
        """Return the log-odds that a text denounces, and the words that weigh most for it."""
        heard = [(self.weights[feature], feature) for feature in features if feature in self.weights]
        loudest = sorted(heard, key=lambda pair: (-pair[0], pair[1]))
        words = [feature for weight, feature in loudest if weight > 0 and not feature.startswith(SIGN)]
        odds = self.bias + share_of_each(features) * sum(weight for weight, _ in heard)
        return odds, tuple(words[:_TELLING_WORDS])


def share_of_each(features: Sequence[str]) -> float:
    """Return how much one feature counts: in a long letter less, or mere length would add up to a suspicion."""
    return min(1.0, sqrt(_SHORT_TEXT / max(len(features), 1)))


@dataclass(frozen=True, slots=True)
class Limits:
    """The numbers that the rules turn on; each may be set by the row of type `limits`."""

    speak_from: float = 0.5
    lead: float = 0.05
    """By how much the winner's share must lead for the rules to speak: near ties are left to a person."""
    prior: float = 1.0
    chosen_field: float = 1.2
    chosen_kind: float = 1.0
    repeat: float = 0.25
    hint: float = 0.25
    """The weight of one unit of a learned hint beside a rule's phrase."""
    most_hints: float = 1.5
    """The most that hints alone can say for a topic."""
    resembles_from: float = 3.0
    """From which learned resemblance on a text surely reads like a denunciation (log-odds)."""
    presume_from: float = -1.2
    """From which on a person has to look whether it is one, whatever else the text shows."""
    suspect_from: float = -2.0
    """From which on a person looks where the text tells of something, or shows another sign."""
    wonder_from: float = -2.8
    """From which on a person looks where it tells of something else than rudeness and delay."""


@dataclass(frozen=True, slots=True)
class RoutingRules:
    """All rules in force on one day, ready for use. Build it once and keep it: parsing costs, deciding does not."""

    version: str
    limits: Limits
    short_forms: Mapping[str, tuple[str, ...]]
    topics: Phrasebook
    """Phrases for fields ("CCVC") and for other bodies ("body:…") together: they compete for a text."""
    hints: Mapping[str, Mapping[str, float]]
    """Unaccented word or pair of words → topic → how much it hints at it; learned from the labelled petitions."""
    bodies: Mapping[str, str]
    """Topic label → name of the other body, for bodies and for fields that are not (yet, any more) ours."""
    kinds: Phrasebook
    signals: Phrasebook
    signal_labels: Mapping[str, str]
    lanes: tuple[LaneRule, ...]
    suspicions: tuple[Suspicion, ...]
    resemblance: Resemblance

    @classmethod
    def from_rows(cls, rows: Iterable[Mapping[str, Any]], on: date | None = None) -> "RoutingRules":
        """Compile the rows in force on a day (`valid_to` is the last); without a day, those that have no end."""
        used = in_force(rows, on)
        return cls(
            version=_version(used),
            limits=_limits(used),
            short_forms=_short_forms(used),
            topics=Phrasebook(_topic_entries(used)),
            hints=_hints(used),
            bodies=_bodies(used),
            kinds=Phrasebook(_entries(used, "kind", "petition_kind")),
            signals=Phrasebook(_entries(used, "signal", "signal")),
            signal_labels={str(row["signal"]): str(row["label"]) for row in _of(used, "signal")},
            lanes=tuple(_lane_rules(used)),
            suspicions=tuple(_suspicions(used)),
            resemblance=_resemblance(used),
        )


def in_force(rows: Iterable[Mapping[str, Any]], on: date | None) -> list[Mapping[str, Any]]:
    """Keep the rows that hold, and of several versions of one row the newest."""
    newest: dict[str, Mapping[str, Any]] = {}
    for row in sorted(rows, key=lambda row: str(row.get("valid_from", ""))):
        until = row.get("valid_to")
        if on is None:
            holds = not until
        else:
            day = on.isoformat()
            holds = str(row.get("valid_from", "")) <= day and (not until or day <= str(until))
        if holds:
            newest[str(row.get("id"))] = row
    return list(newest.values())


def _of(rows: Iterable[Mapping[str, Any]], type_: str) -> Iterator[Mapping[str, Any]]:
    return (row for row in rows if row.get("type") == type_)


def _weighted(row: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """Read `terms`: either {weight: [phrase, …]} or, where all weigh the same, [phrase, …]."""
    terms = row.get("terms", ())
    if isinstance(terms, Mapping):
        for weight, phrases in terms.items():
            try:
                value = float(weight)
            except ValueError:
                raise RoutingRulesError(str(row.get("id")), f"weight {weight!r} is not a number") from None
            yield from ((str(phrase), value) for phrase in phrases)
    else:
        yield from ((str(phrase), 1.0) for phrase in terms)


def _entries(rows: Iterable[Mapping[str, Any]], type_: str, label: str) -> Iterator[tuple[str, str, float]]:
    for row in _of(rows, type_):
        if label not in row:
            raise RoutingRulesError(str(row.get("id")), f"lacks {label!r}")
        yield from ((phrase, str(row[label]), weight) for phrase, weight in _weighted(row))


def _topic_entries(rows: list[Mapping[str, Any]]) -> Iterator[tuple[str, str, float]]:
    yield from _entries(rows, "field", "field")
    for phrase, body, weight in _entries(rows, "body", "body"):
        yield phrase, f"body:{body}", weight
    for row in _of(rows, "neutral"):
        yield from ((phrase, NEUTRAL, 0.0) for phrase, _ in _weighted(row))


def _hints(rows: list[Mapping[str, Any]]) -> dict[str, dict[str, float]]:
    hints: dict[str, dict[str, float]] = {}
    for row in _of(rows, "hints"):
        for weight, words in row["terms"].items():
            for word in words:
                hints.setdefault(str(word), {})[str(row["topic"])] = float(weight)
    return hints


def _bodies(rows: list[Mapping[str, Any]]) -> dict[str, str]:
    named = {f"body:{row['body']}": str(row["body"]) for row in _of(rows, "body")}
    named.update(
        {str(row["field"]): str(row["otherwise"]) for row in _of(rows, "field") if row.get("otherwise")}
    )
    return named


def _short_forms(rows: list[Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    return {
        " ".join(spell(word.lower()) for word in split(str(short))): tuple(
            w.lower() for w in split(str(long))
        )
        for row in _of(rows, "short_forms")
        for short, long in row["forms"].items()
    }


def _limits(rows: list[Mapping[str, Any]]) -> Limits:
    limits: dict[str, float] = {}
    for row in _of(rows, "limits"):
        limits.update({name: float(value) for name, value in row["limits"].items()})
    unknown = limits.keys() - set(Limits.__slots__)
    if unknown:
        raise RoutingRulesError("limits", f"unknown {sorted(unknown)}")
    return Limits(**limits)


def _lane_rules(rows: list[Mapping[str, Any]]) -> Iterator[LaneRule]:
    for row in sorted(_of(rows, "lane"), key=lambda row: float(row["order"])):
        for when in row["when"]:
            needs, unless = _signs_of(rows, row, when)
            yield LaneRule(Lane(str(row["lane"])), needs, unless, float(when["confidence"]))


def _suspicions(rows: list[Mapping[str, Any]]) -> Iterator[Suspicion]:
    for row in _of(rows, "suspicion"):
        for when in row["when"]:
            yield Suspicion(*_signs_of(rows, row, when))


def _signs_of(
    rows: list[Mapping[str, Any]], row: Mapping[str, Any], when: Mapping[str, Any]
) -> tuple[frozenset[str], frozenset[str]]:
    needs, unless = (frozenset(str(name) for name in when.get(part, ())) for part in ("needs", "unless"))
    if unknown := (needs | unless) - {str(row["signal"]) for row in _of(rows, "signal")}:
        raise RoutingRulesError(str(row.get("id")), f"speaks of unknown signals {sorted(unknown)}")
    return needs, unless


def _resemblance(rows: list[Mapping[str, Any]]) -> Resemblance:
    bias = sum(float(row["bias"]) for row in _of(rows, "resemblance"))
    weights = {
        str(feature): float(weight)
        for row in _of(rows, "resemblance")
        for weight, features in row["terms"].items()
        for feature in features
    }
    return Resemblance(bias, weights)


def _version(rows: list[Mapping[str, Any]]) -> str:
    """Name the rules by the edition their author gave and by their content, so that no edit goes unnoticed."""
    edition = "-".join(str(row["edition"]) for row in _of(rows, "edition")) or "0"
    ordered = sorted(rows, key=lambda row: (str(row.get("id")), str(row.get("valid_from"))))
    content = json.dumps([_plain(row) for row in ordered], sort_keys=True, ensure_ascii=False)
    return f"{edition}+{blake2b(content.encode(), digest_size=4).hexdigest()}"


def _plain(row: Mapping[str, Any]) -> Any:
    return {name: _as_json(value) for name, value in row.items() if value is not None}


def _as_json(value: Any) -> Any:
    """Make values alike whether they come from JSON (int, float) or from DynamoDB (Decimal)."""
    if isinstance(value, Mapping):
        return {str(name): _as_json(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_as_json(part) for part in value]
    if isinstance(value, str | bool) or value is None:
        return value
    return float(value)
