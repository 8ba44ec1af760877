"""The Task Force's report: petitions to look into, units complained of, and proposals to the Prime Minister."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from chalicelib.casework.reports.measures import ANSWERING, RECEIVED, Column
from chalicelib.casework.reports.tables import (
    GROUP_COLUMNS,
    Block,
    Names,
    ReportData,
    ReportedPetition,
    Row,
    Section,
    Table,
    grouped,
)
from shared.domain.calendar.working_calendar import local_date
from shared.domain.figures.tallies import Breakdown, Tally
from shared.domain.petition.facts import TimeLimitReached
from shared.domain.petition.lifecycle import Action
from shared.domain.petition.values.classification import Kind
from shared.domain.promises.duties import DutyStatus
from shared.domain.promises.notices import ESCALATION_LADDER
from shared.tables.statistics import Figure
from shared.web.i18n import N_

REPEATED = 3
"""Complaints about the conduct of one unit, in one period, from which they count as repeated."""


def task_force(data: ReportData) -> tuple[Section, ...]:
    """List what is open about conduct or late, what ended in the period, and the units that complaints repeat in."""
    petitions = _listed(data, data.stock(Breakdown.PETITION))
    pending = {reported.petition.reference for reported in petitions}
    ended = [
        reported
        for reported in _listed(data, data.of(Breakdown.PETITION))
        if reported.petition.reference not in pending
    ]
    return (
        Section("cases", N_("Hồ sơ đang mở hoặc quá hạn"), _petitions(data, petitions)),
        Section("ended", N_("Hồ sơ tiếp nhận trong kỳ, đã xong"), _petitions(data, ended)),
        Section("complained-units", N_("Đơn vị bị phản ánh về hành vi"), _complained_units(data)),
        Section("proposals", N_("Đề xuất báo cáo Thủ tướng Chính phủ"), _proposals(data, petitions)),
    )


def _listed(data: ReportData, figures: Iterable[Figure]) -> list[ReportedPetition]:
    """Return the petitions about conduct, and those answered too late or overdue, by due date."""
    references = (
        figure.group
        for figure in figures
        if f"kind:{Kind.CONDUCT}" in figure.tally or _was_too_late(figure.tally, data.today)
    )
    return sorted(
        data.petitions(references),
        key=lambda reported: (reported.petition.due_on, reported.petition.reference),
    )


def _was_too_late(tally: Tally, today: date) -> bool:
    return any(measure.is_behind(tally, today) for measure in ANSWERING[1:3])


PETITION_COLUMNS = (
    Column("reference", N_("Mã số"), is_figure=False),
    Column("subject", N_("Tiêu đề"), is_figure=False),
    Column("unit", N_("Đơn vị"), is_figure=False),
    Column("kind", N_("Loại"), is_figure=False),
    Column("state", N_("Trạng thái"), is_figure=False),
    Column("received_on", N_("Ngày tiếp nhận"), is_figure=False),
    Column("due_on", N_("Ngày đến hạn"), is_figure=False),
    Column("answered_on", N_("Ngày trả lời"), is_figure=False),
    Column("standing", N_("Việc trả lời"), is_figure=False),
    Column("working_days_over", N_("Số ngày làm việc quá hạn")),
)


def _petitions(data: ReportData, petitions: Iterable[ReportedPetition]) -> Table:
    return Table(PETITION_COLUMNS, tuple(petition_row(reported, data.names) for reported in petitions))


def petition_row(reported: ReportedPetition, names: Names) -> Row:
    """Return a petition as a row."""
    petition, answer = reported.petition, reported.answer
    return {
        "reference": petition.reference,
        "subject": reported.subject,
        "unit": names.of("unit", petition.unit or ""),
        "unit_code": petition.unit or "",
        "kind": petition.kind or "",
        "state": petition.state,
        "received_on": local_date(petition.received_at).isoformat(),
        "due_on": (answer.due_on if answer else petition.due_on).isoformat(),
        "answered_on": local_date(answer.done_at).isoformat() if answer and answer.done_at else "",
        "standing": reported.answer_status or "",
        "working_days_over": reported.working_days_over,
    }


def _complained_units(data: ReportData) -> Table:
    table = grouped(
        data, data.of(Breakdown.COMPLAINED_UNIT), ("complained_unit",), Block("", (RECEIVED, *ANSWERING[:4]))
    )
    return table._replace(rows=tuple(sorted(table.rows, key=lambda row: -int(row["received"] or 0))))


RULE = Column("rule", N_("Căn cứ đề xuất"), is_figure=False)
WHY = {
    "unanswered-after-task-force": N_("Đã báo cáo Tổ công tác mà vẫn chưa trả lời"),
    "repeated-complaints": N_("Nhiều phản ánh về hành vi ở cùng một đơn vị"),
}
"""The rules by which a unit is listed as a proposal to the Prime Minister; the Task Force decides itself."""


def _proposals(data: ReportData, petitions: Iterable[ReportedPetition]) -> Table:
    by_unit: dict[str, int] = {}
    for reported in petitions:
        escalated = reported.petition.last(Action.ESCALATE)
        if (
            reported.answer_status is DutyStatus.UNMET
            and escalated is not None
            and isinstance(escalated.facts, TimeLimitReached)
            and escalated.facts.n >= len(ESCALATION_LADDER)
        ):
            by_unit[reported.petition.unit or ""] = by_unit.get(reported.petition.unit or "", 0) + 1
    rows: list[Row] = [
        {
            "unit": data.names.of("unit", unit),
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
        for row in _complained_units(data).rows
        if int(row["received"] or 0) >= REPEATED
    ]
    return Table((GROUP_COLUMNS["unit"], RULE, Column("received", N_("Số hồ sơ"))), tuple(rows))
