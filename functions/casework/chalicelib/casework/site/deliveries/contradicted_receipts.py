"""The page of a day's contradicted receipts: what was thought to have arrived and did not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from chalice.app import Request, Response

from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.composition import Parts
from chalicelib.casework.desk.deliveries import CHANNELS
from chalicelib.casework.oversight.contradicted_receipts import DayQuery
from chalicelib.casework.site.frame import language_of_page, render
from chalicelib.casework.site.routes import PageRoutes
from shared.domain.calendar.working_calendar import local_date
from shared.platform import clock
from shared.web.i18n import gettext
from shared.web.labels import NOTICES
from shared.web.rendering import link
from shared.web.requests import query_parameter, validated


def routes(parts: Callable[[], Parts]) -> PageRoutes:
    """Return the routes of this module."""
    pages = PageRoutes(__name__, parts)
    pages.get("/contradicted-receipts", show_contradicted_receipts)
    return pages


def show_contradicted_receipts(parts: Parts, request: Request, officer: DeskOfficer) -> Response:
    """Show the contradicted receipts of a day, with the duties that they undo."""
    language = language_of_page(request)
    _ = gettext(language)
    today = local_date(clock.now())
    day = validated(DayQuery, {"day": query_parameter(request, "day")}).day or today
    receipts = [
        {
            **receipt.model_dump(),
            "kind_label": _(NOTICES[receipt.kind]),
            "channel_label": _(CHANNELS[receipt.channel]),
        }
        for receipt in parts.contradicted_receipts.of_day(officer, day)
    ]
    return render(
        parts,
        request,
        officer,
        "contradicted_receipts.html",
        day=day,
        receipts=receipts,
        before=link(f"/desk/contradicted-receipts?day={day - timedelta(days=1)}", language),
        after=link(f"/desk/contradicted-receipts?day={day + timedelta(days=1)}", language)
        if day < today
        else "",
    )
