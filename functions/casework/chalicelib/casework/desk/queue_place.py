"""The place in a queue that an officer came from: filters and page, carried in the addresses of its petitions.

An address carries codes of the directory, states, due dates and references, as the queue's own address does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode

QUEUE = "/desk/"
NAMES = ("queue", "state", "overdue", "soon", "mine", "unassigned", "cursor", "before", "total", "trail")
"""The names of the queue's own query."""
_LONGEST = 1500
"""Characters of a place; a longer one is left out."""
_MOST_PAGES = 30
"""Pages that lead back one by one; further ones lead to the first."""
_NUMBER = re.compile(r"[0-9]{1,6}")
_EARLIER = re.compile(r"([0-9]{1,6})\.([a-z0-9~-]{1,40})")


class PageTrail(NamedTuple):
    """The pages before this one: how many petitions they showed, and where each began but the first."""

    before: int = 0
    total: int | None = None
    """The number of petitions that the first page counted in the whole queue; None where it was too long to count."""
    earlier: tuple[tuple[int, str], ...] = ()

    def previous(self, filters: Mapping[str, str]) -> str:
        """Return the query of the page before."""
        if not self.earlier:
            return _query(filters)
        before, cursor = self.earlier[-1]
        return _query({**filters, **self._page(before, cursor, self.earlier[:-1])})

    def following(self, filters: Mapping[str, str], current: str, shown: int, cursor: str) -> str:
        """Return the query of the next page.

        Args:
            filters: of the queue.
            current: the cursor of this page; empty on the first.
            shown: how many petitions this page shows.
            cursor: where the next begins.
        """
        earlier = (*self.earlier, (self.before, current)) if current else self.earlier
        return _query({**filters, **self._page(self.before + shown, cursor, earlier[-_MOST_PAGES:])})

    def _page(self, before: int, cursor: str, earlier: tuple[tuple[int, str], ...]) -> dict[str, str]:
        trail = ".".join(f"{shown}.{place}" for shown, place in earlier)
        total = "" if self.total is None else str(self.total)
        return {"cursor": cursor, "before": str(before), "total": total, "trail": trail}


def trail_of(query: Mapping[str, str]) -> PageTrail:
    """Return the pages before the one that a query asks for; nothing for a query that names none."""
    before, total = (_number(query.get(name, "")) for name in ("before", "total"))
    earlier = [(int(match[1]), match[2]) for match in _EARLIER.finditer(query.get("trail", ""))]
    return PageTrail(before or 0, total, tuple(earlier[-_MOST_PAGES:]))


def _number(text: str) -> int | None:
    return int(text) if _NUMBER.fullmatch(text) else None


def place_of(query: Mapping[str, str]) -> str:
    """Return the place that a query of the queue names, as petitions' addresses carry it in `from`."""
    return _query({name: query.get(name, "") for name in NAMES})


def carried(query: Mapping[str, str]) -> str:
    """Return the place that a petition's query carries, made anew of the queue's names alone."""
    carried_place = query.get("from", "")
    return place_of(dict(parse_qsl(carried_place))) if len(carried_place) <= _LONGEST else ""


def with_place(address: str, place: str) -> str:
    """Return an address that carries a place."""
    return f"{address}{'&' if '?' in address else '?'}{urlencode({'from': place})}" if place else address


def address_of(place: str, more: Mapping[str, str] | None = None) -> str:
    """Return the address of a place in the queue; `more` of the query stands before it."""
    query = "&".join(part for part in (urlencode(more or {}), place) if part)
    return f"{QUEUE}?{query}" if query else QUEUE


def _query(values: Mapping[str, str]) -> str:
    return urlencode({name: value for name, value in values.items() if value})
