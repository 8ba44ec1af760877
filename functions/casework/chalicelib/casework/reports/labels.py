"""The values of a report in the reader's words."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from chalicelib.casework.reports.catalogue import REPORTS, Counts
from chalicelib.casework.reports.report import Report
from chalicelib.casework.reports.tables import GROUP_COLUMNS
from chalicelib.casework.reports.task_force import WHY
from shared.domain.calendar.working_calendar import VIETNAM
from shared.domain.identity.reference import spaced
from shared.domain.petition.lifecycle import State
from shared.domain.petition.values.classification import Channel, Kind
from shared.domain.promises.duties import DutyStatus
from shared.web.i18n import N_, Language, gettext
from shared.web.labels import CHANNELS, KINDS, STATES

DUTY_STATUSES: dict[str, str] = {
    DutyStatus.OPEN: N_("Còn hạn"),
    DutyStatus.KEPT: N_("Đúng hạn"),
    DutyStatus.LATE: N_("Muộn"),
    DutyStatus.UNMET: N_("Chưa làm, đã quá hạn"),
}
"""The status of a duty in words."""
_WORDS: dict[str, dict[Any, str]] = {
    "kind": {str(Kind(kind)): label for kind, label in KINDS.items()},
    "channel": {str(Channel(channel)): label for channel, label in CHANNELS.items()},
    "state": {str(State(state)): label for state, label in STATES.items()},
    "standing": {str(status): label for status, label in DUTY_STATUSES.items()},
    "rule": WHY,
    "breakdown": {name: column.label for name, column in GROUP_COLUMNS.items()}
    | {"also": N_("Người đọc câu trả lời cũng gặp")},
    "handler": {"–": N_("Chưa có người xử lý")},
    "group": {str(Kind(kind)): label for kind, label in KINDS.items()},
}


def value_text(name: str, value: Any, language: Language) -> str:
    """Return the text of a value; a figure as it is written in the reader's language."""
    _ = gettext(language)
    if value is None or value == "":
        return "–"
    if name in _WORDS:
        return _(_WORDS[name].get(value, value))
    if name == "measure":
        return _(value)
    if name == "reference":
        return spaced(value)
    if isinstance(value, datetime):
        return f"{value.astimezone(VIETNAM):%d/%m/%Y %H:%M}"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if name.endswith("_on"):
        return f"{date.fromisoformat(value):%d/%m/%Y}"
    return figure(value, language) if isinstance(value, int | float) else str(value)


def figure(value: float, language: Language) -> str:
    """Return a number as it is written: 1.234,5 in Vietnamese, 1,234.5 in English."""
    text = f"{value:,}" if isinstance(value, int) else f"{value:,.2f}".rstrip("0").rstrip(".")
    return text if language == "en" else text.translate(str.maketrans(",.", ".,"))


_CAPTIONS = {
    Counts.RECEIVED: N_("Hồ sơ tiếp nhận từ {first} đến {last}; số liệu lúc {made_at}."),
    Counts.DUE: N_("Việc đến hạn từ {first} đến {last}, dù tiếp nhận khi nào; số liệu lúc {made_at}."),
    Counts.STOCK: N_(
        "Tất cả hồ sơ đang mở hoặc quá hạn; số liệu lúc {made_at}. Trong kỳ: tiếp nhận từ {first} đến {last}."
    ),
}
"""The caption of a report, by what it counts."""


def caption(report: Report, language: Language) -> str:
    """Return the caption of a report: its period, the time of its status, and the petitions that it leaves out."""
    _ = gettext(language)
    days = {
        name: value_text(name, getattr(report, name), language)
        for name in ("first", "last", "made_at", "as_of")
    }
    texts = [_(_CAPTIONS[REPORTS[report.name].counts])]
    if report.as_of is not None:
        texts.append(_("Tình hình như cuối ngày {as_of}, dựng lại từ nhật ký hồ sơ."))
    if not report.counts_denunciations:
        texts.append(_("Không gồm tố cáo."))
    return " ".join(text.format(**days) for text in texts)
