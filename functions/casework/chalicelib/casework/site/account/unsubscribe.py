"""The link at the end of each digest, by which an officer ends the digest without signing in (RFC 8058)."""

from __future__ import annotations

from collections.abc import Callable

from chalice.app import Request, Response

from chalicelib.casework.composition import Parts
from chalicelib.casework.site.frame import render
from chalicelib.casework.site.routes import OpenRoutes
from shared.domain.calendar.working_calendar import local_date
from shared.platform import clock


def routes(parts: Callable[[], Parts]) -> OpenRoutes:
    """Return the routes of this module; mail programs POST to the link themselves, so from foreign origins."""
    pages = OpenRoutes(__name__, parts, takes_foreign_forms=True)
    pages.get("/unsubscribe/{token}", show_form)
    pages.post("/unsubscribe/{token}", unsubscribe)
    return pages


def show_form(parts: Parts, request: Request, token: str) -> Response:
    """Ask whether to end the digest: a program that follows every link of an e-mail must not end it."""
    parts.digest_preferences.officer_of(token)
    return render(parts, request, None, "unsubscribe.html", done=False)


def unsubscribe(parts: Parts, request: Request, token: str) -> Response:
    """End the digest of the officer to whom the link was sent."""
    username = parts.digest_preferences.officer_of(token)
    preference = parts.digest_preferences.of(username)
    parts.digest_preferences.put(username, local_date(clock.now()), digest=False, folds=preference.folds)
    return render(parts, request, None, "unsubscribe.html", done=True)
