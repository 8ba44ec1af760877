"""The pages for developers: how to connect, the reference by part, a page for each problem; and the collection."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from chalice.app import Request, Response

from chalicelib.intake.composition import Parts
from chalicelib.intake.site.developers.changelog import RELEASES
from chalicelib.intake.site.developers.collection import collection
from chalicelib.intake.site.developers.problem_types import ADDRESS, problem_types
from chalicelib.intake.site.developers.reference import in_words, parts_of
from chalicelib.intake.site.developers.sandbox import SANDBOX_VALUES
from chalicelib.intake.site.frame import page, page_language, public, site_routes
from shared.domain.errors import UnknownAddressError
from shared.domain.promises.events import TEST, EventType
from shared.web.answers import PUBLIC_FOR_A_MINUTE, json_answer
from shared.web.requests import MAX_BODY
from shared.web.routes import Routes

Document = Callable[[], dict[str, Any]]
"""Returns the OpenAPI document."""

COLLECTION = "pakn.postman_collection.json"
_QUICK_START = Path(__file__).parent / "quick_start"
_HOST = "https://pakn.example"
_LANGUAGES = {"curl": "curl", "python": "Python", "javascript": "JavaScript"}


def routes(parts: Callable[[], Parts], document: Document) -> Routes[Parts]:
    """Return the routes of these pages."""

    def developers(parts: Parts, request: Request) -> Response:
        """Say how to connect a program, from the first request to the promises of the API."""
        return _developers(parts, request, document())

    def reference(parts: Parts, request: Request, part: str) -> Response:
        """Show the operations of one part of the API."""
        return _reference(parts, request, document(), part, "reference.html")

    def schemas(parts: Parts, request: Request, part: str) -> Response:
        """Show the schemas that one part of the API uses."""
        return _reference(parts, request, document(), part, "schemas.html")

    def postman(parts: Parts, _request: Request) -> Response:
        """Give the operations as a collection of requests."""
        return json_answer(collection(document(), parts.settings.public_url), headers=PUBLIC_FOR_A_MINUTE)

    site = site_routes(__name__, parts)
    site.get("/tai-lieu-api", public(developers))
    site.get(f"/tai-lieu-api/{COLLECTION}", postman)
    site.get("/tai-lieu-api/tham-chieu/{part}", public(reference))
    site.get("/tai-lieu-api/tham-chieu/{part}/schemas", public(schemas))
    site.get(f"{ADDRESS}{{code}}", public(problem))
    return site


def problem(parts: Parts, request: Request, code: str) -> Response:
    """Say what one type of problem means and what to do.

    Raises:
        UnknownAddressError: there is no such type.
    """
    shown = problem_types(page_language(request)).get(code)
    if shown is None:
        raise UnknownAddressError
    example = json.dumps(shown.example, ensure_ascii=False, indent=2)
    return page(parts, request, "problem.html", problem=shown, example=example)


@cache
def _quick_start(name: str, host: str) -> str:
    """Return a program that sends, follows and adds to a petition of a host."""
    return (_QUICK_START / f"{name}.txt").read_text("utf-8").strip().replace(_HOST, host)


def _developers(parts: Parts, request: Request, document: dict[str, Any]) -> Response:
    settings = parts.settings
    return page(
        parts,
        request,
        "developers.html",
        info=document["info"],
        host=settings.public_url,
        settings=settings,
        kilobytes=MAX_BODY // 1024,
        programs=[
            (name, title, _quick_start(name, settings.public_url)) for name, title in _LANGUAGES.items()
        ],
        sections=parts_of(document).values(),
        problems=problem_types(page_language(request)).values(),
        events=[*(event.value for event in EventType), TEST],
        releases=RELEASES,
        sandbox=SANDBOX_VALUES,
        collection=COLLECTION,
    )


def _reference(
    parts: Parts, request: Request, document: dict[str, Any], part: str, template: str
) -> Response:
    described = parts_of(document)
    if part not in described:
        raise UnknownAddressError
    return page(
        parts,
        request,
        template,
        info=document["info"],
        part=described[part],
        sections=described,
        words=in_words,
    )
