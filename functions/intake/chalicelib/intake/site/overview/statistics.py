"""The public's page of figures, as a story: three numbers, twelve months, the units; tables folded, open data below."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from chalice.app import Request, Response

from chalicelib.intake.composition import Parts
from chalicelib.intake.published.breakdowns import TITLES, Count, Names, breakdowns, names_of_codes
from chalicelib.intake.published.open_data import LICENCE_ID, LICENCE_URL, LICENCES
from chalicelib.intake.published.statistics import LEAST_SHOWN, OTHER, MonthFigures, UnitFigures
from chalicelib.intake.site.frame import (
    form_errors,
    page,
    page_language,
    public,
    shown_errors,
    site_routes,
    terms_today,
)
from chalicelib.intake.site.overview.figures import is_due, proof, shares_line
from shared.domain import errors
from shared.domain.calendar.working_calendar import local_date
from shared.domain.figures.answers import whole_percent
from shared.platform import clock
from shared.web.i18n import Language, counted, gettext
from shared.web.rendering import decimal, month_name, number
from shared.web.requests import query_parameter
from shared.web.routes import Routes

Rows = list[tuple[str, str]]

FIELDS_SHOWN = 5
"""Fields that are named at once, those with the most petitions; the others are counted together."""
FOLDED = ("channel", "province", "kind", "state")
"""The breakdowns that are folded."""


class UnitBar(NamedTuple):
    """A unit's answers: what fell due as parts of a bar, in hundredths, and the numbers."""

    name: str
    figures: UnitFigures
    on_time: float
    late: float
    unmet: float
    percent: int | None
    not_due: int
    """Petitions whose answer is not due yet."""


def routes(parts: Callable[[], Parts]) -> Routes[Parts]:
    """Return the route of this page."""
    site = site_routes(__name__, parts)
    site.get("/thong-ke", public(statistics))
    return site


def statistics(parts: Parts, request: Request) -> Response:
    """Show the figures of one month, beside those of the month before, and a line of twelve months."""
    language = page_language(request)
    month = query_parameter(request, "month")
    figures: MonthFigures | None = None
    problems: tuple[tuple[str, str], ...] = ()
    try:
        figures = parts.public_statistics.figures(month) if month else _opening_month(parts)
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
        months=_months(parts, figures, language),
        today=local_date(clock.now()),
        terms=terms_today(parts.directory),
        licence=LICENCES[language],
        licence_id=LICENCE_ID,
        licence_url=LICENCE_URL,
        story=_story(parts, figures, language) if figures and figures.received else None,
    )


def _opening_month(parts: Parts) -> MonthFigures:
    """Return the last full month; else the latest in which anything was received, else this month."""
    return parts.public_statistics.last_full_month() or parts.public_statistics.figures("")


def _months(parts: Parts, figures: MonthFigures | None, language: Language) -> list[tuple[str, str]]:
    """Return the months to choose from, the latest first: those in which anything was received."""
    _ = gettext(language)
    due = is_due(parts)
    months = [month.month for month in parts.public_statistics.latest() if month.received]
    if figures and figures.month not in months:
        months = sorted([*months, figures.month])
    not_over = _("còn hạn")
    named = [(month, _capital(month_name(month, language))) for month in reversed(months)]
    return [(month, name if due(month) else f"{name} ({not_over})") for month, name in named]


