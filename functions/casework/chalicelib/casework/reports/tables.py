"""What a report is made of: figures out of a `Book`, laid out as tables; pure functions and the words they share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import NamedTuple

from chalicelib.casework.reports.measures import Column, Measure, Value
from shared.domain.figures.tallies import Breakdown, Tally, summed
from shared.domain.petition.petition import Petition
from shared.domain.promises.duties import Duty, Standing
from shared.tables.statistics import Figure
from shared.use_cases.find_trends import Daily
from shared.web.i18n import N_

Row = dict[str, Value]


class Case(NamedTuple):
    """A petition and how its answer stands."""

    petition: Petition
    answer: Duty | None
    working_days_over: int
    """Working days past the due date while still unanswered, 0 otherwise."""

    @property
    def standing(self) -> Standing | None:
        """How the duty to answer stands; a petition withdrawn in time has none."""
        return self.answer.standing if self.answer else None


class Names(NamedTuple):
    """What units, fields, officers and provinces are called in the reader's language, by code."""

    units: Mapping[str, str]
    fields: Mapping[str, str]
    officers: Mapping[str, str]
    provinces: Mapping[str, str]
    matter: str
    """What petitions of nearly the same wording are called; the code tells one matter from another."""
    not_known: str
    """What a group is called that has no code: who has no handler, no field, no province yet."""

    def of(self, by: str, code: str) -> str:
        """Return the name of a group; kinds and channels stay codes, which pages put into the reader's words."""
        known: dict[str, Mapping[str, str]] = {
            "unit": self.units,
            "complained_unit": self.units,
            "field": self.fields,
            "handler": self.officers,
            "province": self.provinces,
        }
        if by == "matter":
            return f"{self.matter} ({code[:4]})"
        return known.get(by, {}).get(code, code) or self.not_known


class Block(NamedTuple):
    """Columns that belong together: a page shows a wide table as several, one beneath the other."""

    title: str
    measures: tuple[Measure, ...]


class Table(NamedTuple):
    """Rows of values by column; `total` is the last row, where adding up makes sense.

    A row holds the codes of what it is about as well (`unit_code`), for programs and for the way to its petitions.
    """

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    total: Row | None = None
    blocks: tuple[Block, ...] = ()


class Section(NamedTuple):
    """A table with its name and title; the first section of a report is its main one."""

    name: str
    title: str
    table: Table


class Book(NamedTuple):
    """What a report is made from: figures that its reader may see, the days, and what things are called."""

    figures: Callable[[Breakdown, date, date], list[Figure]]
    daily: Daily
    cases: Callable[[Iterable[str]], list[Case]]
    names: Names
    first: date
    last: date
    today: date
    by: str

    def of(self, by: Breakdown) -> list[Figure]:
        """Return the figures of the days that the report covers."""
        return self.figures(by, self.first, self.last)


HEADS = {
    "unit": Column("unit", N_("Đơn vị"), is_figure=False),
    "complained_unit": Column("complained_unit", N_("Đơn vị bị phản ánh"), is_figure=False),
    "handler": Column("handler", N_("Người xử lý"), is_figure=False),
    "field": Column("field", N_("Lĩnh vực"), is_figure=False),
    "kind": Column("kind", N_("Loại"), is_figure=False),
    "channel": Column("channel", N_("Kênh"), is_figure=False),
    "province": Column("province", N_("Tỉnh, thành phố"), is_figure=False),
    "matter": Column("matter", N_("Cùng một nội dung"), is_figure=False),
}
"""What rows are about."""
BREAKDOWNS = {
    "field": Breakdown.FIELD,
    "unit": Breakdown.KIND,
    "kind": Breakdown.KIND,
    "channel": Breakdown.CHANNEL,
    "province": Breakdown.PROVINCE,
}
"""By what the Steering Committee's report may be broken down, and where the figures come from."""


def grouped(book: Book, figures: Iterable[Figure], heads: tuple[str, ...], *blocks: Block) -> Table:
    """Add figures up by what the rows are about."""
    measures = tuple(measure for block in blocks for measure in block.measures)
    groups: dict[tuple[str, ...], list[Tally]] = {}
    for figure in figures:
        codes = tuple(figure.shelf.unit if head == "unit" else figure.group for head in heads)
        groups.setdefault(codes, []).append(figure.tally)
    rows = []
    for codes, tallies in groups.items():
        about: Row = {}
        for head, code in zip(heads, codes, strict=True):
            about |= {head: book.names.of(head, code), f"{head}_code": code}
        rows.append(about | counted(summed(tallies), measures, book.today))
    columns = (*(HEADS[head] for head in heads), *(measure.column for measure in measures))
    everything = summed(tally for tallies in groups.values() for tally in tallies)
    rows.sort(key=lambda row: [(row[f"{head}_code"] == "", str(row[head])) for head in heads])
    return Table(columns, tuple(rows), counted(everything, measures, book.today), blocks)


def counted(tally: Tally, measures: Iterable[Measure], today: date) -> Row:
    """Return the figures of a tally by their names."""
    return {measure.column.name: measure.value_of(tally, today) for measure in measures}
