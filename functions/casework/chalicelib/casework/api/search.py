"""JSON API: search by words, and published answers like a petition."""

from __future__ import annotations

from collections.abc import Callable

from chalice.app import Request, Response

from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.api.routes import ApiRoutes
from chalicelib.casework.composition import Parts
from chalicelib.casework.desk.search import AnswerList
from chalicelib.casework.desk.search_query import query_of
from shared.platform import clock
from shared.web.answers import json_answer
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
