"""The living page of the design system, `/local/design`: its tokens, and the components of site and desk."""

from __future__ import annotations

from pathlib import Path

from infra.local.emulation.functions import HttpRequest, HttpResponse
from infra.local.site.endpoints.requests import Routes, language_of, query_of
from infra.local.site.pages.frame import THEMES, Frame, own_asset
from infra.local.site.pages.tokens import SPACES, TARGETS, TYPE_SIZES, colours
from shared.web.answers import POLICY, SECURITY_HEADERS
from shared.web.rendering import Pages

HERE = "design"
_TEMPLATES = Path(__file__).resolve().parents[1] / "templates"
_FUNCTIONS = Path(__file__).resolve().parents[4] / "functions"
WIDTHS = (360, 1280)
"""Widths of the frames, in pixels: a telephone and a desk."""
COMPONENTS = {"components": ("intake", "site"), "desk": ("casework", "desk")}
"""The pages of components below `/local/design`: whose macros draw each, and the name of its template."""


class DesignPage:
    """Answers what is below `/local/design`."""

    def __init__(self, frame: Frame) -> None:
        """Take the frame; the components are drawn by the macros of their own pages."""
        self._frame = frame
        self._pages = {
            name: Pages(_FUNCTIONS / function / "chalicelib" / function, _TEMPLATES)
            for name, (function, _) in COMPONENTS.items()
        }

    def routes(self) -> Routes:
        """Return the views by method and path below `/local`."""
        return {
            ("GET", f"/{HERE}"): self._page,
            ("GET", f"/{HERE}/components"): lambda request: self._components(request, "components"),
            ("GET", f"/{HERE}/desk"): lambda request: self._components(request, "desk"),
        }

    def _page(self, request: HttpRequest) -> HttpResponse:
        return self._frame.page(
            request,
            HERE,
            colours=colours(),
            sizes=TYPE_SIZES,
            spaces=SPACES,
            targets=TARGETS,
            shown_theme=_theme_of(request),
            themes=("", *THEMES),
            components=tuple(COMPONENTS),
            widths=WIDTHS,
        )

    def _components(self, request: HttpRequest, name: str) -> HttpResponse:
        """Return the components of the site or of the desk alone, as they stand in the page's frames."""
        language, theme = language_of(request), _theme_of(request)
        html = self._pages[name].render(
            f"design_{COMPONENTS[name][1]}.html",
            language,
            theme=theme,
            own=own_asset,
            other_language=f"?lang={'vi' if language == 'en' else 'en'}&theme={theme}",
        )
        policy = POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
        headers = {
            **SECURITY_HEADERS,
            "Content-Type": "text/html; charset=utf-8",
            "Content-Security-Policy": policy,
        }
        return HttpResponse(200, tuple(headers.items()), html.encode())


def _theme_of(request: HttpRequest) -> str:
    theme = query_of(request).get("theme", "")
    return theme if theme in THEMES else ""
