"""Lays the statistics out as the reports' tables: pure functions of what a `Book` holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from chalicelib.casework.measures import (
    ANSWERING,
    DAYS,
    FORWARDINGS,
    INITIATIVES,
    ORIGINS,
    OTHER_DUTIES,
    OUTCOMES,
    PUBLICATIONS,
    RECEIVED,
    SECOND_ANSWERS,
    TREND,
    UPDATES,
    WORK,
    Column,
    Measure,
    Value,
)
from shared.domain.duties import Duty, Standing
from shared.domain.lifecycle import Action
from shared.domain.notices import ESCALATION_LADDER
from shared.domain.petition import Kind, Petition
from shared.domain.tallies import Breakdown, Tally, summed
from shared.domain.trends import WEEK, WEEKS_BEFORE, begins
from shared.domain.working_calendar import local_date
from shared.statistics import Figure
from shared.trending import Daily, trends
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
    """What units, fields, officers and provinces are called, by code."""

    units: Mapping[str, str]
    fields: Mapping[str, str]
    officers: Mapping[str, str]
    provinces: Mapping[str, str]

    def of(self, by: str, code: str) -> str:
        """Return the name of a group; kinds and channels stay codes, which pages put into the reader's words."""
        known: dict[str, Mapping[str, str]] = {
            "unit": self.units,
            "complained_unit": self.units,
            "field": self.fields,
            "handler": self.officers,
            "province": self.provinces,
        }
        return known.get(by, {}).get(code, code) or "–"


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
    rows.sort(key=lambda row: [str(row[head]) for head in heads])
    return Table(columns, tuple(rows), counted(everything, measures, book.today), blocks)


def counted(tally: Tally, measures: Iterable[Measure], today: date) -> Row:
    """Return the figures of a tally by their names."""
    return {measure.column.name: measure.value_of(tally, today) for measure in measures}


def timeliness(book: Book) -> tuple[Section, ...]:
    """Count, by unit, what was answered, updated, published and forwarded in time."""
    blocks = (
        Block(N_("Trả lời"), (RECEIVED, *ANSWERING, DAYS)),
        Block(N_("Thông báo định kỳ và trả lời lần hai"), (*UPDATES, *SECOND_ANSWERS)),
        Block(N_("Công khai và chuyển cơ quan khác"), (*PUBLICATIONS, *FORWARDINGS)),
    )
    table = grouped(book, book.of(Breakdown.KIND), ("unit",), *blocks)
    return (Section("duties", N_("Theo đơn vị"), table),)


def workload(book: Book) -> tuple[Section, ...]:
    """Count, by unit and handler, what lies on whose table."""
    table = grouped(book, book.of(Breakdown.HANDLER), ("unit", "handler"), Block("", WORK))
    return (Section("work", N_("Theo đơn vị và người xử lý"), table),)


def steering_committee(book: Book) -> tuple[Section, ...]:
    """Count what people turn to the ministry with and how it was answered, beside the period before."""
    figures = book.of(BREAKDOWNS[book.by])
    ideas = [figure for figure in book.of(Breakdown.KIND) if figure.group == Kind.INITIATIVE]
    blocks = (
        Block(N_("Nguồn và loại"), (RECEIVED, *ORIGINS)),
        Block(N_("Trả lời"), ANSWERING),
        Block(N_("Kết quả"), OUTCOMES),
    )
    return (
        Section("breakdown", N_("Tiếp nhận và trả lời"), grouped(book, figures, (book.by,), *blocks)),
        Section("trend", N_("So với kỳ trước"), trend(book, figures)),
        Section(
            "initiatives",
            N_("Sáng kiến và kết quả"),
            grouped(book, ideas, ("unit",), Block("", INITIATIVES)),
        ),
    )


def trend(book: Book, figures: list[Figure]) -> Table:
    """Compare with the period before."""
    before_first, before_last = period_before(book.first, book.last)
    before = book.figures(BREAKDOWNS[book.by], before_first, before_last)
    now, then = (
        counted(summed(figure.tally for figure in some), TREND, book.today) for some in (figures, before)
    )
    rows = []
    for measure in TREND:
        name = measure.column.name
        row: Row = {
            "measure": measure.column.label,
            "measure_code": name,
            "now": now[name],
            "before": then[name],
        }
        rows.append(row | {"change": _change(now[name], then[name])})
    columns = (
        Column("measure", N_("Chỉ tiêu"), is_figure=False),
        Column("now", N_("Kỳ này")),
        Column("before", N_("Kỳ trước")),
        Column("change", N_("Thay đổi")),
    )
    return Table(columns, tuple(rows))


def _change(now: Value, then: Value) -> Value:
    if isinstance(now, int | float) and isinstance(then, int | float):
        return round(now - then, 2)
    return None


