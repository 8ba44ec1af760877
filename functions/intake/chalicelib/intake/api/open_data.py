"""`/v1/open-data/{file}`: the tables of open data as CSV, JSON and JSON Lines, and their catalogue."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from chalice.app import Request, Response

from chalicelib.intake.composition import Parts
from chalicelib.intake.published.answers import hour_of
from chalicelib.intake.published.breakdowns import names_of_codes
from chalicelib.intake.published.catalogue import data_package, dcat
from chalicelib.intake.published.open_data import (
    LICENCE_ID,
    LICENCE_URL,
    Table,
    answers_table,
    breakdowns_table,
    figures_table,
)
from shared.domain.errors import InvalidInputError
from shared.platform import clock
from shared.web.answers import PUBLIC_FOR_A_MINUTE, json_answer
from shared.web.requests import language_of, query_parameter, refuse_unknown_parameters

PARAMETERS: dict[str, tuple[str, ...]] = {
    "published": ("month", "field", "cursor"),
    "answers": ("field", "cursor"),
}
"""The parameters of each table, beside `lang`; the others have none."""


def open_data(parts: Parts, request: Request, file: str) -> Response:
    """Give a table in one format.

    Raises:
        InvalidInputError: no such file, month or field, or a parameter that the file does not have.
    """
    name, _, ending = file.partition(".")
    if file not in FILES:
        raise InvalidInputError(("file", "unknown"))
    refuse_unknown_parameters(request, *PARAMETERS.get(name, ()))
    table = TABLES[name](parts, request)
    headers = {**PUBLIC_FOR_A_MINUTE, **_headers_of(request, table, file)}
    if ending == "json":
        return json_answer(table.as_json().model_dump(mode="json"), headers=headers)
    body, content_type = {
        "csv": (table.as_csv, "text/csv; charset=utf-8"),
        "jsonl": (table.as_json_lines, "application/jsonl; charset=utf-8"),
    }[ending]
    headers["Content-Disposition"] = f'attachment; filename="pakn-{file}"'
    return Response(body=body(), status_code=200, headers={**headers, "Content-Type": content_type})


def package(parts: Parts, request: Request) -> Response:
    """Describe the tables and each of their columns as a Frictionless data package."""
    refuse_unknown_parameters(request)
    facts = data_package(parts.settings.public_url, hour_of(clock.now()))
    return json_answer(facts, headers={**PUBLIC_FOR_A_MINUTE, "Link": _LICENCE})


def catalogue(parts: Parts, request: Request) -> Response:
    """Describe the tables as a DCAT catalogue in JSON-LD."""
    refuse_unknown_parameters(request)
    facts = dcat(parts.settings.public_url, hour_of(clock.now()))
    headers = {**PUBLIC_FOR_A_MINUTE, "Content-Type": "application/ld+json; charset=utf-8", "Link": _LICENCE}
    return json_answer(facts, headers=headers)


_LICENCE = f'<{LICENCE_URL}>; rel="license"; title="{LICENCE_ID}"'


def _headers_of(request: Request, table: Table, file: str) -> dict[str, str]:
    """Return the headers of a file: licence, dictionary, next file, age, completeness."""
    links = [_LICENCE, '</v1/open-data/datapackage.json>; rel="describedby"']
    if table.next_cursor:
        filters = {name: query_parameter(request, name) for name in ("month", "field")}
        query = {name: value for name, value in filters.items() if value}
        query |= {"cursor": table.next_cursor, "lang": language_of(request)}
        links.append(f'</v1/open-data/{file}?{urlencode(query)}>; rel="next"')
    return {
        "Link": ", ".join(links),
        "Data-As-Of": hour_of(clock.now()).isoformat(),
        "Data-Complete": "true" if table.is_complete else "false",
    }


def _statistics(parts: Parts, _request: Request) -> Table:
    return figures_table(parts.public_statistics)


def _breakdowns(parts: Parts, request: Request) -> Table:
    names = names_of_codes(parts.directory, language_of(request), clock.now())
    return breakdowns_table(parts.public_statistics, names)


def _published(parts: Parts, request: Request) -> Table:
    month = query_parameter(request, "month") or parts.public_record.this_month()
    return answers_table(
        parts.public_record,
        month=month,
        field=query_parameter(request, "field"),
        language=language_of(request),
        cursor=query_parameter(request, "cursor"),
    )


def _answers(parts: Parts, request: Request) -> Table:
    return answers_table(
        parts.public_record,
        month="",
        field=query_parameter(request, "field"),
        language=language_of(request),
        cursor=query_parameter(request, "cursor"),
    )


TABLES: dict[str, Callable[[Parts, Request], Table]] = {
    "statistics": _statistics,
    "breakdowns": _breakdowns,
    "published": _published,
    "answers": _answers,
}
"""The tables by the name of their files."""
FILES = (
    *(f"{name}.{ending}" for name in TABLES for ending in ("csv", "json")),
    "published.jsonl",
    "answers.jsonl",
)
"""All tables of open data, by file."""
