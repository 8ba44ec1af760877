"""Decides from a petition's text which lane it takes, which field it concerns and of which kind it is.

Called by the router when a petition was received. Weighted phrases, a handful of lane rules and two linear models, all
of them data, speak for fields; the decision names what it rests on, and keeps silent below a probability. Whoever
reports a named person's violation of law (tố cáo) must never land in an ordinary queue, so that lane is tried first and
prefers to be wrong on the safe side (Luật Tố cáo 2018 Đ.2, Đ.8; QĐ 774/QĐ-TTg 2020).
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import inf

from shared.routing import features, signs, speech
from shared.routing.rules import Lane, LaneRule, RoutingRules, Suspicion
from shared.routing.text import Words, read
from shared.routing.topics import OUTSIDE, Topics, weigh

__all__ = ["Decision", "Lane", "RoutingRules", "decide", "features_of_denunciations"]

MISCONDUCT = "TTRA"
REGULATION, CONDUCT, INITIATIVE = "REGULATION", "CONDUCT", "INITIATIVE"
RESEMBLES, SUSPECT, PRESUME, WONDER = (
    "resembles_denunciation",
    "may_denounce",
    "probably_denounces",
    "might_denounce",
)
"""The signs that the model of denunciations raises, from what surely reads like one down to what hardly does."""
CRIME = "crime"
"""The sign of words for a crime of office (phrases of the rules)."""
_SENTENCE_END = re.compile(r"[.!?;]+(?=\s|$)|(?<=\w)\n+")
_FEWEST_IN_SENTENCE = 5
_MOST_REASONS = 6
_MOST_WORDS = 4


@dataclass(frozen=True, slots=True)
class Decision:
    """The decision of the rules about one text.

    `field` is set when the lane is ORDINARY and the rules speak, and is KHAC when they speak for FORWARDING
    (then `body` names whose matter it is); in every other lane and in silence it is None, so nobody can
    file a denunciation under a field by accident. `best` holds field codes, most probable first; `because`
    holds phrases of the rules, never words of the petitioner.
    """

    lane: Lane
    field: str | None
    kind: str | None
    confidence: float
    because: tuple[str, ...]
    best: tuple[tuple[str, float], ...]
    body: str | None
    rules_version: str
    speaks: bool
    suspicion: tuple[str, ...] = ()
    """Why a person must look whether this is a denunciation before any unit gets it; empty where nothing says so."""
    complains: bool = False
    """True if nothing in the text speaks more for another kind than for conduct, whichever kind was chosen."""


def decide(
    text: str,
    rules: RoutingRules,
    *,
    chosen_field: str | None,
    chosen_kind: str | None,
    fields_in_force: frozenset[str],
) -> Decision:
    """Decide lane, field and kind of a text by the rules and, a little, by what its sender chose."""
    words = read_by(rules, text)
    chosen = chosen_field if chosen_field in fields_in_force else None
    plain = plain_signs(text, words, rules)
    topics = Topics(words, plain, rules, chosen, fields_in_force)
    seen = _judged(text, plain, words, rules)
    if topics.is_clear:
        seen["topic"] = []
    kinds = _Kinds(words, rules, chosen_kind)
    kind, kind_reasons = kinds.decided(topics.winner)
    suspicion = _suspicion(seen, rules)
    side_door = next((rule for rule in rules.lanes if _holds(rule, seen)), None)
    if side_door is not None:
        named = "; ".join(_explain(signal, seen[signal], rules) for signal in sorted(side_door.needs))
        return Decision(
            lane=side_door.lane,
            field=None,
            kind=None if side_door.lane in {Lane.SPAM, Lane.FOREIGN} else kind,
            confidence=side_door.confidence,
            because=(f"{named} → {side_door.lane}",),
            best=topics.best,
            body=None,
            rules_version=rules.version,
            speaks=True,
            suspicion=() if side_door.lane in {Lane.RESTRICTED, Lane.SPAM} else suspicion,
            complains=kinds.complains,
        )
    speak_from = rules.limits.sure_from if WONDER in seen else rules.limits.speak_from
    verdict = topics.verdict(speak_from, may_speak=not suspicion)
    return Decision(
        lane=Lane.FORWARDING if verdict.field == OUTSIDE else Lane.ORDINARY,
        field=verdict.field,
        kind=kind,
        confidence=verdict.confidence,
        because=(*verdict.because, *kind_reasons),
        best=topics.best,
        body=verdict.body,
        rules_version=rules.version,
        speaks=verdict.field is not None,
        suspicion=suspicion,
        complains=kinds.complains,
    )


@dataclass(frozen=True, slots=True)
class Addition:
    """The decision of the rules about a text that was added to a petition: whether it denounces, or why it may."""

    denounces: bool
    because: tuple[str, ...]


_WRONGS = frozenset({"violation", "crime", "acts", "accuse", "inquiry", "actor", "office_holder"})
"""Signs of a wrong that was done, or of somebody who did something."""


def look_through(text: str, rules: RoutingRules) -> Addition:
    """Return whether an added text denounces somebody, or may.

    What only reads like a denunciation a person decides about: nothing else of the petition does. The model's lower
    thresholds are set for whole petitions, and "Số báo danh 0123" is none: below `suspect_from` an addition must also
    show a wrong, or somebody who acts.
    """
    words = read_by(rules, text)
    plain = plain_signs(text, words, rules)
    seen = _judged(text, plain, words, rules)
    too_little = {RESEMBLES} if CRIME in plain else {RESEMBLES, WONDER}
    if SUSPECT not in seen and not _WRONGS & plain.keys():
        too_little.add(PRESUME)
    seen = {sign: phrases for sign, phrases in seen.items() if sign not in too_little}
    lane = next((rule for rule in rules.lanes if rule.lane is Lane.RESTRICTED and _holds(rule, seen)), None)
    if lane is not None:
        return Addition(True, tuple(_explain(signal, seen[signal], rules) for signal in sorted(lane.needs)))
    return Addition(False, _suspicion(seen, rules))


def features_of_denunciations(words: Words, seen: Iterable[str]) -> set[str]:
    """Return the features that the model of denunciations weighs: runs of words, signs and pairs of signs."""
    return features.runs(words, features.LONGEST_RUN) | features.signs(seen)


def _judged(text: str, seen: dict[str, list[str]], words: Words, rules: RoutingRules) -> dict[str, list[str]]:
    """Add to plain signs what the model of denunciations says, which looks at all of them."""
    model = rules.gate
    if model is None:
        return seen
    weighed = features_of_denunciations(words, seen)
    (name, score), *_ = model.scores(weighed).items()
    reached = _steps_reached(text, score, words, rules)
    reasons = model.reasons(weighed, name, None, _MOST_WORDS) if reached else []
    return seen | dict.fromkeys(reached, reasons)


def _steps_reached(text: str, score: float, words: Words, rules: RoutingRules) -> list[str]:
    """Return the signs that a score raises.

    A long text says much that is ordinary, so a little suspicion of the whole says nothing; and a denunciation in
    passing hides in it. So where a short text would only make a person wonder, each sentence of a long one is judged
    by itself, and one that reads like a denunciation is as good as all of them.
    """
    limits = rules.limits
    steps = (
        (RESEMBLES, limits.resembles_from),
        (SUSPECT, limits.suspect_from),
        (PRESUME, limits.presume_from),
        (WONDER, limits.wonder_from),
    )
    reached = [sign for sign, from_score in steps if score >= from_score]
    if reached == [WONDER] and len(words) >= limits.long_from:
        return [PRESUME] if _worst_sentence(text, rules) >= limits.sentence_from else []
    return reached


def _worst_sentence(text: str, rules: RoutingRules) -> float:
    """Return the highest score of a sentence by itself; -inf where none has enough words to say anything."""
    return max((_score_of(sentence, rules) for sentence in _SENTENCE_END.split(text)), default=-inf)


def _score_of(sentence: str, rules: RoutingRules) -> float:
    words = read_by(rules, sentence)
    if rules.gate is None or len(words) < _FEWEST_IN_SENTENCE:
        return -inf
    weighed = features_of_denunciations(words, plain_signs(sentence, words, rules))
    return max(rules.gate.scores(weighed).values())


def read_by(rules: RoutingRules, text: str) -> Words:
    """Read a text into words by the rules: short forms written out, greetings and thanks at the end left out."""
    words = read(text, rules.short_forms)
    spans = [(hit.start, hit.end) for hit in rules.courtesies.find_longest(words)]
    return words.without(spans) if spans else words


def plain_signs(text: str, words: Words, rules: RoutingRules) -> dict[str, list[str]]:
    """Return the signs that a text shows, each with the phrases of the rules that show it; no model is asked."""
    seen: dict[str, list[str]] = {sign: [] for sign in signs.see(text, words)}
    for hit in rules.signals.find(words):
        for signal in hit.phrase.weights:
            seen.setdefault(signal, []).append(hit.phrase.source)
    for sign in speech.see(text, lambda clause: _asks(clause, rules)):
        seen.setdefault(sign, [])
    return seen


def _asks(clause: Words, rules: RoutingRules) -> bool:
    return any(speech.ASKING in hit.phrase.weights for hit in rules.signals.find(clause))


def _suspicion(seen: Mapping[str, list[str]], rules: RoutingRules) -> tuple[str, ...]:
    """Say why a text may be a denunciation, or nothing: the second, lower threshold before the restricted lane's."""
    held = next((rule for rule in rules.suspicions if _holds(rule, seen)), None)
    if held is None:
        return ()
    return tuple(_explain(signal, seen[signal], rules) for signal in sorted(held.needs))


