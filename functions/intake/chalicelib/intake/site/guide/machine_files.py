"""The files that machines ask a site for: robots.txt, sitemap.xml, security.txt, the manifest of an installed page."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from itertools import chain
from typing import NamedTuple
from xml.sax.saxutils import escape

from chalice.app import Request, Response

from chalicelib.intake.composition import Parts
from chalicelib.intake.site.frame import site_routes
from shared.domain.calendar.working_calendar import local_date
from shared.platform import clock
from shared.use_cases.answer_addresses import answer_address
from shared.web.answers import PUBLIC_FOR_A_MINUTE
from shared.web.rendering import link
from shared.web.routes import Routes
from shared.web.static import asset_url

SECURITY_HOLDS_FOR = timedelta(days=180)
"""Time for which the contact in security.txt is said to hold (RFC 9116, 2.5.5: less than a year)."""
ICONS = (("icon-192.png", "192x192", "any"), ("icon-512.png", "512x512", "maskable"))
"""The pictures of an installed page: name, size, and whether a telephone may cut them into a shape."""
KEPT_OUT = ("/desk", "/tra-cuu", "/ho-so", "/giao-dien", "/v1/", "/open311/")
"""Beginnings of addresses that search engines leave alone: they are somebody's, or for programs."""


class SitePage(NamedTuple):
    """One page of the site that everybody may find."""

    address: str
    changed_on: date | None = None
    is_in_both: bool = True
    """False for an answer: it is written in Vietnamese, and search engines are led to that page alone."""


PAGES = tuple(
    SitePage(address)
    for address in (
        *("/", "/gui", "/cong-khai", "/thong-ke", "/huong-dan", "/chinh-sach", "/ho-tro-tiep-can"),
        *("/lien-he", "/kiem-chung", "/tai-lieu-api"),
    )
)
"""The pages of the site that are always there."""


def routes(parts: Callable[[], Parts]) -> Routes[Parts]:
    """Return the routes of these files."""
    site = site_routes(__name__, parts)
    site.get("/robots.txt", robots)
    site.get("/sitemap.xml", sitemap)
    site.get("/security.txt", security)
    site.get("/.well-known/security.txt", security)
    site.get("/manifest.webmanifest", manifest)
    return site


def robots(parts: Parts, _request: Request) -> Response:
    """Say what search engines may read (RFC 9309)."""
    lines = [
        "User-agent: *",
        *(f"Disallow: {address}" for address in KEPT_OUT),
        "Allow: /",
        "",
        f"Sitemap: {parts.settings.public_url}/sitemap.xml",
    ]
    return _file("\n".join(lines) + "\n", "text/plain")


def sitemap(parts: Parts, _request: Request) -> Response:
    """List the pages that everybody may find, and every published answer (sitemaps.org, 0.9)."""
    answers = (
        SitePage(answer_address(name, subject), date.fromisoformat(day), is_in_both=False)
        for name, subject, day in parts.answer_search.titles()
    )
    return _file(sitemap_of(parts.settings.public_url, chain(PAGES, answers)), "application/xml")


def sitemap_of(host: str, pages: Iterable[SitePage]) -> str:
    """Return a sitemap: each page with its address in the other language, where it has one.

    Args:
        host: begins every address, `https://pakn.example`.
        pages: of the site.
    """
    entries = "".join(_entries(host, page) for page in pages)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        f'xmlns:xhtml="http://www.w3.org/1999/xhtml">\n{entries}</urlset>\n'
    )


def _entries(host: str, page: SitePage) -> str:
    changed = f"<lastmod>{page.changed_on}</lastmod>" if page.changed_on else ""
    if not page.is_in_both:
        return f"<url><loc>{escape(f'{host}{page.address}')}</loc>{changed}</url>\n"
    vietnamese, english = (escape(f"{host}{link(page.address, tongue)}") for tongue in ("vi", "en"))
    alternates = "".join(
        f'<xhtml:link rel="alternate" hreflang="{tongue}" href="{address}"/>'
        for tongue, address in (("vi", vietnamese), ("en", english))
    )
    return "".join(f"<url><loc>{loc}</loc>{changed}{alternates}</url>\n" for loc in (vietnamese, english))


def security(parts: Parts, _request: Request) -> Response:
    """Say where a weakness is reported (RFC 9116)."""
    host = parts.settings.public_url
    expires = local_date(clock.now()) + SECURITY_HOLDS_FOR
    lines = [
        f"Contact: {host}/lien-he#security",
        "Contact: tel:+84-1900-1547",
        f"Expires: {expires}T00:00:00Z",
        "Preferred-Languages: vi, en",
        f"Canonical: {host}/.well-known/security.txt",
        f"Policy: {host}/lien-he#security",
    ]
    return _file("\n".join(lines) + "\n", "text/plain")


def manifest(_parts: Parts, _request: Request) -> Response:
    """Describe the site to a telephone that keeps it as an application (W3C Web Application Manifest)."""
    pictures = [
        {"src": asset_url(name), "sizes": sizes, "type": "image/png", "purpose": purpose}
        for name, sizes, purpose in ICONS
    ]
    facts = {
        "name": "Phản ánh, kiến nghị – Bộ Nội vụ",
        "short_name": "Phản ánh",
        "lang": "vi",
        "id": "/",
        "start_url": "/",
        "scope": "/",
        "display": "minimal-ui",
        "theme_color": "#9b1c22",
        "background_color": "#fbfaf7",
        "icons": [
            {"src": asset_url("mark.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"},
            *pictures,
        ],
    }
    return _file(json.dumps(facts, ensure_ascii=False), "application/manifest+json")


def _file(text: str, content_type: str) -> Response:
    headers: dict[str, str | list[str]] = {
        **PUBLIC_FOR_A_MINUTE,
        "Content-Type": f"{content_type}; charset=utf-8",
    }
    return Response(body=text, status_code=200, headers=headers)
