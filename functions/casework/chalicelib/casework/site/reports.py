"""The leaders' pages: each report as charts and tables to read, print or download; the petitions behind a figure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode

from chalice.app import Request, Response

from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.access.permissions import Ability
from chalicelib.casework.composition import Parts
from chalicelib.casework.reports.catalogue import REPORTS
from chalicelib.casework.reports.charts import chart_of
from chalicelib.casework.reports.export import EXPORTS
from chalicelib.casework.reports.labels import caption, value_text
from chalicelib.casework.reports.make_report import FigurePetitions
from chalicelib.casework.reports.measures import MEASURES, Column, Value
from chalicelib.casework.reports.query import figure_query, period_query
from chalicelib.casework.reports.report import Report
from chalicelib.casework.reports.tables import BREAKDOWNS, GROUP_COLUMNS, Section
from chalicelib.casework.site.frame import language_of_page, names_of, render
from chalicelib.casework.site.routes import PageRoutes
from shared.domain.errors import InvalidInputError
from shared.web.i18n import Language, gettext
from shared.web.problems import rule_message
from shared.web.rendering import link
from shared.web.requests import query_parameters

DEFAULT_REPORT = "timeliness"
_GROUPS = ("field", "kind", "channel", "province", "handler", "complained_unit", "matter")
ROWS_ON_A_PAGE = 36
"""Petitions of a figure's list on a page: with their subjects it stays below 40 kB."""
_NO_FIGURES_BEHIND = frozenset({"before", "change"})
"""Columns whose values are of another period, or no counts."""


class Cell(NamedTuple):
    """One cell of a table: its text, the head of its column, and the address that it leads to."""

    text: str
    label: str
    is_figure: bool
    href: str = ""


class TableView(NamedTuple):
    """A table as a page shows it."""

    title: str
    columns: tuple[tuple[str, bool], ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: tuple[Cell, ...]


def routes(parts: Callable[[], Parts]) -> PageRoutes:
    """Return the routes of this module."""
    pages = PageRoutes(__name__, parts)
    pages.get("/reports", show_report)
    pages.get("/reports/cases", show_petitions_behind_figure)
    return pages


def show_report(parts: Parts, request: Request, officer: DeskOfficer) -> Response:
    """Show a report, by default that of the time limits; or answer with its file."""
    permissions.require(officer, Ability.READ_REPORTS)
    query = query_parameters(request)
    language = language_of_page(request)
    report: Report | None = None
    problem = ""
    try:
        name = query.get("name") or DEFAULT_REPORT
        report = parts.reports.make(officer, name, period_query(query, "by"), language)
    except InvalidInputError as error:
        _field, rule = error.problems[0]
        problem = rule_message(rule, language)
    if report is not None and query.get("format") in EXPORTS:
        return EXPORTS[query["format"]](report, language)
    return _page(parts, request, officer, query, report, problem)


def _page(
    parts: Parts,
    request: Request,
    officer: DeskOfficer,
    query: Mapping[str, str],
    report: Report | None,
    problem: str,
) -> Response:
    language = language_of_page(request)
    _ = gettext(language)
    chosen = _chosen(query, report)
    return render(
        parts,
        request,
        officer,
        "reports.html",
        422 if problem else 200,
        problem=problem,
        chosen=chosen,
        names=[(name, _(definition.title)) for name, definition in REPORTS.items()],
        breakdowns=[(name, _(GROUP_COLUMNS[name].label)) for name in BREAKDOWNS],
        report=report,
        title=_(REPORTS[report.name].title) if report else _("Báo cáo"),
        scope=names_of(parts, language).unit(report.unit) if report and report.unit else _("Toàn Bộ"),
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
            (label, link(f"/desk/reports?{urlencode({**chosen, 'format': file_format})}", language))
            for file_format, label in (("xlsx", _("Tải về bảng tính (Excel)")), ("csv", _("Tải về CSV")))
        ],
    )


def _chosen(query: Mapping[str, str], report: Report | None) -> dict[str, str]:
    """Return the values of the form above the report: the report's own facts, or those of the refused query."""
    if report is None:
        return {name: query.get(name, "") for name in ("name", "from", "to", "as_of")} | {"by": "field"}
    return {
        "name": report.name,
        "from": str(report.first),
        "to": str(report.last),
        "by": report.by,
        "as_of": str(report.as_of or ""),
    }


