"""Views of the queues: those that everybody has, and those that an officer saved under a name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from chalice.app import Request, Response

from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.composition import Parts
from chalicelib.casework.desk.queue_orders import Condition
from chalicelib.casework.desk.queue_place import Count, address_of, carried
from chalicelib.casework.desk.queues import ALL, APPROVAL, INSPECTION, PUBLICATION, SECOND_LOOK, queues_of
from chalicelib.casework.site.frame import Names, language_of_page
from chalicelib.casework.site.queue.selection import Selection, selection_of
from chalicelib.casework.site.routes import PageRoutes
from shared.domain.access.roles import Role
from shared.domain.errors import InvalidInputError
from shared.tables.petition_items import FINISHED
from shared.web.answers import see_other
from shared.web.i18n import N_, Language, gettext
from shared.web.rendering import link
from shared.web.requests import form_body

COMMON: dict[str, str] = {"mine": N_("Của tôi"), "unassigned": N_("Chưa có người xử lý")}
"""The filters of the unit's own queue that every handler has as a view."""

QUEUES: dict[str, str] = {
    APPROVAL: N_("Chờ phê duyệt"),
    PUBLICATION: N_("Chờ công khai"),
    SECOND_LOOK: N_("Xem xét lại"),
    INSPECTION: N_("Quá hạn, hành vi cán bộ"),
    ALL: N_("Tất cả đơn vị"),
}
"""The queues over all units."""


def routes(parts: Callable[[], Parts]) -> PageRoutes:
    """Return the routes of this module."""
    pages = PageRoutes(__name__, parts)
    pages.post("/views", change_views)
    return pages


def change_views(parts: Parts, request: Request, officer: DeskOfficer) -> Response:
    """Save the filter of a page of the queue under a name, or remove a saved one; lead back to the filter."""
    form = form_body(request)
    selection = selection_of(officer, dict(parse_qsl(carried({"from": form.get("place", "")}))))
    try:
        if form.get("remove"):
            parts.desk_preferences.remove_view(officer.username, form["remove"])
            done = "no-view"
        else:
            name = " ".join(form.get("name", "").split())
            parts.desk_preferences.save_view(officer.username, name, selection.address())
            done = "view"
    except InvalidInputError:
        done = "view-refused"
    return see_other(link(address_of(selection.address(), {"done": done}), language_of_page(request)))


class View(NamedTuple):
    """One way to look at a queue: a queue as such, a filter that everybody has, or one that an officer saved."""

    name: str
    label: str
    selection: Selection
    is_saved: bool = False


def views_of(parts: Parts, officer: DeskOfficer, names: Names, language: Language) -> list[View]:
    """Return the views that a page of a queue offers: the queues, those of everybody, the saved ones."""
    _ = gettext(language)
    queues = queues_of(officer)
    views = [
        View(queue, queue_label(queue, names, language), selection_of(officer, {"queue": queue}))
        for queue in queues
    ]
    if officer.has(Role.HANDLER, Role.UNIT_HEAD):
        own = selection_of(officer, {"queue": officer.unit})
        views += [
            View(name, _(label), own._replace(ticked=frozenset({name}))) for name, label in COMMON.items()
        ]
    saved = parts.desk_preferences.of(officer.username).views
    views += [
        View(f"saved-{number}", view.name, selection_of(officer, dict(parse_qsl(view.query))), is_saved=True)
        for number, view in enumerate(saved)
    ]
    if len(views) == 1:
        return []
    if len(queues) == 1:
        views[0] = views[0]._replace(label=_("Cả đơn vị"))
    return views


def conditions_of(
    parts: Parts, officer: DeskOfficer, shown: Selection, views: Iterable[View]
) -> dict[str, Condition]:
    """Return the conditions of the views that a page of a queue is able to count: it reads their petitions anyway."""
    return {
        view.name: parts.queues.condition(officer, view.selection.queue, view.selection.only())
        for view in views
        if view.selection.state not in FINISHED and shown.queue in (view.selection.queue, *QUEUES)
    }


def view_facts(
    views: Collection[View], counts: Mapping[str, Count], selection: Selection, language: Language
) -> dict[str, Any]:
    """Return the template's variables of the views: each with its number, the saved ones, and which one is shown."""
    is_a_view = any(view.selection == selection for view in views)
    shown = [
        (
            view.label,
            link(address_of(view.selection.address()), language),
            view.selection == selection or (not is_a_view and view.name == selection.queue),
            counts.get(view.name),
        )
        for view in views
    ]
    return {
        "views": shown,
        "saved_views": [view.label for view in views if view.is_saved],
        "is_a_view": is_a_view,
    }


def queue_label(queue: str, names: Names, language: Language) -> str:
    """Return the name of a queue."""
    return gettext(language)(QUEUES[queue]) if queue in QUEUES else names.unit(queue)
