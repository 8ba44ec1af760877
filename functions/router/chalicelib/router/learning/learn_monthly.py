"""Once a month, lets each model learn from what officers decided, and stores the result as a candidate.

A candidate has no effect: the router counts how it would decide, and an administrator puts it into force at the desk
or not. Texts stay in this function: what leaves it are weights of runs of words that five senders wrote at least,
without names and digits. The model of denunciations learns no new words at all: those of denunciations would be
anybody's who reads the rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from chalicelib.router.learning.decisions import Decided, decided_in
from chalicelib.router.learning.frozen_texts import frozen_texts
from shared.domain.calendar.working_calendar import local_date
from shared.platform import telemetry
from shared.routing.classifier import features_of_denunciations, plain_signs, read_by
from shared.routing.lessons import Lesson, learned, new_runs
from shared.routing.model import DENUNCIATION, FIELD, digest_of
from shared.routing.outcomes import Labelled, Score, score
from shared.routing.rules import RoutingRules, in_force, rules_with
from shared.routing.topics import features_of_fields, weigh
from shared.tables.directory import Directory
from shared.tables.petitions import Petitions
from shared.tables.routing.candidates import Candidate, Candidates, CandidateState, Compared

Row = dict[str, Any]
TOLERATED = 0.01
"""By how much a candidate may be less often right, or hold more ordinary texts, than the model in force."""
HEAVIEST = 4.0
"""The most that a denunciation counts against an ordinary text, of which there are many."""


class _InForce:
    """The rules in force, and how often they are right: counted once, however many models are held against them."""

    def __init__(self, rows: Sequence[Row], decided: Sequence[Decided], fields: frozenset[str]) -> None:
        self.rows = rows
        self.decided = decided
        self.rules = RoutingRules.from_rows(rows)
        self._fields = fields

    @cached_property
    def _texts(self) -> tuple[Sequence[Labelled], Sequence[Labelled]]:
        return frozen_texts(), [each.labelled() for each in self.decided if each.is_compared]

    @cached_property
    def _scores(self) -> list[Score]:
        return [score(texts, self.rules, self._fields) for texts in self._texts]

    def beside(self, then: RoutingRules) -> list[tuple[Score, Score]]:
        """Return their score and that of other rules, on the frozen texts and on decisions kept for it."""
        others = [score(texts, then, self._fields) for texts in self._texts]
        return list(zip(self._scores, others, strict=True))


class Learning:
    """Makes a month's candidates."""

    def __init__(
        self, petitions: Petitions, directory: Directory, candidates: Candidates, *, from_decisions: int
    ) -> None:
        self._petitions = petitions
        self._directory = directory
        self._candidates = candidates
        self._from_decisions = from_decisions

    def run_if_due(self, now: datetime) -> list[Candidate]:
        """Learn from the last month's decisions, once for each model; return the candidates that were written."""
        today = local_date(now)
        last_month = today.replace(day=1) - timedelta(days=1)
        done = self._candidates.latest()
        rows = [dict(row) for row in in_force(self._directory.rows("routing-rule"), today)]
        due = [row for row in rows if row.get("type") == "model" and not _is_done(row, done, last_month)]
        if not due:
            return []
        decided = list(decided_in(last_month, self._petitions))
        present = _InForce(rows, decided, frozenset(self._directory.fields(today)))
        written = [self._candidate(row, present, last_month, now) for row in due]
        for candidate in written:
            self._candidates.write(candidate)
            telemetry.count("CandidateTrained", model=candidate.id, state=candidate.state)
        return written

    def _candidate(self, row: Row, present: _InForce, month: date, now: datetime) -> Candidate:
        rules, decided = present.rules, present.decided
        lessons_of, new_of = _SCHOOLS[str(row["purpose"])]
        taught = [each for each in decided if not each.is_compared]
        lessons = lessons_of(taught, rules)
        candidate = Candidate(
            id=str(row["id"]),
            month=f"{month:%Y-%m}",
            trained_at=now,
            state=CandidateState.TOO_FEW,
            base=digest_of(row),
            confirmed=sum(each.is_confirmed for each in taught),
            corrected=sum(not each.is_confirmed for each in taught),
        )
        if len(lessons) < self._from_decisions:
            return candidate
        became = learned(_weights_of(row), lessons, new_of(taught, rules))
        frozen, compared = present.beside(rules_with(present.rows, row | became))
        is_worse = _is_worse(frozen) or _is_worse(compared)
        return candidate.model_copy(
            update={
                "state": CandidateState.WORSE if is_worse else CandidateState.SHADOW,
                "version": digest_of(became),
                "frozen": _stored(frozen),
                "decisions": _stored(compared),
                "row": became,
            }
        )


