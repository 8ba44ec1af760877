"""Open data: the months' figures and the published answers as files, for whoever wants to work with them.

Basis: Nghị định 47/2020/NĐ-CP on open data of state bodies: free to use and share with the source named.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from typing import Any

from chalice.app import Request, Response
from pydantic import BaseModel, ConfigDict

from chalicelib.intake import composition
from chalicelib.intake.api.breakdowns import Count, breakdowns
from chalicelib.intake.api.petitions import PUBLIC, query
from chalicelib.intake.published.answers import PublishedItem
from chalicelib.intake.published.statistics import MonthFigures
from shared.domain.errors import InvalidInputError
from shared.web.http import json_answer, language_of

LICENCE = (
    "Dữ liệu mở của Bộ Nội vụ theo Nghị định 47/2020/NĐ-CP: được tự do sử dụng, chia sẻ, với điều kiện ghi rõ nguồn. / "
    "Open data of the Ministry of Home Affairs of Viet Nam: free to use and share, with the source named."
)
MONTHS = 60
"""Months that one file of figures holds, the oldest first."""
BOM = "\ufeff"
FIGURES = tuple(
    name for name, field in MonthFigures.model_fields.items() if field.annotation in (str, int, float | None)
)
"""What the file of figures has a column for: all that is one value."""
COUNTS = ("month", *Count._fields)
ANSWERS = tuple(PublishedItem.model_fields)


class OpenData(BaseModel):
    """A file of open data: rows of the named fields."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    licence: str
    fields: tuple[str, ...]
    rows: tuple[dict[str, Any], ...]


def answer(request: Request, file: str) -> Response:
    """Answer with a file: `statistics`, `breakdowns` or `published`, as `.csv` or `.json`.

    Raises:
        InvalidInputError: no such file, or no such month.
    """
    name, _, ending = file.partition(".")
    if name not in READERS or ending not in ("csv", "json"):
        raise InvalidInputError(("file", "unknown"))
    columns, rows = READERS[name](request)
    if ending == "json":
        file_of = OpenData(licence=LICENCE, fields=columns, rows=tuple(rows))
        return json_answer(file_of.model_dump(mode="json"), headers=PUBLIC)
    return Response(
        body=_csv(columns, rows),
        status_code=200,
        headers={
            **PUBLIC,
            "Content-Type": "text/csv; charset=utf-8",
            "Content-Disposition": f'attachment; filename="pakn-{name}.csv"',
            "X-Content-Type-Options": "nosniff",
        },
    )


def _figures(_request: Request) -> tuple[tuple[str, ...], list[dict[str, Any]]]:
    months = composition.public_statistics().latest(MONTHS)
    rows = [month.model_dump(mode="json") for month in months]
    known = [{name: row[name] for name in FIGURES} for row in rows if row["received"]]
    return FIGURES, known


def _breakdowns(request: Request) -> tuple[tuple[str, ...], list[dict[str, Any]]]:
    """Return who petitions about what, month by month: a row for each group of each breakdown."""
    months = (month for month in composition.public_statistics().latest(MONTHS) if month.received)
    rows = [
        {"month": month.month, **count._asdict()}
        for month in months
        for counts in breakdowns(month, language_of(request)).values()
        for count in counts
    ]
    return COUNTS, rows


def _published(request: Request) -> tuple[tuple[str, ...], list[dict[str, Any]]]:
    """Return all answers published in a month."""
    rows: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = composition.public_record().published(
            field=query(request, "field"),
            month=query(request, "month") or composition.public_record().this_month(),
            search="",
            cursor=cursor,
            language=language_of(request),
        )
        rows += [item.model_dump(mode="json") for item in page.items]
        if page.next_cursor is None:
            return ANSWERS, rows
        cursor = page.next_cursor


READERS: dict[str, Callable[[Request], tuple[tuple[str, ...], list[dict[str, Any]]]]] = {
    "statistics": _figures,
    "breakdowns": _breakdowns,
    "published": _published,
}


def _csv(columns: Iterable[str], rows: Iterable[dict[str, Any]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow(columns)
    for row in rows:
        writer.writerow(_cell(row[name]) for name in columns)
    return BOM + out.getvalue()


def _cell(value: Any) -> str:
    """Return a value as a cell that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    return (
        f"'{text}" if isinstance(value, str) and text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
    )
