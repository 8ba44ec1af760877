"""The public's figures of the petitions received in a month, by the same definitions as the leaders' reports.

Denunciations are not counted here. Counts so small that they could point at somebody are left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta

from pydantic import ConfigDict

from chalicelib.intake.published.answers import FIRST_MONTH, hour_of
from shared.domain.base_model import BaseModel
from shared.domain.calendar.working_calendar import local_date
from shared.domain.errors import InvalidInputError
from shared.domain.figures.answers import answer_counts
from shared.domain.figures.tallies import Breakdown, Tally, median_days, summed
from shared.domain.petition.values.classification import Channel, Kind, Lane
from shared.platform import clock
from shared.tables.statistics import Figure, Statistics

LEAST_SHOWN = 3
"""The smallest count of a province that is published; a smaller one could point at somebody."""
OTHER = "OTHER"
"""The code of provinces that are not even named, because the month's total would show their counts."""
UNDECIDED = "UNDECIDED"
"""The code of the petitions that are in no group of a breakdown (yet)."""
KEPT_FOR = timedelta(seconds=60)
MONTHS_SHOWN = 12
MONTHS_LOOKED_AT = 4
"""Months before this one among which a page looks for the latest whose time for answering has passed."""

_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")


class _View(BaseModel):
    model_config = ConfigDict(frozen=True)


class UnitFigures(_View):
    """The figures of one unit."""

    unit: str
    received: int
    answered_on_time: int
    answered_late: int
    open_overdue: int
    on_time_percent: float | None = None


class MonthFigures(_View):
    """The figures of the petitions received in one month; `on_time` leaves out those that are open and not yet due."""

    month: str
    received: int
    answered: int
    answered_on_time: int
    answered_late: int
    open: int
    open_overdue: int
    ended_otherwise: int
    published: int
    reopened: int
    on_time_percent: float | None = None
    average_days: float | None = None
    median_days: int | None = None
    """Half of the answers took as many calendar days, or fewer."""
    ratings: int
    average_rating: float | None = None
    by_state: dict[str, int]
    by_channel: dict[str, int]
    by_kind: dict[str, int]
    by_field: dict[str, int]
    by_province: dict[str, int | None]
    """By code of the province; null where a count is too small to be published.

    `OTHER`, null too, stands for provinces whose counts the month's total would show if they were named.
    """
    by_unit: tuple[UnitFigures, ...]
    as_of: datetime
    """Everything until this instant is counted, and perhaps some of the hour after it."""
    complete: bool
    """True once the month is over: the petitions are all there, though some may still be answered."""


class PublicStatistics:
    """Answers with figures, and keeps each month's for a minute: a public page cannot make us read over and over."""

    def __init__(self, statistics: Statistics) -> None:
        self._statistics = statistics
        self._figures: dict[str, tuple[datetime, MonthFigures]] = {}

    def figures(self, month: str) -> MonthFigures:
        """Return the figures of the petitions received in a month; "" is this month.

        Raises:
            InvalidInputError: no month, or one before the system opened or yet to come.
        """
        now = clock.now()
        this_month = f"{local_date(now):%Y-%m}"
        if month and not _MONTH.fullmatch(month):
            raise InvalidInputError(("month", "invalid"))
        month = month or this_month
        if not FIRST_MONTH <= month <= this_month:
            raise InvalidInputError(("month", "invalid"))
        counted_at, figures = self._figures.get(month, (None, None))
        if counted_at is None or figures is None or abs(now - counted_at) >= KEPT_FOR:
            figures = self._counted(month, now)
            self._figures[month] = (now, figures)
        return figures

    def latest(self, count: int = MONTHS_SHOWN, until: str = "") -> list[MonthFigures]:
        """Return the figures of the latest months, the oldest first.

        Args:
            count: of months.
            until: the last of them, `2026-10`; "" is this month.
        """
        first = date.fromisoformat(f"{until}-01") if until else local_date(clock.now()).replace(day=1)
        months: list[str] = []
        while len(months) < count and f"{first:%Y-%m}" >= FIRST_MONTH:
            months.append(f"{first:%Y-%m}")
            first = (first - timedelta(days=1)).replace(day=1)
        return [self.figures(month) for month in reversed(months)]

    def last_full_month(self) -> MonthFigures | None:
        """Return the last month that is over, where anything was received in it; else the latest month with any."""
        *before, this_month = self.latest()
        return next((month for month in (*reversed(before), this_month) if month.received), None)

    def last_due_month(self, is_due: Callable[[date], bool]) -> MonthFigures | None:
        """Return the latest month whose time for answering has passed, where anything was received lately.

        Args:
            is_due: returns whether what was received on a day had to be answered by now.
        """
        first = local_date(clock.now()).replace(day=1)
        for _ in range(MONTHS_LOOKED_AT):
            last = first - timedelta(days=1)
            first = last.replace(day=1)
            if f"{first:%Y-%m}" < FIRST_MONTH:
                return None
            if is_due(last):
                figures = self.figures(f"{first:%Y-%m}")
                if figures.received:
                    return figures
        return None

    def _counted(self, month: str, now: datetime) -> MonthFigures:
        first = date.fromisoformat(f"{month}-01")
        last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)

        reading = self._statistics.at(now)

        def read(by: Breakdown) -> list[Figure]:
            figures = reading.figures(by, first, last)
            return [figure for figure in figures if figure.shelf.lane is not Lane.RESTRICTED]

        return month_figures(month, read, now)


