"""The place in a queue that an officer came from: filters and page, carried in the addresses of its petitions.

An address carries codes of the directory, states, due dates and references, as the queue's own address does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import parse_qsl, quote, urlencode

from chalicelib.casework.access.officers import DeskOfficer
from shared.domain.identity.reference import normal_reference
from shared.domain.petition.petition import Petition
from shared.domain.procedures import taking_back

QUEUE = "/desk/queue"
MOST_DIGITS_OF_VERSION = 5
NAMES = (
    "queue",
    "state",
    "overdue",
    "soon",
    "mine",
    "unassigned",
    "find",
    "order",
    "cursor",
    "before",
    "total",
    "counts",
    "trail",
)
"""The names of the queue's own query."""
_LONGEST = 1500
"""Characters of a place; a longer one is left out."""
_MOST_PAGES = 30
"""Pages that lead back one by one; further ones lead to the first."""
_OF_THE_PAGE = ("total", "counts", "trail")
"""The names that the address of a page has, and not its rows."""
_BETWEEN = "!"
"""Stands between the parts of a carried place: `&` would take three characters in each row of a page."""
_NUMBER = re.compile(r"[0-9]{1,6}")
_COUNT = re.compile(r"([a-z]{1,12})([0-9]{1,6})(_?)")
_EARLIER = re.compile(r"([0-9]{1,6})\.([a-z0-9~-]{1,40})")


class Count(NamedTuple):
    """A number of petitions."""

    number: int
    is_least: bool = False
    """There may be more: the queue was too long to count."""


class PageTrail(NamedTuple):
    """The pages before this one: how many petitions they showed, and where each began but the first."""

    before: int = 0
    total: int | None = None
    """The number of petitions that the first page counted in the whole queue; None where it was too long to count."""
    earlier: tuple[tuple[int, str], ...] = ()
    counts: Mapping[str, Count] = MappingProxyType({})
    """The numbers of the headings, as the first page counted them."""

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

    def sorted_before(self, size: int) -> PageTrail:
        """Return the trail of a page that is sorted anew: the page before it begins at a number of lines."""
        begin = self.before - size
        return self._replace(earlier=((begin, str(begin)),) if size and begin > 0 else (), counts={})

    def _page(self, before: int, cursor: str, earlier: tuple[tuple[int, str], ...]) -> dict[str, str]:
        trail = ".".join(f"{shown}.{place}" for shown, place in earlier)
        total = "" if self.total is None else str(self.total)
        counts = "".join(f"{name}{count.number}{'_' * count.is_least}" for name, count in self.counts.items())
        return {"cursor": cursor, "before": str(before), "total": total, "counts": counts, "trail": trail}


def trail_of(query: Mapping[str, str]) -> PageTrail:
    """Return the pages before the one that a query asks for; nothing for a query that names none."""
    before, total = (_number(query.get(name, "")) for name in ("before", "total"))
    earlier = [(int(match[1]), match[2]) for match in _EARLIER.finditer(query.get("trail", ""))]
    counts = {
        match[1]: Count(int(match[2]), bool(match[3]))
        for match in _COUNT.finditer(query.get("counts", "")[:_LONGEST])
    }
    if before is None:
        before = _number(query.get("cursor", ""))
    return PageTrail(before or 0, total, tuple(earlier[-_MOST_PAGES:]), counts)


def _number(text: str) -> int | None:
    return int(text) if _NUMBER.fullmatch(text) else None


def place_of(query: Mapping[str, str]) -> str:
    """Return the place that a query of the queue names, as petitions' addresses carry it in `from`."""
    return _query({name: query.get(name, "") for name in NAMES})


def place_of_rows(query: Mapping[str, str], *, is_sorted: bool = False) -> str:
    """Return the place that each row of a page carries: its filters and the page; what else it says is long.

    Args:
        query: of the page.
        is_sorted: whether the page is sorted anew, so that the number of its first line names it.
    """
    place = {name: value for name, value in query.items() if name not in _OF_THE_PAGE}
    if is_sorted and place.get("cursor"):
        place |= {"cursor": str(trail_of(query).before), "before": ""}
    return place_of(place)


def carried(query: Mapping[str, str], came_from: str = "") -> str:
    """Return the place that a petition's query carries, made anew of the queue's names alone.

    Args:
        query: of the petition's address.
        came_from: the address of the page that led there, as browsers tell it: where that is the page of this place,
            the place has its total and the pages before too.
    """
    carried_place = query.get("from", "").replace(_BETWEEN, "&")
    place = place_of(dict(parse_qsl(carried_place))) if len(carried_place) <= _LONGEST else ""
    page, _question, query_of_page = came_from.partition("?")
    if not place or not page.endswith(QUEUE) or len(query_of_page) > _LONGEST:
        return place
    shown = dict(parse_qsl(query_of_page))
    is_of_the_page = place in (place_of_rows(shown), place_of_rows(shown, is_sorted=True))
    return place_of(shown) if is_of_the_page else place


def with_place(address: str, place: str) -> str:
    """Return an address that carries a place."""
    if not place:
        return address
    return f"{address}{'&' if '?' in address else '?'}from={quote(place.replace('&', _BETWEEN), safe='=~!')}"


def address_of(place: str, more: Mapping[str, str] | None = None) -> str:
    """Return the address of a place in the queue; `more` of the query stands before it."""
    query = "&".join(part for part in (urlencode(more or {}), place) if part)
    return f"{QUEUE}?{query}" if query else QUEUE


def _query(values: Mapping[str, str]) -> str:
    return urlencode({name: value for name, value in values.items() if value})


def undo_facts(officer: DeskOfficer, petition: Petition) -> dict[str, str]:
    """Return the query by which a page offers to take back the decision that led there."""
    return {"undo": str(petition.version)} if taking_back.is_own(petition, officer.actor) else {}


def version_to_undo(query: Mapping[str, str], of: str = "reference") -> str:
    """Return the version of the petition whose decision a page offers to take back; "" for none.

    Args:
        query: of the page's address.
        of: the name under which it has the petition's reference.
    """
    version = query.get("undo", "")
    is_version = version.isascii() and version.isdecimal() and len(version) <= MOST_DIGITS_OF_VERSION
    return version if is_version and normal_reference(query.get(of, "")) else ""
