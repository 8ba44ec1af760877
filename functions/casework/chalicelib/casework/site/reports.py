"""The leaders' pages: each report as charts and tables to read, print or take away; and what is behind a figure."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple
from urllib.parse import urlencode

from chalice.app import Request, Response

from chalicelib.casework import composition
from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.access.permissions import Ability
from chalicelib.casework.api.doors import query
from chalicelib.casework.api.reports import EXPORTS, behind_of, period_of
from chalicelib.casework.reports.catalogue import REPORTS
from chalicelib.casework.reports.charts import chart_of
from chalicelib.casework.reports.make_report import Report
from chalicelib.casework.reports.measures import MEASURES, Column, Value
from chalicelib.casework.reports.tables import BREAKDOWNS, HEADS, Section
from chalicelib.casework.reports.words import caption, read
from chalicelib.casework.site.frame import language_of_page, render, unit_label
from shared.domain.errors import InvalidInputError
from shared.web.http import RULES
from shared.web.i18n import Language, gettext
from shared.web.rendering import link

FIRST = "timeliness"


class Cell(NamedTuple):
    """One place of a table: what is read there, what stands over it, and where it leads."""

    text: str
    label: str
    is_figure: bool
    href: str = ""


class Shown(NamedTuple):
    """A table as a page shows it."""

    title: str
    columns: tuple[tuple[str, bool], ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: tuple[Cell, ...]


def reports(request: Request, officer: DeskOfficer) -> Response:
    """Show a report; without a choice, how the time limits are kept."""
    permissions.require(officer, Ability.READ_REPORTS)
    asked = query(request)
    name = asked.get("name") or FIRST
    report: Report | None = None
    problem = ""
    try:
        report = composition.reports().make(officer, name, period_of(asked, "by"), language_of_page(request))
    except InvalidInputError as error:
        _place, rule = error.problems[0]
        problem = gettext(language_of_page(request))(RULES.get(rule, RULES["invalid"]))
    if report is not None and asked.get("format") in EXPORTS:
        return EXPORTS[asked["format"]](report, language_of_page(request))
    return _page(request, officer, asked, report, problem)


def _page(
    request: Request, officer: DeskOfficer, asked: dict[str, str], report: Report | None, problem: str
) -> Response:
    language = language_of_page(request)
    _ = gettext(language)
    days = {"from": str(report.first), "to": str(report.last)} if report else asked
    chosen = {
        "name": report.name if report else asked.get("name", ""),
        "from": days.get("from", ""),
        "to": days.get("to", ""),
        "by": report.by if report else "field",
        "as_of": str(report.as_of or "") if report else asked.get("as_of", ""),
    }
    return render(
        request,
        officer,
        "reports.html",
        422 if problem else 200,
        problem=problem,
        chosen=chosen,
        names=[(name, _(kept.title)) for name, kept in REPORTS.items()],
        breakdowns=[(name, _(HEADS[name].label)) for name in BREAKDOWNS],
        report=report,
        title=_(REPORTS[report.name].title) if report else _("Báo cáo"),
        scope=unit_label(report.unit, language) if report and report.unit else _("Toàn Bộ"),
        caption=caption(report, language) if report else "",
        sections=[
            (
                _(section.title),
                chart_of(report, section, language),
                _tables(officer, report, section, language),
            )
            for section in report.sections
        ]
        if report
        else [],
        files=[
            (label, link(f"/desk/reports?{urlencode({**chosen, 'format': one})}", language))
            for one, label in (("xlsx", _("Tải về bảng tính (Excel)")), ("csv", _("Tải về CSV")))
        ],
    )


def _tables(officer: DeskOfficer, report: Report, section: Section, language: Language) -> list[Shown]:
    """Return a section's table; a wide one as several that fit on the page."""
    _ = gettext(language)
    table = section.table
    heads = tuple(column for column in table.columns if not column.is_figure)
    blocks = [
        (_(block.title) if block.title else "", (*heads, *(measure.column for measure in block.measures)))
        for block in table.blocks
    ] or [("", table.columns)]
    leads = permissions.is_able(officer, Ability.FOLLOW_FIGURES)
    return [
        Shown(
            title,
            tuple((_(column.label), column.is_figure) for column in columns),
            tuple(_row(report, columns, row, language, leads=leads) for row in table.rows),
            _row(report, columns, {heads[0].name: _("Cộng"), **table.total}, language, leads=leads)
            if table.total
            else (),
        )
        for title, columns in blocks
    ]


def _row(
    report: Report, columns: tuple[Column, ...], row: dict[str, Value], language: Language, *, leads: bool
) -> tuple[Cell, ...]:
    _ = gettext(language)
    return tuple(
        Cell(
            read(column.name, row.get(column.name), language),
            _(column.label),
            column.is_figure,
            link(_way(report, column, row), language) if leads and _way(report, column, row) else "",
        )
        for column in columns
    )


def _way(report: Report, column: Column, row: dict[str, Value]) -> str:
    """Return where a value leads: a reference to its petition, a figure to the petitions behind it."""
    value = row.get(column.name)
    if column.name == "reference":
        return f"/desk/petitions/{value}"
    measure = str(row.get("measure_code", "")) or column.name
    if not column.is_figure or not value or measure not in MEASURES or {"before", "change"} & {column.name}:
        return ""
    if "rule" in row:
        return ""
    first, last = _days_of(column, report)
    asked = {"name": report.name, "from": str(first), "to": str(last), "measure": measure}
    if report.as_of is not None:
        asked["as_of"] = str(report.as_of)
    if row.get("unit_code") is not None:
        asked["unit"] = str(row["unit_code"])
    for by in ("field", "kind", "channel", "province", "handler", "complained_unit", "matter"):
        if row.get(f"{by}_code") is not None:
            asked |= {"by": by, "group": str(row[f"{by}_code"])}
    return f"/desk/reports/cases?{urlencode(asked)}"


def _days_of(column: Column, report: Report) -> tuple[date, date]:
    """Return the days that a column counts: those of its month in the half-yearly report, else all."""
    if not re.fullmatch(r"\d{4}-\d{2}", column.name):
        return report.first, report.last
    first = date.fromisoformat(f"{column.name}-01")
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return max(first, report.first), min(last, report.last)


def cases(request: Request, officer: DeskOfficer) -> Response:
    """Show the petitions behind a figure."""
    language = language_of_page(request)
    _ = gettext(language)
    asked = query(request)
    behind, period = behind_of(asked), period_of(asked)
    found = composition.reports().behind(officer, asked.get("name") or FIRST, behind, period, language)
    names = composition.reports().names(language)
    about = [_(MEASURES[behind.measure].column.label)]
    if behind.unit is not None:
        about.append(names.of("unit", behind.unit))
    if behind.by:
        about.append(read(behind.by, names.of(behind.by, behind.group), language))
    return render(
        request,
        officer,
        "report_cases.html",
        about=" · ".join(about),
        first=found.first,
        last=found.last,
        as_of=period.as_of,
        count=found.number,
        cases=found.rows,
        read=lambda name, value: read(name, value, language),
    )


PAGES: dict[str, Callable[..., Response]] = {"reports": reports, "report_cases": cases}
"""What `app.py` may ask for."""
