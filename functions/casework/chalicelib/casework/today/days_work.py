"""The day's work at the desk: the headings of the morning's digest as they are now, what is new, and the load to come.

It reads the index `desk` alone, the own unit first, within the bounds of a page of a queue; and whole petitions only of
a few returned drafts, for the reasons.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from typing import NamedTuple

from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.desk.queues import READ_AT_MOST, QueueReader
from shared.domain.access.roles import Role
from shared.domain.calendar.working_calendar import WorkingCalendar, local_date
from shared.domain.petition.lifecycle import UNANSWERED, Action, State
from shared.domain.procedures.marks import Mark
from shared.platform import clock
from shared.tables.directory import Directory
from shared.tables.petition_items import Card
from shared.tables.petitions import Petitions
from shared.use_cases.daily_work import Heading, headings_of, units_read

ROWS = 5
"""Petitions that each heading of the page shows; the queue has all."""


class Returned(NamedTuple):
    """The reason for which a draft was returned, and by whom."""

    reason: str
    by: str


class DaysWork(NamedTuple):
    """The work of an officer's day."""

    today: date
    calendar: WorkingCalendar
    headings: tuple[Heading, ...]
    own: tuple[Card, ...]
    """The open petitions that the officer answers for: those they handle, of their unit, or of all units."""
    new: tuple[Card, ...]
    """Received since the working day before, the latest first."""
    waiting: dict[State, int]
    """Petitions that the officer handles and that wait for somebody else, by state."""
    returned: dict[str, Returned]
    """The reasons of the returned drafts that are shown, by reference."""
    is_complete: bool
    """False if there are more petitions than were read: the numbers are then the least there are."""

    @property
    def due(self) -> Counter[date]:
        """The number of the officer's open petitions by due date."""
        return Counter(card.due_on for card in self.own if card.state in UNANSWERED)


class Today:
    """Reads the work of an officer's day."""

    def __init__(self, queues: QueueReader, petitions: Petitions, directory: Directory) -> None:
        self._queues = queues
        self._petitions = petitions
        self._directory = directory

    def of(self, officer: DeskOfficer) -> DaysWork | None:
        """Return the work of an officer's day; None for one who has no work in the units' queues."""
        today = local_date(clock.now())
        units = units_read(officer, self._directory.units(today))
        if not units:
            return None
        own = list(islice(self._queues.cards((officer.unit,)), READ_AT_MOST))
        others = list(islice(self._queues.cards(tuple(u for u in units if u != officer.unit)), READ_AT_MOST))
        cards = [
            permissions.card_for(officer, card)
            for card in (*own, *others)
            if permissions.may_know(officer, card)
        ]
        calendar = self._directory.calendar()
        headings = headings_of(officer, officer.reader, cards, today)
        mine = [card for card in cards if officer.handles(card.handler)]
        return DaysWork(
            today=today,
            calendar=calendar,
            headings=headings,
            own=tuple(_answered_for(officer, cards, mine)),
            new=_new(cards, calendar, today),
            waiting=_waiting(mine),
            returned=dict(self._returned(headings)),
            is_complete=max(len(own), len(others)) < READ_AT_MOST,
        )

    def _returned(self, headings: Iterable[Heading]) -> Iterator[tuple[str, Returned]]:
        """Yield the reasons of the returned drafts that the page shows; reads these petitions whole."""
        shown = [card for heading in headings if heading.name == "returned" for card in heading.cards[:ROWS]]
        for petition in self._petitions.get_all(card.reference for card in shown):
            entry = petition.last(Action.RETURN_DRAFT)
            if entry is not None:
                yield petition.reference, Returned(entry.note or "", entry.by)


def _answered_for(officer: DeskOfficer, cards: list[Card], mine: list[Card]) -> list[Card]:
    if officer.has(*permissions.OVERSEERS):
        return cards
    return [card for card in cards if card.unit == officer.unit] if officer.has(Role.UNIT_HEAD) else mine


def _new(cards: Iterable[Card], calendar: WorkingCalendar, today: date) -> tuple[Card, ...]:
    since = today - timedelta(days=1)
    while not calendar.is_working_day(since):
        since -= timedelta(days=1)
    received = [card for card in cards if card.state in UNANSWERED and local_date(card.received_at) >= since]
    return tuple(sorted(received, key=_received_at, reverse=True))


def _received_at(card: Card) -> datetime:
    return card.received_at


def _waiting(mine: Iterable[Card]) -> dict[State, int]:
    states = (State.AWAITING_APPROVAL, State.AWAITING_INFORMATION)
    waiting = Counter(
        card.state for card in mine if card.state in states and Mark.SUPPLEMENTED not in card.marks
    )
    waiting[State.ANSWERED] = sum(card.state is State.ANSWERED and card.may_publish for card in mine)
    return dict(waiting)
