"""The living page of the design system, `/local/design`: the components of the site, drawn by its own macros."""

from __future__ import annotations

from pathlib import Path

from infra.local.emulation.functions import HttpRequest, HttpResponse
from infra.local.site.endpoints.requests import Routes, language_of, query_of
from shared.web.answers import POLICY, SECURITY_HEADERS
from shared.web.rendering import Pages

_SITE = Path(__file__).resolve().parents[3] / "functions" / "intake" / "chalicelib" / "intake"
_TEMPLATES = Path(__file__).parent / "templates"
THEMES = ("", "light", "dark")
WIDTHS = (360, 1280)
"""Widths of the frames, in pixels: a telephone and a desk."""


class DesignBench:
    """Answers what is below `/local/design`."""

    def __init__(self) -> None:
        self._pages = Pages(_SITE, _TEMPLATES)

    def routes(self) -> Routes:
        """Return the views by method and path below `/local`."""
        return {
            ("GET", "/design"): lambda request: self._shown(request, "design.html"),
            ("GET", "/design/components"): lambda request: self._shown(request, "design_components.html"),
        }

    def _shown(self, request: HttpRequest, template: str) -> HttpResponse:
        language = language_of(request)
        theme = query_of(request).get("theme", "")
        html = self._pages.render(
            template,
            language,
            theme=theme if theme in THEMES else "",
            themes=THEMES,
            widths=WIDTHS,
            other_language=f"?lang={'vi' if language == 'en' else 'en'}&theme={theme}",
        )
        policy = POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'; frame-src 'self'")
        headers = {
            **SECURITY_HEADERS,
            "Content-Type": "text/html; charset=utf-8",
            "Content-Security-Policy": policy,
        }
        return HttpResponse(200, tuple(headers.items()), html.encode())
