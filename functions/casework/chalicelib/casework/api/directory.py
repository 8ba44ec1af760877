"""JSON API: the rows of the ministry's directory, for administrators."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chalice.app import Request, Response

from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.api import machines, proposals
from chalicelib.casework.api.routes import ApiRoutes
from chalicelib.casework.composition import Parts
from shared.domain.errors import InvalidInputError
from shared.tables.proposals import Proposal
from shared.tables.recorded_rows import RecordedRow
from shared.web.answers import json_answer
from shared.web.requests import json_facts

MAX_DIGITS_OF_REVISION = 6


def routes(parts: Callable[[], Parts]) -> ApiRoutes:
    """Return the routes of this module."""
    api = ApiRoutes(__name__, parts)
    api.get("/v1/directory/{kind}/{row_id}", show_row)
    api.put("/v1/directory/{kind}/{row_id}", put_row)
    proposals.add_routes(api)
    machines.add_routes(api)
    return api


def show_row(parts: Parts, _request: Request, officer: DeskOfficer, kind: str, row_id: str) -> Response:
    """Answer with all versions of a row; of all rows of the kind for the id `*`."""
    rows = parts.administration.rows(officer, kind, row_id)
    return json_answer({"rows": [_row_view(row) for row in rows]})


def _row_view(row: RecordedRow) -> dict[str, Any]:
    corrections = [
        {**correction._asdict(), "confirmed_by": row.confirmed_by.get(revision)}
        for revision, correction in enumerate(row.corrections, start=2)
    ]
    facts = {**row.facts, "revision": row.revision, "corrections": corrections}
    return facts | {"confirmed_by": row.confirmed_by.get(row.revision)}


def put_row(parts: Parts, request: Request, officer: DeskOfficer, kind: str, row_id: str) -> Response:
    """Write one version of a row, or propose it; `If-Match` names the revision that the officer saw, 0 for none."""
    seen = request.headers.get("if-match", "").strip().strip('"')
    if seen and not (seen.isascii() and seen.isdecimal() and len(seen) <= MAX_DIGITS_OF_REVISION):
        raise InvalidInputError(("If-Match", "invalid"))
    outcome = parts.changes.put(officer, kind, row_id, json_facts(request), seen=int(seen) if seen else None)
    if isinstance(outcome, Proposal):
        return proposals.proposed(parts, request, officer, outcome.id)
    return json_answer({**outcome.row, "revision": outcome.revision}, 201 if outcome.is_new else 200)
