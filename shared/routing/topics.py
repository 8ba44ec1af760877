"""The competition of fields and other bodies for one text; called by the classifier."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import NamedTuple

from shared.routing import features
from shared.routing.phrasebook import Hit
from shared.routing.rules import NEUTRAL, RoutingRules
from shared.routing.text import Words

OUTSIDE = "KHAC"
"""The field of matters of another body, and of those that cannot be decided (domain.md §5)."""
_CHOSEN = "người gửi chọn"
_MOST_REASONS = 6
_TIMES_COUNTED = 2
_SAYS_NOTHING = 3
"""Times that the sender's choice counts where no phrase of the rules was found."""


class Verdict(NamedTuple):
    """The decision about a text's field; `field` and `body` are None in silence."""

    field: str | None
    body: str | None
    confidence: float
    because: tuple[str, ...]


class Topics:
    """Probabilities of fields and other bodies for one text: by the model of fields, or by phrases alone.

    A phrase that an administrator marked as deciding wins over both.
    """

    def __init__(
        self,
        words: Words,
        signs: Iterable[str],
        rules: RoutingRules,
        chosen: str | None,
        fields_in_force: frozenset[str],
    ) -> None:
        self._rules = rules
        self._in_force = fields_in_force
        self._chosen = chosen
        self._reasons: dict[str, dict[str, None]] = defaultdict(dict)
        hits = rules.topics.find_longest(words)
        self._phrases = weigh(hits, rules.limits.repeat, self._reasons)
        self.is_clear = bool(self._phrases)
        self._features = features_of_fields(words, self._phrases, signs)
        self._decided_by = _deciding(rules, words)
        self._shares = self._decided() or self._weighed()
        self.winner = next(iter(self._shares), None)

    def _decided(self) -> dict[str, float]:
        return dict.fromkeys(list(self._decided_by)[:1], 1.0)

    def _weighed(self) -> dict[str, float]:
        limits, model = self._rules.limits, self._rules.fields
        if model is None:
            scores = dict(self._phrases)
            if self._chosen is not None:
                scores[self._chosen] = scores.get(self._chosen, 0.0) + limits.chosen_field
            return _shares(scores, limits.prior)
        scores = model.scores(self._features)
        if self._chosen in scores:
            scores[self._chosen] += limits.chosen_field * (1 if self.is_clear else _SAYS_NOTHING)
        return model.probabilities(scores)

    @property
    def best(self) -> tuple[tuple[str, float], ...]:
        """The three most probable fields; what is another body's counts as KHAC."""
        fields: dict[str, float] = {}
        for topic, share in self._shares.items():
            field = topic if self._is_ours(topic) else OUTSIDE
            fields[field] = fields.get(field, 0.0) + share
        ranked = sorted(fields.items(), key=lambda item: -item[1])
        return tuple((field, round(share, 3)) for field, share in ranked[:3])

    def verdict(self, speak_from: float, *, may_speak: bool) -> Verdict:
        """Speak for the strongest topic from a probability on; for a unit's field only where `may_speak`."""
        winner = self.winner
        confidence = self._shares[winner] if winner is not None else 0.0
        lead = confidence - next(islice(self._shares.values(), 1, None), 0.0)
        speaks = winner is not None and confidence >= speak_from and lead >= self._rules.limits.lead
        field = body = None
        if speaks and winner is not None and winner != OUTSIDE and self._is_ours(winner):
            field = winner if may_speak else None
        elif speaks and winner is not None:
            body = self._body_of(winner)
            field = OUTSIDE if body else None
        return Verdict(field, body, round(confidence, 3), self._because(body))

    def _body_of(self, topic: str) -> str | None:
        """Return whose matter a topic is; the model knows only that it is another body's, the phrases know whose."""
        if topic != OUTSIDE:
            return self._rules.bodies.get(topic)
        bodies = {name: score for name, score in self._phrases.items() if not self._is_ours(name)}
        strongest = max(bodies, key=lambda name: bodies[name], default="")
        return self._rules.bodies.get(strongest)

    def _is_ours(self, topic: str) -> bool:
        return topic in self._in_force

    def _because(self, body: str | None) -> tuple[str, ...]:
        if self.winner is None:
            return ()
        reasons = self._reasons_for(self.winner)[:_MOST_REASONS]
        if self._chosen == self.winner:
            reasons.append(_CHOSEN)
        return (f"{', '.join(reasons)} → {body or self.winner}",) if reasons else ()

    def _reasons_for(self, winner: str) -> list[str]:
        if winner in self._decided_by:
            return [self._decided_by[winner]]
        topics = (
            [winner] if winner != OUTSIDE else [name for name in self._reasons if not self._is_ours(name)]
        )
        named = [source for topic in topics for source in self._reasons.get(topic, ())]
        model = self._rules.fields
        if named or model is None or winner == self._chosen:
            return named
        runner_up = next(islice(self._shares, 1, None), None)
        return model.reasons(self._features, winner, runner_up, _MOST_REASONS)


def features_of_fields(words: Words, phrases: Mapping[str, float], signs: Iterable[str]) -> set[str]:
    """Return the features that the model of fields weighs: runs of words, what the phrases speak for, signs."""
    return (
        features.runs(words, features.LONGEST_RUN) | features.topics(phrases) | features.single_signs(signs)
    )


def weigh(
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


def _deciding(rules: RoutingRules, words: Words) -> dict[str, str]:
    """Return the field of each phrase that decides by itself, with the phrase; the earliest in the text first."""
    phrases: dict[str, str] = {}
    for hit in rules.deciding.find_longest(words):
        for field in hit.phrase.weights:
            phrases.setdefault(field, hit.phrase.source)
    return phrases


def _shares(scores: Mapping[str, float], prior: float) -> dict[str, float]:
    """Turn scores into shares of belief, strongest first; `prior` is what silence weighs against them."""
    total = prior**2 + sum(score**2 for score in scores.values() if score > 0)
    heard = ((topic, score) for topic, score in scores.items() if score > 0)
    ranked = sorted(heard, key=lambda item: (-item[1], item[0]))
    return {topic: score**2 / total for topic, score in ranked}
