"""The port of search: what is asked, what is found. SQLite's FTS5 stands behind it; another engine could."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from enum import StrEnum
from typing import NamedTuple, Protocol

LONGEST = 200
"""Characters of a search."""


class Part(StrEnum):
    """A part of a petition that is searched by words."""

    SUBJECT = "subject"
    CONTENT = "content"
    ANSWER = "answer"
    DRAFT = "draft"


class Document(NamedTuple):
    """A petition, or a published answer, as it is indexed: its words, and what decides who may find it."""

    key: str
    """A petition's reference; of a published answer a name that leads to no petition."""
    version: int
    subject: str
    content: str
    answer: str
    received_on: date
    draft: str = ""
    state: str = ""
    unit: str = ""
    complained_unit: str = ""
    entered_by: str = ""
    name: str = ""
    """The name of a published answer."""
    field: str = ""
    """The field of a published answer."""
    month: str = ""
    """The month in which an answer was published, e.g. `2026-11`."""
    kind: str = ""
    """The kind of petition that an answer is to."""
    published_on: str = ""
    """The day of the latest publication of an answer."""


class Change(NamedTuple):
    """A document as it is now; None where it is, or must be, in the index no more."""

    key: str
    document: Document | None


class Scope(NamedTuple):
    """The petitions that a reader may find; the index tells nothing of others, not even how many there are."""

    is_everything: bool = False
    """Every petition of the index."""
    unit: str | None = None
    """The petitions of one unit."""
    entered_by: str | None = None
    """The petitions that somebody entered."""
    not_about: Collection[str] = ()
    """Units of which complaints are hidden."""

    @property
    def is_empty(self) -> bool:
        """True if nothing may be found."""
        return not self.is_everything and self.unit is None and self.entered_by is None


EVERYTHING = Scope(is_everything=True)
"""The scope of an index that holds only what everybody may read."""


class Narrowing(NamedTuple):
    """Conditions that a reader adds to the words."""

    states: Collection[str] = ()
    """Only petitions in one of these; none: in any."""
    since: date | None = None
    """Only those received on this day or later."""
    until: date | None = None
    """Only those received on this day or before."""
    field: str = ""
    """Only answers of this field."""
    month: str = ""
    """Only answers published in this month."""
    unit: str = ""
    """Only answers of this unit."""
    year: str = ""
    """Only answers published in this year."""
    kind: str = ""
    """Only answers to petitions of this kind."""


class Order(StrEnum):
    """The order of what was found."""

    BEST = "best"
    """As the words were typed first, then by BM25."""
    NEWEST = "newest"
    """By the instant of publication."""
    ALSO = "also"
    """By the number of readers who said that they have the same matter."""


class Piece(NamedTuple):
    """A piece of a passage."""

    text: str
    is_match: bool


class Passage(NamedTuple):
    """The place of a document where the words stand."""

    part: Part
    pieces: tuple[Piece, ...]


class Hit(NamedTuple):
    """A document that was found."""

    key: str
    name: str
    is_exact: bool
    """True if the words stand there as they were typed, marks included."""
    passages: tuple[Passage, ...]


class Found(NamedTuple):
    """A page of what was found, the best first, and how many there are in all."""

    hits: tuple[Hit, ...]
    total: int
    by_state: dict[str, int]
    """Counts by state, with the reader's other conditions but without that of the state."""
    by_field: dict[str, int]
    """Counts by field, in the same way."""
    by_month: dict[str, int]
    """Counts by month of publication, in the same way."""
    by_unit: dict[str, int]
    """Counts by unit, in the same way."""
    by_year: dict[str, int]
    """Counts by year of publication, in the same way."""
    by_kind: dict[str, int]
    """Counts by kind of petition, in the same way."""


NOTHING_FOUND = Found((), 0, {}, {}, {}, {}, {}, {})


class Like(NamedTuple):
    """A document that is like a text."""

    key: str
    name: str
    share: float
    """The share of what is rare in the text that stands in the document too, 0 to 1."""


class SearchIndex(Protocol):
    """Finds documents by words."""

    def search(
        self,
        text: str,
        scope: Scope,
        narrowing: Narrowing = Narrowing(),  # noqa: B008 - a constant
        *,
        limit: int,
        offset: int = 0,
        order: Order = Order.BEST,
        is_unfinished: bool = False,
    ) -> Found:
        """Return the documents in which all words stand."""

    def browse(
        self, narrowing: Narrowing, *, limit: int, offset: int = 0, order: Order = Order.NEWEST
    ) -> Found:
        """Return all documents, the newest publication first or those that most readers have."""

    def like(self, text: str, *, limit: int) -> Sequence[Like]:
        """Return the documents that are like a text, the likest first."""