def _is_done(row: Row, done: dict[str, Candidate], month: date) -> bool:
    candidate = done.get(str(row["id"]))
    return candidate is not None and candidate.month >= f"{month:%Y-%m}"


def _weights_of(row: Row) -> Row:
    """Return a row without what is said of its own version."""
    return {name: value for name, value in row.items() if name in _LEARNED_FACTS}


_LEARNED_FACTS = frozenset(
    {"id", "type", "purpose", "classes", "bias", "scale", "temperature", "fewest", "weights"}
)


def _lessons_of_fields(decided: Iterable[Decided], rules: RoutingRules) -> list[Lesson]:
    return [
        Lesson(frozenset(_features_of_field(each.text, rules)), each.field) for each in decided if each.field
    ]


def _features_of_field(text: str, rules: RoutingRules) -> set[str]:
    words = read_by(rules, text)
    phrases = weigh(rules.topics.find_longest(words), rules.limits.repeat)
    return features_of_fields(words, phrases, plain_signs(text, words, rules))


def _new_runs_of_fields(decided: Iterable[Decided], rules: RoutingRules) -> list[str]:
    texts = [(each.sender, read_by(rules, each.text)) for each in decided if each.field]
    return sorted(new_runs(texts, rules.fields.weights if rules.fields else ()))


def _lessons_of_denunciations(decided: Iterable[Decided], rules: RoutingRules) -> list[Lesson]:
    decided = list(decided)
    (name,) = rules.gate.classes if rules.gate else ("",)
    denouncing = sum(each.denounces for each in decided)
    heavy = min(max((len(decided) - denouncing) / denouncing, 1.0), HEAVIEST) if denouncing else 1.0
    return [
        Lesson(
            frozenset(_features_of_gate(each.text, rules)),
            name if each.denounces else "",
            heavy if each.denounces else 1.0,
        )
        for each in decided
    ]


def _features_of_gate(text: str, rules: RoutingRules) -> set[str]:
    words = read_by(rules, text)
    return features_of_denunciations(words, plain_signs(text, words, rules))


def _nothing_new(_decided: Iterable[Decided], _rules: RoutingRules) -> list[str]:
    return []


_School = tuple[
    Callable[[Sequence[Decided], RoutingRules], list[Lesson]],
    Callable[[Sequence[Decided], RoutingRules], list[str]],
]
_SCHOOLS: dict[str, _School] = {
    FIELD: (_lessons_of_fields, _new_runs_of_fields),
    DENUNCIATION: (_lessons_of_denunciations, _nothing_new),
}
"""By the purpose of a model: what it is taught, and which runs of words it may learn."""


def _is_worse(compared: tuple[Score, Score]) -> bool:
    """Return whether a candidate leaks more denunciations, is less often right or holds more ordinary texts."""
    now, then = compared
    return (
        then.leaked > now.leaked
        or _share(then.right, then.spoken) < _share(now.right, now.spoken) - TOLERATED
        or _share(then.held + then.restricted, then.ordinary)
        > _share(now.held + now.restricted, now.ordinary) + TOLERATED
    )


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _stored(compared: tuple[Score, Score]) -> Compared:
    now, then = compared
    return Compared(in_force=now._asdict(), candidate=then._asdict())
