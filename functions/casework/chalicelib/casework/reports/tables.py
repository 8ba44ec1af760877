"""The parts of a report: its data, and the tables that pure functions make of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import NamedTuple

from chalicelib.casework.reports.measures import Column, Measure, Value
from shared.domain.figures.tallies import Breakdown, Tally, summed
from shared.domain.figures.trends import Count
from shared.domain.petition.petition import Petition
from shared.domain.promises.duties import Duty, DutyStatus
from shared.tables.statistics import Figure
from shared.use_cases.find_trends import Daily
from shared.web.i18n import N_

Row = dict[str, Value]


class ReportedPetition(NamedTuple):
    """A petition in a report, with the duty to answer it."""

    petition: Petition
    answer: Duty | None
    working_days_over: int
    """Working days past the due date while still unanswered, 0 otherwise."""
    subject: str = ""
    """Empty for a reader who may not read the petition."""

    @property
    def answer_status(self) -> DutyStatus | None:
        """The status of the duty to answer; None for a petition that was withdrawn in time."""
        return self.answer.standing if self.answer else None


class Names(NamedTuple):
    """Names of units, fields, officers and provinces in the reader's language, by code."""

    units: Mapping[str, str]
    fields: Mapping[str, str]
    officers: Mapping[str, str]
    provinces: Mapping[str, str]
    matter: str
    """The name of petitions of nearly the same wording for a reader who may not read them; `%s` is their field."""
    not_known: str
    """The name of the group without a code: no handler, no field or no province yet."""

    def of(self, by: str, code: str) -> str:
        """Return the name of a group; kinds and channels stay codes, which `labels.value_text` translates."""
        names: dict[str, Mapping[str, str]] = {
            "unit": self.units,
            "complained_unit": self.units,
            "field": self.fields,
            "handler": self.officers,
            "province": self.provinces,
        }
        return names.get(by, {}).get(code, code) or self.not_known


class Block(NamedTuple):
    """Columns that belong together: a page shows a wide table as several, one beneath the other."""

    title: str
    measures: tuple[Measure, ...]


class Table(NamedTuple):
    """Rows of values by column; `total` is the last row, where adding up makes sense.

    A row holds the codes of its groups as well (`unit_code`), for programs and for the links to its petitions.
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


class ReportData(NamedTuple):
    """The data of a report: figures that its reader may see, its days, and names."""

    figures: Callable[[Breakdown, date, date], list[Figure]]
    daily: Daily
    petitions: Callable[[Iterable[str]], list[ReportedPetition]]
    stock: Callable[[Breakdown], list[Figure]]
    """Returns the figures of all that is open or late, whenever it was received."""
    due: Callable[[Breakdown], list[Figure]]
    """Returns the figures of the duties that fell due on the days of the report."""
    matter: Callable[[str], list[Petition]]
    """Returns the petitions of one matter, received on the days of the report, in outline and earliest first."""
    also: Callable[[], Iterable[Count]]
    """Returns the readers of published answers who have the same matter, by day and the answer's id; none for a
    reader of one unit."""
    answer: Callable[[str], str]
    """Returns the title of a published answer by its id, "" for one that is public no more."""
    names: Names
    first: date
    last: date
    today: date
    by: str

    def of(self, by: Breakdown) -> list[Figure]:
        """Return the figures of the days that the report covers."""
        return self.figures(by, self.first, self.last)


GROUP_COLUMNS = {
    "unit": Column("unit", N_("Đơn vị"), is_figure=False),
    "complained_unit": Column("complained_unit", N_("Đơn vị bị phản ánh"), is_figure=False),
    "handler": Column("handler", N_("Người xử lý"), is_figure=False),
    "field": Column("field", N_("Lĩnh vực"), is_figure=False),
    "kind": Column("kind", N_("Loại"), is_figure=False),
    "channel": Column("channel", N_("Kênh"), is_figure=False),
    "province": Column("province", N_("Tỉnh, thành phố"), is_figure=False),
    "matter": Column("matter", N_("Cùng một nội dung"), is_figure=False),
}
"""The columns that name the groups of rows."""
BREAKDOWNS = {
    "field": Breakdown.FIELD,
    "unit": Breakdown.KIND,
    "kind": Breakdown.KIND,
    "channel": Breakdown.CHANNEL,
    "province": Breakdown.PROVINCE,
}
"""The breakdowns of the Steering Committee's report, and the figures from which each is made."""


class Source(NamedTuple):
    """Figures, and the blocks of columns that are counted from them."""

    figures: Iterable[Figure]
    blocks: tuple[Block, ...]

    @property
    def measures(self) -> tuple[Measure, ...]:
        """The measures of all blocks."""
        return tuple(measure for block in self.blocks for measure in block.measures)


def grouped(data: ReportData, figures: Iterable[Figure], groups_by: tuple[str, ...], *blocks: Block) -> Table:
    """Add figures up by the groups of the rows."""
    return grouped_from(data, groups_by, Source(figures, blocks))


def grouped_from(data: ReportData, groups_by: tuple[str, ...], *sources: Source) -> Table:
    """Add the figures of several sources up by the same groups of rows."""
    sums = [_by_codes(source.figures, groups_by) for source in sources]
    rows = []
    for codes in dict.fromkeys(codes for tallies in sums for codes in tallies):
        row: Row = {}
        for group, code in zip(groups_by, codes, strict=True):
            row |= {group: data.names.of(group, code), f"{group}_code": code}
        for source, tallies in zip(sources, sums, strict=True):
            row |= counted(tallies.get(codes, Tally()), source.measures, data.today)
        rows.append(row)
    total: Row = {}
    for source, tallies in zip(sources, sums, strict=True):
        total |= counted(summed(tallies.values()), source.measures, data.today)
    measures = (measure for source in sources for measure in source.measures)
    columns = (*(GROUP_COLUMNS[group] for group in groups_by), *(measure.column for measure in measures))
    rows.sort(key=lambda row: [(row[f"{group}_code"] == "", str(row[group])) for group in groups_by])
    return Table(columns, tuple(rows), total, tuple(block for source in sources for block in source.blocks))


def _by_codes(figures: Iterable[Figure], groups_by: tuple[str, ...]) -> dict[tuple[str, ...], Tally]:
    tallies: dict[tuple[str, ...], list[Tally]] = {}
    for figure in figures:
        codes = tuple(figure.shelf.unit if group == "unit" else figure.group for group in groups_by)
        tallies.setdefault(codes, []).append(figure.tally)
    return {codes: summed(of_codes) for codes, of_codes in tallies.items()}


def counted(tally: Tally, measures: Iterable[Measure], today: date) -> Row:
    """Return the figures of a tally by their names."""
    return {measure.column.name: measure.value_of(tally, today) for measure in measures}