def month_figures(month: str, read: Callable[[Breakdown], Iterable[Figure]], now: datetime) -> MonthFigures:
    """Lay a month's tallies out as its public figures."""
    today = local_date(now)
    by_kind = list(read(Breakdown.KIND))
    whole = summed(figure.tally for figure in by_kind)
    answers = answer_counts(whole, today)
    ratings = {score: whole[f"rating:{score}"] for score in range(1, 6)}
    rated = sum(ratings.values())
    return MonthFigures(
        month=month,
        received=whole["received"],
        answered=answers.answered,
        answered_on_time=answers.on_time,
        answered_late=answers.late,
        open=answers.in_time + answers.owed,
        open_overdue=answers.owed,
        ended_otherwise=whole["received"] - answers.answered - answers.in_time - answers.owed,
        published=whole["published"],
        reopened=whole["reopened"],
        on_time_percent=answers.percent,
        average_days=round(whole["answer_days"] / answers.answered, 1) if answers.answered else None,
        median_days=median_days(whole),
        ratings=rated,
        average_rating=round(sum(score * n for score, n in ratings.items()) / rated, 2) if rated else None,
        by_state=_named(whole, "state:"),
        by_channel={channel.value: whole[f"channel:{channel}"] for channel in Channel},
        by_kind=with_undecided({kind.value: whole[f"kind:{kind}"] for kind in Kind}, whole["received"]),
        by_field=with_undecided(_received(read(Breakdown.FIELD)), whole["received"]),
        by_province=without_small(with_undecided(_received(read(Breakdown.PROVINCE)), whole["received"])),
        by_unit=tuple(
            _unit_figures(unit or UNDECIDED, tally, today)
            for unit, tally in sorted(_by_unit(by_kind).items(), key=lambda row: (not row[0], row[0]))
            if unit or tally["received"]
        ),
        as_of=hour_of(now),
        complete=month < f"{today:%Y-%m}",
    )


def _unit_figures(unit: str, tally: Tally, today: date) -> UnitFigures:
    answers = answer_counts(tally, today)
    return UnitFigures(
        unit=unit,
        received=tally["received"],
        answered_on_time=answers.on_time,
        answered_late=answers.late,
        open_overdue=answers.owed,
        on_time_percent=answers.percent,
    )


def _by_unit(figures: Iterable[Figure]) -> dict[str, Tally]:
    units: dict[str, Tally] = {}
    for figure in figures:
        units.setdefault(figure.shelf.unit, Tally()).update(figure.tally)
    return units


def _received(figures: Iterable[Figure]) -> dict[str, int]:
    received = Tally()
    for figure in figures:
        if figure.group:
            received[figure.group] += figure.tally["received"]
    return dict(sorted(received.items()))


def with_undecided(counts: dict[str, int], received: int) -> dict[str, int]:
    """Return counts that add up to what was received: those in no group stand under `UNDECIDED`, if there are any."""
    rest = received - sum(counts.values())
    return counts | ({UNDECIDED: rest} if rest > 0 else {})


def _named(tally: Mapping[str, int], prefix: str) -> dict[str, int]:
    return {name.removeprefix(prefix): n for name, n in sorted(tally.items()) if name.startswith(prefix)}


def without_small(counts: dict[str, int], least: int = LEAST_SHOWN) -> dict[str, int | None]:
    """Leave out small counts, and names where the sum of all counts would show what was left out.

    Where only one is small, the next smallest is left out too. What is left out can still be read from the sum if
    there is no other (a month with one province), or if all are one, or all as large as a small count can be: then no
    province of these is named.
    """
    small = {name for name, number in counts.items() if number < least}
    if len(small) == 1 and len(counts) > 1:
        rest = {name: number for name, number in counts.items() if name not in small}
        small.add(min(rest, key=lambda name: (rest[name], name)))
    hidden = sum(counts[name] for name in small)
    shown: dict[str, int | None] = {
        name: None if name in small else number for name, number in counts.items()
    }
    if len(small) == 1 or (small and hidden in (len(small), len(small) * (least - 1))):
        shown = {name: number for name, number in shown.items() if name not in small} | {OTHER: None}
    return shown
