"""Decides from a petition's text which lane it takes, which field it concerns and of which kind it is.

Called by the router when a petition was received. Weighted phrases and a handful of lane rules, all of them data,
speak for fields; the decision names the phrases it rests on, and keeps silent below a confidence. Whoever reports
a named person's violation of law (tố cáo) must never land in an ordinary queue, so that lane is tried first and
prefers to be wrong on the safe side (Luật Tố cáo 2018 Đ.2, Đ.8; QĐ 774/QĐ-TTg 2020).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice, pairwise

from shared.routing import signs, speech
from shared.routing.phrasebook import Hit
from shared.routing.rules import NEUTRAL, SIGN, Lane, LaneRule, RoutingRules, Suspicion
from shared.routing.text import Words, read

__all__ = ["Decision", "Lane", "RoutingRules", "decide"]

OUTSIDE = "KHAC"
"""The field of matters of another body, and of those that cannot be decided (domain.md §5)."""
MISCONDUCT = "TTRA"
REGULATION, CONDUCT, INITIATIVE = "REGULATION", "CONDUCT", "INITIATIVE"
RESEMBLES, PRESUME, SUSPECT, WONDER = (
    "resembles_denunciation",
    "probably_denounces",
    "may_denounce",
    "might_denounce",
)
"""The signs that learned resemblance raises: reads like a denunciation surely, probably, perhaps, or hardly."""
ASKS = frozenset({speech.ASKING, speech.PROPOSING})
STATEMENT = "statement"
"""The sign of a text that neither asks nor proposes anything: it tells something."""
NARRATED = frozenset({STATEMENT, speech.TELLING})
_CHOSEN = "người gửi chọn"
_MOST_REASONS = 6
_TIMES_COUNTED = 2


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


def decide(
    text: str,
    rules: RoutingRules,
    *,
    chosen_field: str | None,
    chosen_kind: str | None,
    fields_in_force: frozenset[str],
) -> Decision:
    """Decide lane, field and kind of a text by the rules and, a little, by what its sender chose."""
    words = read(text, rules.short_forms)
    hints = _hints(words, rules)
    chosen = chosen_field if chosen_field in fields_in_force else None
    topics = _Topics(words, rules, hints, chosen, fields_in_force)
    seen = _signs(text, words, rules, has_topic=topics.is_clear)
    kind, kind_reasons = _kind(words, rules, chosen_kind)
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
        )
    if topics.winner == MISCONDUCT and kind != INITIATIVE:
        kind = CONDUCT
    return topics.decision(kind, kind_reasons, suspicion)


@dataclass(frozen=True, slots=True)
class Addition:
    """The decision of the rules about a text that was added to a petition: whether it denounces, or why it may."""

    denounces: bool
    because: tuple[str, ...]


def look_through(text: str, rules: RoutingRules) -> Addition:
    """Return whether an added text denounces somebody, or may.

    That it narrates something speaks against no addition: for that it was sent. And what only reads like a denunciation
    a person decides about: nothing else of the petition does.
    """
    words = read(text, rules.short_forms)
    plain = _plain_signs(text, words, rules)
    seen = _judged(plain, words, rules, besides=NARRATED)
    seen.pop(RESEMBLES, None)
    seen.pop(STATEMENT, None)
    lane = next((rule for rule in rules.lanes if rule.lane is Lane.RESTRICTED and _holds(rule, seen)), None)
    if lane is not None:
        return Addition(True, tuple(_explain(signal, seen[signal], rules) for signal in sorted(lane.needs)))
    return Addition(False, _suspicion(seen, rules))


def _signs(text: str, words: Words, rules: RoutingRules, *, has_topic: bool) -> dict[str, list[str]]:
    """Return every sign that the text shows, with the phrases that show it."""
    seen = _judged(_plain_signs(text, words, rules), words, rules)
    if has_topic:
        seen["topic"] = []
    return seen


def _judged(
    seen: dict[str, list[str]], words: Words, rules: RoutingRules, besides: frozenset[str] = frozenset()
) -> dict[str, list[str]]:
    """Add to plain signs what learned resemblance says, which looks at all of them `besides` these."""
    resemblance, telling = rules.resemblance.of(_signed(words, seen.keys() - besides))
    if resemblance >= rules.limits.resembles_from:
        seen[RESEMBLES] = list(telling)
    if resemblance >= rules.limits.presume_from:
        seen[PRESUME] = list(telling)
    if resemblance >= rules.limits.suspect_from:
        seen[SUSPECT] = list(telling)
    if resemblance >= rules.limits.wonder_from:
        seen[WONDER] = list(telling)
    return seen


def _plain_signs(text: str, words: Words, rules: RoutingRules) -> dict[str, list[str]]:
    seen: dict[str, list[str]] = {sign: [] for sign in signs.see(text, words)}
    for hit in rules.signals.find(words):
        for signal in hit.phrase.weights:
            seen.setdefault(signal, []).append(hit.phrase.source)
    for sign in speech.see(text, lambda clause: _asks(clause, rules)):
        seen.setdefault(sign, [])
    if not ASKS & seen.keys():
        seen[STATEMENT] = seen[speech.TELLING] = []
    return seen


def _asks(clause: Words, rules: RoutingRules) -> bool:
    return any(speech.ASKING in hit.phrase.weights for hit in rules.signals.find(clause))


def _signed(words: Words, seen: Iterable[str]) -> tuple[str, ...]:
    return (*features(words), *sorted(f"{SIGN}{sign}" for sign in seen))


def signed_features(text: str, rules: RoutingRules) -> tuple[str, ...]:
    """Give the words, pairs and signs from which resemblance to a denunciation is learned."""
    words = read(text, rules.short_forms)
    return _signed(words, _plain_signs(text, words, rules))


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


def _hints(words: Words, rules: RoutingRules) -> dict[str, float]:
    """Add up what single words and pairs of words hint at."""
    sums: dict[str, float] = defaultdict(float)
    for feature in features(words):
        for topic, weight in rules.hints.get(feature, {}).items():
            sums[topic] += weight
    return sums


def features(words: Words) -> tuple[str, ...]:
    """Give the unaccented words and neighbouring pairs that hints are keyed by, each once, in the text's order."""
    pairs = (f"{word} {other}" for word, other in pairwise(words.folded))
    return tuple(dict.fromkeys((*words.folded, *pairs)))


