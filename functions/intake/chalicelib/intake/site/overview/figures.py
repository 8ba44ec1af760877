"""Figures as home and statistics show them: three numbers beside those of the month before, and a line of months."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, time, timedelta
from itertools import pairwise
from typing import NamedTuple

from chalicelib.intake.composition import Parts
from chalicelib.intake.published.statistics import MonthFigures
from shared.domain.calendar.deadlines import answer_due_on
from shared.domain.calendar.working_calendar import at_local, local_date
from shared.domain.figures.answers import whole_percent
from shared.platform import clock
from shared.web.charts import line_chart
from shared.web.i18n import Language, counted, gettext
from shared.web.rendering import month_name

_LEFT, _RIGHT = 6.5, 97.5
"""The places of the first and the last month of the line, in percent of its width."""
_TOP, _BOTTOM = 36, 206
"""The heights of 100 % and of the lowest share of the scale, in pixels."""
_ABOVE, _BELOW = 14, 22
"""From a dot to the foot of its value, in pixels."""
GOOD_SHARE = 90
"""Whole percent answered on time from which the number is shown as good."""


class Tile(NamedTuple):
    """A number, its unit, and what the month before had."""

    number: str
    note: str
    look: str


class Proof(NamedTuple):
    """The three numbers of a month."""

    on_time: Tile
    median: Tile
    overdue: Tile


class Dot(NamedTuple):
    """A month on the line."""

    x: float
    y: float
    value: str
    value_y: float
    """The height of the value's foot: above the dot, in a valley below it, so that the line crosses no value."""
    month: str
    year: str
    """The year, at the first month of the line or of a year; else ""."""


class MonthsLine(NamedTuple):
    """The line of months: dots, the stretches between neighbours, the scale, and the same in words."""

    dots: tuple[Dot, ...]
    stretches: tuple[tuple[Dot, Dot], ...]
    grid: tuple[float, ...]
    gaps: tuple[Dot, ...]
    """Months in which nothing fell due."""
    floor: int
    heading: str
    words: str


def is_due(parts: Parts) -> Callable[[str], bool]:
    """Return the function that says whether a month's time for answering has passed, e.g. of `2026-10`."""
    today, calendar = local_date(clock.now()), parts.directory.calendar()

    def due(month: str) -> bool:
        last = _last_day(month)
        if last >= today:
            return False
        terms = parts.directory.terms_on(last)
        return answer_due_on(at_local(last, time(12)), terms, calendar) < today

    return due


def proof_of_lately(parts: Parts, language: Language) -> tuple[MonthFigures, Proof] | None:
    """Return the numbers of the latest month whose time for answering has passed; None where there is none."""
    due = is_due(parts)
    figures = parts.public_statistics.last_due_month(lambda day: due(f"{day:%Y-%m}"))
    if figures is None:
        return None
    (before, _same) = parts.public_statistics.latest(2, until=figures.month)
    return figures, proof(figures, before, language)


def proof(figures: MonthFigures, before: MonthFigures | None, language: Language) -> Proof:
    """Return the three numbers of a month, beside those of the month before if anything was received in it."""
    _, _n = gettext(language), counted(language)
    if before is not None and not before.received:
        before = None
    month = month_name(before.month, language) if before else ""
    share, share_before = (
        whole_percent(each.on_time_percent) if each else None for each in (figures, before)
    )
    share_note = median_note = overdue_note = ""
    if before is not None and share_before is not None:
        share_note = _("%(month)s: %(share)s%%") % {"month": month, "share": share_before}
    if before is not None and before.median_days is not None:
        days = _n("%(count)s ngày", before.median_days) % {"count": before.median_days}
        median_note = f"{month}: {days}"
    if before is not None:
        left, none_left = _n("%(count)s việc", before.open_overdue), _("không còn việc nào")
        note = left % {"count": before.open_overdue} if before.open_overdue else none_left
        overdue_note = f"{month}: {note}"
    return Proof(
        Tile(
            "–" if share is None else f"{share}%",
            share_note,
            "success" if (share or 0) >= GOOD_SHARE else "attention",
        ),
        Tile("–" if figures.median_days is None else str(figures.median_days), median_note, "info"),
        Tile(str(figures.open_overdue), overdue_note, "danger" if figures.open_overdue else "success"),
    )


def shares_line(months: Sequence[MonthFigures], language: Language) -> MonthsLine | None:
    """Return the line of the shares of months, from the first in which anything fell due; None for fewer than two."""
    _ = gettext(language)
    first = next((n for n, month in enumerate(months) if month.on_time_percent is not None), len(months))
    months = months[first:]
    dots: list[Dot | None] = []
    gaps: list[Dot] = []
    with_share = [month for month in months if month.on_time_percent is not None]
    if len(with_share) < 2:  # noqa: PLR2004 - one dot is no line
        return None
    shares = [month.on_time_percent for month in months]
    floor = line_chart(shares, 100).floor
    for place, month in enumerate(months):
        x = round(_LEFT + (_RIGHT - _LEFT) * place / (len(months) - 1), 2)
        year = month.month[:4] if place == 0 or month.month.endswith("-01") else ""
        share = month.on_time_percent
        y = _BOTTOM if share is None else round(_TOP + (_BOTTOM - _TOP) * (100 - share) / (100 - floor), 1)
        value_y = y + (_BELOW if _is_valley(shares, place) else -_ABOVE)
        dot = Dot(x, y, str(whole_percent(share)), value_y, str(int(month.month[5:])), year)
        dots.append(None if share is None else dot)
        gaps += [dot] if share is None else []
    stretches = [(left, right) for left, right in pairwise(dots) if left and right]
    begin, end = with_share[0], with_share[-1]
    values = {
        "first": whole_percent(begin.on_time_percent),
        "last": whole_percent(end.on_time_percent),
        "first_month": month_name(begin.month, language),
        "last_month": month_name(end.month, language),
    }
    words = _(
        "Từ %(first)s%% %(first_month)s đến %(last)s%% %(last_month)s. Số từng tháng có trong bảng bên dưới."
    )
    return MonthsLine(
        dots=tuple(dot for dot in dots if dot),
        stretches=tuple(stretches),
        grid=tuple(round(_TOP + (_BOTTOM - _TOP) * n / 3, 1) for n in range(4)),
        gaps=tuple(gaps),
        floor=floor,
        heading=_heading(len(months), values, language),
        words=words % values,
    )


def _is_valley(shares: Sequence[float | None], place: int) -> bool:
    """Return whether the line leads up from a month on each side that it has."""
    here = shares[place]
    beside = [*shares[max(place - 1, 0) : place], *shares[place + 1 : place + 2]]
    others = [share for share in beside if share is not None]
    return here is not None and bool(others) and all(other > here for other in others)


def _heading(count: int, values: Mapping[str, object], language: Language) -> str:
    _, _n = gettext(language), counted(language)
    months = _n("%(count)s tháng", count) % {"count": count}
    if values["first"] == values["last"]:
        return _("%(months)s: vẫn %(last)s%%") % {**values, "months": months}
    return _("%(months)s: từ %(first)s%% đến %(last)s%%") % {**values, "months": months}


def _last_day(month: str) -> date:
    first = date.fromisoformat(f"{month}-01")
    return (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
