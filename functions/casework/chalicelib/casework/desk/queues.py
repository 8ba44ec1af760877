"""The officers' queues: open petitions by due date, read from the index `desk` alone, without whole petitions.

What is finished stands in the same index, in a partition of its unit and state (`finished_list`).

A queue over all units merges the units' queues while it reads them, so a page costs what it shows.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.desk.queue_orders import Condition, Order, Tally, sorted_page
from chalicelib.casework.desk.views import Line, LinePage, line_of
from shared.domain.access.roles import Role
from shared.domain.calendar.working_calendar import local_date
from shared.domain.errors import InvalidInputError, NotAllowedError
from shared.domain.identity.gsm7 import unaccented
from shared.domain.petition.lifecycle import UNANSWERED, State
from shared.domain.petition.values.classification import Kind
from shared.platform import clock
from shared.tables.directory import Directory
from shared.tables.petition_items import FINISHED, Card, desk_position
from shared.tables.petitions import Petitions

PAGE = 35
"""Petitions on a page: with their words it stays below 40 kB, however it is filtered and sorted."""
READ_AT_MOST = 500
"""Lines that are read for one page: by a filter, and by the first page of a queue to count what the queue holds."""
READ_AT_ONCE = 41
"""Cards that are read from a unit's queue first: those of a page, and some that show whether there is another page.