class _Topics:
    """The competition of fields and other bodies for one text."""

    def __init__(
        self,
        words: Words,
        rules: RoutingRules,
        hints: Mapping[str, float],
        chosen: str | None,
        fields_in_force: frozenset[str],
    ) -> None:
        self._rules = rules
        self._in_force = fields_in_force
        self._chosen = chosen
        self._reasons: dict[str, dict[str, None]] = defaultdict(dict)
        hits = rules.topics.find_longest(words)
        scores = _weigh(hits, rules.limits.repeat, self._reasons)
        self.is_clear = bool(scores)
        if scores or chosen is None:
            self._add_hints(scores, hints)
        if chosen is not None:
            scores[chosen] = scores.get(chosen, 0.0) + rules.limits.chosen_field
        self._shares = _shares(scores, rules.limits.prior)
        self.winner = next(iter(self._shares), None)

    def _add_hints(self, scores: dict[str, float], hints: Mapping[str, float]) -> None:
        limits = self._rules.limits
        for topic, hint in hints.items():
            if topic in self._in_force or topic in self._rules.bodies:
                scores[topic] = scores.get(topic, 0.0) + min(hint * limits.hint, limits.most_hints)

    @property
    def best(self) -> tuple[tuple[str, float], ...]:
        """The three most probable fields; what is another body's counts as KHAC."""
        fields: dict[str, float] = {}
        for topic, share in self._shares.items():
            field = topic if self._is_ours(topic) else OUTSIDE
            fields[field] = fields.get(field, 0.0) + share
        ranked = sorted(fields.items(), key=lambda item: -item[1])
        return tuple((field, round(share, 3)) for field, share in ranked[:3])

    def decision(self, kind: str, kind_reasons: tuple[str, ...], suspicion: tuple[str, ...]) -> Decision:
        """Speak for the strongest topic if it is strong enough, and no unit could be handed a denunciation."""
        confidence = self._shares[self.winner] if self.winner is not None else 0.0
        lead = confidence - next(islice(self._shares.values(), 1, None), 0.0)
        limits = self._rules.limits
        speaks = confidence >= limits.speak_from and lead >= limits.lead and self._is_grounded
        is_ours = self.winner is None or self._is_ours(self.winner)
        if is_ours and suspicion:
            speaks = False
        body = None if is_ours else self._rules.bodies.get(str(self.winner))
        field = (self.winner if is_ours else OUTSIDE) if speaks else None
        return Decision(
            lane=Lane.FORWARDING if body and speaks else Lane.ORDINARY,
            field=field,
            kind=kind,
            confidence=round(confidence, 3),
            because=(*self._because(), *kind_reasons),
            best=self.best,
            body=body if speaks else None,
            rules_version=self._rules.version,
            speaks=speaks,
            suspicion=suspicion,
        )

    @property
    def _is_grounded(self) -> bool:
        """Return whether a phrase or the sender's choice supports the winner: hints alone rank, but do not speak."""
        return self.winner in self._reasons or self.winner == self._chosen

    def _is_ours(self, topic: str) -> bool:
        return topic in self._in_force

    def _because(self) -> tuple[str, ...]:
        if self.winner is None:
            return ()
        name = self.winner if self._is_ours(self.winner) else self._rules.bodies.get(self.winner, OUTSIDE)
        reasons = list(self._reasons.get(self.winner, ()))[:_MOST_REASONS]
        if self._chosen == self.winner:
            reasons.append(_CHOSEN)
        if not reasons:
            return ()
        return (f"{', '.join(reasons)} → {name}",)


