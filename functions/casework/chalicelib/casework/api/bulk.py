"""JSON API: one action on many petitions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from chalice.app import Request, Response
from pydantic import ConfigDict, Field

from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.api.routes import ApiRoutes
from chalicelib.casework.bulk import act_on_many as many
from chalicelib.casework.bulk.act_on_many import BulkInput
from chalicelib.casework.composition import Parts
from shared.domain.base_model import BaseModel
from shared.domain.petition.lifecycle import State
from shared.web.answers import json_answer
from shared.web.openapi import Operation
from shared.web.problems import one_text_of, problem_of
from shared.web.requests import json_body, language_of


class BulkOutcome(BaseModel):
    """The outcome for one petition: its state where the action was taken, else why it was not."""

    model_config = ConfigDict(frozen=True)

    reference: Annotated[str, Field(max_length=20)]
    is_done: bool
    state: State | None = None
    version: int | None = None
    code: Annotated[str | None, Field(max_length=64, description="the problem's code")] = None
    detail: Annotated[str | None, Field(max_length=2_000, description="for people")] = None


class BulkReport(BaseModel):
    """The outcome for each petition, in the order of the request."""

    model_config = ConfigDict(frozen=True)

    done: int
    petitions: tuple[BulkOutcome, ...]


def routes(parts: Callable[[], Parts]) -> ApiRoutes:
    """Return the routes of this module."""
    api = ApiRoutes(__name__, parts)
    api.post("/v1/petitions/bulk", act_on_many)
    return api


def act_on_many(parts: Parts, request: Request, officer: DeskOfficer) -> Response:
    """Take one action on many petitions and answer with what became of each; some may be refused."""
    key = request.headers.get("idempotency-key")
    outcomes = many.take(parts.actions, officer, json_body(request, BulkInput), key)
    listed = []
    for outcome in outcomes:
        if outcome.petition is not None:
            changed = outcome.petition
            listed.append(
                BulkOutcome(
                    reference=changed.reference, is_done=True, state=changed.state, version=changed.version
                )
            )
        elif outcome.error is not None:
            _status, problem = problem_of(outcome.error, language_of(request))
            text = one_text_of(problem)
            listed.append(
                BulkOutcome(reference=outcome.reference, is_done=False, code=problem["code"], detail=text)
            )
    report = BulkReport(done=sum(outcome.is_done for outcome in listed), petitions=tuple(listed))
    return json_answer(report.model_dump(mode="json", exclude_none=True))


OPERATIONS = (
    Operation(
        "POST",
        "/v1/petitions/bulk",
        "actOnMany",
        "One action on many petitions; each is decided and reported by itself",
        {200: BulkReport},
        BulkInput,
        ("Authorization", "Idempotency-Key", "lang"),
        (400, 401, 403, 422),
    ),
)
"""The operation in the OpenAPI document."""
