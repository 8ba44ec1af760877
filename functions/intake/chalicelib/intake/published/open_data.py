"""Open data: the months' figures and the published answers as tables, for whoever wants to work with them.

Basis: Nghị định 47/2020/NĐ-CP on open data of state bodies: free to use and share with the source named; so the licence
is the one whose terms these are, CC BY 4.0 (ADR 0061).
"""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from typing import Any, NamedTuple

from pydantic import ConfigDict

from chalicelib.intake.published.answers import PublicRecord, PublishedItem, hour_of
from chalicelib.intake.published.breakdowns import Count, Names, breakdowns
from chalicelib.intake.published.statistics import MonthFigures, PublicStatistics
from shared.domain.base_model import BaseModel
from shared.platform import clock
from shared.web.i18n import Language
from shared.web.spreadsheets import csv_cell

LICENCES: dict[Language, str] = {
    "vi": "Dữ liệu mở của Bộ Nội vụ theo Nghị định 47/2020/NĐ-CP: được tự do sử dụng, chia sẻ, với điều kiện ghi rõ "
    "nguồn.",
    "en": "Open data of the Ministry of Home Affairs of Viet Nam: free to use and share, with the source named.",
}
LICENCE = " / ".join(LICENCES.values())
LICENCE_ID = "CC-BY-4.0"
"""The licence's identifier of SPDX (https://spdx.org/licenses/CC-BY-4.0)."""
LICENCE_URL = "https://creativecommons.org/licenses/by/4.0/"
MONTHS = 60
"""Months that one table of figures holds, the oldest first."""
LARGEST = 2 * 1024 * 1024
"""Bytes after which a file of answers goes on in another one.

A function answers with 6 MB at most, in JSON that may escape every other letter; a page of the index has 1 MB at most.
"""
PAGES = 200
"""Pages of the index that one file of answers reads at most."""
BOM = "\ufeff"
_SINGLE = (str, int, int | None, float | None)
FIGURES = tuple(name for name, field in MonthFigures.model_fields.items() if field.annotation in _SINGLE)
"""Columns of the table of figures: every figure that is a single value."""
COUNTS = ("month", *Count._fields)
ANSWERS = tuple(PublishedItem.model_fields)


class OpenData(BaseModel):
    """A table of open data as JSON: rows of the named fields."""

    model_config = ConfigDict(frozen=True)

    licence: str
    licence_id: str
    """The identifier of SPDX."""
    licence_url: str
    as_of: datetime
    complete: bool
    """True if no rows are left out or in another file."""
    next_cursor: str | None = None
    fields: tuple[str, ...]
    rows: tuple[dict[str, Any], ...]


class Table(NamedTuple):
    """A table of open data: columns, and rows that have a value for each."""

    columns: tuple[str, ...]
    rows: list[dict[str, Any]]
    is_complete: bool = True
    next_cursor: str | None = None
    """Leads to the rows that had no space in this file."""

    def as_json(self) -> OpenData:
        """Return the table with its licence."""
        return OpenData(
            licence=LICENCE,
            licence_id=LICENCE_ID,
            licence_url=LICENCE_URL,
            as_of=hour_of(clock.now()),
            complete=self.is_complete,
            next_cursor=self.next_cursor,
            fields=self.columns,
            rows=tuple(self.rows),
        )

    def as_csv(self) -> str:
        """Return the table as CSV with a byte order mark, so that spreadsheets read it as UTF-8."""
        out = io.StringIO()
        writer = csv.writer(out, quoting=csv.QUOTE_ALL)
        writer.writerow(self.columns)
        for row in self.rows:
            writer.writerow(csv_cell(row[name]) for name in self.columns)
        return BOM + out.getvalue()

    def as_json_lines(self) -> str:
        """Return the table as JSON Lines: an object on each line, UTF-8 without a mark (https://jsonlines.org)."""
        return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in self.rows)


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


def answers_table(
    record: PublicRecord,
    *,
    month: str,
    field: str,
    language: Language,
    cursor: str = "",
    largest: int = LARGEST,
) -> Table:
    """Return the published answers, the newest first, of a month or of all; a full file says where the next begins.

    Raises:
        InvalidInputError: no such month, field or cursor.
    """
    rows: list[dict[str, Any]] = []
    size, first = 0, cursor
    for _ in range(PAGES):
        page = record.published(field=field, month=month, cursor=cursor, language=language)
        for item in page.items:
            row = item.model_dump(mode="json")
            size += len(json.dumps(row, ensure_ascii=False).encode())
            rows.append(row)
        cursor = page.next_cursor or ""
        if not cursor or size >= largest:
            break
    return Table(ANSWERS, rows, not first and not cursor, cursor or None)
