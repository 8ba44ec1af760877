"""Charts as plain SVG made on the server: bars of parts, readable without JavaScript, in print and aloud.

A chart never stands alone: a table beside it has the same figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

MOST_BARS = 20
"""A longer chart is read by nobody; the table has the rest."""


class Part(NamedTuple):
    """A stretch of a bar: how it looks (a class of the style sheet), what it stands for, how many."""

    look: str
    label: str
    number: int


class Segment(NamedTuple):
    """A part as it is drawn, in hundredths of the widest bar."""

    look: str
    x: float
    width: float


class Bar(NamedTuple):
    """One bar with the words that say the same."""

    label: str
    total: int
    words: str
    segments: tuple[Segment, ...]


class Chart(NamedTuple):
    """A chart: its title, what its looks stand for, its bars."""

    title: str
    legend: tuple[tuple[str, str], ...]
    bars: tuple[Bar, ...]


def chart(title: str, rows: Sequence[tuple[str, Sequence[Part]]]) -> Chart | None:
    """Return a chart of rows of parts, None when there is nothing to show."""
    widest = max((sum(part.number for part in parts) for _label, parts in rows), default=0)
    if not widest:
        return None
    legend = dict.fromkeys((part.look, part.label) for _label, parts in rows for part in parts)
    bars = tuple(_bar(label, parts, widest) for label, parts in rows[:MOST_BARS])
    return Chart(title, tuple(legend), bars)


def _bar(label: str, parts: Sequence[Part], widest: int) -> Bar:
    segments, x = [], 0.0
    for part in parts:
        width = round(100 * part.number / widest, 2)
        if part.number:
            segments.append(Segment(part.look, round(x, 2), width))
        x += width
    words = ", ".join(f"{part.label}: {part.number}" for part in parts if part.number)
    return Bar(label, sum(part.number for part in parts), words, tuple(segments))


class Point(NamedTuple):
    """A point of a line, in hundredths of the chart; y counts from above, as SVG does."""

    x: float
    y: float
    look: str


class LineChart(NamedTuple):
    """A line of shares over time. It stretches with the page: its figures stand beside it as text, not in it."""

    floor: int
    """The share at the bottom of the chart; its top is 100 %."""
    goal: float
    """The height of the promised share."""
    runs: tuple[tuple[Point, ...], ...]
    """The points by stretches without a gap."""


def line_chart(shares: Sequence[float | None], goal: float) -> LineChart:
    """Return the line of shares, in percent; None where there is no share, which leaves a gap."""
    least = min([share for share in shares if share is not None] + [goal])
    floor = max(0, int(least - 1) // 10 * 10)
    runs: list[list[Point]] = [[]]
    for number, share in enumerate(shares):
        if share is None:
            runs.append([])
            continue
        x = round(100 * number / max(len(shares) - 1, 1), 2)
        look = "low" if share < goal and number == len(shares) - 1 else ""
        runs[-1].append(Point(x, _height(share, floor), look))
    return LineChart(floor, _height(goal, floor), tuple(tuple(run) for run in runs if run))


def _height(share: float, floor: int) -> float:
    return round(100 * (100 - share) / (100 - floor), 2)
