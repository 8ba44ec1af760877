"""The officers' page of a queue: open petitions by due date, narrowed as they like."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from chalice.app import Request, Response

from chalicelib.casework import composition
from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.access.permissions import Ability
from chalicelib.casework.actions import forms
from chalicelib.casework.api.doors import query
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
from chalicelib.casework.site.frame import field_label, language_of_page, render, unit_label, who
from shared.domain.calendar.working_calendar import local_date
from shared.domain.identity.reference import normal_reference
from shared.domain.petition.change import actor_of
from shared.domain.petition.lifecycle import UNANSWERED, State
from shared.platform import clock
from shared.web.http import see_other
from shared.web.i18n import N_, Language, gettext
from shared.web.labels import LANES, STATES
from shared.web.rendering import link

QUEUES: dict[str, str] = {
    APPROVAL: N_("Chờ phê duyệt"),
    PUBLICATION: N_("Chờ công khai"),
    SECOND_LOOK: N_("Xem xét lại"),
    INSPECTION: N_("Quá hạn, hành vi cán bộ"),
    ALL: N_("Tất cả đơn vị"),
}
LISTED_STATES = (*(s for s in State if s in UNANSWERED - {State.MERGED}), State.ANSWERED, State.RESTRICTED)
DUE_SOON = 5
"""Days ahead that count as soon: when handlers are warned, unless the terms say otherwise."""
FILTERS: dict[str, str] = {
    "overdue": N_("Quá hạn"),
    "soon": N_("Đến hạn trong 5 ngày"),
    "mine": N_("Của tôi"),
    "unassigned": N_("Chưa có người xử lý"),
}


def queue(request: Request, officer: DeskOfficer) -> Response:
    """Show a queue by due date; officers without one are led to their own work."""
    asked = query(request)
    language = language_of_page(request)
    searched = normal_reference(asked.get("find", ""))
    if searched:
        return see_other(link(f"/desk/petitions/{searched}", language))
    if not queues_of(officer):
        return see_other(link(_own_work(officer), language))
    name = asked.get("queue") or own_queue(officer)
    state = next((state for state in LISTED_STATES if state == asked.get("state")), None)
    ticked = {one for one in FILTERS if asked.get(one) == "true"}
    page = composition.lists().page(
        officer,
        queue=name,
        state=state,
        overdue=True if "overdue" in ticked else None,
        due_within=DUE_SOON if "soon" in ticked else None,
        mine="mine" in ticked,
        unassigned="unassigned" in ticked,
        cursor=asked.get("cursor") or None,
    )
    kept = {"queue": name, "state": state or "", **dict.fromkeys(sorted(ticked), "true")}
    following = urlencode(
        {key: value for key, value in {**kept, "cursor": page.cursor or ""}.items() if value}
    )
    return render(
        request,
        officer,
        "queue.html",
        queue=name,
        queue_label=_queue_label(name, language),
        is_over_units=name in QUEUES,
        queues=[(one, _queue_label(one, language)) for one in queues_of(officer)],
        states=[(one.value, gettext(language)(STATES[one])) for one in LISTED_STATES],
        state=state or "",
        filters=[(one, gettext(language)(label), one in ticked) for one, label in FILTERS.items()],
        is_filtered=bool(ticked or state),
        not_found=asked.get("find", "")[:40],
        lines=[_shown_line(line, language) for line in page.petitions],
        following=link(f"/desk/?{following}", language) if page.cursor else "",
        done=forms.done_label(asked.get("done", ""), language),
        reference=asked.get("reference", "")[:11],
    )


def _own_work(officer: DeskOfficer) -> str:
    if permissions.is_able(officer, Ability.ENTER_PETITION):
        return "/desk/calls"
    return "/desk/directory" if permissions.is_able(officer, Ability.ADMINISTER) else "/desk/reports"


def _shown_line(line: Line, language: Language) -> dict[str, Any]:
    _ = gettext(language)
    day = local_date(clock.now())
    return {
        **line.model_dump(),
        "state_label": _(STATES[line.state]),
        "field_label": field_label(line.field, language),
        "unit_label": unit_label(line.unit, language),
        "handler_label": who(actor_of(line.handler), language) if line.handler else "",
        "lane_label": "" if line.lane == "ORDINARY" else _(LANES[line.lane]),
        "is_open": line.state in UNANSWERED,
        "is_today": line.due_on == day,
    }


def _queue_label(name: str, language: Language) -> str:
    return gettext(language)(QUEUES[name]) if name in QUEUES else unit_label(name, language)


PAGES: dict[str, Callable[..., Response]] = {"queue": queue}
"""What `app.py` may ask for."""
