"""The auditors' page: who opened which seal, when, and why."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from chalice.app import Request, Response

from chalicelib.casework import composition
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.api.doors import query
from chalicelib.casework.site.frame import language_of_page, render, who
from shared.web.rendering import link


def openings(request: Request, officer: DeskOfficer) -> Response:
    """Show a month's openings of seals."""
    asked = query(request)
    chosen = {name: asked.get(name, "") for name in ("month", "by")}
    page = composition.audit().page(officer, **chosen, cursor=asked.get("cursor") or None)
    language = language_of_page(request)
    following = urlencode({**chosen, "month": page.month, "cursor": page.cursor or ""})
    return render(
        request,
        officer,
        "openings.html",
        month=page.month,
        by=chosen["by"],
        officers=sorted(
            ((one.id, one.name) for one in composition.directory().officers().values()),
            key=lambda one: one[1],
        ),
        rows=[(one, who(one.by, language)) for one in page.openings],
        following=link(f"/desk/openings?{following}", language) if page.cursor else "",
    )


PAGES: dict[str, Callable[..., Response]] = {"openings": openings}
"""What `app.py` may ask for."""
