"""The reports, each a pure function of its data; `REPORTS` names them all."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from chalicelib.casework.reports.measures import (
    ANSWERING,
    CONSIDERED,
    DAYS,
    DUE,
    FLOW,
    FORWARDINGS,
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
    Value,
)
from chalicelib.casework.reports.tables import (
    BREAKDOWNS,
    Block,
    ReportData,
    Row,
    Section,
    Source,
    Table,
    counted,
    grouped,
    grouped_from,
)
from chalicelib.casework.reports.task_force import task_force
from shared.domain.figures.periods import period_before
from shared.domain.figures.tallies import Breakdown, Tally, summed
from shared.domain.figures.trends import WEEK, WEEKS_BEFORE, begins
from shared.domain.petition.values.classification import Kind
from shared.tables.statistics import Figure
from shared.use_cases.find_trends import trends
from shared.web.i18n import N_


def timeliness(data: ReportData) -> tuple[Section, ...]:
    """Count, by unit, what fell due in the period, and what of it was done in time."""
    blocks = (
        Block(N_("Trả lời"), (DUE, *ANSWERING, DAYS)),
        Block(N_("Thông báo định kỳ và trả lời lần hai"), (*UPDATES, *SECOND_ANSWERS)),
        Block(N_("Công khai và chuyển cơ quan khác"), (*PUBLICATIONS, *FORWARDINGS)),
    )
    received = Source(data.of(Breakdown.KIND), (Block(N_("Tiếp nhận trong kỳ"), (RECEIVED,)),))
    table = grouped_from(data, ("unit",), Source(data.due(Breakdown.KIND), blocks), received)
    return (Section("duties", N_("Theo đơn vị"), table),)


def workload(data: ReportData) -> tuple[Section, ...]:
    """Count the work of each unit and handler: what is open or late, and what was received in the period."""
    stock = Source(data.stock(Breakdown.HANDLER), (Block(N_("Đang mở hoặc quá hạn"), WORK),))
    flow = Source(data.of(Breakdown.HANDLER), (Block(N_("Tiếp nhận trong kỳ"), FLOW),))
    table = grouped_from(data, ("unit", "handler"), stock, flow)
    return (Section("work", N_("Theo đơn vị và người xử lý"), table),)


def steering_committee(data: ReportData) -> tuple[Section, ...]:
    """Count what people turn to the ministry with and how it was answered, beside the period before."""
    figures = data.of(BREAKDOWNS[data.by])
    ideas = [figure for figure in data.of(Breakdown.KIND) if figure.group == Kind.INITIATIVE]
    blocks = (
        Block(N_("Nguồn và loại"), (RECEIVED, *ORIGINS)),
        Block(N_("Trả lời"), ANSWERING),
        Block(N_("Kết quả"), OUTCOMES),
    )
    return (
        Section("breakdown", N_("Tiếp nhận và trả lời"), grouped(data, figures, (data.by,), *blocks)),
        Section("trend", N_("So với kỳ trước"), trend(data, figures)),
        Section(
            "initiatives",
            N_("Sáng kiến và kết quả"),
            grouped(data, ideas, ("unit",), Block("", CONSIDERED), Block(N_("Kết thúc khác"), OUTCOMES[:5])),
        ),
    )


def trend(data: ReportData, figures: list[Figure]) -> Table:
    """Compare with the period before."""
    before = data.figures(BREAKDOWNS[data.by], *period_before(data.first, data.last))
    now, then = (
        counted(summed(figure.tally for figure in some), TREND, data.today) for some in (figures, before)
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


def six_month(data: ReportData) -> tuple[Section, ...]:
    """Count everything by month of receipt, one measure a row, as the half-yearly report prints it."""
    by_month: dict[str, Tally] = {}
    for first, last in _months(data.first, data.last):
        tally = summed(figure.tally for figure in data.figures(Breakdown.KIND, first, last))
        if tally:
            by_month[f"{first:%Y-%m}"] = tally
    measures = (RECEIVED, *ORIGINS, *ANSWERING, *OTHER_DUTIES, *OUTCOMES)
    whole = counted(summed(by_month.values()), measures, data.today)
    figures = {month: counted(tally, measures, data.today) for month, tally in by_month.items()}
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


# --- jumps -------------------------------------------------------------------------------------

_JUMPING = (
    Column("breakdown", N_("Theo"), is_figure=False),
    Column("group", N_("Nội dung tăng đột biến"), is_figure=False),
)

MATTER_READ = 5
"""Petitions of a matter that are read for its title."""


def jumping(data: ReportData) -> tuple[Section, ...]:
    """List the fields, units, provinces, kinds, matters and answers that jumped in the week, with the weeks before.

    Of an answer that many readers have too, the readers are counted.
    """
    jumps = trends(data.daily, data.last, data.also())
    first = begins(data.last)
    weeks = [(first + n * WEEK).isoformat() for n in range(WEEKS_BEFORE + 1)]
    columns = (
        *_JUMPING,
        Column("usual", N_("Bình thường mỗi tuần")),
        Column("received", N_("Tiếp nhận trong tuần")),
        Column("since_on", N_("Từ ngày"), is_figure=False),
    )
    rows: list[Row] = []
    by_week: list[Row] = []
    for by, jump in jumps:
        about: Row = {"breakdown": by, "group": _group(data, by, jump.group), f"{by}_code": jump.group}
        figures: Row = {"usual": jump.usual, "received": jump.received, "since_on": jump.since.isoformat()}
        rows.append(about | figures)
        by_week.append(about | dict(zip(weeks[-len(jump.weeks) :], jump.weeks, strict=True)))
    week_columns = (Column(week, f"{week[8:]}/{week[5:7]}") for week in weeks)
    return (
        Section("jumps", N_("Tăng đột biến"), Table(columns, tuple(rows))),
        Section(
            "weeks",
            N_("Tiếp nhận theo tuần, tính từ ngày"),
            Table((*_JUMPING, *week_columns), tuple(by_week)),
        ),
    )


def _group(data: ReportData, by: str, code: str) -> str:
    """Return the name of what jumped.

    A matter bears the subject of its earliest petition that the reader may read, else the field that it belongs to.
    """
    if by == "also":
        return data.answer(code) or data.names.not_known
    if by != "matter":
        return data.names.of(by, code)
    outlines = data.matter(code)
    petitions = data.petitions(outline.reference for outline in outlines[:MATTER_READ])
    subjects = sorted((each.petition.received_at, each.subject) for each in petitions if each.subject)
    if subjects:
        return subjects[0][1]
    field = next((outline.field for outline in outlines if outline.field), "") or ""
    return data.names.matter % data.names.of("field", field)


def _week(last: date) -> date:
    return last + timedelta(days=1) - WEEK


class Counts(StrEnum):
    """The petitions and duties that a report counts."""

    RECEIVED = "received"
    """Those received in the period."""
    DUE = "due"
    """The duties that fell due in the period."""
    STOCK = "stock"
    """All that is open or late at the moment of the report, whenever it was received."""


class ReportDefinition(NamedTuple):
    """One report: its title, the function that makes it, and the first day that it covers by default."""

    title: str
    make: Callable[[ReportData], tuple[Section, ...]]
    begins: Callable[[date], date]
    is_whole_week: bool = False
    """It covers the seven days up to the last, by default yesterday, because today is not over."""
    counts: Counts = Counts.RECEIVED
    flow: frozenset[str] = frozenset()
    """The figures of a report that counts otherwise, which are of the petitions received in the period."""
    is_of_full_months: bool = False
    """Its period is by default the last month that is over."""

    def last_by_default(self, today: date) -> date:
        """Return the last day that the report covers, where none is named."""
        if self.is_of_full_months:
            return today.replace(day=1) - timedelta(days=1)
        return today - timedelta(days=1) if self.is_whole_week else today

    def counts_of(self, measure: str) -> Counts:
        """Return the petitions or duties that one of its figures counts."""
        return Counts.RECEIVED if measure in self.flow else self.counts


def _month(today: date) -> date:
    return today.replace(day=1)


def _half_year(today: date) -> date:
    return today.replace(month=1 if today.month <= 6 else 7, day=1)  # noqa: PLR2004 - June ends the first half


REPORTS: dict[str, ReportDefinition] = {
    "timeliness": ReportDefinition(
        N_("Thực hiện thời hạn"),
        timeliness,
        _month,
        counts=Counts.DUE,
        flow=frozenset({RECEIVED.column.name}),
        is_of_full_months=True,
    ),
    "workload": ReportDefinition(
        N_("Khối lượng công việc"),
        workload,
        _month,
        counts=Counts.STOCK,
        flow=frozenset(measure.column.name for measure in FLOW),
        is_of_full_months=True,
    ),
    "steering-committee": ReportDefinition(
        N_("Báo cáo Ban Chỉ đạo cải cách hành chính"), steering_committee, _month, is_of_full_months=True
    ),
    "six-month": ReportDefinition(N_("Báo cáo 6 tháng"), six_month, _half_year),
    "task-force": ReportDefinition(
        N_("Báo cáo Tổ công tác kiểm tra công vụ"),
        task_force,
        _month,
        counts=Counts.STOCK,
        flow=frozenset(measure.column.name for measure in (RECEIVED, *ANSWERING)),
        is_of_full_months=True,
    ),
    "trends": ReportDefinition(N_("Tăng đột biến"), jumping, _week, is_whole_week=True),
}
"""All reports, by the name in their address."""
