"""Addresses of lists of answers: what is wanted for stands in them, so that they can be kept and sent on."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlencode

from chalice.app import Request

from chalicelib.intake.published.answer_search import Filters
from chalicelib.intake.site.frame import LONGEST_FIELD
from shared.search.port import Order
from shared.web.i18n import Language
from shared.web.rendering import link
from shared.web.requests import query_parameter, query_text


def filters_in(request: Request) -> Filters:
    """Return the filters that a request asks for."""
    named = {
        name: query_parameter(request, name)[:LONGEST_FIELD]
        for name in ("field", "unit", "year", "month", "kind")
    }
    wanted = query_parameter(request, "sort")
    order = Order(wanted) if wanted in set(Order) else Order.BEST
    return Filters(query_text(request, "q")[:LONGEST_FIELD], **named, order=order)


class Links(NamedTuple):
    """The addresses of lists beside one list."""

    filters: Filters
    language: Language
    path: str = "/cong-khai"

    def page(self, number: int) -> str:
        """Return the address of a page of the list."""
        address = self.to()
        return f"{address}{'&' if '?' in address else '?'}page={number}" if number > 1 else address

    def to(self, **changes: str) -> str:
        """Return the address of the same list with changes, e.g. `field=""` for all fields."""
        wanted = self.filters._replace(**changes)  # type: ignore[arg-type]
        query = {
            "q": wanted.words,
            "field": wanted.field,
            "unit": wanted.unit,
            "year": wanted.year,
            "month": wanted.month,
            "kind": wanted.kind,
            "sort": wanted.order.value if wanted.order is not Order.BEST else "",
        }
        chosen = {name: value for name, value in query.items() if value}
        return link(f"{self.path}?{urlencode(chosen)}" if chosen else self.path, self.language)

    def older(self, cursor: str) -> str:
        """Return the address of the page that follows, where pages are read from the table."""
        address = self.to()
        return f"{address}{'&' if '?' in address else '?'}{urlencode({'cursor': cursor})}"

    def feed(self) -> str:
        """Return the address of the feed of the same answers."""
        return self._replace(path="/cong-khai.atom").to(order=Order.BEST)
