"""The figures that leaders ask for: are we keeping our promises, where not, what are people telling us. Pure.

One pass over the petitions in outline gives every figure, so the leaders' page and Monday's mail cannot differ. The
figures mean what the reports' figures of the same names mean (docs/reports.md).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from statistics import median
from typing import NamedTuple

from shared.domain.calendar.working_calendar import local_date
from shared.domain.figures.alarms import Alarms, Undelivered, alarms_of
from shared.domain.figures.answers import AnswerCounts, answer_counts
from shared.domain.figures.counted import Counted
from shared.domain.figures.periods import months_until, period_before
from shared.domain.figures.tallies import Days, Tally, name_of, summed
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.classification import Kind

GOAL_PERCENT = 95
"""The share of answers in time that the ministry promises *(setting)*."""
MONTHS = 12
TOPICS = 6
"""Fields, and matters, that are named; the rest is one sum."""
MATTER_FROM = 3
"""Petitions of nearly the same wording, in one period, from which they are a matter of their own *(setting)*."""
MATTER_READ = 2
"""The earliest petitions of a matter, one of which gives it its title."""
AGES: dict[str, tuple[int, int]] = {
    "late_over_30": (31, 10**6),
    "late_8_30": (8, 30),
    "late_1_7": (1, 7),
    "due_in_5": (-5, 0),
    "due_later": (-(10**6), -6),
}
"""Ages of answers owed: calendar days overdue, from and to; below 0 an answer is due so many days ahead."""


class Month(NamedTuple):
    """One month of the line over twelve."""

    days: Days
    counts: AnswerCounts


class Group(NamedTuple):
    """Petitions received in a group, and in the period before."""

    code: str
    received: int
    before: int


class Matter(NamedTuple):
    """Petitions of nearly the same wording: how many, how many before, and the earliest of them."""

    key: str
    received: int
    before: int
    field: str
    references: tuple[str, ...]


class Scores(NamedTuple):
    """Ratings of the answers that fell due in the period."""

    by_score: dict[int, int]
    answered: int
    reopened: int

    @property
    def rated(self) -> int:
        """The number of those who rated."""
        return sum(self.by_score.values())

    @property
    def average(self) -> float | None:
        """The average score; None where nobody rated."""
        total = sum(score * number for score, number in self.by_score.items())
        return round(total / self.rated, 2) if self.rated else None


class LeadersFigures(NamedTuple):
    """Every figure of the leaders' page."""

    days: Days
    before: Days
    today: date
    now: AnswerCounts
    then: AnswerCounts
    """The same of the period before."""
    public: AnswerCounts
    """The answers owed for what was received in the period, as the public reads them: of the whole ministry."""
    longest_owed: int
    """Calendar days that the answer longest overdue, of those due in the period, is overdue."""
    median_days: float | None
    """Calendar days from receipt to the answer, half of the answers took longer."""
    months: tuple[Month, ...]
    units: tuple[tuple[str, AnswerCounts], ...]
    ages: dict[str, int]
    received: Group
    fields: tuple[Group, ...]
    kinds: tuple[Group, ...]
    matters: tuple[Matter, ...]
    scores: Scores
    scores_then: Scores
    initiatives: Tally
    alarms: Alarms


def leaders_figures(
    petitions: Sequence[Counted],
    days: Days,
    today: date,
    undelivered: Undelivered,
    public: Iterable[Counted] = (),
) -> LeadersFigures:
    """Return the figures of a period.

    Args:
        petitions: all that the reader's figures count, whenever they were received.
        days: the period: due dates of what is owed, days of receipt of what people write about.
        today: the day as of which they are counted.
        undelivered: notices that did not arrive, about these petitions.
        public: all that the public's figures count, whoever the reader is.
    """
    before = period_before(*days)
    due, due_before = (_due_on(petitions, some) for some in (days, before))
    received, received_before = (_received_on(petitions, some) for some in (days, before))
    in_period = _counts_of(due, today)
    return LeadersFigures(
        days=days,
        before=before,
        today=today,
        now=in_period,
        then=_counts_of(due_before, today),
        public=_counts_of(_received_on(public, days), today),
        longest_owed=max((each.owed_for(today) or 0 for each in due), default=0),
        median_days=_median_days(due),
        months=tuple(_months(petitions, days.last, today)),
        units=_units(due, today),
        ages=_ages(petitions, today),
        received=Group("", len(received), len(received_before)),
        fields=_groups(received, received_before, lambda petition: petition.field or ""),
        kinds=_groups(received, received_before, lambda petition: petition.kind or ""),
        matters=_matters(received, received_before),
        scores=_scores(due),
        scores_then=_scores(due_before),
        initiatives=summed(each.tally for each in received if each.petition.kind is Kind.INITIATIVE),
        alarms=alarms_of(petitions, today, undelivered),
    )


