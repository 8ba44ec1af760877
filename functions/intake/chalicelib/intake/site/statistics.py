"""The public's page of figures: charts, tables, and the way to the open data."""

from __future__ import annotations

from itertools import dropwhile
from typing import Any

from chalice.app import Request, Response

from chalicelib.intake import composition
from chalicelib.intake.api.breakdowns import TITLES, breakdowns, namers
from chalicelib.intake.api.open_data import LICENCE
from chalicelib.intake.api.petitions import query
from chalicelib.intake.published.statistics import LEAST_SHOWN, MonthFigures
from chalicelib.intake.site.frame import form_errors, page, page_language, shown_errors
from shared.domain import errors
from shared.web.charts import Chart, Part, chart
from shared.web.i18n import Language, gettext

Rows = list[tuple[str, Any]]


def statistics(request: Request) -> Response:
    """Show the figures of one month, and how the months before fared."""
    language = page_language(request)
    month = query(request, "month")
    figures: MonthFigures | None = None
    problems: tuple[tuple[str, str], ...] = ()
    try:
        figures = composition.public_statistics().figures(month)
    except errors.InvalidInputError as error:
        problems = error.problems
    listed = form_errors(problems, language)
    return page(
        request,
        "statistics.html",
        422 if listed else 200,
        **shown_errors(listed),
        form={"month": figures.month if figures else month[:20]},
        figures=figures,
        licence=LICENCE,
        least=LEAST_SHOWN,
        **_shown(figures, language),
    )


def _shown(figures: MonthFigures | None, language: Language) -> dict[str, Any]:
    if figures is None:
        return {"rows": [], "tables": [], "by_unit": [], "months": None, "standing": None}
    _ = gettext(language)
    counts = breakdowns(figures, language)
    tables: list[tuple[str, Rows]] = [
        (_(title), [(one.name, one.received) for one in counts[by]])
        for by, title in TITLES.items()
        if by != "unit"
    ]
    unit = namers(language)["unit"]
    return {
        "rows": _rows(figures, language),
        "tables": [(title, rows) for title, rows in tables if rows],
        "by_unit": [(unit(one.unit), one) for one in figures.by_unit],
        "months": _months(language),
        "standing": chart(
            _("Việc trả lời của từng đơn vị"),
            [
                (unit(one.unit), _parts(one, one.received, language))
                for one in sorted(figures.by_unit, key=lambda one: -one.received)
            ],
        ),
    }


def _rows(figures: MonthFigures, language: Language) -> Rows:
    _ = gettext(language)
    percent = "–" if figures.on_time_percent is None else f"{figures.on_time_percent:g} %"
    rating = "–" if figures.average_rating is None else f"{figures.average_rating:g} / 5"
    return [
        (_("Đã tiếp nhận"), figures.received),
        (_("Đã trả lời hoặc báo nơi giải quyết"), figures.answered),
        (_("Trong đó đúng hạn"), figures.answered_on_time),
        (_("Trong đó quá hạn"), figures.answered_late),
        (_("Đang xử lý"), figures.open),
        (_("Đang xử lý, đã quá hạn"), figures.open_overdue),
        (_("Người gửi rút trước hạn"), figures.ended_otherwise),
        (_("Tỷ lệ đúng hạn"), percent),
        (
            _("Số ngày trả lời trung bình"),
            "–" if figures.average_days is None else f"{figures.average_days:g}",
        ),
        (_("Đã công khai"), figures.published),
        (_("Mở lại"), figures.reopened),
        (_("Điểm hài lòng trung bình"), rating),
    ]


def _months(language: Language) -> Chart | None:
    _ = gettext(language)
    latest = composition.public_statistics().latest()
    months = list(dropwhile(lambda one: one.received == 0, latest))
    rows = [
        (f"{one.month[5:]}/{one.month[:4]}", _parts(one, one.answered + one.open, language)) for one in months
    ]
    return chart(_("Việc trả lời theo tháng tiếp nhận"), rows)


def _parts(figures: Any, owed: int, language: Language) -> list[Part]:
    _ = gettext(language)
    done = figures.answered_on_time + figures.answered_late
    return [
        Part("look-good", _("Trả lời đúng hạn"), figures.answered_on_time),
        Part("look-late", _("Trả lời quá hạn"), figures.answered_late),
        Part("look-bad", _("Chưa trả lời, đã quá hạn"), figures.open_overdue),
        Part("look-open", _("Đang xử lý, còn hạn"), max(0, owed - done - figures.open_overdue)),
    ]
