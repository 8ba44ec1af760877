"""The reports of the JSON API, apart from the rest: officers at work ask for none, and need not wait for it to load."""

from __future__ import annotations

from collections.abc import Callable

from chalice.app import Request, Response

from chalicelib.casework import composition
from chalicelib.casework.api.doors import officer_of, query
from chalicelib.casework.reports.make_report import Behind, Period, Report
from shared.domain.errors import InvalidInputError
from shared.web.http import json_answer, language_of, validated
from shared.web.i18n import Language


def reported(request: Request, name: str) -> Response:
    """Make a report: JSON for programs, a file for spreadsheets."""
    officer = officer_of(request)
    given = query(request)
    period = period_of(given, "by")
    report_format = given.get("format") or "json"
    if report_format not in ("json", *EXPORTS):
        raise InvalidInputError(("format", "unknown"))
    language = language_of(request)
    report = composition.reports().make(officer, name, period, language)
    if report_format in EXPORTS:
        return EXPORTS[report_format](report, language)
    return json_answer(report.as_json(language))


def cases_behind(request: Request, name: str) -> Response:
    """List the petitions behind a figure of a report."""
    officer = officer_of(request)
    given = query(request)
    found = composition.reports().behind(
        officer, name, behind_of(given), period_of(given), language_of(request)
    )
    return json_answer({"count": found.number, "petitions": list(found.rows)})


def period_of(given: dict[str, str], *more: str) -> Period:
    """Return the days that a reader names for a report, and what `more` of it they may choose."""
    return validated(Period, {one: given[one] for one in ("from", "to", "as_of", *more) if given.get(one)})


def behind_of(given: dict[str, str]) -> Behind:
    """Return which figure a reader follows."""
    return validated(Behind, {one: given[one] for one in Behind.model_fields if one in given})


def _csv(report: Report, language: Language) -> Response:
    from chalicelib.casework.reports.export import csv_answer  # noqa: PLC0415 - most requests export nothing

    return csv_answer(report, language)


def _xlsx(report: Report, language: Language) -> Response:
    from chalicelib.casework.reports.export import xlsx_answer  # noqa: PLC0415 - ditto

    return xlsx_answer(report, language)


EXPORTS: dict[str, Callable[[Report, Language], Response]] = {"csv": _csv, "xlsx": _xlsx}
"""The files that a report can be had as."""
