"""The petitions of a queue that an officer asks for, and their order, as the page's address holds them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlencode

from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.desk.queue_orders import Order
from chalicelib.casework.desk.queues import Filter, own_queue
from chalicelib.casework.site.queue.rows import DUE_SOON
from shared.domain.petition.lifecycle import UNANSWERED, State
from shared.tables.petition_items import FINISHED
from shared.web.i18n import N_

LISTED_STATES = (
    *(s for s in State if s in UNANSWERED - FINISHED),
    State.ANSWERED,
    State.RESTRICTED,
    *(s for s in State if s in FINISHED),
)
FILTERS: dict[str, str] = {
    "overdue": N_("Quá hạn"),
    "soon": N_("Đến hạn trong 5 ngày"),
    "mine": N_("Của tôi"),
    "unassigned": N_("Chưa có người xử lý"),
}
LONGEST_WORDS = 80
"""Characters of the words to filter by."""
ORDERS: dict[Order, str] = {
    Order.DUE: N_("Hạn trả lời"),
    Order.RECEIVED: N_("Mới nhận trước"),
    Order.STATE: N_("Trạng thái"),
}


class Selection(NamedTuple):
    """A queue, and which of its petitions to show."""

    queue: str
    state: State | None
    ticked: frozenset[str]
    words: str
    order: Order

    def only(self) -> Filter:
        """Return the filter of the queue's reader."""
        return Filter(
            state=self.state,
            overdue=True if "overdue" in self.ticked else None,
            due_within=DUE_SOON if "soon" in self.ticked else None,
            mine="mine" in self.ticked,
            unassigned="unassigned" in self.ticked,
            words=self.words,
        )

    def query(self) -> dict[str, str]:
        """Return the query that asks for it."""
        ticked = dict.fromkeys(sorted(self.ticked), "true")
        return {
            "queue": self.queue,
            "state": self.state or "",
            "find": self.words,
            "order": self.order.value if self.order is not Order.DUE else "",
            **ticked,
        }

    def address(self) -> str:
        """Return the query as addresses and saved views hold it."""
        return urlencode({name: value for name, value in self.query().items() if value})


def selection_of(officer: DeskOfficer, query: Mapping[str, str]) -> Selection:
    """Return the selection of a query of the queue's page; what it does not know is left out."""
    return Selection(
        queue=query.get("queue") or own_queue(officer),
        state=next((state for state in LISTED_STATES if state == query.get("state")), None),
        ticked=frozenset(name for name in FILTERS if query.get(name) == "true"),
        words=query.get("find", "").strip()[:LONGEST_WORDS],
        order=next((order for order in Order if order == query.get("order")), Order.DUE),
    )
