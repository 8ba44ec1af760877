"""Windows of time and pages in queries of GeoReport v2: what is wrong with them is said by name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from shared.domain.errors import InvalidInputError

LONGEST_PAGE = 1_000
"""Rows of a page, and of an answer without `page_size` (GeoReport v2)."""
MOST_PAGES = 100
_YEARS = range(2000, 2101)
"""Years in which a window may lie; there are petitions since 2018."""


class Page(NamedTuple):
    """The page of a list that a query asks for, from 1."""

    number: int
    size: int

    @property
    def before(self) -> int:
        """The rows on the pages before."""
        return (self.number - 1) * self.size


def page(query: Mapping[str, str]) -> Page:
    """Read `page` and `page_size`.

    Raises:
        InvalidInputError: no such number.
    """
    return Page(
        _number(query, "page", 1, MOST_PAGES), _number(query, "page_size", LONGEST_PAGE, LONGEST_PAGE)
    )


def between(
    query: Mapping[str, str], now: datetime, *, longest: timedelta, rule: str
) -> tuple[datetime, datetime]:
    """Read `start_date` and `end_date`: the longest window up to now, unless they are given.

    Args:
        query: the arguments.
        now: the end where none is given.
        longest: the longest window.
        rule: the rule that a longer window breaks.

    Raises:
        InvalidInputError: an instant that is none or has no time zone, a window that is too long or ends before it
            begins.
    """
    start, end = _instant(query, "start_date"), _instant(query, "end_date")
    if end is None:
        end = min(now, start + longest) if start else now
    start = start or end - longest
    if end < start:
        raise InvalidInputError(
            ("start_date" if "start_date" in query else "end_date", "ends-before-it-begins")
        )
    if end - start > longest:
        raise InvalidInputError(("start_date", rule))
    return start, end


def _number(query: Mapping[str, str], name: str, default: int, most: int) -> int:
    text = query.get(name, "").strip() or str(default)
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(most)) and 1 <= int(text) <= most):
        raise InvalidInputError((name, "out-of-range"))
    return int(text)


def _instant(query: Mapping[str, str], name: str) -> datetime | None:
    text = query.get(name, "").strip().replace(" ", "+")  # many clients send the + of an offset unescaped
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidInputError((name, "no-instant")) from None
    if at.tzinfo is None:
        raise InvalidInputError((name, "no-time-zone"))
    if at.year not in _YEARS:
        raise InvalidInputError((name, "invalid"))
    return at
