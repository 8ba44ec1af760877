"""The JSON API of what everybody may read: fields, published answers, figures, open data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from chalice.app import Request, Response
from pydantic import ConfigDict, Field

from chalicelib.intake.api.answers import view_answer
from chalicelib.intake.api.open_data import catalogue, open_data, package
from chalicelib.intake.composition import Parts
from chalicelib.intake.published.answers import PublishedList, hour_of
from chalicelib.intake.published.changes import public_changes
from shared.domain.base_model import BaseModel
from shared.domain.petition.petition import MAX_CONTENT
from shared.domain.petition.submission import Text
from shared.platform import clock
from shared.web.answers import PUBLIC_FOR_A_MINUTE
from shared.web.requests import (
    json_body,
    language_of,
    query_parameter,
    query_text,
    refuse_unknown_parameters,
)
from shared.web.routes import Routes


def routes(parts: Callable[[], Parts]) -> Routes[Parts]:
    """Return the routes of what everybody may read."""
    api = Routes(__name__, parts)
    api.get("/v1/fields", fields)
    api.get("/v1/published", published)
    api.get("/v1/published/changes", published_changes)
    api.post("/v1/published/similar", similar)
    api.get("/v1/statistics", statistics)
    api.get("/v1/open-data/{file}", open_data)
    api.get("/v1/open-data/datapackage.json", package)
    api.get("/v1/open-data/catalogue.jsonld", catalogue)
    return api


def fields(parts: Parts, request: Request) -> Response:
    """List the fields of responsibility."""
    refuse_unknown_parameters(request)
    return view_answer(parts.public_record.fields(language_of(request)), headers=PUBLIC_FOR_A_MINUTE)


def published(parts: Parts, request: Request) -> Response:
    """List published answers."""
    refuse_unknown_parameters(request, "field", "month", "q", "cursor")
    where = {name: query_parameter(request, name) for name in ("field", "month", "cursor")}
    words = query_text(request, "q")
    record, language = parts.public_record, language_of(request)
    page = (
        record.search(words, **where, language=language)
        if words
        else record.published(**where, language=language)
    )
    return view_answer(page, headers=PUBLIC_FOR_A_MINUTE)


def published_changes(parts: Parts, request: Request) -> Response:
    """List the answers that were published, replaced or taken down after a cursor."""
    refuse_unknown_parameters(request, "after")
    page = parts.changes_feed.page(query_parameter(request, "after"), clock.now())
    return view_answer(public_changes(page), headers=PUBLIC_FOR_A_MINUTE)


class SimilarInput(BaseModel):
    """A text that is being written."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    content: Annotated[Text, Field(min_length=1, max_length=MAX_CONTENT)]


def similar(parts: Parts, request: Request) -> Response:
    """List the published answers to questions like a text, which is not stored."""
    body = json_body(request, SimilarInput)
    items = parts.public_record.like(body.content, language_of(request))
    return view_answer(PublishedList(items=items, as_of=hour_of(clock.now()), complete=True))


def statistics(parts: Parts, request: Request) -> Response:
    """Give the figures of one month."""
    refuse_unknown_parameters(request, "month")
    figures = parts.public_statistics.figures(query_parameter(request, "month"))
    return view_answer(figures, headers=PUBLIC_FOR_A_MINUTE)
