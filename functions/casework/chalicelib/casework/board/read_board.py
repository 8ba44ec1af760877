"""Reads the board of a unit: who has how many petitions, what is late, who is away.

One query of the index `desk` gives all cards of a unit, so the board costs what a queue's page costs to count.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from statistics import median_low
from typing import Annotated

from pydantic import ConfigDict, Field

from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.access.permissions import Ability
from chalicelib.casework.actions.answers import WORKERS
from chalicelib.casework.desk.views import Line, line_of
from shared.domain.base_model import BaseModel
from shared.domain.calendar.working_calendar import local_date
from shared.domain.errors import InvalidInputError, NotAllowedError
from shared.domain.petition.lifecycle import UNANSWERED, State
from shared.platform import clock
from shared.tables.directory import Directory, Officer
from shared.tables.petitions import Petitions

READ_AT_MOST = 500
"""Cards that are read for one board; of a unit with more, the board says so."""
SOON = 5
"""Days ahead that count as soon, as in the queues."""
_UNEVEN = 5
"""So many petitions more than the officer in the middle, and the board proposes to even it out."""
Code = Annotated[str, Field(max_length=64)]
Text = Annotated[str, Field(max_length=200)]


class AbsenceView(BaseModel):
    """An officer is away, and who stands in."""

    model_config = ConfigDict(frozen=True)

    officer: Code
    name: Text
    valid_from: date
    valid_to: date
    stand_in: Code
    stand_in_name: Text
    reason: Annotated[str, Field(max_length=500)] = ""


class BoardColumn(BaseModel):
    """The work of one officer, or what nobody has accepted yet."""

    model_config = ConfigDict(frozen=True)

    handler: Code | None
    """The user name; None for what nobody has accepted."""
    name: Text
    is_in_unit: bool = True
    """False for somebody who left the unit while they still had work."""
    open: int
    overdue: int
    soon: int
    """Due within 5 days, not overdue."""
    awaiting_approval: int
    absence: AbsenceView | None = None
    """Their absence, as long as it lasts, or the next one."""
    petitions: tuple[Line, ...]
    """By due date."""


class EvenOut(BaseModel):
    """A proposal: who could give up some work."""

    model_config = ConfigDict(frozen=True)

    handler: Code
    open: int
    median: int
    """The number that the officer in the middle has."""
    references: tuple[Annotated[str, Field(max_length=11)], ...]
    """Those that could be given away: none late or soon due, and nothing waits for approval."""


class Board(BaseModel):
    """The board of a unit."""

    model_config = ConfigDict(frozen=True)

    unit: Code
    open: int
    overdue: int
    soon: int
    is_complete: bool
    """False where the unit has more petitions than are read."""
    columns: tuple[BoardColumn, ...]
    even_out: EvenOut | None = None


class BoardReader:
    """Reads boards."""

    def __init__(self, petitions: Petitions, directory: Directory) -> None:
        self._petitions = petitions
        self._directory = directory

    def of(self, officer: DeskOfficer, unit: str | None = None) -> Board:
        """Return the board of a unit, by default the officer's own.

        Raises:
            NotAllowedError: not this officer's board.
            InvalidInputError: an unknown unit.
        """
        permissions.require(officer, Ability.READ_BOARD)
        unit, now = unit or officer.unit, clock.now()
        if not permissions.may_list(officer, unit):
            raise NotAllowedError
        if unit not in self._directory.units(local_date(now)):
            raise InvalidInputError(("unit", "unknown"))
        lines, is_complete = self._lines(officer, unit, now)
        columns = self._columns(unit, lines, now)
        return Board(
            unit=unit,
            open=len(lines),
            overdue=sum(column.overdue for column in columns),
            soon=sum(column.soon for column in columns),
            is_complete=is_complete,
            columns=columns,
            even_out=_even_out([column for column in columns if column.handler]),
        )

    def _lines(self, officer: DeskOfficer, unit: str, now: datetime) -> tuple[list[Line], bool]:
        """Return the unanswered petitions of the unit by due date, and whether those are all.

        One query, as long as its cards fit into DynamoDB's page of 1 MB.
        """
        cards, following = self._petitions.desk(unit, limit=READ_AT_MOST)
        while following is not None and len(cards) < READ_AT_MOST:
            more, following = self._petitions.desk(unit, after=following, limit=READ_AT_MOST - len(cards))
            cards += more
        lines = [
            line_of(permissions.card_for(officer, card), self._directory, now)
            for card in cards
            if card.state in UNANSWERED and permissions.may_know(officer, card)
        ]
        return lines, following is None

    def _columns(self, unit: str, lines: Iterable[Line], now: datetime) -> tuple[BoardColumn, ...]:
        """Return the columns: what nobody accepted, then the officers, who has most first."""
        officers = self._directory.officers()
        workers = {
            name: row
            for name, row in officers.items()
            if row.unit == unit and not WORKERS.isdisjoint(row.roles)
        }
        by_handler: dict[str | None, list[Line]] = {None: [], **{name: [] for name in workers}}
        for line in lines:
            by_handler.setdefault(_owner(line.handler, workers), []).append(line)
        names, absences = self._directory.officers_names(), self._absences(now)
        columns = (
            _column(
                who, names.get(who or "", who or ""), of_officer, is_in_unit=who in workers or not who
            ).model_copy(update={"absence": absences.get(who or "")})
            for who, of_officer in by_handler.items()
        )
        return tuple(
            sorted(columns, key=lambda column: (column.handler is not None, -column.open, column.name))
        )

    def _absences(self, now: datetime) -> dict[str, AbsenceView]:
        """Return the absence of each officer that lasts, else the next one."""
        names, today = self._directory.officers_names(), local_date(now)
        coming = sorted(self._directory.all_absences(), key=lambda row: row.valid_from)
        current = self._directory.absences(today)
        ahead = {row.id: row for row in reversed(coming) if row.valid_from > today and not row.is_void}
        return {
            who: AbsenceView(
                officer=who,
                name=names.get(who, who),
                valid_from=row.valid_from,
                valid_to=row.valid_to or row.valid_from,
                stand_in=row.stand_in,
                stand_in_name=names.get(row.stand_in, row.stand_in),
                reason=row.reason,
            )
            for who, row in {**ahead, **current}.items()
        }


def _owner(handler: str | None, workers: dict[str, Officer]) -> str | None:
    """Return whose column a petition stands in: its handler's, or of who took over from somebody who left."""
    if handler is None or handler in workers:
        return handler
    return next((name for name, row in workers.items() if row.handles(handler)), handler)


