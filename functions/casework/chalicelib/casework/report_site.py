"""The leaders' pages: each report as a table to read, to print, or to take away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from chalice.app import Request, Response

from chalicelib.casework import composition, permissions
from chalicelib.casework.api import csv_answer, query
from chalicelib.casework.counting import REPORTS, Value
from chalicelib.casework.frame import language_of_page, render, unit_label
from chalicelib.casework.officers import DeskOfficer
from chalicelib.casework.permissions import Ability
from chalicelib.casework.reporting import Period, Report
from shared.domain.duties import Standing
from shared.domain.errors import InvalidInputError
from shared.domain.lifecycle import State
from shared.domain.petition import Kind
from shared.http import RULES, validated
from shared.web.i18n import N_, Language, gettext
from shared.web.labels import KINDS, STATES
from shared.web.rendering import link

STANDINGS: dict[Standing, str] = {
    Standing.OPEN: N_("Còn hạn"),
    Standing.KEPT: N_("Đúng hạn"),
    Standing.LATE: N_("Muộn"),
    Standing.UNMET: N_("Chưa làm, đã quá hạn"),
}
"""How a duty stands, in words."""
FIRST = "timeliness"


def reports(request: Request, officer: DeskOfficer) -> Response:
    """Show a report; without a choice, how the time limits are kept."""
    permissions.require(officer, Ability.READ_REPORTS)
    asked = query(request)
    name = asked.get("name") or FIRST
    report: Report | None = None
    problem = ""
    try:
        period = validated(Period, {one: asked[one] for one in ("from", "to") if asked.get(one)})
        report = composition.reports().make(officer, name, period)
    except InvalidInputError as error:
        _place, rule = error.problems[0]
        problem = gettext(language_of_page(request))(RULES.get(rule, RULES["invalid"]))
    if report is not None and asked.get("format") == "csv":
        return csv_answer(report, language_of_page(request))
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
    }
    return render(
        request,
        officer,
        "reports.html",
        422 if problem else 200,
        problem=problem,
        chosen=chosen,
        names=[(name, _(kept.title)) for name, kept in REPORTS.items()],
        report=report,
        title=_(REPORTS[report.name].title) if report else _("Báo cáo"),
        scope=unit_label(report.unit, language) if report and report.unit else _("Toàn Bộ"),
        columns=[(column.name, _(column.label), column.is_figure) for column in report.table.columns]
        if report
        else [],
        rows=[_row(report, row, language) for row in report.table.rows] if report else [],
        total=_row(report, report.table.total, language) if report and report.table.total else [],
        file=link(f"/desk/reports?{urlencode({**chosen, 'format': 'csv'})}", language),
    )


def _row(report: Report, row: dict[str, Value], language: Language) -> list[tuple[str, bool, str]]:
    """Return the cells of a row: what is read, whether it is a figure, and the petition that it leads to."""
    return [
        (
            _read(column.name, row.get(column.name), language),
            column.is_figure,
            str(row[column.name]) if column.name == "reference" and row.get("reference") else "",
        )
        for column in report.table.columns
    ]


def _read(name: str, value: Value, language: Language) -> str:
    _ = gettext(language)
    if value is None:
        return "–"
    words: dict[str, Any] = {"kind": KINDS, "state": STATES, "standing": STANDINGS}
    kinds: dict[str, Any] = {"kind": Kind, "state": State, "standing": Standing}
    if name in words:
        return _(words[name][kinds[name](value)]) if value else "–"
    return _(value) if name == "measure" and isinstance(value, str) else str(value)


PAGES: dict[str, Callable[..., Response]] = {"reports": reports}
"""What `app.py` may ask for."""
