"""The auditors' page of the openings of seals: by whom, when and why."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from chalice.app import Request, Response

from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.composition import Parts
from chalicelib.casework.oversight.histories import FAULTS
from chalicelib.casework.site.frame import language_of_page, names_of, render
from chalicelib.casework.site.routes import PageRoutes
from shared.web.rendering import link
from shared.web.requests import query_parameters


def routes(parts: Callable[[], Parts]) -> PageRoutes:
    """Return the routes of this module."""
    pages = PageRoutes(__name__, parts)
    pages.get("/openings", show_openings)
    return pages


def show_openings(parts: Parts, request: Request, officer: DeskOfficer) -> Response:
    """Show a month's openings of seals, and what the latest verification of all histories found."""
    query = query_parameters(request)
    chosen = {name: query.get(name, "") for name in ("month", "by")}
    page = parts.seal_openings.page(officer, **chosen, cursor=query.get("cursor") or None)
    language = language_of_page(request)
    names = names_of(parts, language)
    following = urlencode({**chosen, "month": page.month, "cursor": page.cursor or ""})
    officers = [(row.id, row.name) for row in parts.directory.officers().values()]
    return render(
        parts,
        request,
        officer,
        "openings.html",
        month=page.month,
        by=chosen["by"],
        officers=sorted(officers, key=lambda pair: pair[1]),
        faults=FAULTS,
        verification=parts.histories.latest(officer),
        openings=[(opening, names.actor(opening.by)) for opening in page.openings],
        following=link(f"/desk/openings?{following}", language) if page.cursor else "",
    )
