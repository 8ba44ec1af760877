"""JSON API: search by words, and published answers like a petition."""

from __future__ import annotations

from collections.abc import Callable

from chalice.app import Request, Response

from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.api.routes import ApiRoutes
from chalicelib.casework.composition import Parts
from chalicelib.casework.desk.search import AnswerList, SearchResults
from chalicelib.casework.desk.search_query import query_of
from shared.platform import clock
from shared.web.answers import json_answer
from shared.web.openapi import Operation
from shared.web.requests import query_parameters


def routes(parts: Callable[[], Parts]) -> ApiRoutes:
    """Return the routes of this module."""
    api = ApiRoutes(__name__, parts)
    api.get("/v1/search", search)
    api.get("/v1/petitions/{reference}/similar-answers", list_similar_answers)
    return api


def search(parts: Parts, request: Request, officer: DeskOfficer) -> Response:
    """Answer with a page of the petitions, or of the published answers, in which all words stand."""
    results = parts.search.search(officer, query_of(query_parameters(request)), clock.now())
    return json_answer(results.model_dump(mode="json"))


def list_similar_answers(parts: Parts, _request: Request, officer: DeskOfficer, reference: str) -> Response:
    """Answer with the published answers to questions like a petition's."""
    petition = parts.actions.find(officer, reference)
    answers = AnswerList(answers=parts.search.published_like(petition, clock.now()))
    return json_answer(answers.model_dump(mode="json"))


OPERATIONS = (
    Operation(
        "GET",
        "/v1/petitions/{reference}/similar-answers",
        "listSimilarAnswers",
        "Published answers to questions like this petition's, the likest first",
        {200: AnswerList},
        None,
        ("reference", "Authorization", "lang"),
        (401, 403, 404, 503),
    ),
    Operation(
        "GET",
        "/v1/search",
        "search",
        "Petitions that you may see, or published answers, by words; closed ones too, the best first",
        {200: SearchResults},
        None,
        ("Authorization", "q", "in", "stage", "since", "until", "cursor", "lang"),
        (401, 403, 422, 503),
    ),
)
"""The operations of this module, for the OpenAPI document."""