def period_before(first: date, last: date) -> tuple[date, date]:
    """Return the days to compare with: as many months before, where a period begins with a month; else as many days."""
    if first.day != 1:
        length = last - first + timedelta(days=1)
        return first - length, last - length
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    begin = _months_earlier(first, months)
    if (last + timedelta(days=1)).day == 1:
        return begin, first - timedelta(days=1)
    end = _months_earlier(last.replace(day=1), months)
    length_of_month = ((end + timedelta(days=32)).replace(day=1) - end).days
    return begin, end.replace(day=min(last.day, length_of_month))


def _months_earlier(first: date, months: int) -> date:
    number = first.year * 12 + first.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)


def six_month(book: Book) -> tuple[Section, ...]:
    """Count everything by month of receipt, one measure a row, as the half-yearly report prints it."""
    by_month: dict[str, Tally] = {}
    for first, last in _months(book.first, book.last):
        tally = summed(figure.tally for figure in book.figures(Breakdown.KIND, first, last))
        if tally:
            by_month[f"{first:%Y-%m}"] = tally
    measures = (RECEIVED, *ORIGINS, *ANSWERING, *OTHER_DUTIES, *OUTCOMES)
    whole = counted(summed(by_month.values()), measures, book.today)
    figures = {month: counted(tally, measures, book.today) for month, tally in by_month.items()}
    rows: list[Row] = []
    for column in (measure.column for measure in measures):
        row: Row = {"measure": column.label, "measure_code": column.name}
        row |= {month: figures[month][column.name] for month in figures}
        rows.append(row | {"total": whole[column.name]})
    columns = (
        Column("measure", N_("Chỉ tiêu"), is_figure=False),
        *(Column(month, f"{month[5:]}/{month[:4]}") for month in figures),
        Column("total", N_("Cộng")),
    )
    return (Section("months", N_("Theo tháng tiếp nhận"), Table(columns, tuple(rows))),)


def _months(first: date, last: date) -> Iterable[tuple[date, date]]:
    while first <= last:
        following = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
        yield first, min(last, following - timedelta(days=1))
        first = following


# --- the Task Force ---------------------------------------------------------------------------------

REPEATED = 3
"""Complaints about the conduct of one unit, in one period, from which they count as repeated."""


def task_force(book: Book) -> tuple[Section, ...]:
    """List what the Task Force looks into: conduct, and whatever was or is answered too late; and what repeats."""
    asked = (
        figure.group
        for figure in book.of(Breakdown.CASE)
        if f"kind:{Kind.CONDUCT}" in figure.tally or _was_too_late(figure.tally, book.today)
    )
    cases = sorted(book.cases(asked), key=lambda case: (case.petition.due_on, case.petition.reference))
    return (
        Section("cases", N_("Hồ sơ"), _cases(book, cases)),
        Section("complained-units", N_("Đơn vị bị phản ánh về hành vi"), _complained_units(book)),
        Section("proposals", N_("Đề xuất báo cáo Thủ tướng Chính phủ"), _proposals(book, cases)),
    )


def _was_too_late(tally: Tally, today: date) -> bool:
    return any(measure.is_behind(tally, today) for measure in ANSWERING[1:3])


CASE_COLUMNS = (
    Column("reference", N_("Mã số"), is_figure=False),
    Column("unit", N_("Đơn vị"), is_figure=False),
    Column("kind", N_("Loại"), is_figure=False),
    Column("state", N_("Trạng thái"), is_figure=False),
    Column("received_on", N_("Ngày tiếp nhận"), is_figure=False),
    Column("due_on", N_("Ngày đến hạn"), is_figure=False),
    Column("answered_on", N_("Ngày trả lời"), is_figure=False),
    Column("standing", N_("Việc trả lời"), is_figure=False),
    Column("working_days_over", N_("Số ngày làm việc quá hạn")),
)


def _cases(book: Book, cases: Iterable[Case]) -> Table:
    return Table(CASE_COLUMNS, tuple(case_row(case, book.names) for case in cases))


def case_row(case: Case, names: Names) -> Row:
    """Return a petition as a row."""
    petition, answer = case.petition, case.answer
    return {
        "reference": petition.reference,
        "unit": names.of("unit", petition.unit or ""),
        "unit_code": petition.unit or "",
        "kind": petition.kind or "",
        "state": petition.state,
        "received_on": local_date(petition.received_at).isoformat(),
        "due_on": (answer.due_on if answer else petition.due_on).isoformat(),
        "answered_on": local_date(answer.done_at).isoformat() if answer and answer.done_at else "",
        "standing": case.standing or "",
        "working_days_over": case.working_days_over,
    }


