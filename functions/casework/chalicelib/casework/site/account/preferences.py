"""The page on which an officer chooses which mails they get.

Reminders of what is due are sent whatever is chosen here, in one mail each morning: they are a duty.
"""

from __future__ import annotations

from collections.abc import Callable

from chalice.app import Request, Response

from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.composition import Parts
from chalicelib.casework.site.frame import language_of_page, render
from chalicelib.casework.site.routes import PageRoutes
from shared.domain.calendar.working_calendar import local_date
from shared.platform import clock
from shared.web.answers import see_other
from shared.web.rendering import link
from shared.web.requests import form_body, query_parameters


def routes(parts: Callable[[], Parts]) -> PageRoutes:
    """Return the routes of this module."""
    pages = PageRoutes(__name__, parts)
    pages.get("/preferences", show_preferences)
    pages.post("/preferences", change_preferences)
    return pages


def show_preferences(parts: Parts, request: Request, officer: DeskOfficer) -> Response:
    """Show the officer's preferences, and the form that changes them."""
    preference = parts.digest_preferences.of(officer.username)
    done = bool(query_parameters(request).get("done"))
    return render(parts, request, officer, "preferences.html", preference=preference, done=done)


def change_preferences(parts: Parts, request: Request, officer: DeskOfficer) -> Response:
    """Write the preferences of the form."""
    form = form_body(request)
    parts.digest_preferences.put(
        officer.username,
        local_date(clock.now()),
        digest=form.get("digest") == "true",
        folds=form.get("folds") == "true",
    )
    return see_other(link("/desk/preferences?done=1", language_of_page(request)))
