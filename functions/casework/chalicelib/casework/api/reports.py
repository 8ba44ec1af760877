"""JSON API: reports, as JSON or as files, and the petitions behind a figure."""

from __future__ import annotations

from collections.abc import Callable

from chalice.app import Request, Response

from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.api.routes import ApiRoutes
from chalicelib.casework.composition import Parts
from chalicelib.casework.reports.export import EXPORTS
from chalicelib.casework.reports.query import figure_query, period_query
from shared.domain.errors import InvalidInputError
from shared.web.answers import json_answer
from shared.web.requests import language_of, query_parameters

PAGE = 500
"""Petitions behind a figure that one answer lists."""


def routes(parts: Callable[[], Parts]) -> ApiRoutes:
    """Return the routes of this module."""
    api = ApiRoutes(__name__, parts)
    api.get("/v1/reports/{name}", make_report)
    api.get("/v1/reports/{name}/cases", list_petitions_behind_figure)
    return api


def make_report(parts: Parts, request: Request, officer: DeskOfficer, name: str) -> Response:
    """Answer with a report: JSON for programs, a file for spreadsheets."""
    query = query_parameters(request)
    period = period_query(query, "by")
    report_format = query.get("format") or "json"
    if report_format not in ("json", *EXPORTS):
        raise InvalidInputError(("format", "unknown"))
    language = language_of(request)
    report = parts.reports.make(officer, name, period, language)
    if report_format in EXPORTS:
        return EXPORTS[report_format](report, language)
    return json_answer(report.as_json(language))


def list_petitions_behind_figure(parts: Parts, request: Request, officer: DeskOfficer, name: str) -> Response:
    """List a page of the petitions that a figure of a report counts."""
    query = query_parameters(request)
    petitions = parts.reports.behind(
        officer, name, figure_query(query), period_query(query), language_of(request), size=PAGE
    )
    return json_answer(
        {
            "count": petitions.number,
            "page": petitions.page,
            "pages": petitions.pages,
            "counts": petitions.counts.value,
            "petitions": list(petitions.rows),
        }
    )
