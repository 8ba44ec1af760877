"""The leaders' page, to read and to print: one page for what a month has to be answered for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from urllib.parse import urlencode

from chalice.app import Request, Response

from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.access.permissions import Ability
from chalicelib.casework.composition import Parts
from chalicelib.casework.reports.make_report import scope_of
from chalicelib.casework.reports.query import period_query
from chalicelib.casework.site.frame import language_of_page, names_of, render
from chalicelib.casework.site.leaders.links import Links
from chalicelib.casework.site.leaders.panels import Panels, month_words
from chalicelib.casework.site.routes import PageRoutes
from shared.domain.errors import InvalidInputError
from shared.domain.figures.leaders import MATTER_READ, LeadersFigures
from shared.domain.figures.periods import month_of, months_until
from shared.domain.figures.tallies import Days
from shared.platform import clock
from shared.web.i18n import Language, gettext
from shared.web.problems import rule_message
from shared.web.rendering import link
from shared.web.requests import query_parameters

OFFERED_MONTHS = 6
_ROMAN = ("I", "II", "III", "IV")


def routes(parts: Callable[[], Parts]) -> PageRoutes:
    """Return the routes of this module."""
    pages = PageRoutes(__name__, parts)
    pages.get("/leaders", show_leaders)
    return pages


def show_leaders(parts: Parts, request: Request, officer: DeskOfficer) -> Response:
    """Show the figures of a period: `from` and `to`, by default the last full month in which something fell due."""
    permissions.require(officer, Ability.READ_REPORTS)
    query = query_parameters(request)
    language = language_of_page(request)
    problem = ""
    try:
        figures = parts.reports.leaders(officer, period_query(query))
    except InvalidInputError as error:
        _field, rule = error.problems[0]
        problem = rule_message(rule, language)
        figures = parts.reports.leaders(officer, period_query({}))
    panels = Panels(
        figures,
        parts.reports.names(language),
        _titles(parts, officer, figures, language),
        Links(
            figures.days,
            permissions.is_able(officer, Ability.FOLLOW_FIGURES),
            permissions.is_able(officer, Ability.FOLLOW_DELIVERIES),
            language,
        ),
        language,
    )
    return render(
        parts,
        request,
        officer,
        "leaders.html",
        422 if problem else 200,
        problem=problem,
        period=_titled(period_words(figures.days, language)),
        before=period_words(figures.before, language),
        days=figures.days,
        answer_within=parts.directory.terms_on(figures.today).answer_within_days,
        scope=names_of(parts, language).unit(scope_of(officer)),
        counts_denunciations=officer.reader.reads_restricted,
        made_at=clock.now(),
        periods=[
            (
                _titled(period_words(days, language)),
                link(f"/desk/leaders?{urlencode({'from': days.first, 'to': days.last})}", language),
                days == figures.days,
            )
            for days in _offered(figures.today)
        ],
        public_page=_public_page(parts, figures.days, language),
        file=_workbook(figures.days, language),
        panels=panels,
        nav_counts={"/desk/leaders": len(panels.alarms())},
    )


def _titles(
    parts: Parts, officer: DeskOfficer, figures: LeadersFigures, language: Language
) -> dict[str, str]:
    matters = {matter.key: (matter.field, matter.references[:MATTER_READ]) for matter in figures.matters}
    return parts.reports.titles(officer, matters, language)


def _workbook(days: Days, language: Language) -> str:
    """Return the address of the report of the same due dates as a workbook."""
    query = {"name": "timeliness", "from": days.first, "to": days.last, "format": "xlsx"}
    return link(f"/desk/reports?{urlencode(query)}", language)


def _public_page(parts: Parts, days: Days, language: Language) -> str:
    """Return the address of the public's figures of the month in which a period begins."""
    return link(f"{parts.settings.public_url}/thong-ke?month={days.first:%Y-%m}", language)


def _titled(words: str) -> str:
    return words[:1].upper() + words[1:]


def _offered(today: date) -> Iterator[Days]:
    """Yield the periods of the menu: the latest months, this quarter, this year."""
    yield from reversed(tuple(months_until(today, OFFERED_MONTHS)))
    quarter = today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)
    yield Days(quarter, month_of(quarter.replace(month=quarter.month + 2)).last)
    yield Days(date(today.year, 1, 1), date(today.year, 12, 31))


def period_words(days: Days, language: Language) -> str:
    """Return a period as people call it: a month, a quarter, a year, or its days."""
    _ = gettext(language)
    first, last = days
    if days == month_of(first):
        return month_words(first, language)
    if days == Days(date(first.year, 1, 1), date(first.year, 12, 31)):
        return _("năm {year}").format(year=first.year)
    if (
        first.day == 1
        and first.month % 3 == 1
        and last == month_of(date(first.year, first.month + 2, 1)).last
    ):
        return _("quý {quarter}/{year}").format(quarter=_ROMAN[first.month // 3], year=first.year)
    return f"{first:%d/%m/%Y} – {last:%d/%m/%Y}"
