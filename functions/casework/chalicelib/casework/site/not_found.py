"""The desk's page for an address that leads nowhere."""

from __future__ import annotations

from collections.abc import Callable

from chalice.app import Request, Response

from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.composition import Parts
from chalicelib.casework.site.frame import language_of_page, render
from chalicelib.casework.site.routes import PageRoutes
from shared.web.i18n import gettext


def routes(parts: Callable[[], Parts]) -> PageRoutes:
    """Return the routes of this module."""
    pages = PageRoutes(__name__, parts)
    pages.get("/{name}", show_not_found)
    return pages


def show_not_found(parts: Parts, request: Request, officer: DeskOfficer, **_path: str) -> Response:
    """Say that there is no such page."""
    _ = gettext(language_of_page(request))
    detail = _("Địa chỉ này không có trên trang của cán bộ.")
    return render(
        parts, request, officer, "problem.html", 404, title=_("Không tìm thấy trang"), detail=detail
    )
