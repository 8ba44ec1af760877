"""The officers' page of a queue: open petitions by due date, filtered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from chalice.app import Request, Response

from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.access.permissions import Ability
from chalicelib.casework.actions import forms
from chalicelib.casework.composition import Parts
from chalicelib.casework.desk.queue_place import address_of, place_of, trail_of, with_place
from chalicelib.casework.desk.queues import (
    ALL,
    APPROVAL,
    INSPECTION,
    PUBLICATION,
    SECOND_LOOK,
    own_queue,
    queues_of,
)
from chalicelib.casework.desk.views import Line
from chalicelib.casework.site.frame import Names, language_of_page, names_of, render
from chalicelib.casework.site.routes import PageRoutes
from shared.domain.calendar.working_calendar import local_date
from shared.domain.identity.reference import normal_reference
from shared.domain.petition.lifecycle import UNANSWERED, State
from shared.platform import clock
from shared.tables.petition_items import FINISHED
from shared.web.answers import see_other
from shared.web.i18n import N_, Language, gettext
from shared.web.labels import LANES, STATES
from shared.web.rendering import link
from shared.web.requests import query_parameters

QUEUES: dict[str, str] = {
    APPROVAL: N_("Chờ phê duyệt"),
    PUBLICATION: N_("Chờ công khai"),
    SECOND_LOOK: N_("Xem xét lại"),
    INSPECTION: N_("Quá hạn, hành vi cán bộ"),
    ALL: N_("Tất cả đơn vị"),
}
"""The queues over all units."""
LISTED_STATES = (
    *(s for s in State if s in UNANSWERED - FINISHED),
    State.ANSWERED,
    State.RESTRICTED,
    *(s for s in State if s in FINISHED),
)
DUE_SOON = 5
"""Days ahead that count as soon: when handlers are warned, unless the terms say otherwise."""
FILTERS: dict[str, str] = {
    "overdue": N_("Quá hạn"),
    "soon": N_("Đến hạn trong 5 ngày"),
    "mine": N_("Của tôi"),
    "unassigned": N_("Chưa có người xử lý"),
}


def routes(parts: Callable[[], Parts]) -> PageRoutes:
    """Return the routes of this module."""
    pages = PageRoutes(__name__, parts)
    pages.get("/", show_queue)
    return pages


def show_queue(parts: Parts, request: Request, officer: DeskOfficer) -> Response:
    """Show a page of a queue; lead to a petition for its reference, and an officer without queues to their own work."""
    query = query_parameters(request)
    language = language_of_page(request)
    reference = normal_reference(query.get("find", ""))
    if reference:
        return see_other(link(f"/desk/petitions/{reference}", language))
    if not queues_of(officer):
        return see_other(link(_own_work(officer), language))
    return _page(parts, request, officer, query, language)


def _own_work(officer: DeskOfficer) -> str:
    """Return the first page of an officer who has no queue."""
    if permissions.is_able(officer, Ability.ENTER_PETITION):
        return "/desk/calls"
    return "/desk/directory" if permissions.is_able(officer, Ability.ADMINISTER) else "/desk/reports"


def _page(
    parts: Parts, request: Request, officer: DeskOfficer, query: Mapping[str, str], language: Language
) -> Response:
    _ = gettext(language)
    queue = query.get("queue") or own_queue(officer)
    state = next((state for state in LISTED_STATES if state == query.get("state")), None)
    ticked = {name for name in FILTERS if query.get(name) == "true"}
    page = parts.queues.page(
        officer,
        queue=queue,
        state=state,
        overdue=True if "overdue" in ticked else None,
        due_within=DUE_SOON if "soon" in ticked else None,
        mine="mine" in ticked,
        unassigned="unassigned" in ticked,
        cursor=query.get("cursor") or None,
    )
    filters = {"queue": queue, "state": state or "", **dict.fromkeys(sorted(ticked), "true")}
    trail, cursor = trail_of(query), query.get("cursor", "")
    trail = trail if cursor else trail._replace(total=page.total)
    last = trail.before + len(page.petitions)
    following = trail.following(filters, cursor, len(page.petitions), page.cursor or "")
    place = place_of(query)
    names = names_of(parts, language)
    return render(
        parts,
        request,
        officer,
        "queue.html",
        queue=queue,
        queue_label=_queue_label(queue, names, language),
        is_over_units=queue in QUEUES,
        queues=[(name, _queue_label(name, names, language)) for name in queues_of(officer)],
        states=[(listed.value, _(STATES[listed])) for listed in LISTED_STATES],
        state=state or "",
        filters=[(name, _(label), name in ticked) for name, label in FILTERS.items()],
        is_filtered=bool(ticked or state),
        not_found=query.get("find", "")[:40],
        lines=[_line(line, place, names, language) for line in page.petitions],
        first=trail.before + 1,
        last=last,
        total=max(trail.total or 0, last) if trail.total is not None or not page.cursor else None,
        following=link(address_of(following), language) if page.cursor else "",
        previous=link(address_of(trail.previous(filters)), language) if cursor else "",
        done=forms.done_label(query.get("done", ""), language),
        reference=query.get("reference", "")[:11],
    )


def _line(line: Line, place: str, names: Names, language: Language) -> dict[str, Any]:
    _ = gettext(language)
    return {
        **line.model_dump(),
        "address": link(with_place(f"/desk/petitions/{line.reference}", place), language),
        "state_label": _(STATES[line.state]),
        "field_label": names.field(line.field),
        "unit_label": names.unit(line.unit),
        "handler_label": names.officer(line.handler) if line.handler else "",
        "lane_label": "" if line.lane == "ORDINARY" else _(LANES[line.lane]),
        "is_open": line.state in UNANSWERED,
        "is_today": line.due_on == local_date(clock.now()),
        "is_to_publish": line.state is State.ANSWERED and line.may_publish,
        "is_late_to_publish": line.publish_by is not None and line.publish_by < local_date(clock.now()),
    }


def _queue_label(queue: str, names: Names, language: Language) -> str:
    return gettext(language)(QUEUES[queue]) if queue in QUEUES else names.unit(queue)