def _within(day: date, days: Days) -> bool:
    return days.first <= day <= days.last


def _due_on(petitions: Iterable[Counted], days: Days) -> list[Counted]:
    return [each for each in petitions if each.answer is not None and _within(each.answer.due_on, days)]


def _received_on(petitions: Iterable[Counted], days: Days) -> list[Counted]:
    return [each for each in petitions if _within(local_date(each.petition.received_at), days)]


def _counts_of(petitions: Iterable[Counted], today: date) -> AnswerCounts:
    return answer_counts(Tally(name_of(each.answer) for each in petitions if each.answer is not None), today)


def _median_days(due: Iterable[Counted]) -> float | None:
    waits = [
        (local_date(each.answer.done_at) - local_date(each.petition.received_at)).days
        for each in due
        if each.answer is not None and each.answer.done_at is not None
    ]
    return median(waits) if waits else None


def _months(petitions: Sequence[Counted], last: date, today: date) -> Iterable[Month]:
    months = tuple(months_until(last, MONTHS))
    year = _due_on(petitions, Days(months[0].first, months[-1].last))
    return (Month(month, _counts_of(_due_on(year, month), today)) for month in months)


def _units(due: Iterable[Counted], today: date) -> tuple[tuple[str, AnswerCounts], ...]:
    by_unit: dict[str, list[Counted]] = {}
    for each in due:
        by_unit.setdefault(each.petition.unit or "", []).append(each)
    units = [(unit, _counts_of(petitions, today)) for unit, petitions in by_unit.items()]
    return tuple(sorted(units, key=lambda unit: (-unit[1].owed, -unit[1].late, -unit[1].due, unit[0])))


def _ages(petitions: Iterable[Counted], today: date) -> dict[str, int]:
    waiting = [days for each in petitions if (days := each.owed_for(today)) is not None]
    return {name: sum(first <= days <= last for days in waiting) for name, (first, last) in AGES.items()}


def _groups(
    received: Iterable[Counted], before: Iterable[Counted], of: Callable[[Petition], str]
) -> tuple[Group, ...]:
    now, then = (Counter(of(each.petition) for each in some) for some in (received, before))
    groups = (Group(code, number, then[code]) for code, number in now.items())
    return tuple(sorted(groups, key=lambda group: (group.code == "", -group.received, group.code)))


def _matters(received: Iterable[Counted], before: Iterable[Counted]) -> tuple[Matter, ...]:
    by_key: dict[str, list[Petition]] = {}
    for each in received:
        for key in each.petition.sketch[:1]:
            by_key.setdefault(key, []).append(each.petition)
    then = Counter(key for each in before for key in each.petition.sketch[:1])
    matters = [
        _matter(key, petitions, then[key])
        for key, petitions in by_key.items()
        if len(petitions) >= MATTER_FROM
    ]
    return tuple(sorted(matters, key=lambda matter: (-matter.received, matter.key))[:TOPICS])


def _matter(key: str, petitions: Iterable[Petition], before: int) -> Matter:
    earliest = sorted(petitions, key=lambda petition: (petition.received_at, petition.reference))
    field = next((petition.field for petition in earliest if petition.field), "")
    references = tuple(petition.reference for petition in earliest[:MATTER_READ])
    return Matter(key, len(earliest), before, field or "", references)


def _scores(due: Iterable[Counted]) -> Scores:
    answered = [each for each in due if each.answer is not None and each.answer.done_at is not None]
    ratings = Counter(each.petition.rating.score for each in answered if each.petition.rating is not None)
    reopened = sum(each.petition.second_look is not None for each in answered)
    return Scores({score: ratings[score] for score in range(5, 0, -1)}, len(answered), reopened)
