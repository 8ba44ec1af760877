"""Absences of officers: from a day to a day a colleague of the unit stands in, and it ends by itself.

They are rows of the directory (kind `absence`, by user name and first day), written by whoever leads the unit, with
its history. While one holds, new work goes to the stand-in, and both see the absent officer's (`Directory.officers`).
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

from pydantic import ConfigDict, Field

from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.access.permissions import Ability
from chalicelib.casework.actions.answers import WORKERS
from chalicelib.casework.actions.input import OptionalShortText
from shared.domain.base_model import BaseModel
from shared.domain.calendar.working_calendar import local_date
from shared.domain.errors import InvalidInputError, NotAllowedError
from shared.platform import clock
from shared.tables.directory import ABSENCE, Absence, Directory
from shared.tables.dynamo import stored_instant
from shared.tables.recorded_rows import RecordedRows, version_of

LONGEST = timedelta(days=366)


class AbsenceInput(BaseModel):
    """From when to when an officer is away, who stands in, and why."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    valid_from: date
    valid_to: Annotated[date, Field(description="the last day")]
    stand_in: Annotated[str, Field(min_length=1, max_length=64)]
    reason: OptionalShortText = None


class AbsenceEnd(BaseModel):
    """Which absence ends, by its first day."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    valid_from: date


class Absences:
    """Reads and writes the absences of a unit's officers."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._rows = RecordedRows(directory)

    def of_unit(self, officer: DeskOfficer) -> tuple[Absence, ...]:
        """Return the absences of the officer's unit that last or come, by their first day.

        Raises:
            NotAllowedError: the officer reads no board.
        """
        permissions.require(officer, Ability.READ_BOARD)
        today, officers = local_date(clock.now()), self._directory.officers()
        return tuple(
            sorted(
                (
                    row
                    for row in self._directory.all_absences()
                    if row.id in officers
                    and officers[row.id].unit == officer.unit
                    and not row.is_void
                    and (row.valid_to or row.valid_from) >= today
                ),
                key=lambda row: (row.valid_from, row.id),
            )
        )

    def put(self, officer: DeskOfficer, username: str, absence: AbsenceInput) -> Absence:
        """Record an absence; the same officer and first day again correct it.

        Raises:
            NotAllowedError: the officer leads no unit, or another one.
            InvalidInputError: dates that are past or too long, or somebody who does not work in the unit.
        """
        self._require_lead(officer, username)
        today = local_date(clock.now())
        if absence.valid_to < max(today, absence.valid_from):
            raise InvalidInputError(("valid_to", "invalid"))
        if absence.valid_to - absence.valid_from > LONGEST:
            raise InvalidInputError(("valid_to", "too-long"))
        stand_in = self._directory.officers().get(absence.stand_in)
        if (
            stand_in is None
            or stand_in.id == username
            or stand_in.unit != officer.unit
            or WORKERS.isdisjoint(stand_in.roles)
        ):
            raise InvalidInputError(("stand_in", "unknown"))
        row = Absence(
            id=username,
            valid_from=absence.valid_from,
            valid_to=absence.valid_to,
            stand_in=absence.stand_in,
            reason=absence.reason or "",
        )
        self._write(officer, row)
        return row

    def end(self, officer: DeskOfficer, username: str, valid_from: date) -> None:
        """End an absence: one that lasts ended yesterday, one that comes never begins; an ended one stays as it is.

        Raises:
            NotAllowedError: the officer leads no unit, or another one.
            InvalidInputError: there is no such absence.
        """
        self._require_lead(officer, username)
        stored = version_of(self._rows.of(ABSENCE, username), valid_from.isoformat())
        if stored is None:
            raise InvalidInputError(("valid_from", "unknown"))
        row = Absence.model_validate(stored.facts)
        yesterday = local_date(clock.now()) - timedelta(days=1)
        if row.valid_to is None or row.valid_to > yesterday:
            self._write(officer, row.model_copy(update={"valid_to": yesterday}))

    def _require_lead(self, officer: DeskOfficer, username: str) -> None:
        permissions.require(officer, Ability.LEAD_UNIT)
        row = self._directory.officers().get(username)
        if row is None or row.unit != officer.unit:
            raise NotAllowedError

    def _write(self, officer: DeskOfficer, row: Absence) -> None:
        by_whom = {"changed_by": officer.username, "changed_at": stored_instant(clock.now())}
        self._rows.write(ABSENCE, {**row.model_dump(mode="json"), **by_whom}, seen=None)
