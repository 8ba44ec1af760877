"""The petition behind another one in a queue, so that an officer goes on without the list between."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qsl, urlencode

from chalice.app import Request, Response

from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.actions.forms import action_named
from chalicelib.casework.composition import Parts
from chalicelib.casework.desk.queue_orders import Order
from chalicelib.casework.desk.queue_place import address_of, carried, version_to_undo, with_place
from chalicelib.casework.desk.queues import queues_of
from chalicelib.casework.site.frame import language_of_page
from chalicelib.casework.site.queue.selection import Selection, selection_of
from chalicelib.casework.site.routes import PageRoutes
from shared.domain.errors import NotAllowedError, UnknownPetitionError
from shared.domain.identity.reference import normal_reference
from shared.tables.petition_items import FINISHED, desk_position
from shared.web.answers import see_other
from shared.web.rendering import link
from shared.web.requests import form_body, query_parameters


def routes(parts: Callable[[], Parts]) -> PageRoutes:
    """Return the routes of this module."""
    pages = PageRoutes(__name__, parts)
    pages.get("/next", go_on)
    pages.post("/next", choose)
    return pages


def go_on(parts: Parts, request: Request, officer: DeskOfficer) -> Response:
    """Lead to the petition behind another in the filter that it was opened from; to the queue where there is none."""
    query = query_parameters(request)
    place = carried(query)
    language = language_of_page(request)
    if not queues_of(officer):
        raise NotAllowedError
    selection = selection_of(officer, dict(parse_qsl(place)))
    reference = _behind(parts, officer, selection, query.get("after", ""))
    done, after = query.get("done", ""), normal_reference(query.get("after", "")) or ""
    is_done = action_named(done) is not None and bool(after)
    version = version_to_undo(query, "after")
    undo = {"undo": version} if version else {}
    if reference is None:
        facts = {"done": done, "reference": after, **undo} if is_done else {"done": "no-next"}
        return see_other(link(address_of(place, facts), language))
    news = f"?{urlencode({'done': done, 'of': after, **undo})}" if is_done else ""
    return see_other(link(with_place(f"/desk/petitions/{reference}{news}", place), language))


def choose(parts: Parts, request: Request, officer: DeskOfficer) -> Response:
    """Keep whether actions lead this officer to the next petition; who chose it goes there at once."""
    form = form_body(request)
    goes_on = form.get("goes_on") == "true"
    parts.desk_preferences.go_on(officer.username, goes_on=goes_on)
    place, after = carried(form), normal_reference(form.get("after", ""))
    if after is None:
        return see_other(link(address_of(place), language_of_page(request)))
    address = f"/desk/next?after={after}" if goes_on else f"/desk/petitions/{after}"
    return see_other(link(with_place(address, place), language_of_page(request)))


def _behind(parts: Parts, officer: DeskOfficer, selection: Selection, after: str) -> str | None:
    """Return the reference behind another; the first of the queue where nothing stands behind it."""
    for cursor in dict.fromkeys((_cursor(parts, officer, selection, after), None)):
        page = parts.queues.page(
            officer, queue=selection.queue, only=selection.only(), order=selection.order, cursor=cursor
        )
        others = [line.reference for line in page.petitions]
        if after in others and others[-1] != after:
            return others[others.index(after) + 1]
        if others and after not in others:
            return others[0]
    return None


def _cursor(parts: Parts, officer: DeskOfficer, selection: Selection, after: str) -> str | None:
    """Return the position of a petition in a queue by due date; None where another order has no such position."""
    if selection.order is not Order.DUE or selection.state in FINISHED:
        return None
    try:
        petition = parts.actions.find(officer, after)
    except (NotAllowedError, UnknownPetitionError):
        return None
    return desk_position(petition.due_on, petition.reference)
