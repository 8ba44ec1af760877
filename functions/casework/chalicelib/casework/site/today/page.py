"""The home of the desk: what waits for the officer, what is late, what is due, what is new."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from chalice.app import Request, Response

from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.access.permissions import Ability
from chalicelib.casework.composition import Parts
from chalicelib.casework.desk.queue_place import NAMES, QUEUE, address_of
from chalicelib.casework.site.frame import language_of_page, names_of, render
from chalicelib.casework.site.routes import PageRoutes
from chalicelib.casework.site.today import besides
from chalicelib.casework.site.today.rows import Drawer, number_of_work
from chalicelib.casework.today.days_work import DaysWork
from shared.domain.calendar.working_calendar import local_date
from shared.platform import clock
from shared.web.answers import see_other
from shared.web.rendering import link
from shared.web.requests import query_parameters

_OF_THE_QUEUE = frozenset({*NAMES, "done"})
"""Names of a query by which an address of earlier days asks for the queue."""


def routes(parts: Callable[[], Parts]) -> PageRoutes:
    """Return the routes of this module."""
    pages = PageRoutes(__name__, parts)
    pages.get("/", show_today)
    return pages


def show_today(parts: Parts, request: Request, officer: DeskOfficer) -> Response:
    """Show the work of the day; who has none of their own is led to the page that matters to them.

    An address with the query of a queue, as it was before queues had one of their own, leads there.
    """
    query = query_parameters(request)
    language = language_of_page(request)
    if _OF_THE_QUEUE & query.keys():
        return see_other(address_of("", query))
    work = parts.today.of(officer)
    tiles = besides.tiles(parts, officer, language)
    if work is None and not tiles:
        return see_other(link(_home_of(officer), language))
    names = names_of(parts, language)
    drawer = Drawer(officer, work, names, language) if work else None
    return render(
        parts,
        request,
        officer,
        "today.html",
        today=local_date(clock.now()),
        tiles=[*(drawer.tiles() if drawer else []), *(tile._asdict() for tile in tiles)],
        sections=drawer.sections() if drawer else [],
        new=drawer.new() if drawer else [],
        load=drawer.load() if drawer else None,
        elsewhere=drawer.elsewhere() if drawer else [],
        is_complete=work is None or work.is_complete,
        nav_counts=_counts(work, tiles),
    )


def _counts(work: DaysWork | None, tiles: Iterable[besides.Tile]) -> dict[str, int]:
    """Return the numbers beside the menu's addresses: of the work of the day, and of the other lists that it read."""
    counts = {tile.href.partition("?")[0]: tile.things for tile in tiles}
    if work and work.is_complete:
        counts |= {"/desk/": number_of_work(work.headings), QUEUE: len(work.own)}
    return counts


def _home_of(officer: DeskOfficer) -> str:
    """Return the first page of an officer who has no work of the day."""
    return "/desk/leaders" if permissions.is_able(officer, Ability.READ_REPORTS) else "/desk/search"