With two further queries they are 501: what the first page reads to count."""
READ_ON = 230
"""Cards of each further query: few round trips, and hardly more than it may read."""
ALL, APPROVAL, PUBLICATION, INSPECTION, SECOND_LOOK = (
    "all",
    "approval",
    "publication",
    "inspection",
    "second-look",
)
_CURSOR = re.compile(r"(answered~)?(?:(\d{4}-\d{2}-\d{2}~\d{11})(~a)?)?")
_FINISHED_CURSOR = re.compile(r"\d{4}(-\d{2}){5}~\d{11}")
"""A `finished_position`."""
_ANSWERED = "answered~"
"""The begin of a cursor among what is answered: the clock of the answer has stopped, so it stands last."""
_PASSED = "~a"
"""The end of a cursor behind answered petitions that are still to be shown."""

_QUEUES: dict[str, Condition] = {
    ALL: lambda _line: True,
    APPROVAL: lambda line: line.state is State.AWAITING_APPROVAL,
    PUBLICATION: lambda line: line.state is State.ANSWERED and line.may_publish,
    SECOND_LOOK: lambda line: line.is_second_look and line.state in UNANSWERED,
    INSPECTION: lambda line: line.overdue or line.kind is Kind.CONDUCT or line.state is State.RESTRICTED,
}
"""The queues over all units, and the condition for a petition to be in each."""


class Filter(NamedTuple):
    """Which petitions of a queue are listed; each part narrows the list further."""

    state: State | None = None
    """Only those in this state."""
    overdue: bool | None = None
    """Only those overdue, or only those not."""
    due_within: int | None = None
    """Only those due within so many days, overdue ones included."""
    mine: bool = False
    """Only those that the officer handles."""
    unassigned: bool = False
    """Only those that nobody handles yet."""
    words: str = ""
    """Only those whose subject has each of these words, with or without accents."""


class QueueReader:
    """Reads pages of queues of open petitions."""

    def __init__(self, petitions: Petitions, directory: Directory) -> None:
        self._petitions = petitions
        self._directory = directory

    def page(
        self,
        officer: DeskOfficer,
        *,
        queue: str | None = None,
        only: Filter = Filter(),  # noqa: B008 - a constant
        order: Order = Order.DUE,
        cursor: str | None = None,
        tally: Tally | None = None,
    ) -> LinePage:
        """Return a page of a queue: what is still owed, by due date, then what is answered.

        No queue holds what is finished: its states are lists of their own, of the unit or, for a queue over all units,
        of all of them, by when the state was reached, the latest first.

        Args:
            officer: the reader.
            queue: a unit's code, or one over all units (`all`, `approval`, `publication`, `second-look`,
                `inspection`); by default the officer's own.
            only: which of the queue's petitions.
            order: of the page; but for due dates, of the 500 that are due first. Finished ones have their own.
            cursor: from the page before.
            tally: is to count what is read; then the first page reads the whole queue, whatever the filter. Finished
                ones are not counted.

        Raises:
            NotAllowedError: not this officer's queue.
            InvalidInputError: an unknown queue, or an invalid cursor.
        """
        queue = queue or own_queue(officer)
        units = self._units_of(officer, queue)
        if only.state in FINISHED:
            is_contradictory = bool(only.overdue) or only.due_within is not None or only.unassigned
            units = () if is_contradictory else (*units, *(("",) if queue in _QUEUES else ()))
            return self._finished_page(officer, queue, units, only, cursor)
        now = clock.now()
        until = _last_day(local_date(now), overdue=only.overdue, due_within=only.due_within)
        is_wanted = self.condition(officer, queue, only)
        is_all_read = tally is not None and cursor is None

        def read(after: str | None) -> Iterator[Line]:
            return (
                line_of(permissions.card_for(officer, card), self._directory, now)
                for card in self.cards(units, after=after, until=None if is_all_read else until)
                if permissions.may_know(officer, card)
            )

        if order is not Order.DUE:
            return sorted_page(
                queue,
                read(None),
                is_wanted,
                order,
                cursor=cursor,
                size=PAGE,
                read_at_most=READ_AT_MOST,
                tally=tally,
            )
        start = _position(cursor)
        if only.state is not None or queue == PUBLICATION:
            return _page(queue, [_Section("", read(start.after), _any)], start, is_wanted, tally)
        return _page(queue, _sections(read, start), start, is_wanted, tally)

    def condition(self, officer: DeskOfficer, queue: str, only: Filter) -> Condition:
        """Return whether a line of the units that a queue reads stands in it and passes a filter."""
        is_in_queue = _QUEUES.get(queue) or (lambda line: line.unit == queue)
        until = _last_day(local_date(clock.now()), overdue=only.overdue, due_within=only.due_within)
        return lambda line: (
            is_in_queue(line)
            and (only.state is None or line.state is only.state)
            and (only.overdue is None or line.overdue is only.overdue)
            and (until is None or line.due_on <= until)
            and (not only.mine or officer.handles(line.handler))
            and (not only.unassigned or (line.handler is None and line.state in UNANSWERED))
            and _has(line, only.words)
        )

    def _finished_page(
        self,
        officer: DeskOfficer,
        queue: str,
        units: Iterable[str],
        only: Filter,
        cursor: str | None,
    ) -> LinePage:
        """Fill a page from the lists of a finished state; one that shows few of what it reads ends early."""
        if cursor is not None and not _FINISHED_CURSOR.fullmatch(cursor):
            raise InvalidInputError(("cursor", "invalid"))
        assert only.state is not None  # noqa: S101 - one of `FINISHED`
        now = clock.now()
        lists = [self._finished_cards(unit, only.state, cursor) for unit in units]
        wanted: list[Line] = []
        last: str | None = None
        for read, (position, card) in enumerate(heapq.merge(*lists, key=_by_position, reverse=True)):
            if len(wanted) == PAGE or read == READ_AT_MOST:
                return LinePage(queue=queue, petitions=tuple(wanted), cursor=last)
            last = position
            if not permissions.may_know(officer, card):
                continue
            line = line_of(permissions.card_for(officer, card), self._directory, now)
            if _has(line, only.words) and (not only.mine or officer.handles(line.handler)):
                wanted.append(line)
        total = len(wanted) if cursor is None else None
        return LinePage(queue=queue, petitions=tuple(wanted), cursor=None, total=total)

    def _finished_cards(self, unit: str, state: State, before: str | None) -> Iterator[tuple[str, Card]]:
        """Yield a unit's petitions of a finished state with their positions; reads further ones only when needed."""
        following, limit = before, READ_AT_ONCE
        while True:
            cards, following = self._petitions.finished(unit, state, before=following, limit=limit)
            yield from cards
            if following is None:
                return
            limit = READ_ON

    def _units_of(self, officer: DeskOfficer, queue: str) -> Iterable[str]:
        is_over_all = queue in _QUEUES
        if not permissions.may_list(officer, None if is_over_all else queue):
            raise NotAllowedError
        units = self._directory.units(local_date(clock.now()))
        if not is_over_all and queue not in units:
            raise InvalidInputError(("queue", "unknown"))
        return units if is_over_all else (queue,)

    def cards(
        self, units: Iterable[str], *, after: str | None = None, until: date | None = None
    ) -> Iterator[Card]:
        """Yield the open petitions of units by due date, as the index has them; reads on as they are taken.

        Whoever takes them decides which an officer may know of.

        Args:
            units: whose petitions.
            after: a `desk_position`: only what stands behind it.
            until: only those due by this day.
        """
        return heapq.merge(*(self._cards(unit, after, until) for unit in units), key=_position_of)

    def _cards(self, unit: str, after: str | None, until: date | None) -> Iterator[Card]:
        """Yield a unit's cards by due date and reference; reads further ones only when they are needed."""
        following, limit = after, READ_AT_ONCE
        while True:
            cards, following = self._petitions.desk(unit, after=following, limit=limit, due_until=until)
            yield from cards
            if following is None:
                return
            limit = READ_ON


