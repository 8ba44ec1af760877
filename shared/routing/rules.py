"""The routing rules as data: parsed from directory rows, compiled once, handed to the classifier.

Rows are written in `infra/seed/routing_rules.json` and kept in the directory table, where an administrator edits
them; `docs/routing.md` describes each type. Nothing here reads a table, a clock or the environment.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hashlib import blake2b
from typing import Any

from shared.routing.model import DENUNCIATION, FIELD, Model
from shared.routing.phrasebook import Phrasebook
from shared.routing.text import spell, split

NEUTRAL = ""
"""The label of phrases that speak for nothing but keep shorter ones inside them from speaking ("số lượng")."""


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
class Limits:
    """The numbers that the rules turn on; each may be set by the row of type `limits`."""

    speak_from: float = 0.5
    lead: float = 0.05
    """By how much the winner's share must lead for the rules to speak: near ties are left to a person."""
    prior: float = 1.0
    chosen_field: float = 1.2
    chosen_kind: float = 1.0
    repeat: float = 0.25
    initiative_from: float = 3.0
    """Weight of phrases from which on a text wishes for something that does not exist yet."""
    resembles_from: float = 4.0
    """Score from which on a text surely reads like a denunciation (log-odds of the model)."""
    presume_from: float = -2.0
    """Score from which on a person has to look whether it is one."""
    wonder_from: float = -3.5
    """Score from which on a person looks at a text that neither asks nor proposes; others need `sure_from` to speak."""
    long_from: float = float("inf")
    """Words from which on a text that scores between `wonder_from` and `presume_from` is judged by its sentences."""
    sentence_from: float = 0.8
    """Score of a sentence by itself from which on a person looks at the long text around it."""
    sure_from: float = 0.7
    """Probability from which on the rules speak for a field although the text might denounce."""
    suspect_from: float = 0.0
    """Score from which on an explicit sign beside it restricts a text."""


@dataclass(frozen=True, slots=True)
class RoutingRules:
    """All rules in force on one day, ready for use. Build it once and keep it: parsing costs, deciding does not."""

    version: str
    limits: Limits
    short_forms: Mapping[str, tuple[str, ...]]
    topics: Phrasebook
    """Phrases for fields ("CCVC") and for other bodies ("body:…") together: they compete for a text."""
    courtesies: Phrasebook
    """Greetings and closing words, which say nothing of the matter and are left out before anything is read."""
    deciding: Phrasebook
    """Phrases that decide a field by themselves, whatever else a text says."""
    fields: Model | None
    """Model of fields; None before it was introduced: then the phrases decide alone."""
    gate: Model | None
    """Model of denunciations."""
    bodies: Mapping[str, str]
    """Topic label → name of the other body, for bodies and for fields that are not (yet, any more) ours."""
    kinds: Phrasebook
    signals: Phrasebook
    signal_labels: Mapping[str, str]
    lanes: tuple[LaneRule, ...]
    suspicions: tuple[Suspicion, ...]

    @classmethod
    def from_rows(cls, rows: Iterable[Mapping[str, Any]], on: date | None = None) -> "RoutingRules":
        """Compile the rows in force on a day (`valid_to` is the last); without a day, those that have no end."""
        used = in_force(rows, on)
        return cls(
            version=_version(used),
            limits=_limits(used),
            short_forms=_short_forms(used),
            topics=Phrasebook(_topic_entries(used)),
            courtesies=Phrasebook(_entries(used, "courtesy", "type")),
            deciding=Phrasebook(_entries(used, "decides", "field")),
            fields=_model(used, FIELD),
            gate=_model(used, DENUNCIATION),
            bodies=_bodies(used),
            kinds=Phrasebook(_entries(used, "kind", "petition_kind")),
            signals=Phrasebook(_entries(used, "signal", "signal")),
            signal_labels={str(row["signal"]): str(row["label"]) for row in _of(used, "signal")},
            lanes=tuple(_lane_rules(used)),
            suspicions=tuple(_suspicions(used)),
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


def rules_with(rows: Iterable[Mapping[str, Any]], row: Mapping[str, Any]) -> RoutingRules:
    """Compile rows in force with another version of one of them in its place.

    Raises:
        RoutingRulesError: a row cannot be used.
    """
    return RoutingRules.from_rows([*(other for other in rows if other.get("id") != row["id"]), row])


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


def _model(rows: list[Mapping[str, Any]], purpose: str) -> Model | None:
    row = next((row for row in _of(rows, "model") if row.get("purpose") == purpose), None)
    if row is None:
        return None
    try:
        return Model.from_row(row)
    except (KeyError, TypeError, ValueError) as error:
        raise RoutingRulesError(str(row.get("id")), f"is not a model ({type(error).__name__})") from None


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
