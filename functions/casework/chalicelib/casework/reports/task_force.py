"""The Task Force's report: what it looks into, the units complained of, and what to propose to the Prime Minister."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from chalicelib.casework.reports.measures import ANSWERING, RECEIVED, Column
from chalicelib.casework.reports.tables import HEADS, Block, Book, Case, Names, Row, Section, Table, grouped
from shared.domain.calendar.working_calendar import local_date
from shared.domain.figures.tallies import Breakdown, Tally
from shared.domain.petition.facts import TimeLimitReached
from shared.domain.petition.lifecycle import Action
from shared.domain.petition.values.classification import Kind
from shared.domain.promises.duties import Standing
from shared.domain.promises.notices import ESCALATION_LADDER
from shared.web.i18n import N_

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
            and escalated is not None
            and isinstance(escalated.facts, TimeLimitReached)
            and escalated.facts.n >= len(ESCALATION_LADDER)
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
