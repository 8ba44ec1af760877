"""The search of an officer: words, and conditions that narrow it, out of a query."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import NamedTuple, TypeVar

from shared.domain.errors import InvalidInputError
from shared.domain.petition.lifecycle import UNANSWERED, State
from shared.search.port import LONGEST

MOST = 1_000
"""Results that pages lead to; whoever needs more asks for other words."""
_MAX_DIGITS = 4
"""Digits of a cursor."""
E_ = TypeVar("E_", bound=StrEnum)


class Place(StrEnum):
    """The place that is searched."""

    PETITIONS = "petitions"
    PUBLISHED = "published"


class Stage(StrEnum):
    """A group of states, to narrow a search."""

    OPEN = "open"
    ANSWERED = "answered"
    ENDED = "ended"


STAGES: Mapping[Stage, frozenset[State]] = {
    Stage.OPEN: frozenset(UNANSWERED),
    Stage.ANSWERED: frozenset({State.ANSWERED, State.PUBLISHED, State.CLOSED}),
    Stage.ENDED: frozenset(State) - UNANSWERED - {State.ANSWERED, State.PUBLISHED, State.CLOSED},
}


class SearchQuery(NamedTuple):
    """The search of an officer."""

    text: str
    place: Place = Place.PETITIONS
    stage: Stage | None = None
    since: date | None = None
    until: date | None = None
    offset: int = 0

    def require_valid(self) -> None:
        """Check the length of the text and the place of the page.

        Raises:
            InvalidInputError: too long, or behind the last page.
        """
        if len(self.text) > LONGEST:
            raise InvalidInputError(("q", "too-long"))
        if not 0 <= self.offset < MOST:
            raise InvalidInputError(("cursor", "invalid"))


def query_of(query: Mapping[str, str]) -> SearchQuery:
    """Return the search of a query.

    Raises:
        InvalidInputError: a value that can be none.
    """
    cursor = query.get("cursor") or "0"
    if not (cursor.isascii() and cursor.isdecimal() and len(cursor) <= _MAX_DIGITS):
        raise InvalidInputError(("cursor", "invalid"))
    return SearchQuery(
        text=query.get("q", ""),
        place=_one_of(Place, "in", query.get("in")) or Place.PETITIONS,
        stage=_one_of(Stage, "stage", query.get("stage")),
        since=_day("since", query.get("since")),
        until=_day("until", query.get("until")),
        offset=int(cursor),
    )


def _one_of(values: type[E_], name: str, value: str | None) -> E_ | None:
    if not value:
        return None
    try:
        return values(value)
    except ValueError:
        raise InvalidInputError((name, "unknown")) from None


def _day(name: str, value: str | None) -> date | None:
    if not value:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise InvalidInputError((name, "invalid")) from None
