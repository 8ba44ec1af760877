"""`/v1/open-data/{file}`: the tables of open data as CSV and JSON."""

from __future__ import annotations

from collections.abc import Callable

from chalice.app import Request, Response

from chalicelib.intake.composition import Parts
from chalicelib.intake.published.breakdowns import names_of_codes
from chalicelib.intake.published.open_data import Table, answers_table, breakdowns_table, figures_table
from shared.domain.errors import InvalidInputError
from shared.platform import clock
from shared.web.answers import PUBLIC_FOR_A_MINUTE, json_answer
from shared.web.requests import language_of, query_parameter, refuse_unknown_parameters


def open_data(parts: Parts, request: Request, file: str) -> Response:
    """Give a table: `statistics`, `breakdowns` or `published`, as `.csv` or `.json`.

    Raises:
        InvalidInputError: no such file, or no such month.
    """
    refuse_unknown_parameters(request, "field", "month")
    name, _, ending = file.partition(".")
    if name not in TABLES or ending not in ("csv", "json"):
        raise InvalidInputError(("file", "unknown"))
    table = TABLES[name](parts, request)
    if ending == "json":
        return json_answer(table.as_json().model_dump(mode="json"), headers=PUBLIC_FOR_A_MINUTE)
    return Response(
        body=table.as_csv(),
        status_code=200,
        headers={
            **PUBLIC_FOR_A_MINUTE,
            "Content-Type": "text/csv; charset=utf-8",
            "Content-Disposition": f'attachment; filename="pakn-{name}.csv"',
        },
    )


def _statistics(parts: Parts, _request: Request) -> Table:
    return figures_table(parts.public_statistics)


def _breakdowns(parts: Parts, request: Request) -> Table:
    names = names_of_codes(parts.directory, language_of(request), clock.now())
    return breakdowns_table(parts.public_statistics, names)


def _published(parts: Parts, request: Request) -> Table:
    return answers_table(
        parts.public_record,
        month=query_parameter(request, "month"),
        field=query_parameter(request, "field"),
        language=language_of(request),
    )


TABLES: dict[str, Callable[[Parts, Request], Table]] = {
    "statistics": _statistics,
    "breakdowns": _breakdowns,
    "published": _published,
}
"""The tables by the name of their files."""