def _story(parts: Parts, figures: MonthFigures, language: Language) -> dict[str, Any]:
    _ = gettext(language)
    names = names_of_codes(parts.directory, language, clock.now())
    counts = breakdowns(figures, names)
    latest = parts.public_statistics.latest(until=figures.month)
    return {
        "heading": _heading(figures, language),
        "proof": proof(figures, latest[-2] if len(latest) > 1 else None, language),
        "not_due": figures.open - figures.open_overdue,
        "line": shares_line(latest, language),
        "month_table": [month for month in latest if month.received],
        "units": _units(figures, names),
        "fields": _fields(counts["field"], language),
        "tables": [
            (_(TITLES[by]), _shown_counts(counts[by], figures.received, language))
            for by in FOLDED
            if counts[by]
        ],
        "rows": _rows(figures, language),
    }


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _heading(figures: MonthFigures, language: Language) -> str:
    """Return the meaning of a month's numbers, in one sentence."""
    _ = gettext(language)
    month = _capital(month_name(figures.month, language))
    share = figures.on_time_percent
    if share is None:
        return _("%(month)s: chưa có việc nào đến hạn trả lời") % {"month": month}
    if share == 100:  # noqa: PLR2004 - all of them
        return _("%(month)s: mọi việc đến hạn đều được trả lời đúng hạn") % {"month": month}
    tenths = int(share // 10)
    if not tenths:
        return _("%(month)s: chưa đến 1 trên 10 việc được trả lời đúng hạn") % {"month": month}
    if share == tenths * 10:
        text = _("%(month)s: %(tenths)s trên 10 việc được trả lời đúng hạn")
    else:
        text = _("%(month)s: hơn %(tenths)s trên 10 việc được trả lời đúng hạn")
    return text % {"month": month, "tenths": tenths}


def _units(figures: MonthFigures, names: Names) -> list[UnitBar]:
    """Return the units, the lowest share first; those of which nothing fell due come last."""
    bars = []
    for unit in figures.by_unit:
        due = unit.answered_on_time + unit.answered_late + unit.open_overdue
        on_time, late, unmet = (
            round(100 * part / due, 2) if due else 0.0
            for part in (unit.answered_on_time, unit.answered_late, unit.open_overdue)
        )
        percent = whole_percent(unit.on_time_percent)
        name = names["unit"](unit.unit)
        bars.append(UnitBar(name, unit, on_time, late, unmet, percent, max(0, unit.received - due)))
    return sorted(
        bars, key=lambda bar: (bar.percent is None, bar.figures.on_time_percent or 0, -bar.figures.received)
    )


def _fields(counts: list[Count], language: Language) -> Rows:
    """Return the fields with the most petitions, and the others counted together."""
    _n = counted(language)
    ordered = sorted(counts, key=lambda count: (-(count.received or 0), count.name))
    rows = [(count.name, number(count.received or 0, language)) for count in ordered[:FIELDS_SHOWN]]
    others = ordered[FIELDS_SHOWN:]
    if others:
        label = _n("%(count)s lĩnh vực khác", len(others)) % {"count": len(others)}
        rows.append((label, number(sum(count.received or 0 for count in others), language)))
    return rows


def _shown_counts(counts: list[Count], received: int, language: Language) -> Rows:
    """Return the rows of a table, the largest first; groups too small to be published are one row together."""
    _, _n = gettext(language), counted(language)
    shown = sorted(
        (count for count in counts if count.received), key=lambda count: (-(count.received or 0), count.name)
    )
    rows: Rows = [(count.name, number(count.received or 0, language)) for count in shown]
    hidden = [count for count in counts if count.received is None]
    if hidden:
        label = _n("%(count)s tỉnh, thành phố khác", len(hidden)) % {"count": len(hidden)}
        if hidden[0].code == OTHER:
            label = hidden[0].name
        elif len(hidden) > HIDDEN_TOGETHER:
            each = _("dưới %(least)s mỗi nơi") % {"least": LEAST_SHOWN}
            label = f"{label}, {each}"
        rest = received - sum(count.received or 0 for count in shown)
        rows.append((label, number(rest, language)))
    return rows


HIDDEN_TOGETHER = 2
"""The number of groups left out of which one may be larger than the least that is shown: it hides the other."""


def _rows(figures: MonthFigures, language: Language) -> Rows:
    _ = gettext(language)
    percent = "–" if figures.on_time_percent is None else f"{decimal(figures.on_time_percent, language)}%"
    rating = "–" if figures.average_rating is None else f"{decimal(figures.average_rating, language)} / 5"
    average = "–" if figures.average_days is None else decimal(figures.average_days, language)
    counts = (
        (_("Đã tiếp nhận"), figures.received),
        (_("Đã trả lời hoặc báo nơi giải quyết"), figures.answered),
        (_("Trong đó đúng hạn"), figures.answered_on_time),
        (_("Trong đó quá hạn"), figures.answered_late),
        (_("Đang xử lý"), figures.open),
        (_("Đang xử lý, đã quá hạn"), figures.open_overdue),
        (_("Người gửi rút trước hạn"), figures.ended_otherwise),
        (_("Đã công khai"), figures.published),
        (_("Mở lại"), figures.reopened),
    )
    return [
        *((label, number(count, language)) for label, count in counts),
        (_("Tỷ lệ đúng hạn"), percent),
        (_("Số ngày trả lời trung bình"), average),
        (_("Điểm hài lòng trung bình"), rating),
    ]
