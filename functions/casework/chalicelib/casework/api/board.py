"""JSON API: the board of a unit, work given to a colleague, absences."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated

from chalice.app import Request, Response
from pydantic import ConfigDict, Field

from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.api.routes import ApiRoutes
from chalicelib.casework.board.absences import AbsenceEnd, AbsenceInput
from chalicelib.casework.board.give_work import GiveInput, give
from chalicelib.casework.board.read_board import Board
from chalicelib.casework.composition import Parts
from shared.domain.base_model import BaseModel
from shared.tables.directory import Absence
from shared.web.answers import json_answer
from shared.web.openapi import Operation
from shared.web.problems import one_text_of, problem_of
from shared.web.requests import json_body, language_of, query_parameters


class GivenPetition(BaseModel):
    """The outcome for one petition: who has it now, else why it was not outcome."""

    model_config = ConfigDict(frozen=True)

    reference: Annotated[str, Field(max_length=20)]
    is_done: bool
    handler: Annotated[str | None, Field(max_length=64)] = None
    version: int | None = None
    code: Annotated[str | None, Field(max_length=64, description="the problem's code")] = None
    detail: Annotated[str | None, Field(max_length=2_000, description="for people")] = None


class GivenReport(BaseModel):
    """The outcome for each petition, in the order of the request."""

    model_config = ConfigDict(frozen=True)

    done: int
    petitions: tuple[GivenPetition, ...]


class RecordedAbsence(BaseModel):
    """An absence: the days, and who stands in."""

    model_config = ConfigDict(frozen=True)

    officer: Annotated[str, Field(max_length=64)]
    valid_from: date
    valid_to: date | None
    stand_in: Annotated[str, Field(max_length=64)]
    reason: Annotated[str, Field(max_length=1_000)]


class AbsenceList(BaseModel):
    """The absences of your unit that last or come."""

    model_config = ConfigDict(frozen=True)

    absences: tuple[RecordedAbsence, ...]


def routes(parts: Callable[[], Parts]) -> ApiRoutes:
    """Return the routes of this module."""
    api = ApiRoutes(__name__, parts)
    api.get("/v1/board", show_board)
    api.post("/v1/board", give_work)
    api.get("/v1/absences", list_absences)
    api.put("/v1/absences/{username}", put_absence)
    api.post("/v1/absences/{username}/end", end_absence)
    return api


def show_board(parts: Parts, request: Request, officer: DeskOfficer) -> Response:
    """Answer with the board of a unit."""
    board = parts.board.of(officer, query_parameters(request).get("unit") or None)
    return json_answer(board.model_dump(mode="json"))


def give_work(parts: Parts, request: Request, officer: DeskOfficer) -> Response:
    """Give petitions to an officer of the unit and answer with what became of each; some may be refused."""
    report = []
    for outcome in give(parts.actions, parts.directory, officer, json_body(request, GiveInput)):
        if outcome.petition is not None:
            now = outcome.petition
            report.append(
                GivenPetition(reference=now.reference, is_done=True, handler=now.handler, version=now.version)
            )
        elif outcome.error is not None:
            _status, problem = problem_of(outcome.error, language_of(request))
            code, text = problem["code"], one_text_of(problem)
            report.append(GivenPetition(reference=outcome.reference, is_done=False, code=code, detail=text))
    answer = GivenReport(done=sum(petition.is_done for petition in report), petitions=tuple(report))
    return json_answer(answer.model_dump(mode="json", exclude_none=True))


def list_absences(parts: Parts, _request: Request, officer: DeskOfficer) -> Response:
    """List the absences of the officer's unit that last or come."""
    listed = AbsenceList(absences=tuple(_view(row) for row in parts.absences.of_unit(officer)))
    return json_answer(listed.model_dump(mode="json"))


def put_absence(parts: Parts, request: Request, officer: DeskOfficer, username: str) -> Response:
    """Record an absence, or correct the one with the same first day."""
    row = parts.absences.put(officer, username, json_body(request, AbsenceInput))
    return json_answer(_view(row).model_dump(mode="json"))


def end_absence(parts: Parts, request: Request, officer: DeskOfficer, username: str) -> Response:
    """End an absence now."""
    parts.absences.end(officer, username, json_body(request, AbsenceEnd).valid_from)
    return list_absences(parts, request, officer)


def _view(row: Absence) -> RecordedAbsence:
    return RecordedAbsence(
        officer=row.id,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        stand_in=row.stand_in,
        reason=row.reason,
    )


_AS = ("Authorization", "lang")
OPERATIONS = (
    Operation(
        "GET",
        "/v1/board",
        "showBoard",
        "A unit's board: who has how many, what is late, who is away",
        {200: Board},
        None,
        ("unit", *_AS),
        (401, 403, 422),
    ),
    Operation(
        "POST",
        "/v1/board",
        "giveWork",
        "Give petitions to an officer of your unit, also accepted ones; each is decided by itself",
        {200: GivenReport},
        GiveInput,
        _AS,
        (400, 401, 403, 422),
    ),
    Operation(
        "GET",
        "/v1/absences",
        "listAbsences",
        "The absences of your unit's officers that last or come",
        {200: AbsenceList},
        None,
        _AS,
        (401, 403),
    ),
    Operation(
        "PUT",
        "/v1/absences/{username}",
        "putAbsence",
        "An officer of your unit is away, and who stands in",
        {200: RecordedAbsence},
        AbsenceInput,
        ("username", *_AS),
        (400, 401, 403, 422),
    ),
    Operation(
        "POST",
        "/v1/absences/{username}/end",
        "endAbsence",
        "End an absence now; one that has not begun never begins",
        {200: AbsenceList},
        AbsenceEnd,
        ("username", *_AS),
        (400, 401, 403, 422),
    ),
)
"""The operations in the OpenAPI document."""