def _complained_units(book: Book) -> Table:
    table = grouped(
        book, book.of(Breakdown.COMPLAINED_UNIT), ("complained_unit",), Block("", (RECEIVED, *ANSWERING[:4]))
    )
    return table._replace(rows=tuple(sorted(table.rows, key=lambda row: -int(row["received"] or 0))))


RULE = Column("rule", N_("Căn cứ đề xuất"), is_figure=False)
WHY = {
    "unanswered-after-task-force": N_("Đã báo cáo Tổ công tác mà vẫn chưa trả lời"),
    "repeated-complaints": N_("Nhiều phản ánh về hành vi ở cùng một đơn vị"),
}
"""When the Task Force is shown a matter as one to propose to the Prime Minister; it decides itself."""


def _proposals(book: Book, cases: Iterable[Case]) -> Table:
    by_unit: dict[str, int] = {}
    for case in cases:
        escalated = case.petition.last(Action.ESCALATE)
        if (
            case.standing is Standing.UNMET
            and escalated
            and int(escalated.facts.get("n", "0")) >= len(ESCALATION_LADDER)
        ):
            by_unit[case.petition.unit or ""] = by_unit.get(case.petition.unit or "", 0) + 1
    rows: list[Row] = [
        {
            "unit": book.names.of("unit", unit),
            "unit_code": unit,
            "rule": "unanswered-after-task-force",
            "received": n,
        }
        for unit, n in sorted(by_unit.items())
    ]
    rows += [
        {
            "unit": row["complained_unit"],
            "unit_code": row["complained_unit_code"],
            "rule": "repeated-complaints",
            "received": row["received"],
        }
        for row in _complained_units(book).rows
        if int(row["received"] or 0) >= REPEATED
    ]
    return Table((HEADS["unit"], RULE, Column("received", N_("Số hồ sơ"))), tuple(rows))


# --- what jumps -------------------------------------------------------------------------------------

_JUMPING = (
    Column("breakdown", N_("Theo"), is_figure=False),
    Column("group", N_("Nội dung tăng đột biến"), is_figure=False),
)


def jumping(book: Book) -> tuple[Section, ...]:
    """List the fields, units, provinces and kinds that jumped in the week, and how it came to that."""
    found = trends(book.daily, book.last)
    first = begins(book.last)
    weeks = [(first + n * WEEK).isoformat() for n in range(WEEKS_BEFORE + 1)]
    columns = (
        *_JUMPING,
        Column("usual", N_("Bình thường mỗi tuần")),
        Column("received", N_("Tiếp nhận trong tuần")),
        Column("since_on", N_("Từ ngày"), is_figure=False),
    )
    rows: list[Row] = []
    by_week: list[Row] = []
    for by, jump in found:
        about: Row = {"breakdown": by, "group": book.names.of(by, jump.group), f"{by}_code": jump.group}
        figures: Row = {"usual": jump.usual, "received": jump.received, "since_on": jump.since.isoformat()}
        rows.append(about | figures)
        by_week.append(about | dict(zip(weeks[-len(jump.weeks) :], jump.weeks, strict=True)))
    heads = (Column(week, f"{week[8:]}/{week[5:7]}") for week in weeks)
    return (
        Section("jumps", N_("Tăng đột biến"), Table(columns, tuple(rows))),
        Section("weeks", N_("Tiếp nhận theo tuần, tính từ ngày"), Table((*_JUMPING, *heads), tuple(by_week))),
    )


def _week(last: date) -> date:
    return last + timedelta(days=1) - WEEK


class Kept(NamedTuple):
    """One report: what it is called, what makes it, and the days it covers unless somebody names others."""

    title: str
    made: Callable[[Book], tuple[Section, ...]]
    begins: Callable[[date], date]
    is_whole_week: bool = False
    """Covers the seven days up to the last, which is yesterday: today is not over."""


def _month(today: date) -> date:
    return today.replace(day=1)


def _half_year(today: date) -> date:
    return today.replace(month=1 if today.month <= 6 else 7, day=1)  # noqa: PLR2004 - June ends the first half


REPORTS: dict[str, Kept] = {
    "timeliness": Kept(N_("Thực hiện thời hạn"), timeliness, _month),
    "workload": Kept(N_("Khối lượng công việc"), workload, _month),
    "steering-committee": Kept(N_("Báo cáo Ban Chỉ đạo cải cách hành chính"), steering_committee, _half_year),
    "six-month": Kept(N_("Báo cáo 6 tháng"), six_month, _half_year),
    "task-force": Kept(N_("Báo cáo Tổ công tác kiểm tra công vụ"), task_force, _month),
    "trends": Kept(N_("Tăng đột biến"), jumping, _week, is_whole_week=True),
}
"""All reports by the name in their address."""
