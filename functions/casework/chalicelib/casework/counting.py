"""Counts petitions for the reports: what each report's table holds, as pure functions of the petitions' own facts.

Nothing is stored for reports: whether a duty was kept, late or unmet is asked of `shared.domain.duties`, as on the
petitioner's page and the officer's desk, so the three cannot differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import NamedTuple

from shared.domain.duties import Duty, DutyKind, Standing
from shared.domain.lifecycle import Action, State
from shared.domain.petition import Channel, Kind, Petition
from shared.domain.working_calendar import local_date
from shared.web.i18n import N_

Value = str | int | float | None


class Case(NamedTuple):
    """A petition and how its duties stand."""

    petition: Petition
    duties: tuple[Duty, ...]
    working_days_over: int
    """Working days past the due date while still unanswered, 0 otherwise."""

    def stands(self, kind: DutyKind, standing: Standing) -> int:
        """Return how many duties of a kind stand so."""
        return sum(duty.kind is kind and duty.standing is standing for duty in self.duties)

    @property
    def answer(self) -> Duty | None:
        """The duty to answer; a petition withdrawn in time has none."""
        return next((duty for duty in self.duties if duty.kind is DutyKind.ANSWER), None)

    @property
    def standing(self) -> Standing | None:
        """How the duty to answer stands."""
        return self.answer.standing if self.answer else None


class Column(NamedTuple):
    """One column: its name for programs, and what people read over it."""

    name: str
    label: str
    is_figure: bool = True


class Names(NamedTuple):
    """What units, fields and officers are called, by code."""

    units: Mapping[str, str]
    fields: Mapping[str, str]
    officers: Mapping[str, str]


class Table(NamedTuple):
    """What a report says: rows of values by column; `total` is the last row, where adding up makes sense."""

    columns: tuple[Column, ...]
    rows: tuple[dict[str, Value], ...]
    total: dict[str, Value] | None = None


Measure = tuple[Column, Callable[[list[Case]], Value]]


def _standing(standing: Standing) -> Callable[[list[Case]], int]:
    return lambda cases: sum(case.standing is standing for case in cases)


def _in_state(*states: State) -> Callable[[list[Case]], int]:
    return lambda cases: sum(case.petition.state in states for case in cases)


def _of_channel(channel: Channel) -> Callable[[list[Case]], int]:
    return lambda cases: sum(case.petition.channel is channel for case in cases)


def _of_kind(kind: Kind | None) -> Callable[[list[Case]], int]:
    return lambda cases: sum(case.petition.kind is kind for case in cases)


def _having(*actions: Action) -> Callable[[list[Case]], int]:
    return lambda cases: sum(case.petition.last(*actions) is not None for case in cases)


def _duties(kind: DutyKind, standing: Standing) -> Callable[[list[Case]], int]:
    return lambda cases: sum(case.stands(kind, standing) for case in cases)


def on_time_percent(cases: list[Case]) -> float | None:
    """Return the share answered in time of those that had to be answered by now; None when there were none."""
    kept, late, unmet = (_standing(one)(cases) for one in (Standing.KEPT, Standing.LATE, Standing.UNMET))
    fallen_due = kept + late + unmet
    return round(100 * kept / fallen_due, 1) if fallen_due else None


def average_rating(cases: list[Case]) -> float | None:
    """Return the average score of those who rated."""
    scores = [case.petition.rating.score for case in cases if case.petition.rating]
    return round(sum(scores) / len(scores), 2) if scores else None


def average_days(cases: list[Case]) -> float | None:
    """Return how many calendar days answers took."""
    days = [
        (local_date(case.answer.done_at) - local_date(case.petition.received_at)).days
        for case in cases
        if case.answer and case.answer.done_at
    ]
    return round(sum(days) / len(days), 1) if days else None


RECEIVED: Measure = (Column("received", N_("Tiếp nhận")), len)
ANSWERING: tuple[Measure, ...] = (
    (Column("answered_on_time", N_("Trả lời đúng hạn")), _standing(Standing.KEPT)),
    (Column("answered_late", N_("Trả lời quá hạn")), _standing(Standing.LATE)),
    (Column("overdue", N_("Chưa trả lời, đã quá hạn")), _standing(Standing.UNMET)),
    (Column("open_in_time", N_("Đang xử lý, còn hạn")), _standing(Standing.OPEN)),
    (Column("on_time_percent", N_("Tỷ lệ đúng hạn (%)")), on_time_percent),
)
OTHER_DUTIES: tuple[Measure, ...] = (
    (Column("updates_kept", N_("Thông báo định kỳ đúng hạn")), _duties(DutyKind.UPDATE, Standing.KEPT)),
    (Column("updates_late", N_("Thông báo định kỳ muộn")), _duties(DutyKind.UPDATE, Standing.LATE)),
    (Column("updates_unmet", N_("Thiếu thông báo định kỳ")), _duties(DutyKind.UPDATE, Standing.UNMET)),
    (Column("published_on_time", N_("Công khai đúng hạn")), _duties(DutyKind.PUBLICATION, Standing.KEPT)),
    (Column("published_late", N_("Công khai muộn")), _duties(DutyKind.PUBLICATION, Standing.LATE)),
    (
        Column("unpublished", N_("Chưa công khai, đã quá hạn")),
        _duties(DutyKind.PUBLICATION, Standing.UNMET),
    ),
    (
        Column("forwarded_on_time", N_("Chuyển cơ quan khác đúng hạn")),
        _duties(DutyKind.FORWARDING, Standing.KEPT),
    ),
    (
        Column("forwarded_late", N_("Chuyển cơ quan khác muộn")),
        _duties(DutyKind.FORWARDING, Standing.LATE),
    ),
    (
        Column("unforwarded", N_("Chưa chuyển, đã quá hạn")),
        _duties(DutyKind.FORWARDING, Standing.UNMET),
    ),
)
ORIGINS: tuple[Measure, ...] = (
    (Column("web", N_("Qua trang web")), _of_channel(Channel.WEB)),
    (Column("sms", N_("Qua tin nhắn 8088")), _of_channel(Channel.SMS)),
    (Column("hotline", N_("Qua tổng đài")), _of_channel(Channel.HOTLINE)),
    (Column("regulation", N_("Về cơ chế, chính sách, thủ tục")), _of_kind(Kind.REGULATION)),
    (Column("conduct", N_("Về hành vi cán bộ")), _of_kind(Kind.CONDUCT)),
    (Column("initiative", N_("Sáng kiến")), _of_kind(Kind.INITIATIVE)),
    (Column("unclassified", N_("Chưa phân loại")), _of_kind(None)),
)
OUTCOMES: tuple[Measure, ...] = (
    (Column("forwarded", N_("Đã chuyển cơ quan khác")), _in_state(State.FORWARDED)),
    (Column("guided", N_("Đã hướng dẫn")), _in_state(State.GUIDED)),
    (Column("merged", N_("Đã gộp")), _in_state(State.MERGED)),
    (Column("refused", N_("Từ chối tiếp nhận")), _in_state(State.REFUSED)),
    (Column("withdrawn", N_("Người gửi rút")), _in_state(State.WITHDRAWN)),
    (Column("published", N_("Đã công khai")), _having(Action.PUBLISH)),
    (Column("reopened", N_("Mở lại")), _having(Action.REOPEN)),
    (Column("average_rating", N_("Điểm hài lòng trung bình")), average_rating),
)
WORK: tuple[Measure, ...] = (
    RECEIVED,
    (Column("to_decide", N_("Chờ phân công")), _in_state(State.RECEIVED, State.REOPENED)),
    (Column("to_accept", N_("Chờ nhận xử lý")), _in_state(State.ASSIGNED)),
    (Column("in_progress", N_("Đang xử lý")), _in_state(State.IN_PROGRESS)),
    (Column("awaiting_information", N_("Chờ bổ sung")), _in_state(State.AWAITING_INFORMATION)),
    (Column("awaiting_approval", N_("Chờ phê duyệt")), _in_state(State.AWAITING_APPROVAL)),
    (Column("overdue", N_("Chưa trả lời, đã quá hạn")), _standing(Standing.UNMET)),
    (
        Column("answered", N_("Đã trả lời")),
        lambda cases: sum(case.standing in (Standing.KEPT, Standing.LATE) for case in cases),
    ),
    (
        Column("returned_drafts", N_("Lượt trả lại dự thảo")),
        lambda cases: sum(
            entry.action is Action.RETURN_DRAFT for case in cases for entry in case.petition.history
        ),
    ),
)


def _grouped(
    cases: Iterable[Case],
    heads: tuple[Column, ...],
    key: Callable[[Case], tuple[str, ...]],
    measures: tuple[Measure, ...],
) -> Table:
    groups: dict[tuple[str, ...], list[Case]] = {}
    everything: list[Case] = []
    for case in cases:
        groups.setdefault(key(case), []).append(case)
        everything.append(case)
    rows = tuple(
        {**dict(zip((head.name for head in heads), names, strict=True)), **_figures(members, measures)}
        for names, members in sorted(groups.items())
    )
    return Table((*heads, *(column for column, _count in measures)), rows, _figures(everything, measures))


def _figures(cases: list[Case], measures: tuple[Measure, ...]) -> dict[str, Value]:
    return {column.name: count(cases) for column, count in measures}


def timeliness(cases: Iterable[Case], names: Names) -> Table:
    """Count, by unit, what was answered, updated, published and forwarded in time."""
    days: Measure = (Column("average_days", N_("Số ngày trả lời trung bình")), average_days)
    return _grouped(
        cases,
        (Column("unit", N_("Đơn vị"), is_figure=False),),
        lambda case: (_named(case.petition.unit, names.units),),
        (RECEIVED, *ANSWERING, days, *OTHER_DUTIES),
    )


def workload(cases: Iterable[Case], names: Names) -> Table:
    """Count, by unit and handler, what lies on whose table."""
    return _grouped(
        cases,
        (
            Column("unit", N_("Đơn vị"), is_figure=False),
            Column("handler", N_("Người xử lý"), is_figure=False),
        ),
        lambda case: (_named(case.petition.unit, names.units), _named(case.petition.handler, names.officers)),
        WORK,
    )


def steering_committee(cases: Iterable[Case], names: Names) -> Table:
    """Count, by field, what people turn to the ministry with and how it was answered."""
    return _grouped(
        cases,
        (Column("field", N_("Lĩnh vực"), is_figure=False),),
        lambda case: (_named(case.petition.field, names.fields),),
        (RECEIVED, *ORIGINS, *ANSWERING, *OUTCOMES),
    )


def six_month(cases: Iterable[Case], _names: Names) -> Table:
    """Count everything by month of receipt, one measure a row, as the half-yearly report prints it."""
    by_month: dict[str, list[Case]] = {}
    for case in cases:
        by_month.setdefault(f"{local_date(case.petition.received_at):%Y-%m}", []).append(case)
    months = sorted(by_month)
    everything = [case for month in months for case in by_month[month]]
    measures = (RECEIVED, *ORIGINS, *ANSWERING, *OTHER_DUTIES, *OUTCOMES)
    rows = tuple(
        {"measure": column.label}
        | {month: count(by_month[month]) for month in months}
        | {"total": count(everything)}
        for column, count in measures
    )
    columns = (
        Column("measure", N_("Chỉ tiêu"), is_figure=False),
        *(Column(month, f"{month[5:]}/{month[:4]}") for month in months),
        Column("total", N_("Cộng")),
    )
    return Table(columns, rows)


def task_force(cases: Iterable[Case], names: Names) -> Table:
    """List what the Task Force looks into: conduct, and whatever was or is answered too late."""
    chosen = [
        case
        for case in cases
        if case.petition.kind is Kind.CONDUCT or case.standing in (Standing.LATE, Standing.UNMET)
    ]
    columns = (
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
    rows = (_task_force_row(case, names) for case in chosen)
    return Table(columns, tuple(sorted(rows, key=lambda row: (str(row["due_on"]), str(row["reference"])))))


def _task_force_row(case: Case, names: Names) -> dict[str, Value]:
    petition, answer = case.petition, case.answer
    return {
        "reference": petition.reference,
        "unit": _named(petition.unit, names.units),
        "kind": petition.kind or "",
        "state": petition.state,
        "received_on": local_date(petition.received_at).isoformat(),
        "due_on": (answer.due_on if answer else petition.due_on).isoformat(),
        "answered_on": _day(answer),
        "standing": case.standing or "",
        "working_days_over": case.working_days_over,
    }


def _day(answer: Duty | None) -> str:
    return local_date(answer.done_at).isoformat() if answer and answer.done_at else ""


def _named(code: str | None, names: Mapping[str, str]) -> str:
    return names.get(code, code) if code else "–"


class Kept(NamedTuple):
    """One report: what it is called, what counts it, and the days it covers unless somebody names others."""

    title: str
    counted: Callable[[Iterable[Case], Names], Table]
    begins: Callable[[date], date]


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
}
"""All reports by the name in their address."""