class _Position(NamedTuple):
    """The place at which a page of a queue begins."""

    is_answered: bool = False
    """Among what is answered, which stands behind all that is owed."""
    after: str | None = None
    """A `desk_position`: only what stands behind it."""
    has_passed_answered: bool = False
    """Pages before have read answered petitions without showing them."""


class _Section(NamedTuple):
    """A part of a queue: lines by due date, of which those that do not belong are passed over."""

    prefix: str
    """The begin of a cursor into this section."""
    lines: Iterable[Line]
    belongs: Callable[[Line], bool]


def _any(_line: Line) -> bool:
    return True


def _is_answered(line: Line) -> bool:
    return line.state is State.ANSWERED


def _is_owed(line: Line) -> bool:
    return not _is_answered(line)


def _sections(read: Callable[[str | None], Iterator[Line]], start: _Position) -> Iterator[_Section]:
    """Yield the petitions still owed an answer, then the answered ones; those read before are not read again."""
    if start.is_answered:
        yield _Section(_ANSWERED, read(start.after), _is_answered)
        return
    passed: list[Line] = []

    def owed() -> Iterator[Line]:
        for line in read(start.after):
            if _is_answered(line):
                passed.append(line)
            yield line

    yield _Section("", owed(), _is_owed)
    yield _Section(_ANSWERED, read(None) if start.has_passed_answered else passed, _is_answered)


def _page(
    queue: str,
    sections: Iterable[_Section],
    start: _Position,
    is_wanted: Condition,
    tally: Tally | None,
) -> LinePage:
    """Fill a page; one whose filter rejects most lines ends early, so that no page reads without bounds.

    Its cursor is the position of the last line read, whether or not that line is on the page. The first page reads on
    behind it, within the same bounds, to count what the whole queue holds.
    """
    is_first = start == _Position()
    wanted: list[Line] = []
    cursor: str | None = None
    read, count, has_passed = 0, 0, start.has_passed_answered
    for section in sections:
        last: Line | None = None
        for line in section.lines:
            if cursor is None and (len(wanted) == PAGE or read == READ_AT_MOST):
                at = desk_position(last.due_on, last.reference) if last else ""
                mark = _PASSED if at and has_passed and section.prefix != _ANSWERED else ""
                cursor = f"{section.prefix}{at}{mark}"
            if cursor is not None and (not is_first or read == READ_AT_MOST):
                if tally is not None:
                    tally.is_cut = True
                return LinePage(queue=queue, petitions=tuple(wanted), cursor=cursor)
            last, read = line, read + 1
            if not section.belongs(line):
                has_passed = has_passed or _is_answered(line)
                continue
            is_listed = is_wanted(line)
            if tally is not None:
                tally.see(line, is_listed=is_listed)
            if is_listed:
                count += 1
                wanted += () if cursor is not None else (line,)
    total = count if is_first else None
    cursor = None if total == len(wanted) else cursor
    return LinePage(queue=queue, petitions=tuple(wanted), cursor=cursor, total=total)


def _has(line: Line, words: str) -> bool:
    """Return whether a line's subject has each of the words, with or without accents."""
    subject = _folded(line.subject)
    return all(word in subject for word in _folded(words).split())


def _folded(text: str) -> str:
    return unaccented(text).casefold()


def _last_day(today: date, *, overdue: bool | None, due_within: int | None) -> date | None:
    if overdue:
        return today - timedelta(days=1)
    return None if due_within is None else today + timedelta(days=due_within)


def own_queue(officer: DeskOfficer) -> str:
    """Return the queue that an officer works from."""
    if officer.has(Role.APPROVER):
        return APPROVAL
    if officer.has(Role.INSPECTOR):
        return INSPECTION
    return ALL if officer.has(Role.AUDITOR) else officer.unit


def queues_of(officer: DeskOfficer) -> tuple[str, ...]:
    """Return the queues that a page offers an officer, their own first."""
    offered = [own_queue(officer), officer.unit]
    if officer.has(Role.APPROVER):
        offered += [APPROVAL, PUBLICATION]
    offered += [SECOND_LOOK, INSPECTION, ALL]
    return tuple(
        queue
        for queue in dict.fromkeys(offered)
        if permissions.may_list(officer, None if queue in _QUEUES else queue)
    )


def _by_position(placed: tuple[str, Card]) -> str:
    return placed[0]


def _position_of(card: Card) -> str:
    return desk_position(card.due_on, card.reference)


def _position(cursor: str | None) -> _Position:
    match = _CURSOR.fullmatch(cursor or "")
    if match is None:
        raise InvalidInputError(("cursor", "invalid"))
    return _Position(match[1] is not None, match[2], match[3] is not None)
