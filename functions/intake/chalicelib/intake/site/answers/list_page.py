"""The list of published answers: searched, narrowed by links with numbers, never an empty page before a full one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from chalice.app import Request, Response

from chalicelib.intake.composition import Parts
from chalicelib.intake.published.answer_search import (
    SHOWN,
    AnswersFound,
    Filters,
    FoundAnswer,
    Group,
    found_without_words,
    names_of_kinds,
)
from chalicelib.intake.published.answers import PublishedItem
from chalicelib.intake.site.answers.links import Links, filters_in
from chalicelib.intake.site.frame import form_errors, page, page_language, public, shown_errors, site_routes
from shared.domain import errors
from shared.search.port import Order
from shared.tables.answers.reactions import ReactionCounts
from shared.use_cases.answer_addresses import id_of
from shared.web.i18n import N_, Language, gettext
from shared.web.requests import query_parameter
from shared.web.routes import Routes

FROM_THE_NEWEST = N_("Đường dẫn đến trang tiếp theo không còn đúng. Dưới đây là trang đầu.")
NO_SEARCH = N_(
    "Hiện chưa tìm được theo từ khóa. Dưới đây là các kết quả mới nhất; vui lòng thử lại sau ít phút."
)
_WRONG_CURSOR = ("cursor", "invalid")
READS_OF_NOTHING = 5
"""Times that a page without the index reads on while it has nothing of a field."""
GROUPS_SHOWN = 12
"""Fields and units that a list is narrowed to by a link, those with the most answers."""


class Choice(NamedTuple):
    """A link that narrows the list, or takes a narrowing off."""

    label: str
    answers: int
    address: str
    is_chosen: bool


class Facet(NamedTuple):
    """The choices of one kind."""

    title: str
    choices: tuple[Choice, ...]


class Shown(NamedTuple):
    """The facts of a list."""

    answers: tuple[FoundAnswer, ...]
    results: AnswersFound | None
    """None where the index was not wanted."""
    older: str = ""
    """The address of what follows, where the pages are not numbered."""
    note: str = ""


def routes(parts: Callable[[], Parts]) -> Routes[Parts]:
    """Return the route of the list."""
    site = site_routes(__name__, parts)
    site.get("/cong-khai", public(show_answers))
    return site


def show_answers(parts: Parts, request: Request) -> Response:
    """List and search published answers."""
    language = page_language(request)
    filters = filters_in(request)
    shown = Shown((), None)
    problems: tuple[tuple[str, str], ...] = ()
    try:
        shown = _asked_for(parts, request, filters, language)
    except errors.InvalidInputError as error:
        problems = error.problems
    if problems == (_WRONG_CURSOR,):
        shown = _first_page(parts, filters, language)._replace(note=gettext(language)(FROM_THE_NEWEST))
    listed = () if shown.note else form_errors(problems, language)
    links = Links(filters, language)
    return page(
        parts,
        request,
        "answer_list.html",
        422 if problems else 200,
        **shown_errors(listed),
        filters=filters,
        links=links,
        form={"q": filters.words},
        shown=shown,
        reactions=_reactions(parts, shown.answers),
        id_of=id_of,
        facets=_facets(shown.results, filters, links, language) if shown.results else (),
        chips=_chips(parts, filters, links, language),
        orders=_orders(filters, links, language),
    )


def _asked_for(parts: Parts, request: Request, filters: Filters, language: Language) -> Shown:
    """Return the page that a request asks for, by its number or by a link of earlier code (`cursor`).

    Raises:
        InvalidInputError: an unknown field; a month, a year, words or a cursor that can be none.
    """
    cursor = query_parameter(request, "cursor")
    parts.answer_search.check(filters)
    if cursor and not filters.words.strip():
        return _without_index(parts, filters, cursor, language)
    if cursor and not cursor.isdecimal():
        raise errors.InvalidInputError(_WRONG_CURSOR)
    number = query_parameter(request, "page")
    wanted = int(number[:4]) if number.isdecimal() else 1
    if cursor:
        wanted = int(cursor[:5]) // SHOWN + 1
    return _first_page(parts, filters, language, wanted)


def _first_page(parts: Parts, filters: Filters, language: Language, number: int = 1) -> Shown:
    try:
        results = parts.answer_search.find(filters, number, language)
    except errors.SearchUnavailableError:
        shown = _without_index(parts, filters, "", language)
        return shown._replace(note=gettext(language)(NO_SEARCH)) if filters.words.strip() else shown
    return Shown(results.answers, results)


def _without_index(parts: Parts, filters: Filters, cursor: str, language: Language) -> Shown:
    """Return a page read from the table, the newest first; pages that have none of the field are passed over.

    Raises:
        InvalidInputError: a cursor that can be none.
    """
    items: tuple[PublishedItem, ...] = ()
    for _ in range(READS_OF_NOTHING):
        page_read = parts.public_record.published(
            field=filters.field, month=filters.month, cursor=cursor, language=language
        )
        items, cursor = page_read.items, page_read.next_cursor or ""
        if items or not cursor:
            break
    older = Links(filters, language).older(cursor) if cursor else ""
    return Shown(tuple(map(found_without_words, items)), None, older)


def _reactions(parts: Parts, answers: tuple[FoundAnswer, ...]) -> Mapping[str, ReactionCounts]:
    return parts.reactions.of_all([id_of(each.item.url) for each in answers])


def _facets(results: AnswersFound, filters: Filters, links: Links, language: Language) -> tuple[Facet, ...]:
    """Return the links that narrow a list: each with the number of answers that it would show."""
    _ = gettext(language)
    of_all_years = sum(group.answers for group in results.years)
    rows: tuple[tuple[str, str, str, int, tuple[Group, ...]], ...] = (
        ("field", _("Lĩnh vực"), _("Tất cả"), results.of_all_fields, results.fields),
        ("unit", _("Đơn vị trả lời"), _("Tất cả"), results.of_all_units, results.units),
        ("kind", _("Loại"), _("Tất cả"), sum(group.answers for group in results.kinds), results.kinds),
        ("year", _("Năm công khai"), _("Mọi năm"), of_all_years, results.years),
    )
    facets = []
    for name, title, everything, of_all, groups in rows:
        chosen = getattr(filters, name)
        if not of_all or (len(groups) < 2 and not chosen):  # noqa: PLR2004 - nothing to choose from
            continue
        every = Choice(everything, of_all, links.to(**{name: ""}), not chosen)
        choices = [
            Choice(group.name, group.answers, links.to(**{name: group.code}), group.code == chosen)
            for group in groups[:GROUPS_SHOWN]
        ]
        facets.append(Facet(title, (every, *choices)))
    return tuple(facets)


def _orders(filters: Filters, links: Links, language: Language) -> list[tuple[str, str]]:
    """Return the orders of a list, each with its address; "" for the one that it has."""
    _ = gettext(language)
    labels = {
        Order.BEST: _("khớp nhất"),
        Order.NEWEST: _("mới nhất"),
        Order.ALSO: _("nhiều người cũng gặp"),
    }
    chosen = filters.order
    if not filters.words.strip():  # then the newest stand for the best
        labels.pop(Order.BEST)
        chosen = Order.NEWEST if chosen is Order.BEST else chosen
    return [(label, "" if order is chosen else links.to(order=order)) for order, label in labels.items()]


def _chips(parts: Parts, filters: Filters, links: Links, language: Language) -> list[tuple[str, str]]:
    """Return the filters of a list, each with the address without it."""
    fields, units = parts.answer_search.names(language)
    month = f"{filters.month[5:]}/{filters.month[:4]}" if filters.month else ""
    chosen: dict[str, Any] = {
        "field": fields.get(filters.field, filters.field),
        "unit": units.get(filters.unit, filters.unit),
        "kind": names_of_kinds(language).get(filters.kind, filters.kind),
        "year": filters.year,
        "month": month,
    }
    return [(label, links.to(**{name: ""})) for name, label in chosen.items() if label]
