"""The figures of the reports, each one function of a tally and today, so that a sum and its parts agree.

A figure can be asked of the sum of all petitions, and of one petition alone: that is how every figure leads to the
petitions behind it. What each means is written down in docs/reports.md; a test holds that page against this table.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from shared.domain.figures.leaders import AGES
from shared.domain.figures.tallies import Tally, duty_count
from shared.domain.petition.lifecycle import UNANSWERED, State
from shared.domain.petition.values.classification import Channel, Kind
from shared.domain.promises.duties import DutyKind, DutyStatus
from shared.web.i18n import N_

Value = str | int | float | None
Count = Callable[[Tally, date], Value]


class Column(NamedTuple):
    """One column: its name for programs, and its label for people."""

    name: str
    label: str
    is_figure: bool = True


class Measure(NamedTuple):
    """One figure of the reports."""

    column: Column
    value_of: Count

    def is_behind(self, tally: Tally, today: date) -> bool:
        """Return whether a petition with this tally is part of the figure: counted in it, or in its average."""
        value = self.value_of(tally, today)
        return value > 0 if isinstance(value, int) else value is not None


def _aged(first: int, last: int) -> Count:
    """Count the answers that are overdue by so many calendar days, from and to; below 0 they are due so far ahead."""
    prefix = f"{DutyKind.ANSWER}:DUE:"

    def count(tally: Tally, today: date) -> Value:
        days = (
            ((today - date.fromisoformat(name.removeprefix(prefix))).days, number)
            for name, number in tally.items()
            if name.startswith(prefix)
        )
        return sum(number for overdue, number in days if first <= overdue <= last)

    return count


def _named(*names: str) -> Count:
    return lambda tally, _today: sum(tally.get(name, 0) for name in names)


def _with_status(kind: DutyKind, *statuses: DutyStatus) -> Count:
    return lambda tally, today: sum(duty_count(tally, kind, status, today) for status in statuses)


def _in_state(*states: State) -> Count:
    return _named(*(f"state:{state}" for state in states))


def on_time_percent(tally: Tally, today: date) -> float | None:
    """Return the share answered in time of those that had to be answered by now; None when there were none."""
    in_time, late, unmet = (
        duty_count(tally, DutyKind.ANSWER, status, today)
        for status in (DutyStatus.KEPT, DutyStatus.LATE, DutyStatus.UNMET)
    )
    fallen_due = in_time + late + unmet
    return round(100 * in_time / fallen_due, 1) if fallen_due else None


def average_rating(tally: Tally, _today: date) -> float | None:
    """Return the average score of those who rated."""
    scores = {score: tally.get(f"rating:{score}", 0) for score in range(1, 6)}
    rated = sum(scores.values())
    return round(sum(score * number for score, number in scores.items()) / rated, 2) if rated else None


def average_days(tally: Tally, _today: date) -> float | None:
    """Return how many calendar days answers took."""
    answered = tally.get("ANSWER:KEPT", 0) + tally.get("ANSWER:LATE", 0)
    return round(tally.get("answer_days", 0) / answered, 1) if answered else None


def _measure(name: str, label: str, count: Count) -> Measure:
    return Measure(Column(name, label), count)


A, U, P, F = DutyKind.ANSWER, DutyKind.UPDATE, DutyKind.PUBLICATION, DutyKind.FORWARDING
S2 = DutyKind.SECOND_ANSWER
KEPT, LATE, UNMET, OPEN = DutyStatus.KEPT, DutyStatus.LATE, DutyStatus.UNMET, DutyStatus.OPEN

RECEIVED = _measure("received", N_("Tiếp nhận"), _named("received"))
ON_TIME = _measure("answered_on_time", N_("Trả lời đúng hạn"), _with_status(A, KEPT))
TOO_LATE = _measure("answered_late", N_("Trả lời quá hạn"), _with_status(A, LATE))
OVERDUE = _measure("overdue", N_("Chưa trả lời, đã quá hạn"), _with_status(A, UNMET))
IN_TIME = _measure("open_in_time", N_("Đang xử lý, còn hạn"), _with_status(A, OPEN))
PERCENT = _measure("on_time_percent", N_("Tỷ lệ đúng hạn (%)"), on_time_percent)
ANSWERED = _measure("answered", N_("Đã trả lời"), _named("ANSWER:KEPT", "ANSWER:LATE"))
REOPENED = _measure("reopened", N_("Mở lại"), _named("reopened"))
RATING = _measure("average_rating", N_("Điểm hài lòng trung bình"), average_rating)
PUBLISHED = _measure("published", N_("Đã công khai"), _named("published"))

ANSWERING = (ON_TIME, TOO_LATE, OVERDUE, IN_TIME, PERCENT)
DAYS = _measure("average_days", N_("Số ngày trả lời trung bình"), average_days)
UPDATES = (
    _measure("updates_kept", N_("Thông báo định kỳ đúng hạn"), _with_status(U, KEPT)),
    _measure("updates_late", N_("Thông báo định kỳ muộn"), _with_status(U, LATE)),
    _measure("updates_unmet", N_("Thiếu thông báo định kỳ"), _with_status(U, UNMET)),
)
PUBLICATIONS = (
    _measure("published_on_time", N_("Công khai đúng hạn"), _with_status(P, KEPT)),
    _measure("published_late", N_("Công khai muộn"), _with_status(P, LATE)),
    _measure("unpublished", N_("Chưa công khai, đã quá hạn"), _with_status(P, UNMET)),
)
FORWARDINGS = (
    _measure("forwarded_on_time", N_("Chuyển cơ quan khác đúng hạn"), _with_status(F, KEPT)),
    _measure("forwarded_late", N_("Chuyển cơ quan khác muộn"), _with_status(F, LATE)),
    _measure("unforwarded", N_("Chưa chuyển, đã quá hạn"), _with_status(F, UNMET)),
)
SECOND_ANSWERS = (
    _measure("second_on_time", N_("Trả lời lần hai đúng hạn"), _with_status(S2, KEPT)),
    _measure("second_late", N_("Trả lời lần hai muộn"), _with_status(S2, LATE)),
    _measure("second_overdue", N_("Chưa trả lời lần hai, đã quá hạn"), _with_status(S2, UNMET)),
)
OTHER_DUTIES = (*UPDATES, *PUBLICATIONS, *FORWARDINGS, *SECOND_ANSWERS)
ORIGINS = (
    _measure("web", N_("Qua trang web"), _named(f"channel:{Channel.WEB}")),
    _measure("sms", N_("Qua tin nhắn 8088"), _named(f"channel:{Channel.SMS}")),
    _measure("hotline", N_("Qua tổng đài"), _named(f"channel:{Channel.HOTLINE}")),
    _measure("regulation", N_("Về cơ chế, chính sách, thủ tục"), _named(f"kind:{Kind.REGULATION}")),
    _measure("conduct", N_("Về hành vi cán bộ"), _named(f"kind:{Kind.CONDUCT}")),
    _measure("initiative", N_("Sáng kiến"), _named(f"kind:{Kind.INITIATIVE}")),
    _measure("unclassified", N_("Chưa phân loại"), _named("kind:")),
)
OUTCOMES = (
    _measure("forwarded", N_("Đã chuyển cơ quan khác"), _in_state(State.FORWARDED)),
    _measure("guided", N_("Đã hướng dẫn"), _in_state(State.GUIDED)),
    _measure("merged", N_("Đã gộp"), _in_state(State.MERGED)),
    _measure("refused", N_("Từ chối tiếp nhận"), _in_state(State.REFUSED)),
    _measure("withdrawn", N_("Người gửi rút"), _in_state(State.WITHDRAWN)),
    PUBLISHED,
    REOPENED,
    RATING,
)
DUE = _measure("due", N_("Đến hạn trả lời"), _named("due"))
OPEN_NOW = _measure("open", N_("Đang mở"), _in_state(*UNANSWERED))
WORK = (
    OPEN_NOW,
    _measure("to_decide", N_("Chờ phân công"), _in_state(State.RECEIVED, State.REOPENED)),
    _measure("to_accept", N_("Chờ nhận xử lý"), _in_state(State.ASSIGNED)),
    _measure("in_progress", N_("Đang xử lý"), _in_state(State.IN_PROGRESS)),
    _measure("awaiting_information", N_("Chờ bổ sung"), _in_state(State.AWAITING_INFORMATION)),
    _measure("awaiting_approval", N_("Chờ phê duyệt"), _in_state(State.AWAITING_APPROVAL)),
    OVERDUE,
    SECOND_ANSWERS[2],
    PUBLICATIONS[2],
)
"""Figures of the stock: what is open or late at the moment of the report."""
FLOW = (
    RECEIVED,
    ANSWERED,
    _measure("returned_drafts", N_("Lượt trả lại dự thảo"), _named("returned_drafts")),
)
"""Figures of the petitions received in the period."""
CONSIDERED = (
    RECEIVED,
    _measure(
        "considered",
        N_("Đang xem xét"),
        _in_state(
            State.RECEIVED,
            State.ASSIGNED,
            State.IN_PROGRESS,
            State.AWAITING_INFORMATION,
            State.AWAITING_APPROVAL,
            State.REOPENED,
        ),
    ),
    ANSWERED,
    PUBLISHED,
    RATING,
)
AGEING = tuple(
    _measure(name, label, _aged(*AGES[name]))
    for name, label in (
        ("late_over_30", N_("Quá hạn trên 30 ngày")),
        ("late_8_30", N_("Quá hạn 8 đến 30 ngày")),
        ("late_1_7", N_("Quá hạn 1 đến 7 ngày")),
        ("due_in_5", N_("Đến hạn trong 5 ngày")),
        ("due_later", N_("Đến hạn sau đó")),
    )
)
"""Answers not given, by how long they are overdue: figures of the stock."""
UPDATES_OWED = _measure("updates_owed", N_("Phải báo tiến độ"), _with_status(U, UNMET, OPEN))
SCORES = tuple(
    _measure(f"rated_{score}", label, _named(f"rating:{score}"))
    for score, label in (
        (5, N_("5 điểm")),
        (4, N_("4 điểm")),
        (3, N_("3 điểm")),
        (2, N_("2 điểm")),
        (1, N_("1 điểm")),
    )
)
INITIATIVES = (*CONSIDERED, *OUTCOMES[:5])
TREND = (RECEIVED, ANSWERED, *ANSWERING, DAYS, REOPENED, RATING)

MEASURES: dict[str, Measure] = {
    measure.column.name: measure
    for measure in (
        RECEIVED,
        *ANSWERING,
        DAYS,
        *OTHER_DUTIES,
        *ORIGINS,
        *OUTCOMES,
        *WORK,
        *FLOW,
        DUE,
        *INITIATIVES,
        *AGEING,
        UPDATES_OWED,
        *SCORES,
    )
}
"""Every figure by its name."""