def _weigh(
    hits: Iterable[Hit], repeat: float, reasons: Mapping[str, dict[str, None]] | None = None
) -> dict[str, float]:
    """Add up weights per label; a phrase said again adds a little, once."""
    scores: dict[str, float] = defaultdict(float)
    times: dict[str, int] = defaultdict(int)
    for hit in hits:
        source = hit.phrase.source
        times[source] += 1
        if times[source] > _TIMES_COUNTED:
            continue
        share = hit.factor if times[source] == 1 else hit.factor * repeat
        for label, weight in hit.phrase.weights.items():
            if label == NEUTRAL:
                continue
            scores[label] += weight * share
            if reasons is not None:
                reasons[label][source] = None
    return dict(scores)


def _shares(scores: Mapping[str, float], prior: float) -> dict[str, float]:
    """Turn scores into shares of belief, strongest first; `prior` is what silence weighs against them."""
    total = prior**2 + sum(score**2 for score in scores.values() if score > 0)
    heard = ((topic, score) for topic, score in scores.items() if score > 0)
    ranked = sorted(heard, key=lambda item: (-item[1], item[0]))
    return {topic: score**2 / total for topic, score in ranked}


def _kind(words: Words, rules: RoutingRules, chosen: str | None) -> tuple[str, tuple[str, ...]]:
    """Tell the kind; what nothing speaks for is REGULATION, as most questions about rules are."""
    reasons: dict[str, dict[str, None]] = defaultdict(dict)
    scores = _weigh(rules.kinds.find_longest(words), rules.limits.repeat, reasons)
    if chosen is not None:
        scores[chosen] = scores.get(chosen, 0.0) + rules.limits.chosen_kind
    kind = max(scores, key=lambda name: scores[name], default=REGULATION)
    named = ", ".join(list(reasons[kind])[:_MOST_REASONS])
    return kind, (f"{named} → {kind}",) if named else ()