def _tables(officer: DeskOfficer, report: Report, section: Section, language: Language) -> list[TableView]:
    """Return a section's table; a wide one as several that fit on the page."""
    _ = gettext(language)
    table = section.table
    row_columns = tuple(column for column in table.columns if not column.is_figure)
    blocks = [
        (
            _(block.title) if block.title else "",
            (*row_columns, *(measure.column for measure in block.measures)),
        )
        for block in table.blocks
    ] or [("", table.columns)]
    has_links = permissions.is_able(officer, Ability.FOLLOW_FIGURES)
    return [
        TableView(
            title,
            tuple((_(column.label), column.is_figure) for column in columns),
            tuple(_row(report, columns, row, language, has_links=has_links) for row in table.rows),
            _row(
                report,
                columns,
                {row_columns[0].name: _("Cộng"), **table.total},
                language,
                has_links=has_links,
            )
            if table.total
            else (),
        )
        for title, columns in blocks
    ]


def _row(
    report: Report,
    columns: tuple[Column, ...],
    row: dict[str, Value],
    language: Language,
    *,
    has_links: bool,
) -> tuple[Cell, ...]:
    _ = gettext(language)
    cells = []
    for column in columns:
        address = _address(report, column, row) if has_links else ""
        text = value_text(column.name, row.get(column.name), language)
        href = link(address, language) if address else ""
        cells.append(Cell(text, _(column.label), column.is_figure, href))
    return tuple(cells)


def _address(report: Report, column: Column, row: dict[str, Value]) -> str:
    """Return where a value leads: a reference to its petition, a figure to the petitions behind it."""
    value = row.get(column.name)
    if column.name == "reference":
        return f"/desk/petitions/{value}"
    measure = str(row.get("measure_code", "")) or column.name
    is_count = column.is_figure and measure in MEASURES and column.name not in _NO_FIGURES_BEHIND
    if not is_count or not value or "rule" in row or "also_code" in row:
        return ""
    first, last = _days_of(column, report)
    query = {"name": report.name, "from": str(first), "to": str(last), "measure": measure}
    if report.as_of is not None:
        query["as_of"] = str(report.as_of)
    if row.get("unit_code") is not None:
        query["unit"] = str(row["unit_code"])
    for by in _GROUPS:
        if row.get(f"{by}_code") is not None:
            query |= {"by": by, "group": str(row[f"{by}_code"])}
    return f"/desk/reports/cases?{urlencode(query)}"


def _days_of(column: Column, report: Report) -> tuple[date, date]:
    """Return the days that a column counts: those of its month in the half-yearly report, else all."""
    if not re.fullmatch(r"\d{4}-\d{2}", column.name):
        return report.first, report.last
    first = date.fromisoformat(f"{column.name}-01")
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return max(first, report.first), min(last, report.last)


def show_petitions_behind_figure(parts: Parts, request: Request, officer: DeskOfficer) -> Response:
    """Show a page of the petitions that a figure counts."""
    language = language_of_page(request)
    _ = gettext(language)
    query = query_parameters(request)
    figure, period = figure_query(query), period_query(query)
    name = query.get("name") or DEFAULT_REPORT
    petitions = parts.reports.behind(officer, name, figure, period, language, size=ROWS_ON_A_PAGE)
    names = parts.reports.names(language)
    about = [_(MEASURES[figure.measure].column.label)]
    if figure.unit is not None:
        about.append(names.of("unit", figure.unit))
    if figure.by:
        about.append(value_text(figure.by, names.of(figure.by, figure.group), language))
    return render(
        parts,
        request,
        officer,
        "report_petitions.html",
        about=" · ".join(about),
        first=petitions.first,
        last=petitions.last,
        as_of=period.as_of,
        count=petitions.number,
        **_pages(petitions, query, language),
        counts=petitions.counts.value,
        petitions=petitions.rows,
        value_text=lambda name, value: value_text(name, value, language),
    )


def _pages(petitions: FigurePetitions, query: Mapping[str, str], language: Language) -> dict[str, Any]:
    """Return the template's variables of the numbers shown, and of the pages before and behind."""
    figure = {name: value for name, value in query.items() if name not in {"page", "lang"}}

    def address(page: int) -> str:
        return link(f"/desk/reports/cases?{urlencode({**figure, 'page': page})}", language)

    return {
        "first_shown": petitions.before + 1,
        "last_shown": petitions.before + len(petitions.rows),
        "previous": address(petitions.page - 1) if petitions.page > 1 else "",
        "following": address(petitions.page + 1) if petitions.page < petitions.pages else "",
    }
