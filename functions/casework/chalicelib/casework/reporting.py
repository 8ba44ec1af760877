"""Makes reports: reads the petitions received in a period and lets `counting` count them, for pages, JSON and CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.casework import permissions
from chalicelib.casework.counting import REPORTS, Case, Names, Table, Value
from chalicelib.casework.officers import DeskOfficer, Role
from shared import clock
from shared.directory import Directory
from shared.domain import deadlines
from shared.domain.duties import Standing, duties
from shared.domain.errors import InvalidInputError
from shared.domain.petition import Petition
from shared.domain.working_calendar import local_date
from shared.petitions import Petitions
from shared.web.i18n import Language, gettext

LONGEST_PERIOD = timedelta(days=366)
BOM = "\ufeff"
"""Without it, spreadsheets read UTF-8 as something else."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_EVERY_UNIT = frozenset({Role.COMMITTEE, Role.INSPECTOR, Role.APPROVER, Role.AUDITOR})


class Period(BaseModel):
    """The days of receipt that a report covers, both included."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    first: Annotated[date | None, Field(alias="from")] = None
    last: Annotated[date | None, Field(alias="to")] = None


class Report(BaseModel):
    """A report with its table."""

    model_config = ConfigDict(frozen=True)

    name: str
    first: date
    last: date
    made_at: datetime
    unit: str | None
    """The one unit that it covers; None for the whole ministry."""
    counts_denunciations: bool
    table: Table

    def as_json(self, language: Language) -> dict[str, Any]:
        """Return the report for programs; labels are in the reader's language."""
        _ = gettext(language)
        return {
            "name": self.name,
            "title": _(REPORTS[self.name].title),
            "from": self.first.isoformat(),
            "to": self.last.isoformat(),
            "made_at": self.made_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "unit": self.unit,
            "counts_denunciations": self.counts_denunciations,
            "columns": [{"name": one.name, "label": _(one.label)} for one in self.table.columns],
            "rows": list(self.table.rows),
            "total": self.table.total,
        }

    def as_csv(self, language: Language) -> str:
        """Return the report for spreadsheets: every value quoted, so that no separator inside one divides it."""
        _ = gettext(language)
        out = io.StringIO()
        writer = csv.writer(out, quoting=csv.QUOTE_ALL)
        writer.writerow(_(column.label) for column in self.table.columns)
        total = (
            () if self.table.total is None else ({self.table.columns[0].name: _("Cộng"), **self.table.total},)
        )
        for row in (*self.table.rows, *total):
            writer.writerow(_cell(row.get(column.name)) for column in self.table.columns)
        return BOM + out.getvalue()


def _cell(value: Value) -> str:
    """Return a value as a cell that no spreadsheet takes for a formula."""
    if value is None:
        return ""
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text


class Reports:
    """Makes reports for those who may read them."""

    def __init__(self, petitions: Petitions, directory: Directory) -> None:
        self._petitions = petitions
        self._directory = directory

    def make(self, officer: DeskOfficer, name: str, period: Period) -> Report:
        """Count what was received in a period, as it stands now.

        A unit's head sees the own unit. Denunciations are counted only for their named readers, and the list of
        cases leaves out what the reader may not know of.

        Raises:
            NotAllowedError: no reader of reports.
            InvalidInputError: no such report, or a period that ends before it begins or is longer than a year.
        """
        permissions.require(officer, permissions.Ability.READ_REPORTS)
        if name not in REPORTS:
            raise InvalidInputError(("name", "unknown"))
        now = clock.now()
        first, last = self._days(name, period, local_date(now))
        unit = None if officer.has(*_EVERY_UNIT) else officer.unit
        cases = (
            self._case(petition, now)
            for petition in self._received(first, last)
            if _is_counted(officer, name, petition) and unit in (None, petition.unit)
        )
        return Report(
            name=name,
            first=first,
            last=last,
            made_at=now,
            unit=unit,
            counts_denunciations=permissions.reads_restricted(officer),
            table=REPORTS[name].counted(cases, self._names()),
        )

    def _days(self, name: str, period: Period, today: date) -> tuple[date, date]:
        last = period.last or today
        first = period.first or REPORTS[name].begins(last)
        if first > last:
            raise InvalidInputError(("to", "ends-before-it-begins"))
        if last - first > LONGEST_PERIOD:
            raise InvalidInputError(("to", "longer-than-a-year"))
        return first, last

    def _received(self, first: date, last: date) -> Iterator[Petition]:
        references = (ref for month in _months(first, last) for ref in self._petitions.received_in(month))
        for petition in self._petitions.get_all(references):
            if first <= local_date(petition.received_at) <= last:
                yield petition

    def _case(self, petition: Petition, now: datetime) -> Case:
        calendar = self._directory.calendar()
        found = duties(petition, self._directory.terms_of(petition), calendar, now)
        case = Case(petition, found, 0)
        if case.standing is not Standing.UNMET or case.answer is None:
            return case
        left = deadlines.days_left(case.answer.due_on, now, calendar)
        return case._replace(working_days_over=-left.working_days)

    def _names(self) -> Names:
        """Return the latest names, also those of units that are no more."""
        named = {
            kind: {
                str(row["id"]): str(row["name"])
                for row in sorted(self._directory.rows(kind), key=lambda row: str(row["valid_from"]))
            }
            for kind in ("unit", "field", "officer")
        }
        return Names(units=named["unit"], fields=named["field"], officers=named["officer"])


def _is_counted(officer: DeskOfficer, name: str, petition: Petition) -> bool:
    if name == "task-force":
        return permissions.may_know(officer, petition)
    return not permissions.is_restricted(petition) or permissions.reads_restricted(officer)


def _months(first: date, last: date) -> Iterator[str]:
    month = first.replace(day=1)
    while month <= last:
        yield f"{month:%Y-%m}"
        month = (month + timedelta(days=32)).replace(day=1)
