"""The output of a command: tables for people, JSON for programs; never both."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TextIO, TypeVar

from rich.console import Console
from rich.progress import track
from rich.table import Table

from shared.domain.calendar.working_calendar import VIETNAM

T = TypeVar("T")
Row = Mapping[str, Any]
_WIDTH = 200
"""Columns where the output goes to a file or a pipe: nothing is broken there."""


class Screen:
    """Writes to standard output; progress and errors to standard error."""

    def __init__(self, *, is_json: bool) -> None:
        self.is_json = is_json
        self._stream = sys.stdout

    def rows(self, rows: Sequence[Row], columns: Sequence[str], *, nothing: str) -> None:
        """Show rows as a table with some of their facts, or as a JSON list with all; `nothing` where there are none."""
        if self.is_json:
            self._print_json(rows)
            return
        if not rows:
            self.say(nothing)
            return
        table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False, header_style="bold")
        for column in columns:
            table.add_column(column.replace("_", " "), overflow="fold")
        for row in rows:
            table.add_row(*(_cell(row.get(column)) for column in columns))
        self._out().print(table)

    def facts(self, facts: Row, sentence: str) -> None:
        """Show the outcome of a change: a sentence, or its facts as a JSON object."""
        if self.is_json:
            self._print_json(facts)
        else:
            self.say(sentence)

    def say(self, text: str) -> None:
        """Show a line; nothing where the output is JSON."""
        if not self.is_json:
            self._out().print(text, markup=False)

    def fail(self, text: str, next_step: str) -> None:
        """Show what stands in the way and the next step, on standard error."""
        out = _console(sys.stderr)
        if self.is_json:
            out.print_json(data={"error": text, "next": next_step})
        else:
            out.print(f"{text}\n  next: {next_step}", markup=False)

    def progress(self, items: Iterable[T], what: str, total: int | None = None) -> Iterator[T]:
        """Yield the items, with a bar on a terminal's standard error."""
        console = _console(sys.stderr)
        if self.is_json or not console.is_terminal:
            yield from items
        else:
            yield from track(items, what, total=total, console=console, transient=True)

    def _print_json(self, value: Any) -> None:
        self._out().print(json.dumps(value, ensure_ascii=False, default=_fact), markup=False, soft_wrap=True)

    def _out(self) -> Console:
        return _console(self._stream)


def _console(stream: TextIO) -> Console:
    console = Console(file=stream, highlight=False, emoji=False)
    if not console.is_terminal:
        console.width = _WIDTH
    return console


def _cell(value: Any) -> str:
    """Return a value as a table shows it, with what Rich would read as markup taken as it is."""
    if isinstance(value, datetime):
        value = value.astimezone(VIETNAM).isoformat(timespec="seconds")
    if isinstance(value, timedelta):
        value = age(value)
    return "" if value is None else str(value).replace("[", "\\[")


def _fact(value: Any) -> Any:
    """Return a value as JSON has it: an instant in UTC, a duration in seconds."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, timedelta):
        return int(value.total_seconds())
    return str(value)


def counted(count: int, noun: str) -> str:
    """Return a count with its noun: `1 petition`, `2 petitions`."""
    return f"{count} {noun if count == 1 else noun + 's'}"


def age(duration: timedelta) -> str:
    """Return a duration in its two greatest units: `3 d 4 h`, `12 min`, `0 min`."""
    minutes = max(0, int(duration.total_seconds() // 60))
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {rest} min" if hours else f"{rest} min"
