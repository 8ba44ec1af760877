"""The pages that help: how to send and what it costs, who can use the site and how, where to turn."""

from __future__ import annotations

from collections.abc import Callable

from chalice.app import Request, Response

from chalicelib.intake.composition import Parts
from chalicelib.intake.site.frame import page, public, site_routes, terms_today
from shared.web.routes import Routes

PAGES = {"/huong-dan": "guide.html", "/ho-tro-tiep-can": "accessibility.html", "/lien-he": "contact.html"}
"""The template of each page, by its address."""


def routes(parts: Callable[[], Parts]) -> Routes[Parts]:
    """Return the routes of these pages."""
    site = site_routes(__name__, parts)
    site.get("/huong-dan", public(guide))
    site.get("/ho-tro-tiep-can", public(accessibility))
    site.get("/lien-he", public(contact))
    return site


def guide(parts: Parts, request: Request) -> Response:
    """Show the way of a petition in pictures, what may be sent, and what each way costs."""
    return _page(parts, request, "/huong-dan")


def accessibility(parts: Parts, request: Request) -> Response:
    """Say what the site does for everybody, and what it does not do yet."""
    return _page(parts, request, "/ho-tro-tiep-can")


def contact(parts: Parts, request: Request) -> Response:
    """Say where to turn."""
    return _page(parts, request, "/lien-he")


def _page(parts: Parts, request: Request, address: str) -> Response:
    terms, settings = terms_today(parts.directory), parts.settings
    return page(parts, request, PAGES[address], terms=terms, settings=settings)
