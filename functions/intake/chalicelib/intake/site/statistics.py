"""The public's page of figures: charts, tables, links to the open data."""

from __future__ import annotations

from collections.abc import Callable
from itertools import dropwhile
from typing import Any

from chalice.app import Request, Response

from chalicelib.intake.composition import Parts
from chalicelib.intake.published.breakdowns import TITLES, Count, Names, breakdowns, names_of_codes
from chalicelib.intake.published.open_data import LICENCE, LICENCE_ID, LICENCE_URL
from chalicelib.intake.published.statistics import LEAST_SHOWN, MonthFigures, UnitFigures
from chalicelib.intake.site.frame import form_errors, page, page_language, shown_errors, site_routes
from shared.domain import errors
from shared.platform import clock
from shared.web.charts import Chart, Part, chart
from shared.web.i18n import Language, counted, gettext
from shared.web.rendering import decimal
from shared.web.requests import query_parameter
from shared.web.routes import Routes

Rows = list[tuple[str, Any]]


def routes(parts: Callable[[], Parts]) -> Routes[Parts]:
    """Return the route of this page."""
    site = site_routes(__name__, parts)
    site.get("/thong-ke", statistics)
    return site


def statistics(parts: Parts, request: Request) -> Response:
    """Show the figures of one month, and a chart of the months before."""
    language = page_language(request)
    month = query_parameter(request, "month")
    figures: MonthFigures | None = None
    problems: tuple[tuple[str, str], ...] = ()
    try:
        figures = parts.public_statistics.figures(month or _latest_month_with_any(parts))
    except errors.InvalidInputError as error:
        problems = error.problems
    listed = form_errors(problems, language)
    return page(
        parts,
        request,
        "statistics.html",
        422 if listed else 200,
        **shown_errors(listed),
        form={"month": figures.month if figures else month[:20]},
        figures=figures,
        licence=LICENCE,
        licence_id=LICENCE_ID,
        licence_url=LICENCE_URL,
        **(_facts(parts, figures, language) if figures else _NO_FIGURES),
    )


def _latest_month_with_any(parts: Parts) -> str:
    """Return the latest month in which something was received, "" where there is none."""
    latest = reversed(parts.public_statistics.latest())
    return next((figures.month for figures in latest if figures.received), "")


_NO_FIGURES: dict[str, Any] = {
    "rows": [],
    "tables": [],
    "by_unit": [],
    "months": None,
    "month_table": [],
    "unit_chart": None,
}
"""The facts of the page for an invalid month."""


def _facts(parts: Parts, figures: MonthFigures, language: Language) -> dict[str, Any]:
    _ = gettext(language)
    latest = list(dropwhile(lambda month: month.received == 0, parts.public_statistics.latest()))
    names = names_of_codes(parts.directory, language, clock.now())
    counts = breakdowns(figures, names)
    tables: list[tuple[str, Rows]] = [
        (_(title), _shown_counts(counts[by], language)) for by, title in TITLES.items() if by != "unit"
    ]
    return {
        "rows": _rows(figures, language),
        "tables": [(title, rows) for title, rows in tables if rows],
        "by_unit": [(names["unit"](unit.unit), unit) for unit in figures.by_unit],
        "months": _month_chart(latest, language),
        "month_table": latest,
        "unit_chart": _unit_chart(figures, names, language),
    }


def _shown_counts(counts: list[Count], language: Language) -> Rows:
    """Return the rows of a table; groups too small to be published are one row together."""
    _, _n = gettext(language), counted(language)
    rows: Rows = [(count.name, count.received) for count in counts if count.received is not None]
    small = len(counts) - len(rows)
    if small:
        label = _n("%(count)s tỉnh, thành phố khác", small) % {"count": small}
        few = _("dưới %(least)s mỗi nơi") % {"least": LEAST_SHOWN}
        rows.append((label, _("không nêu riêng") if small == HIDDEN_TOGETHER else few))
    return rows


HIDDEN_TOGETHER = 2
"""The number of groups left out of which one may be larger than the least that is shown: it hides the other."""


def _unit_chart(figures: MonthFigures, names: Names, language: Language) -> Chart | None:
    _ = gettext(language)
    units = sorted(figures.by_unit, key=lambda unit: -unit.received)
    rows = [(names["unit"](unit.unit), _parts_of_bar(unit, unit.received, language)) for unit in units]
    return chart(_("Việc trả lời của từng đơn vị"), rows)


def _rows(figures: MonthFigures, language: Language) -> Rows:
    _ = gettext(language)
    percent = "–" if figures.on_time_percent is None else f"{decimal(figures.on_time_percent, language)} %"
    rating = "–" if figures.average_rating is None else f"{decimal(figures.average_rating, language)} / 5"
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
            "–" if figures.average_days is None else decimal(figures.average_days, language),
        ),
        (_("Đã công khai"), figures.published),
        (_("Mở lại"), figures.reopened),
        (_("Điểm hài lòng trung bình"), rating),
    ]


def _month_chart(latest: list[MonthFigures], language: Language) -> Chart | None:
    _ = gettext(language)
    rows = [
        (
            f"{month.month[5:]}/{month.month[:4]}",
            _parts_of_bar(month, month.answered + month.open, language),
        )
        for month in latest
    ]
    return chart(_("Việc trả lời theo tháng tiếp nhận"), rows)


def _parts_of_bar(figures: MonthFigures | UnitFigures, owed: int, language: Language) -> list[Part]:
    _ = gettext(language)
    done = figures.answered_on_time + figures.answered_late
    return [
        Part("look-good", _("Trả lời đúng hạn"), figures.answered_on_time),
        Part("look-late", _("Trả lời quá hạn"), figures.answered_late),
        Part("look-bad", _("Chưa trả lời, đã quá hạn"), figures.open_overdue),
        Part("look-open", _("Đang xử lý, còn hạn"), max(0, owed - done - figures.open_overdue)),
    ]