def _holds(rule: LaneRule | Suspicion, seen: Mapping[str, object]) -> bool:
    return rule.needs <= seen.keys() and not rule.unless & seen.keys()


def _explain(signal: str, phrases: Iterable[str], rules: RoutingRules) -> str:
    label = rules.signal_labels[signal]
    named = ", ".join(dict.fromkeys(phrases))
    return f"{label}: {named}" if named else label


class _Kinds:
    """The kinds that a text and its sender speak for."""

    def __init__(self, words: Words, rules: RoutingRules, chosen: str | None) -> None:
        self._reasons: dict[str, dict[str, None]] = defaultdict(dict)
        self._scores = weigh(rules.kinds.find_longest(words), rules.limits.repeat, self._reasons)
        if chosen is not None:
            self._scores[chosen] = self._scores.get(chosen, 0.0) + rules.limits.chosen_kind
        self._initiative_from = rules.limits.initiative_from
        self._chosen = chosen

    @property
    def complains(self) -> bool:
        """True if nothing else has more weight than conduct."""
        return max(self._scores, key=lambda kind: self._scores[kind], default=REGULATION) == CONDUCT

    def decided(self, topic: str | None) -> tuple[str, tuple[str, ...]]:
        """Return the kind and the phrases for it.

        Only how an office or an officer behaved is CONDUCT, so it goes with the field of inspection; only what is
        wished for in so many words and does not exist yet is an INITIATIVE; all else is REGULATION (docs/routing.md).
        """
        is_conduct = topic == MISCONDUCT or (self._chosen == CONDUCT and self.complains)
        is_new = self._scores.get(INITIATIVE, 0.0) >= self._initiative_from
        kind = INITIATIVE if is_new else CONDUCT if is_conduct else REGULATION
        named = ", ".join(list(self._reasons[kind])[:_MOST_REASONS])
        return kind, (f"{named} → {kind}",) if named else ()
