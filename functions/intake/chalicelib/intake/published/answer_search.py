"""Finds published answers for a page: by words, field, unit, kind and year, ranked, counted, with the words marked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from math import ceil
from typing import NamedTuple

from chalicelib.intake.published.answers import LONGEST_SEARCH, PublicRecord, PublishedItem
from shared.domain.calendar.working_calendar import local_date
from shared.domain.errors import InvalidInputError, SearchUnavailableError
from shared.domain.petition.values.classification import Kind
from shared.platform import clock
from shared.search.fts5 import Title
from shared.search.local_copy import LocalCopy
from shared.search.port import EVERYTHING, Found, Hit, Narrowing, Order, Part, Piece
from shared.tables.directory import Directory
from shared.tables.petitions import Petitions
from shared.web.i18n import Language, gettext, in_language
from shared.web.labels import KINDS

SHOWN = 10
"""Answers on a page."""
MOST_PAGES = 100
"""Pages of a search that can be turned to; whoever needs the rest adds a word or a filter, or takes the open data."""
EXCERPT = 220
"""Characters of an answer that a list shows where no word of the search stands in it."""
SUGGESTED = 5
LEAST_TYPED = 2
"""Letters from which answers are suggested."""
MOST_TITLES = 20_000
"""Addresses in the site map; a map may name 50,000."""

_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")
_YEAR = re.compile(r"20[0-9]{2}")
_CODE = re.compile(r"[A-Za-z0-9_-]{0,40}")


class Filters(NamedTuple):
    """The conditions that a reader sets."""

    words: str = ""
    field: str = ""
    unit: str = ""
    year: str = ""
    month: str = ""
    kind: str = ""
    order: Order = Order.BEST

    @property
    def narrowing(self) -> Narrowing:
        """The conditions beside the words."""
        return Narrowing(field=self.field, unit=self.unit, year=self.year, month=self.month, kind=self.kind)


class FoundAnswer(NamedTuple):
    """An answer in a list."""

    item: PublishedItem
    excerpt: tuple[Piece, ...]


class Group(NamedTuple):
    """A value that a list can be narrowed to, and how many answers it would show."""

    code: str
    name: str
    answers: int


class AnswersFound(NamedTuple):
    """A page of a list."""

    answers: tuple[FoundAnswer, ...]
    total: int
    page: int
    """From 1; the last one where a page behind it was asked for."""
    pages: int
    fields: tuple[Group, ...]
    of_all_fields: int
    """Found answers of all fields, those without one among them."""
    units: tuple[Group, ...]
    of_all_units: int
    years: tuple[Group, ...]
    kinds: tuple[Group, ...]


class Suggestion(NamedTuple):
    """An answer that somebody who types may look for."""

    title: str
    address: str
    unit: str


class AnswerSearch:
    """Asks the index of published answers, and reads what it found from the table: what was taken down is not shown."""

    def __init__(
        self, petitions: Petitions, directory: Directory, index: LocalCopy, record: PublicRecord
    ) -> None:
        self._petitions = petitions
        self._directory = directory
        self._index = index
        self._record = record

    def find(self, filters: Filters, page: int, language: Language, *, shown: int = SHOWN) -> AnswersFound:
        """Return a page of the answers that match, in the order asked for; without words the newest stand for the best.

        Raises:
            InvalidInputError: an unknown field or kind; a month, a year or words that can be none.
            SearchUnavailableError: there is no index.
        """
        self.check(filters)
        index = self._index.index(clock.now())
        page = min(max(page, 1), MOST_PAGES)

        def read(number: int) -> Found:
            place = (number - 1) * shown
            if not filters.words.strip():
                order = Order.NEWEST if filters.order is Order.BEST else filters.order
                return index.browse(filters.narrowing, limit=shown, offset=place, order=order)
            return index.search(
                filters.words, EVERYTHING, filters.narrowing, limit=shown, offset=place, order=filters.order
            )

        results = read(page)
        pages = min(max(ceil(results.total / shown), 1), MOST_PAGES)
        if page > pages:
            page = pages
            results = read(page)
        return AnswersFound(
            answers=tuple(self._answers(results, language)),
            total=results.total,
            page=page,
            pages=pages,
            fields=_groups(results.by_field, self._names_of_fields(language)),
            of_all_fields=sum(results.by_field.values()),
            units=_groups(results.by_unit, self._names_of_units(language)),
            of_all_units=sum(results.by_unit.values()),
            years=tuple(Group(year, year, results.by_year[year]) for year in sorted(results.by_year)[::-1]),
            kinds=_groups(results.by_kind, names_of_kinds(language)),
        )

    def newest(self, count: int, language: Language) -> tuple[PublishedItem, ...]:
        """Return the newest answers, read from the table: the home page does without the index."""
        return self._record.published(field="", month="", cursor="", language=language).items[:count]

    def suggest(self, typed: str, language: Language) -> tuple[Suggestion, ...]:
        """Return answers for what somebody is typing: the last word may be the begin of one."""
        if len(typed.strip()) < LEAST_TYPED or len(typed) > LONGEST_SEARCH:
            return ()
        try:
            index = self._index.index(clock.now())
        except SearchUnavailableError:
            return ()
        results = index.search(typed, EVERYTHING, limit=SUGGESTED, is_unfinished=not typed[-1:].isspace())
        return tuple(
            Suggestion(each.item.subject, each.item.url, each.item.unit_label or "")
            for each in self._answers(results, language)
        )

    def titles(self) -> tuple[Title, ...]:
        """Return the names, titles and days of all answers, the newest first; none where there is no index."""
        try:
            return self._index.index(clock.now()).titles(limit=MOST_TITLES)
        except SearchUnavailableError:
            return ()

    def names(self, language: Language) -> tuple[Mapping[str, str], Mapping[str, str]]:
        """Return the names of fields and of units, by code."""
        return self._names_of_fields(language), self._names_of_units(language)

    def check(self, filters: Filters) -> None:
        """Check what a reader asks for.

        Raises:
            InvalidInputError: an unknown field or kind; a month, a year or words that can be none.
        """
        rules = {
            ("q", "too-long"): len(filters.words) <= LONGEST_SEARCH,
            ("field", "unknown"): not filters.field or filters.field in self._directory.codes_of_fields(),
            ("unit", "unknown"): _CODE.fullmatch(filters.unit) is not None,
            ("month", "invalid"): not filters.month or _MONTH.fullmatch(filters.month) is not None,
            ("kind", "unknown"): not filters.kind or filters.kind in set(Kind),
            ("year", "invalid"): not filters.year or _YEAR.fullmatch(filters.year) is not None,
        }
        problems = [problem for problem, is_met in rules.items() if not is_met]
        if problems:
            raise InvalidInputError(*problems)

    def _answers(self, results: Found, language: Language) -> Iterator[FoundAnswer]:
        for hit in results.hits:
            answer = self._petitions.published_answer(hit.name)
            if answer is not None:
                item = self._record.item(answer, language)
                yield FoundAnswer(item, _excerpt(item.answer, hit))

    def _names_of_fields(self, language: Language) -> dict[str, str]:
        rows = self._directory.fields(local_date(clock.now()))
        return {code: in_language(language, row.name, row.name_en) for code, row in rows.items()}

    def _names_of_units(self, language: Language) -> dict[str, str]:
        rows = self._directory.units(local_date(clock.now()))
        return {code: in_language(language, row.name, row.name_en) for code, row in rows.items()}


def names_of_kinds(language: Language) -> dict[str, str]:
    """Return the names of kinds of petitions, by code."""
    _ = gettext(language)
    return {kind.value: _(label) for kind, label in KINDS.items()}


def found_without_words(item: PublishedItem) -> FoundAnswer:
    """Return an answer of a list in which no words were searched."""
    return FoundAnswer(item, _excerpt(item.answer, None))


def _groups(counts: Mapping[str, int], names: Mapping[str, str]) -> tuple[Group, ...]:
    """Return the groups that have a code, the largest first."""
    groups = [Group(code, names.get(code, code), number) for code, number in counts.items() if code]
    return tuple(sorted(groups, key=lambda group: (-group.answers, group.name)))


def _excerpt(answer: str, hit: Hit | None) -> tuple[Piece, ...]:
    """Return the passage in which words of the search stand, of the answer first; else how the answer begins."""
    passages = {passage.part: passage.pieces for passage in (hit.passages if hit else ())}
    for part in (Part.ANSWER, Part.CONTENT):
        if part in passages:
            return passages[part]
    return (Piece(beginning_of(answer), is_match=False),)


def beginning_of(text: str, most: int = EXCERPT) -> str:
    """Return how a text begins, in one line, cut between words."""
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    return f"{(line[:most].rpartition(' ')[0] or line[:most]).rstrip('.,;:…')}…"
