"""Which due dates a decision about the calendar would move: shown before an administrator takes it.

Read from the index `desk`; a whole petition is read only where its due date does not follow from its day of receipt.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from chalicelib.casework.administration.open_petitions import open_cards
from shared.domain.calendar import deadlines
from shared.domain.calendar.working_calendar import Override, WorkingCalendar, local_date
from shared.domain.promises import pauses
from shared.platform import clock
from shared.tables.directory import Directory
from shared.tables.petition_items import Card
from shared.tables.petitions import Petitions


class MovedDueDate(NamedTuple):
    """An open petition whose due date would move."""

    reference: str
    unit: str
    due_on: date
    new_due_on: date


def calendar_with(calendar: WorkingCalendar, on: date, override: Override | None) -> WorkingCalendar:
    """Return a calendar with another override for one day; None removes that day's override."""
    others = [other for other in calendar.overrides if other.on != on]
    return WorkingCalendar([*others, override] if override else others)


def moved_due_dates(
    calendar: WorkingCalendar, petitions: Petitions, directory: Directory, units: Iterable[str]
) -> tuple[MovedDueDate, ...]:
    """Return the open petitions of some units that would have another due date, by their present one.

    Args:
        calendar: as it would be.
        petitions: the table whose open petitions are looked at.
        directory: holds the terms, and the calendar as it is.
        units: codes.
    """
    moved = (
        _moved(card, calendar, petitions, directory) for unit in units for card in open_cards(petitions, unit)
    )
    return tuple(
        sorted(
            (petition for petition in moved if petition is not None),
            key=lambda petition: (petition.due_on, petition.reference),
        )
    )


def _moved(
    card: Card, calendar: WorkingCalendar, petitions: Petitions, directory: Directory
) -> MovedDueDate | None:
    terms = directory.terms_on(local_date(card.received_at))
    if deadlines.answer_due_on(card.received_at, terms, directory.calendar()) != card.due_on:
        petition = petitions.get(card.reference)
        if petition is None:
            return None
        due_on = pauses.answer_due_on(petition, directory.terms_of(petition), calendar, clock.now())
    else:
        due_on = deadlines.answer_due_on(card.received_at, terms, calendar)
    return MovedDueDate(card.reference, card.unit, card.due_on, due_on) if due_on != card.due_on else None
