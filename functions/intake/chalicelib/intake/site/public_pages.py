"""The pages that everybody may read: privacy; and the site's own files."""

from __future__ import annotations

from collections.abc import Callable

from chalice.app import Request, Response

from chalicelib.intake.composition import Parts
from chalicelib.intake.site.frame import (
    page,
    public,
    site_routes,
    terms_today,
)
from shared.domain import errors
from shared.web.answers import FileAnswer
from shared.web.requests import query_parameter
from shared.web.routes import Routes
from shared.web.static import asset as asset_named


def routes(parts: Callable[[], Parts]) -> Routes[Parts]:
    """Return the routes of these pages."""
    site = site_routes(__name__, parts)
    site.get("/chinh-sach", public(privacy))
    site.get("/assets/{name}", asset)
    return site


def privacy(parts: Parts, request: Request) -> Response:
    """Say what personal data is used for."""
    terms, settings = terms_today(parts.directory), parts.settings
    place = settings.place_of_data
    return page(parts, request, "privacy.html", terms=terms, settings=settings, place=place)


def asset(_parts: Parts, request: Request, name: str) -> Response:
    """Serve a file of the site; an address that names its version may be kept for ever.

    Raises:
        UnknownAddressError: there is no such file.
    """
    file = asset_named(name)
    if file is None:
        raise errors.UnknownAddressError
    is_versioned = query_parameter(request, "v") == file.version
    headers: dict[str, str | list[str]] = {
        "Content-Type": file.content_type,
        "ETag": f'"{file.version}"',
        "Cache-Control": "public, max-age=31536000, immutable" if is_versioned else "public, no-cache",
    }
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(body="", status_code=304, headers=headers)
    if file.is_text:
        return Response(body=file.content.decode(), status_code=200, headers=headers)
    return FileAnswer(body=file.content, status_code=200, headers=headers)
