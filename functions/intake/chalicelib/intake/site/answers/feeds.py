"""Answers for programs beside the pages: Atom feeds, suggestions for what is being typed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from chalice.app import Request, Response

from chalicelib.intake.composition import Parts
from chalicelib.intake.published.answer_search import Filters
from chalicelib.intake.published.feed import Feed, atom
from chalicelib.intake.site.answers.links import Links, filters_in
from chalicelib.intake.site.frame import page_language, site_routes
from shared.search.port import Order
from shared.web.answers import PUBLIC_FOR_A_MINUTE, json_answer
from shared.web.i18n import N_, Language, counted, gettext
from shared.web.requests import query_text
from shared.web.routes import Routes

IN_A_FEED = 30
"""Answers in a feed, the newest."""
MINISTRY = N_("Bộ Nội vụ")


def routes(parts: Callable[[], Parts]) -> Routes[Parts]:
    """Return the routes of what programs read."""
    site = site_routes(__name__, parts)
    site.get("/cong-khai.atom", feed)
    site.get("/cong-khai/goi-y", suggestions)
    site.get("/cong-khai/sitemap.xml", answers_map)
    return site


def feed(parts: Parts, request: Request) -> Response:
    """Give the newest answers of a field, a unit, a year, a month or a search as an Atom feed.

    Raises:
        InvalidInputError: an unknown field; a month, a year or words that can be none.
        SearchUnavailableError: there is no index.
    """
    language = page_language(request)
    filters = filters_in(request)._replace(order=Order.NEWEST)
    answers = parts.answer_search.find(filters, 1, language, shown=IN_A_FEED).answers
    site, links = parts.settings.public_url, Links(filters._replace(order=Order.BEST), language)
    facts = Feed(
        title=_title(parts, filters, language),
        author=gettext(language)(MINISTRY),
        address=f"{site}{links.feed()}",
        page=f"{site}{links.to()}",
        language=language,
    )
    return _xml(atom(facts, [each.item for each in answers], site), "application/atom+xml; charset=utf-8")


def answers_map(_parts: Parts, _request: Request) -> Response:
    """Lead to the map of the whole site, in which all answers stand."""
    return Response(body="", status_code=301, headers={"Location": "/sitemap.xml"})


def suggestions(parts: Parts, request: Request) -> Response:
    """Suggest answers for what somebody is typing."""
    language = page_language(request)
    shown = parts.answer_search.suggest(query_text(request, "q"), language)
    _, _n = gettext(language), counted(language)
    words = _n("%(count)s câu trả lời, ở ngay dưới ô tìm", len(shown)) % {"count": len(shown)}
    facts: dict[str, Any] = {
        "answers": [each._asdict() for each in shown],
        "status": words if shown else _("Chưa có câu trả lời khớp"),
    }
    return json_answer(facts, headers=PUBLIC_FOR_A_MINUTE)


def _title(parts: Parts, filters: Filters, language: Language) -> str:
    _ = gettext(language)
    fields, units = parts.answer_search.names(language)
    chosen: Iterable[str] = (
        f"“{filters.words.strip()}”" if filters.words.strip() else "",
        fields.get(filters.field, filters.field),
        units.get(filters.unit, filters.unit),
        filters.year,
        f"{filters.month[5:]}/{filters.month[:4]}" if filters.month else "",
    )
    return " – ".join([_("Câu trả lời của Bộ Nội vụ"), *filter(None, chosen)])


def _xml(body: bytes, content_type: str) -> Response:
    headers: dict[str, str | list[str]] = {**PUBLIC_FOR_A_MINUTE, "Content-Type": content_type}
    return Response(body=body.decode(), status_code=200, headers=headers)
