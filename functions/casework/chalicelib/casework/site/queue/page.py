"""The officers' page of a queue: open petitions by due date, filtered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from chalice.app import Request, Response

from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.actions import forms
from chalicelib.casework.actions.catalogue import ROWS
from chalicelib.casework.bulk.act_on_many import offered
from chalicelib.casework.composition import Parts
from chalicelib.casework.desk.queue_orders import Order, Tally
from chalicelib.casework.desk.queue_place import (
    QUEUE,
    Count,
    PageTrail,
    address_of,
    place_of_rows,
    trail_of,
    version_to_undo,
)
from chalicelib.casework.desk.queues import PAGE, READ_AT_MOST, queues_of
from chalicelib.casework.desk.views import LinePage
from chalicelib.casework.site.frame import Names, language_of_page, names_of, render
from chalicelib.casework.site.queue.rows import counts_of, groups, tally_of
from chalicelib.casework.site.queue.selection import FILTERS, LISTED_STATES, ORDERS, Selection, selection_of
from chalicelib.casework.site.queue.views import QUEUES, conditions_of, queue_label, view_facts, views_of
from chalicelib.casework.site.routes import PageRoutes
from shared.domain.identity.reference import normal_reference
from shared.tables.petition_items import FINISHED
from shared.web.answers import see_other
from shared.web.i18n import N_, Language, gettext
from shared.web.labels import STATES
from shared.web.rendering import counted_text, link
from shared.web.requests import query_parameters

SAID = {
    "nothing": N_("Chưa chọn hồ sơ nào."),
    "no-next": N_("Không còn hồ sơ nào khác trong danh sách này."),
    "view": N_("Đã lưu cách xem."),
    "no-view": N_("Đã bỏ cách xem."),
    "view-refused": N_("Chưa lưu: đặt tên từ 1 đến 40 ký tự. Mỗi người có nhiều nhất 12 cách xem."),
}
"""Texts of what was done besides actions, by the value of `done` in the address."""
MOST_DIGITS = 3
"""Digits of a count of petitions that an address may name."""


def routes(parts: Callable[[], Parts]) -> PageRoutes:
    """Return the routes of this module."""
    pages = PageRoutes(__name__, parts)
    pages.get("/queue", show_queue)
    return pages


def show_queue(parts: Parts, request: Request, officer: DeskOfficer) -> Response:
    """Show a page of a queue; lead to a petition for its reference, and an officer without queues to their own work."""
    query = query_parameters(request)
    language = language_of_page(request)
    reference = normal_reference(query.get("find", ""))
    if reference:
        return see_other(link(f"/desk/petitions/{reference}", language))
    if not queues_of(officer):
        return see_other(link("/desk/", language))
    return _page(parts, request, officer, query, language)


def _page(
    parts: Parts, request: Request, officer: DeskOfficer, query: Mapping[str, str], language: Language
) -> Response:
    selection = selection_of(officer, query)
    names = names_of(parts, language)
    views = views_of(parts, officer, names, language)
    tally = tally_of(selection.order, conditions_of(parts, officer, selection, views))
    page = parts.queues.page(
        officer,
        queue=selection.queue,
        only=selection.only(),
        order=selection.order,
        cursor=query.get("cursor") or None,
        tally=tally,
    )
    trail = _trail(selection, page, tally, query)
    place = place_of_rows(query, is_sorted=_is_sorted(selection))
    return render(
        parts,
        request,
        officer,
        "queue.html",
        **_selection_facts(selection, names, language),
        groups=groups(page.petitions, selection.order, place, trail.counts, names, language),
        is_partly_sorted=_is_sorted(selection) and page.total is None,
        most_sorted=READ_AT_MOST,
        **view_facts(views, _view_counts(selection, tally, query), selection, language),
        shown=" ".join(f"{line.reference}.{line.version}" for line in page.petitions),
        place=place,
        filter_query=selection.address(),
        bulk=[(action.value, gettext(language)(ROWS[action].button_text)) for action in offered(officer)],
        **_pager(selection, page, trail, query, language),
        done=_done(query, language),
        reference=query.get("reference", "")[:11],
        undo=version_to_undo(query),
        nav_counts=_counts(selection, officer, page),
    )


def _counts(selection: Selection, officer: DeskOfficer, page: LinePage) -> dict[str, int]:
    """Return the number beside the menu's queue, where the page's own query counted the officer's whole queue."""
    is_whole = selection.query() == selection_of(officer, {}).query()
    return {QUEUE: page.total} if is_whole and page.total is not None else {}