def _column(handler: str | None, name: str, lines: list[Line], *, is_in_unit: bool) -> BoardColumn:
    return BoardColumn(
        handler=handler,
        name=name,
        is_in_unit=is_in_unit,
        open=len(lines),
        overdue=sum(line.overdue for line in lines),
        soon=sum(is_soon(line) for line in lines),
        awaiting_approval=sum(line.state is State.AWAITING_APPROVAL for line in lines),
        petitions=tuple(lines),
    )


def is_soon(line: Line) -> bool:
    """Return whether a petition is due within some days, and not overdue."""
    return not line.overdue and line.days_left <= SOON


def _even_out(columns: list[BoardColumn]) -> EvenOut | None:
    """Return the officer who could give up work that is neither late nor soon due, so that the loads come closer."""
    present = [column for column in columns if column.is_in_unit]
    if len(present) < 2:  # noqa: PLR2004 - nobody to give it to
        return None
    most, middle = max(present, key=lambda column: column.open), median_low([c.open for c in present])
    if most.handler is None or most.open - middle < _UNEVEN:
        return None
    calm = [
        line.reference
        for line in most.petitions
        if not line.overdue and not is_soon(line) and line.state is not State.AWAITING_APPROVAL
    ]
    references = tuple(calm[: (most.open - middle) // 2])
    if not references:
        return None
    return EvenOut(handler=most.handler, open=most.open, median=middle, references=references)
