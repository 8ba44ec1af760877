"""The officers' lists: open petitions by due date, read from the `desk` index alone: a list opens no petition."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.casework.officers import DeskOfficer, Role
from chalicelib.casework.permissions import RESTRICTED_READERS
from chalicelib.casework.views import Line, LinePage, line_of
from shared import clock
from shared.directory import Directory
from shared.domain.errors import InvalidInputError, NotAllowedError
from shared.domain.lifecycle import State
from shared.domain.petition import Kind, Lane
from shared.domain.working_calendar import local_date
from shared.petitions import Card, Petitions

PAGE = 50
ALL_UNITS = "all"
"""The queue of those who look over all units."""
_OVERSEERS = frozenset({Role.APPROVER, Role.INSPECTOR, Role.INTAKE_OFFICER, Role.AUDITOR})
_DESK_WORKERS = frozenset({Role.HANDLER, Role.UNIT_HEAD, Role.INTAKE_OFFICER, Role.APPROVER, Role.INSPECTOR})


class Lists:
    """Lists what is open."""

    def __init__(self, petitions: Petitions, directory: Directory) -> None:
        self._petitions = petitions
        self._directory = directory

    def page(
        self,
        officer: DeskOfficer,
        *,
        queue: str | None = None,
        state: State | None = None,
        overdue: bool | None = None,
        cursor: str | None = None,
    ) -> LinePage:
        """Return a page of a queue, by due date.

        Args:
            officer: who looks.
            queue: a unit's code, or `all`; without one, what this officer's work is.
            state: only petitions in this state.
            overdue: only those overdue, or only those not.
            cursor: from the page before.

        Raises:
            NotAllowedError: not this officer's queue.
            InvalidInputError: a cursor that we did not give.
        """
        queue = queue or self.own_queue(officer)
        self._check(officer, queue)
        if queue == ALL_UNITS:
            return LinePage(
                petitions=tuple(sorted(self._everywhere(officer, state, overdue=overdue), key=_by_due_date))
            )
        try:
            cards, following = self._petitions.desk(queue, after=cursor, limit=PAGE)
        except ValueError:
            raise InvalidInputError(("cursor", "invalid")) from None
        return LinePage(
            petitions=tuple(self._lines(officer, cards, state, overdue=overdue)), cursor=following
        )

    def own_queue(self, officer: DeskOfficer) -> str:
        """Return the queue that an officer works from: approvers and inspectors look over all units."""
        return ALL_UNITS if officer.has(Role.APPROVER, Role.INSPECTOR, Role.AUDITOR) else officer.unit

    def _check(self, officer: DeskOfficer, queue: str) -> None:
        if queue == officer.unit and officer.has(*_DESK_WORKERS):
            return
        if not officer.has(*_OVERSEERS):
            raise NotAllowedError

    def _everywhere(
        self, officer: DeskOfficer, state: State | None, *, overdue: bool | None
    ) -> Iterator[Line]:
        for unit in self._directory.units(local_date(clock.now())):
            cards, _cursor = self._petitions.desk(unit, limit=PAGE)
            yield from self._lines(officer, cards, state, overdue=overdue)

    def _lines(
        self, officer: DeskOfficer, cards: list[Card], state: State | None, *, overdue: bool | None
    ) -> Iterator[Line]:
        now, calendar = clock.now(), self._directory.calendar()
        for card in cards:
            if not _may_be_listed(officer, card) or (state is not None and card.state is not state):
                continue
            line = line_of(card, calendar, now)
            if overdue is None or line.overdue is overdue:
                yield line


def _may_be_listed(officer: DeskOfficer, card: Card) -> bool:
    if card.complained_unit is not None and card.complained_unit == officer.unit:
        return False
    if card.lane is Lane.RESTRICTED or card.state is State.RESTRICTED:
        return officer.has(*RESTRICTED_READERS)
    return True


def is_for_task_force(line: Line) -> bool:
    """Tell whether the Task Force looks at it: conduct, denunciations, and whatever is overdue."""
    return line.overdue or line.kind is Kind.CONDUCT or line.lane is Lane.RESTRICTED


def _by_due_date(line: Line) -> tuple[str, str]:
    return line.due_on.isoformat(), line.reference
