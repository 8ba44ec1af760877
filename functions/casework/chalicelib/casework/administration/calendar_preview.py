"""Foresees what a decision about the calendar would move, before an administrator takes it.

Read from the `desk` index; only a petition with a period or with terms of its own is opened.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from shared.domain.calendar import deadlines
from shared.domain.calendar.working_calendar import Override, WorkingCalendar, local_date
from shared.domain.petition.lifecycle import UNANSWERED, Action
from shared.tables.directory import Directory
from shared.tables.petitions import Card, Petitions


class Moved(NamedTuple):
    """An open petition whose due date would move."""

    reference: str
    unit: str
    due_on: date
    would_be_due_on: date


def calendar_with(calendar: WorkingCalendar, on: date, override: Override | None) -> WorkingCalendar:
    """Return a calendar with another decision about one day; None takes back what was decided about it."""
    others = [one for one in calendar.overrides if one.on != on]
    return WorkingCalendar([*others, override] if override else others)


def moved_by(
    calendar: WorkingCalendar, petitions: Petitions, directory: Directory, units: Iterable[str]
) -> tuple[Moved, ...]:
    """Return the open petitions of some units whose due date another calendar moves, by due date."""
    found = (
        _moved(card, calendar, petitions, directory) for unit in units for card in _open(petitions, unit)
    )
    return tuple(
        sorted((one for one in found if one is not None), key=lambda one: (one.due_on, one.reference))
    )


def _moved(card: Card, calendar: WorkingCalendar, petitions: Petitions, directory: Directory) -> Moved | None:
    terms = directory.terms_on(local_date(card.received_at))
    begun_at = card.received_at
    if deadlines.answer_due_on(begun_at, terms, directory.calendar()) != card.due_on:
        petition = petitions.get(card.reference)
        if petition is None:
            return None
        reopened = petition.last(Action.REOPEN)
        begun_at = reopened.at if reopened else begun_at
        terms = directory.terms_of(petition)
    due_on = deadlines.answer_due_on(begun_at, terms, calendar)
    return Moved(card.reference, card.unit, card.due_on, due_on) if due_on != card.due_on else None


def _open(petitions: Petitions, unit: str) -> Iterator[Card]:
    following: str | None = None
    while True:
        cards, following = petitions.desk(unit, after=following)
        yield from (card for card in cards if card.state in UNANSWERED)
        if following is None:
            return
