"""The officers' page of search: petitions that they may see, and published answers, by words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from chalice.app import Request, Response

from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.composition import Parts
from chalicelib.casework.desk.search import PAGE, PetitionHit, SearchResults
from chalicelib.casework.desk.search_query import Place, SearchQuery, Stage, query_of
from chalicelib.casework.site.frame import Names, language_of_page, names_of, render
from chalicelib.casework.site.routes import PageRoutes
from chalicelib.casework.site.search.hit_rows import answer_row, heading, named
from shared.domain.calendar.working_calendar import local_date
from shared.domain.errors import InvalidInputError, SearchUnavailableError
from shared.domain.petition.lifecycle import UNANSWERED
from shared.platform import clock
from shared.search.port import LONGEST
from shared.web.answers import see_other
from shared.web.i18n import N_, Language, gettext
from shared.web.labels import STATES
from shared.web.rendering import link
from shared.web.requests import query_parameters

PLACES: dict[Place, str] = {Place.PETITIONS: N_("Hồ sơ"), Place.PUBLISHED: N_("Câu trả lời đã công khai")}
STAGES: dict[Stage, str] = {
    Stage.OPEN: N_("Đang mở"),
    Stage.ANSWERED: N_("Đã trả lời"),
    Stage.ENDED: N_("Kết thúc khác"),
}
LATELY = timedelta(days=30)
_NARROWED_BY = ("in", "stage", "since", "until")


def routes(parts: Callable[[], Parts]) -> PageRoutes:
    """Return the routes of this module."""
    pages = PageRoutes(__name__, parts)
    pages.get("/search", show_search)
    return pages


def show_search(parts: Parts, request: Request, officer: DeskOfficer) -> Response:
    """Show what was found; lead to a petition for its full reference, or say who holds it."""
    query = query_parameters(request)
    language = language_of_page(request)
    text = query.get("q", "").strip()
    reference = parts.search.sees(officer, text)
    if reference:
        return see_other(link(f"/desk/petitions/{reference}", language))
    names = names_of(parts, language)
    holder = parts.search.holder(officer, text)
    results, problem = _results(parts, officer, {**query, "q": text}) if text and not holder else (None, "")
    return render(
        parts,
        request,
        officer,
        "search.html",
        503 if problem == SearchUnavailableError.code else 200,
        text=text[:LONGEST],
        longest=LONGEST,
        holder=holder,
        holder_unit=names.unit(holder.unit) if holder else "",
        problem=problem,
        reads_petitions=not permissions.reach(officer).is_empty,
        **(_shown(results, query, names, language) if results else {"results": None}),
    )


def _results(
    parts: Parts, officer: DeskOfficer, query: Mapping[str, str]
) -> tuple[SearchResults | None, str]:
    try:
        return parts.search.search(officer, query_of(query), clock.now()), ""
    except (InvalidInputError, SearchUnavailableError) as error:
        return None, error.code


def _shown(
    results: SearchResults, query: Mapping[str, str], names: Names, language: Language
) -> dict[str, Any]:
    _ = gettext(language)
    search = query_of(query)
    shown = len(results.petitions) + len(results.published)
    following = {**_address(search), "cursor": results.cursor or ""}
    previous = {**_address(search), "cursor": str(max(0, search.offset - PAGE))}
    return {
        "results": results,
        "petitions": [_petition(hit, names, language) for hit in results.petitions],
        "answers": [answer_row(hit, names, language) for hit in results.published],
        "places": [
            _choice(search, {"in": place}, _(label), search.place is place, language)
            for place, label in PLACES.items()
        ],
        "stages": [
            _choice(
                search,
                {"stage": stage},
                _(label),
                search.stage is stage,
                language,
                results.by_stage.get(stage, 0),
            )
            for stage, label in STAGES.items()
        ]
        if search.place is Place.PETITIONS
        else [],
        "periods": _periods(search, language),
        "first": search.offset + 1,
        "last": search.offset + shown,
        "following": _link(following, language) if results.cursor else "",
        "previous": _link(previous, language) if search.offset else "",
        "is_narrowed": any(query.get(name) for name in _NARROWED_BY),
    }


def _periods(search: SearchQuery, language: Language) -> list[dict[str, Any]]:
    """Return the choices of when a petition was received."""
    _ = gettext(language)
    today = local_date(clock.now())
    lately, year = today - LATELY, today.replace(month=1, day=1)
    choices = (
        (_("30 ngày qua"), {"since": lately.isoformat(), "until": ""}),
        (_("Năm %(year)s") % {"year": today.year}, {"since": year.isoformat(), "until": ""}),
        (_("Trước đó"), {"since": "", "until": (year - timedelta(days=1)).isoformat()}),
    )
    now = {"since": str(search.since or ""), "until": str(search.until or "")}
    return [_choice(search, days, label, days == now, language) for label, days in choices]


def _choice(
    search: SearchQuery,
    condition: Mapping[str, str],
    label: str,
    is_chosen: bool,  # noqa: FBT001 - a value of a table
    language: Language,
    count: int | None = None,
) -> dict[str, Any]:
    """Return one condition as a link: it sets the condition, or takes it away where it holds already."""
    changed = dict.fromkeys(condition, "") if is_chosen and "in" not in condition else dict(condition)
    conditions = _address(search)
    if "in" in condition:
        conditions |= {"stage": ""}
    return {
        "label": label,
        "address": _link({**conditions, **changed}, language),
        "is_chosen": is_chosen,
        "count": count,
    }


def _address(search: SearchQuery) -> dict[str, str]:
    return {
        "q": search.text,
        "in": "" if search.place is Place.PETITIONS else search.place,
        "stage": search.stage or "",
        "since": str(search.since or ""),
        "until": str(search.until or ""),
    }


def _link(query: Mapping[str, str], language: Language) -> str:
    named = urlencode({name: value for name, value in query.items() if value})
    return link(f"/desk/search?{named}", language)


def _petition(hit: PetitionHit, names: Names, language: Language) -> dict[str, Any]:
    return {
        **hit.model_dump(),
        "heading": heading(hit.passages, hit.subject),
        "passages": named(hit.passages, language),
        "address": link(f"/desk/petitions/{hit.reference}", language),
        "state_label": gettext(language)(STATES[hit.state]),
        "is_open": hit.state in UNANSWERED,
        "unit_label": names.unit(hit.unit),
        "handler_label": names.officer(hit.handler) if hit.handler else "",
    }