def _selection_facts(selection: Selection, names: Names, language: Language) -> dict[str, Any]:
    """Return the template's variables of the form that filters."""
    _ = gettext(language)
    return {
        "queue": selection.queue,
        "queue_label": queue_label(selection.queue, names, language),
        "is_over_units": selection.queue in QUEUES,
        "states": [(listed.value, _(STATES[listed])) for listed in LISTED_STATES],
        "state": selection.state or "",
        "filters": [(name, _(label), name in selection.ticked) for name, label in FILTERS.items()],
        "ticked": len(selection.ticked) + bool(selection.state),
        "orders": [(order.value, _(label)) for order, label in ORDERS.items()],
        "order": selection.order.value,
        "sorted_by": {order.value: _sorted_by(selection, order, language) for order in Order},
        "is_filtered": bool(
            selection.ticked or selection.state or selection.words or selection.order is not Order.DUE
        ),
        "words": selection.words,
    }


def _sorted_by(selection: Selection, order: Order, language: Language) -> str:
    """Return the address of the first page in another order."""
    return link(address_of(selection._replace(order=order).address()), language)


def _is_sorted(selection: Selection) -> bool:
    """Return whether each page sorts and counts anew: the number of its first line then names it."""
    return selection.order is not Order.DUE and selection.state not in FINISHED


def _trail(selection: Selection, page: LinePage, tally: Tally, query: Mapping[str, str]) -> PageTrail:
    """Return the pages before this one, with what the first of them counted: this one, if it is the first."""
    trail, is_first = trail_of(query), not query.get("cursor")
    if is_first and selection.state in FINISHED and page.total is not None:
        return trail._replace(total=page.total, counts={"finished": Count(page.total)})
    if _is_sorted(selection):
        return trail._replace(total=page.total if is_first else trail.total, counts=counts_of(tally))
    return trail._replace(total=page.total, counts=counts_of(tally)) if is_first else trail


def _view_counts(selection: Selection, tally: Tally, query: Mapping[str, str]) -> dict[str, Count]:
    """Return the numbers of the views, where this page read the whole queue."""
    if selection.state in FINISHED or (query.get("cursor") and selection.order is Order.DUE):
        return {}
    return {name: Count(number, tally.is_cut) for name, number in tally.views.items()}


def _pager(
    selection: Selection, page: LinePage, trail: PageTrail, query: Mapping[str, str], language: Language
) -> dict[str, Any]:
    """Return the template's variables of the numbers shown, and of the pages before and behind."""
    cursor = query.get("cursor", "")
    last = trail.before + len(page.petitions)
    filters = selection.query()
    if _is_sorted(selection):
        previous = trail.sorted_before(PAGE).previous(filters)
        following = trail.sorted_before(0).following(filters, "", len(page.petitions), page.cursor or "")
    else:
        previous = trail.previous(filters)
        following = trail.following(filters, cursor, len(page.petitions), page.cursor or "")
    return {
        "first": trail.before + 1,
        "last": last,
        "total": max(trail.total or 0, last) if trail.total is not None or not page.cursor else None,
        "following": link(address_of(following), language) if page.cursor else "",
        "previous": link(address_of(previous), language) if cursor else "",
    }


def _done(query: Mapping[str, str], language: Language) -> str:
    """Return the label of the action just taken, with the number of petitions where there were several."""
    label = forms.done_label(query.get("done", ""), language)
    count = query.get("count", "")
    if query.get("done", "") in SAID:
        return gettext(language)(SAID[query["done"]])
    is_number = count.isascii() and count.isdecimal() and len(count) <= MOST_DIGITS
    return (
        f"{label}: {counted_text(language, '%(count)s hồ sơ', int(count))}" if label and is_number else label
    )
