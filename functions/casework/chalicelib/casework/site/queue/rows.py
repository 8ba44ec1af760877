"""The rows of a queue as its page draws them: grouped by urgency, each with its marks and its due date in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from itertools import groupby
from typing import Any, NamedTuple

from chalicelib.casework.desk.merged import merged_number
from chalicelib.casework.desk.queue_orders import Condition, Order, Tally
from chalicelib.casework.desk.queue_place import Count, with_place
from chalicelib.casework.desk.views import Line, days_in_words
from chalicelib.casework.site.frame import Names
from shared.domain.calendar.working_calendar import local_date
from shared.domain.petition.lifecycle import UNANSWERED, State
from shared.domain.procedures.marks import Mark
from shared.platform import clock
from shared.tables.petition_items import FINISHED
from shared.use_cases.receive_submission import first_words
from shared.web.i18n import N_, Language, gettext
from shared.web.labels import LANES, STATES
from shared.web.rendering import link

DUE_SOON = 5
"""Days ahead that count as soon: when handlers are warned, unless the terms say otherwise."""
GROUPS: dict[str, str] = {
    "late": N_("Quá hạn"),
    "today": N_("Hôm nay"),
    "week": N_("Tuần này"),
    "next": N_("Tuần sau"),
    "later": N_("Sau đó"),
    "received": N_("Mới nhận trước"),
    "answered": N_("Đã trả lời; thời hạn công khai đang chạy"),
    "finished": N_("Đã xong, mới nhất trước"),
    "other": N_("Theo quy trình riêng"),
}
"""The headings of a queue, by urgency."""
MARKS: dict[Mark, str] = {
    Mark.RETURNED: N_("Bị trả lại"),
    Mark.SUPPLEMENTED: N_("Người gửi đã bổ sung"),
    Mark.DISPUTED: N_("Tranh chấp đơn vị"),
    Mark.MERGED: N_("Đã gộp vào hồ sơ khác"),
}
WEEK = timedelta(days=7)


class Group(NamedTuple):
    """Rows of one urgency, under a heading."""

    name: str
    title: str
    lines: list[dict[str, Any]]
    total: Count | None
    """The petitions of the group on all pages; None where they were not counted."""


def groups(
    lines: Iterable[Line],
    order: Order,
    place: str,
    counts: Mapping[str, Count],
    names: Names,
    language: Language,
) -> list[Group]:
    """Return lines under their headings, in the order in which they come; those of the procedure of their own last.

    Args:
        lines: of a page, what is answered last.
        order: in which they come: by due date the headings tell the urgency, by state the states.
        place: the queue's filter and page, which the petitions' addresses carry.
        counts: of the groups on all pages.
        names: of units, fields and officers.
        language: of the page.
    """
    _ = gettext(language)
    rows = [
        {**_row(line, order, place, names, language), "anchor": f"r{number}"}
        for number, line in enumerate(lines, start=1)
    ]
    rows.sort(
        key=lambda row: row["group"] == "other"
    )  # nothing is owed there, whatever their dates: one heading
    grouped = [(name, list(members)) for name, members in groupby(rows, key=lambda row: str(row["group"]))]
    return [
        Group(name, _(GROUPS.get(name) or STATES[State(name)]), members, counts.get(name))
        for name, members in grouped
    ]


def tally_of(order: Order, views: Mapping[str, Condition]) -> Tally:
    """Return the tally of a queue's lines by the groups of an order, and of those of other views."""
    today = local_date(clock.now())
    return Tally(lambda line: _group(line, order, today), views)


def counts_of(tally: Tally) -> dict[str, Count]:
    """Return the numbers of the groups that a page counted; of a queue cut short, the least that there are.

    Lines come by due date, so the groups before the one in which the reading ended are whole.
    """
    by_date = list(GROUPS)[: list(GROUPS).index("received")]
    end = by_date.index(tally.last_group) if tally.last_group in by_date else 0
    whole = by_date[:end]
    return {name: Count(number, tally.is_cut and name not in whole) for name, number in tally.groups.items()}


def _row(line: Line, order: Order, place: str, names: Names, language: Language) -> dict[str, Any]:
    _ = gettext(language)
    today = local_date(clock.now())
    return {
        **line.model_dump(),
        "address": link(with_place(f"/desk/petitions/{line.reference}", place), language),
        "subject": first_words(line.subject),
        "state_label": _(STATES[line.state]),
        "field_label": names.field(line.field),
        "unit_label": names.unit(line.unit),
        "handler_label": names.officer(line.handler) if line.handler else "",
        "lane_label": "" if line.lane == "ORDINARY" else _(LANES[line.lane]),
        "group": _group(line, order, today),
        "look": _look(line, today),
        "marked": [(mark.lower(), _(MARKS[mark])) for mark in line.marks if mark.value != line.state.value],
        "merged": merged_number(line.merged_count),
        "is_answered": line.state is State.ANSWERED,
        "received_on": local_date(line.received_at),
        "shows_receipt": order is Order.RECEIVED,
        "may_be_accepted": line.state is State.ASSIGNED,
        "is_open": line.state in UNANSWERED,
        "is_finished": line.state in FINISHED,
        "is_today": line.due_on == today,
        "days": days_in_words(line),
        "is_to_publish": line.state is State.ANSWERED and line.may_publish,
        "is_late_to_publish": line.publish_by is not None and line.publish_by < today,
    }


def _group(line: Line, order: Order, today: date) -> str:
    """Return the group of a line: late, today, this week (to Sunday), next week, later; or answered, or finished.

    By another order it is the state, or one group of all that is owed.
    """
    if order is Order.STATE and line.state not in FINISHED:
        return line.state
    if line.state in FINISHED:
        return "finished"
    if line.state not in UNANSWERED:
        return "answered" if line.state is State.ANSWERED else "other"
    if order is Order.RECEIVED:
        return "received"
    sunday = today + timedelta(days=6 - today.weekday())
    ends = (("late", today - timedelta(days=1)), ("today", today), ("week", sunday), ("next", sunday + WEEK))
    return next((name for name, end in ends if line.due_on <= end), "later")


def _look(line: Line, today: date) -> str:
    """Return the urgency of a line as the style sheet knows it."""
    if line.state in FINISHED or line.state not in UNANSWERED:
        return ""
    return "late" if line.overdue else "soon" if line.due_on <= today + timedelta(days=DUE_SOON) else ""
