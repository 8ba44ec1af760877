"""Reports as files: CSV for programs, a workbook for people who calculate."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable
from datetime import date
from textwrap import shorten
from typing import Any

from chalice.app import Response

from chalicelib.casework.reports.catalogue import REPORTS
from chalicelib.casework.reports.labels import caption, value_text
from chalicelib.casework.reports.measures import Column, Value
from chalicelib.casework.reports.report import Report
from chalicelib.casework.reports.tables import Section
from shared.web.answers import FileAnswer
from shared.web.i18n import Language, gettext
from shared.web.spreadsheets import begins_a_formula, csv_cell

BOM = "\ufeff"
"""Without it, spreadsheets read UTF-8 as something else."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NARROWEST, WIDEST = 9, 44


def csv_answer(report: Report, language: Language) -> Response:
    """Answer with a report's main table as CSV."""
    return Response(
        body=as_csv(report, language),
        status_code=200,
        headers=_headers(report, "csv", "text/csv; charset=utf-8"),
    )


def xlsx_answer(report: Report, language: Language) -> Response:
    """Answer with a report as a workbook."""
    return FileAnswer(body=as_xlsx(report, language), status_code=200, headers=_headers(report, "xlsx", XLSX))


EXPORTS: dict[str, Callable[[Report, Language], Response]] = {"csv": csv_answer, "xlsx": xlsx_answer}
"""The file formats of a report, by the name in the address."""


def _headers(report: Report, ending: str, content_type: str) -> dict[str, Any]:
    past = f"_as-of_{report.as_of}" if report.as_of else ""
    by = f"_{report.by}" if report.name == "steering-committee" and report.by != "field" else ""
    return {
        "Content-Type": content_type,
        "Content-Disposition": f'attachment; filename="{report.name}{by}_{report.first}_{report.last}{past}.{ending}"',
    }


def as_csv(report: Report, language: Language) -> str:
    """Return a report's main table: every value quoted, so that no separator inside one divides it."""
    _ = gettext(language)
    table = report.sections[0].table
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow(_(column.label) for column in table.columns)
    total = () if table.total is None else ({table.columns[0].name: _("Cộng"), **table.total},)
    for row in (*table.rows, *total):
        writer.writerow(csv_cell(row.get(column.name)) for column in table.columns)
    return BOM + out.getvalue()


# --- the workbook -----------------------------------------------------------------------------------


def as_xlsx(report: Report, language: Language) -> bytes:
    """Return a report as a workbook: one sheet for each table, numbers as numbers and days as days."""
    from xlsxwriter import Workbook  # noqa: PLC0415 - 60 ms of a cold start, and few ask for it

    out = io.BytesIO()
    workbook = Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    formats = {
        "title": workbook.add_format({"bold": True, "font_size": 14}),
        "head": workbook.add_format(
            {"bold": True, "text_wrap": True, "valign": "top", "border": 1, "bg_color": "#f0e6e1"}
        ),
        "text": workbook.add_format({"border": 1, "valign": "top"}),
        "quoted": workbook.add_format({"border": 1, "valign": "top", "quote_prefix": True}),
        "figure": workbook.add_format({"border": 1, "num_format": "#,##0.##"}),
        "whole": workbook.add_format({"border": 1, "num_format": "#,##0"}),
        "day": workbook.add_format({"border": 1, "num_format": "dd/mm/yyyy", "align": "left"}),
        "total": workbook.add_format({"bold": True, "border": 1, "num_format": "#,##0.##", "top": 2}),
    }
    for section in report.sections:
        _sheet(workbook, report, section, formats, language)
    workbook.close()
    return out.getvalue()


def _sheet(
    workbook: Any, report: Report, section: Section, formats: dict[str, Any], language: Language
) -> None:
    _ = gettext(language)
    table, title = section.table, _(section.title)
    sheet = workbook.add_worksheet(sheet_name(title, [sheet.name for sheet in workbook.worksheets()]))
    sheet.write_string(0, 0, heading(_(REPORTS[report.name].title), title), formats["title"])
    sheet.write_string(1, 0, caption(report, language))
    for number, column in enumerate(table.columns):
        sheet.write_string(LABELS_LINE, number, _(column.label), formats["head"])
        sheet.set_column(number, number, _width(column, table.rows, language))
    for line, row in enumerate(table.rows, start=LABELS_LINE + 1):
        for number, column in enumerate(table.columns):
            _write(sheet, line, number, column, row.get(column.name), formats, language)
    end = LABELS_LINE + len(table.rows)
    if table.total is not None:
        end += 1
        for number, column in enumerate(table.columns):
            value = table.total.get(column.name, _("Cộng") if number == 0 else None)
            _write(
                sheet,
                end,
                number,
                column,
                value,
                {**formats, **dict.fromkeys(formats, formats["total"])},
                language,
            )
    sheet.freeze_panes(LABELS_LINE + 1, 1)
    sheet.autofilter(LABELS_LINE, 0, LABELS_LINE + len(table.rows), len(table.columns) - 1)
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(LABELS_LINE)


def heading(report: str, section: str) -> str:
    """Return the title of a sheet: that of the report with the section's, once where they are the same."""
    return report if section.casefold() in report.casefold() else f"{report}: {section}"


def sheet_name(title: str, taken: Iterable[str]) -> str:
    """Return a name that Excel takes: at most 31 characters, whole words, none of its signs, and none twice.

    One that was cut ends in an ellipsis.
    """
    whole = " ".join(re.sub(r"[\[\]:*?/\\]", " ", title).strip("' ").split()) or "1"
    name = shorten(whole, LONGEST_NAME, placeholder="…")
    if name == "…":
        name = f"{whole[: LONGEST_NAME - 1]}…"
    name = f"{name.removesuffix('…').rstrip(',;-– ')}…" if name.endswith("…") else name
    lower = {other.casefold() for other in taken}
    numbered = (f"{name[: LONGEST_NAME - 3].rstrip()} {n}" for n in range(2, 100))
    return next(each for each in (name, *numbered) if each.casefold() not in lower)


LONGEST_NAME = 31
LABELS_LINE = 3
"""The line of the column labels; above it are title, caption and an empty line."""
A4 = 9


def _write(
    sheet: Any,
    line: int,
    number: int,
    column: Column,
    value: Value,
    formats: dict[str, Any],
    language: Language,
) -> None:
    if value is None or value == "":
        sheet.write_blank(line, number, None, formats["text"])
    elif isinstance(value, int):
        sheet.write_number(line, number, value, formats["whole"])
    elif isinstance(value, float):
        sheet.write_number(line, number, value, formats["figure"])
    elif column.name.endswith("_on"):
        sheet.write_datetime(line, number, date.fromisoformat(value), formats["day"])
    else:
        text = value_text(column.name, value, language)
        # A text cell is no formula until somebody edits it or saves the sheet as CSV: the mark keeps it a text then.
        sheet.write_string(line, number, text, formats["quoted" if begins_a_formula(text) else "text"])


def _width(column: Column, rows: Iterable[dict[str, Value]], language: Language) -> int:
    if column.is_figure:
        return max(NARROWEST, min(16, len(gettext(language)(column.label)) // 2 + 2))
    longest = max((len(value_text(column.name, row.get(column.name), language)) for row in rows), default=0)
    return max(NARROWEST, min(WIDEST, max(longest, len(column.label)) + 2))
