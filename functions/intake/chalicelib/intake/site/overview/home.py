"""The home page: one question, two doors, live proof, new answers, other ways to send."""

from __future__ import annotations

from collections.abc import Callable

from chalice.app import Request, Response

from chalicelib.intake.composition import Parts
from chalicelib.intake.published.answer_search import Filters, Group
from chalicelib.intake.published.answers import PublishedItem
from chalicelib.intake.site.frame import page, page_language, public, site_routes, terms_today
from chalicelib.intake.site.overview.figures import proof_of_lately
from shared.domain.errors import SearchUnavailableError
from shared.web.i18n import Language
from shared.web.routes import Routes

NEWEST = 5
"""New answers on the page."""
FIELDS = 2
"""Fields that are offered, those with the most answers."""


def routes(parts: Callable[[], Parts]) -> Routes[Parts]:
    """Return the route of this page."""
    site = site_routes(__name__, parts)
    site.get("/", public(home))
    return site


def home(parts: Parts, request: Request) -> Response:
    """Ask what somebody needs; show how the ministry answers, and what it answered lately."""
    language = page_language(request)
    lately = proof_of_lately(parts, language)
    newest, fields, total = _answers(parts, language)
    return page(
        parts,
        request,
        "home.html",
        terms=terms_today(parts.directory),
        settings=parts.settings,
        figures=lately[0] if lately else None,
        proof=lately[1] if lately else None,
        newest=newest,
        fields=fields[:FIELDS],
        total=total,
    )


def _answers(
    parts: Parts, language: Language
) -> tuple[tuple[PublishedItem, ...], tuple[Group, ...], int | None]:
    """Return the newest answers, the fields with the most, and how many there are; the latter by the index alone."""
    try:
        results = parts.answer_search.find(Filters(), 1, language, shown=NEWEST)
    except SearchUnavailableError:
        return parts.answer_search.newest(NEWEST, language), (), None
    return tuple(each.item for each in results.answers), results.fields, results.total
