"""The drawing of a trace: a lane for each function, a dot for each step, a line from each step's cause to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

SHOWN = 30
"""Steps in the drawing, the latest."""
APART, LANE, MARGIN = 38, 40, 20
"""Pixels between steps, between lanes, and around all."""


class Dot(NamedTuple):
    """A step: its place, number and outcome."""

    x: int
    y: int
    n: int
    outcome: str


class Line(NamedTuple):
    """A line from cause to step, as the path of an SVG; `is_late`: over more than one step of time."""

    path: str
    is_failed: bool


class Lanes(NamedTuple):
    """A drawing in pixels."""

    width: int
    height: int
    names: tuple[str, ...]
    levels: tuple[int, ...]
    """The height of each lane."""
    dots: tuple[Dot, ...]
    lines: tuple[Line, ...]
    left_out: int
    """Earlier steps that are not drawn."""


def lanes_of(steps: Sequence[Mapping[str, Any]], names: Sequence[str]) -> Lanes:
    """Return the drawing of a trace's steps, in the order of `names` from top to bottom."""
    drawn = steps[-SHOWN:]
    levels = tuple(MARGIN + LANE * lane for lane in range(len(names)))
    dots = {
        step["n"]: Dot(
            MARGIN + APART * place, levels[names.index(step["function"])], step["n"], step["outcome"]
        )
        for place, step in enumerate(drawn)
    }
    lines = [
        Line(_path(dots[step["from"]], dots[step["n"]]), step["outcome"] == "failed")
        for step in drawn
        if step["from"] in dots
    ]
    return Lanes(
        width=2 * MARGIN + APART * max(len(drawn) - 1, 0),
        height=2 * MARGIN + LANE * (len(names) - 1),
        names=tuple(names),
        levels=levels,
        dots=tuple(dots.values()),
        lines=tuple(lines),
        left_out=len(steps) - len(drawn),
    )


def _path(cause: Dot, step: Dot) -> str:
    """Return a curve that leaves along the cause's lane and arrives along the step's."""
    bend = min(APART // 2, (step.x - cause.x) // 2)
    if cause.y == step.y:
        return f"M{cause.x} {cause.y}H{step.x}"
    turn = step.x - APART
    level = f"H{turn}" if turn > cause.x else ""
    start = max(turn, cause.x)
    return f"M{cause.x} {cause.y}{level}C{start + bend} {cause.y} {step.x - bend} {step.y} {step.x} {step.y}"
