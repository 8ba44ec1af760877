"""Open data: the months' figures and the published answers as tables, for whoever wants to work with them.

Basis: Nghị định 47/2020/NĐ-CP on open data of state bodies: free to use and share with the source named.
"""

from __future__ import annotations

import csv
import io
from typing import Any, NamedTuple

from pydantic import ConfigDict

from chalicelib.intake.published.answers import PublicRecord, PublishedItem
from chalicelib.intake.published.breakdowns import Count, Names, breakdowns
from chalicelib.intake.published.statistics import MonthFigures, PublicStatistics
from shared.domain.base_model import BaseModel
from shared.web.i18n import Language
from shared.web.spreadsheets import csv_cell

LICENCE = (
    "Dữ liệu mở của Bộ Nội vụ theo Nghị định 47/2020/NĐ-CP: được tự do sử dụng, chia sẻ, với điều kiện ghi rõ nguồn. / "
    "Open data of the Ministry of Home Affairs of Viet Nam: free to use and share, with the source named."
)
MONTHS = 60
"""Months that one table of figures holds, the oldest first."""
BOM = "\ufeff"
FIGURES = tuple(
    name for name, field in MonthFigures.model_fields.items() if field.annotation in (str, int, float | None)
)
"""Columns of the table of figures: every figure that is a single value."""
COUNTS = ("month", *Count._fields)
ANSWERS = tuple(PublishedItem.model_fields)


class OpenData(BaseModel):
    """A table of open data as JSON: rows of the named fields."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    licence: str
    fields: tuple[str, ...]
    rows: tuple[dict[str, Any], ...]


class Table(NamedTuple):
    """A table of open data: columns, and rows that have a value for each."""

    columns: tuple[str, ...]
    rows: list[dict[str, Any]]

    def as_json(self) -> OpenData:
        """Return the table with its licence."""
        return OpenData(licence=LICENCE, fields=self.columns, rows=tuple(self.rows))

    def as_csv(self) -> str:
        """Return the table as CSV with a byte order mark, so that spreadsheets read it as UTF-8."""
        out = io.StringIO()
        writer = csv.writer(out, quoting=csv.QUOTE_ALL)
        writer.writerow(self.columns)
        for row in self.rows:
            writer.writerow(csv_cell(row[name]) for name in self.columns)
        return BOM + out.getvalue()


def figures_table(statistics: PublicStatistics) -> Table:
    """Return the figures of the latest months in which there were petitions."""
    months = [month.model_dump(mode="json") for month in statistics.latest(MONTHS)]
    return Table(FIGURES, [{name: month[name] for name in FIGURES} for month in months if month["received"]])


def breakdowns_table(statistics: PublicStatistics, names: Names) -> Table:
    """Return the counts of petitions: a row for each month, breakdown and group."""
    months = (month for month in statistics.latest(MONTHS) if month.received)
    rows = [
        {"month": month.month, **count._asdict()}
        for month in months
        for counts in breakdowns(month, names).values()
        for count in counts
    ]
    return Table(COUNTS, rows)


def answers_table(record: PublicRecord, *, month: str, field: str, language: Language) -> Table:
    """Return all answers published in a month; "" is this month, and every field.

    Raises:
        InvalidInputError: no such month.
    """
    rows: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = record.published(
            field=field,
            month=month or record.this_month(),
            search="",
            cursor=cursor,
            language=language,
        )
        rows += [item.model_dump(mode="json") for item in page.items]
        if page.next_cursor is None:
            return Table(ANSWERS, rows)
        cursor = page.next_cursor
