"""Orders of a queue other than by due date, and numbers of a queue: the index has none of them.

So a page sorts and counts the lines that it reads anyway.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from itertools import islice

from chalicelib.casework.desk.views import Line, LinePage
from shared.domain.errors import InvalidInputError
from shared.domain.petition.lifecycle import State
from shared.tables.petition_items import desk_position

Condition = Callable[[Line], bool]


class Order(StrEnum):
    """The order of a queue's petitions; what is answered stands behind what is owed in each."""

    DUE = "due"
    """By due date: the order of the index, so a page reads what it shows."""
    RECEIVED = "received"
    """The latest received first."""
    STATE = "state"
    """By state along the way of a petition, then by due date."""


_STATES = {state: number for number, state in enumerate(State)}
_CURSOR = re.compile(r"[01]~[0-9-]{2,20}~(\d{4}-\d{2}-\d{2}~)?\d{11}")
_NUMBER = re.compile(r"[0-9]{1,4}")


class Tally:
    """Counts of the lines that one page of a queue reads.

    Args:
        group_of: the group under which a line of the queue is listed.
        views: the conditions of other views, by their names.
    """

    def __init__(self, group_of: Callable[[Line], str], views: Mapping[str, Condition]) -> None:
        self._group_of = group_of
        self._conditions = views
        self._groups: Counter[str] = Counter()
        self._views: Counter[str] = Counter(dict.fromkeys(views, 0))
        self.is_cut = False
        """The queue holds lines that were not read: every number is the least that there is."""
        self.last_group = ""
        """The group of the last line that was read by due date."""

    @property
    def groups(self) -> Mapping[str, int]:
        """The lines of the queue that are listed, by group."""
        return self._groups

    @property
    def views(self) -> Mapping[str, int]:
        """The lines that each other view lists, by its name."""
        return self._views

    def see(self, line: Line, *, is_listed: bool) -> None:
        """Count a line that was read; each is to be seen once."""
        group = self._group_of(line)
        self.last_group = group
        if is_listed:
            self._groups[group] += 1
        for name, holds in self._conditions.items():
            self._views[name] += holds(line)


def sorted_page(
    queue: str,
    lines: Iterable[Line],
    is_wanted: Callable[[Line], bool],
    order: Order,
    *,
    cursor: str | None,
    size: int,
    read_at_most: int,
    tally: Tally | None = None,
) -> LinePage:
    """Return a page of the lines in an order; its total is None where not all of them were read.

    Args:
        queue: its name.
        lines: by due date.
        is_wanted: whether a line is listed.
        order: any but by due date.
        cursor: of the page before; or the number of lines before this page.
        size: lines of a page.
        read_at_most: lines that are read; the order is that of these.
        tally: is to count these.

    Raises:
        InvalidInputError: an invalid cursor.
    """
    if cursor is not None and not _NUMBER.fullmatch(cursor) and not _CURSOR.fullmatch(cursor):
        raise InvalidInputError(("cursor", "invalid"))
    window = list(islice(lines, read_at_most + 1))
    is_whole = len(window) <= read_at_most
    is_descending = order is Order.RECEIVED
    wanted = [(_position(line, order), line) for line in window[:read_at_most] if is_wanted(line)]
    if tally is not None:
        tally.is_cut = not is_whole
        for line in window[:read_at_most]:
            tally.see(line, is_listed=is_wanted(line))
    wanted.sort(key=_by_position, reverse=is_descending)
    rest = _behind(cursor, wanted, is_descending=is_descending)
    shown = rest[:size]
    return LinePage(
        queue=queue,
        petitions=tuple(line for _position, line in shown),
        cursor=shown[-1][0] if len(rest) > size else None,
        total=len(wanted) if is_whole else None,
    )


def _behind(
    cursor: str | None, wanted: list[tuple[str, Line]], *, is_descending: bool
) -> list[tuple[str, Line]]:
    """Return the sorted lines that a cursor leaves to show: behind a number of lines, or behind a position."""
    if cursor is None or _NUMBER.fullmatch(cursor):
        return wanted[int(cursor or 0) :]
    return [
        (position, line)
        for position, line in wanted
        if (position < cursor if is_descending else position > cursor)
    ]


def _by_position(placed: tuple[str, Line]) -> str:
    return placed[0]


def _position(line: Line, order: Order) -> str:
    """Return where a line stands, as addresses carry it: lower-case letters, digits and `-~` alone."""
    is_answered = line.state is State.ANSWERED
    if order is Order.RECEIVED:
        return f"{int(not is_answered)}~{line.received_at:%Y-%m-%d-%H-%M-%S}~{line.reference}"
    return f"{int(is_answered)}~{_STATES[line.state]:02}~{desk_position(line.due_on, line.reference)}"
