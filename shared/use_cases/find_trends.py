"""Looks for jumps in the rolled-up statistics: costs the rows of nine weeks, and no petition."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import NamedTuple

from shared.domain.figures.tallies import Breakdown
from shared.domain.figures.trends import Count, Jump, begins, jumps
from shared.tables.statistics import Figure

Daily = Callable[[Breakdown, date, date], Iterable[tuple[date, Figure]]]


class Trend(NamedTuple):
    """A jump, and what it is one of: field, unit, province, kind, one matter that many write about, or an answer."""

    by: str
    jump: Jump


def trends(daily: Daily, last: date, also: Iterable[Count] = ()) -> list[Trend]:
    """Return the figures that jumped in the week that ends on a day, among those that `daily` yields.

    Args:
        daily: yields the figures of petitions, by day of receipt.
        last: the last day of the week.
        also: readers of published answers who have the same matter, by day; their group is the answer's id.
    """
    fields, kinds, provinces, matters = (
        list(daily(by, begins(last), last))
        for by in (Breakdown.FIELD, Breakdown.KIND, Breakdown.PROVINCE, Breakdown.MATTER)
    )
    counts = {
        "field": _by_group(fields),
        "unit": [Count(day, figure.shelf.unit, figure.tally["received"]) for day, figure in kinds],
        "province": _by_group(provinces),
        "kind": _by_group(kinds),
        "matter": _by_group(matters),
        "also": list(also),
    }
    return [Trend(by, jump) for by, received in counts.items() for jump in jumps(received, last)]


def _by_group(figures: Iterable[tuple[date, Figure]]) -> list[Count]:
    return [Count(day, figure.group, figure.tally["received"]) for day, figure in figures]
