"""The frame of the workbench's pages: navigation, languages, light and dark, and the headers of each answer."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from infra import gateway
from infra.local.emulation.functions import HttpRequest, HttpResponse, problem
from infra.local.site.endpoints.requests import Routes, language_of, query_of, see_other
from infra.local.site.pages.conversations import spoken
from infra.local.site.words import WORDS
from infra.local.system import LocalSystem
from shared.domain.calendar.working_calendar import VIETNAM, local_date
from shared.web.answers import POLICY, SECURITY_HEADERS
from shared.web.i18n import Language
from shared.web.rendering import Pages, link, short_day

_SITE = Path(__file__).resolve().parents[1]
_DESK = _SITE.parents[2] / "functions" / "casework" / "chalicelib" / "casework"
_ASSETS = _SITE / "assets"
_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}
PAGES = "/pages"
"""The beginning of the pages' addresses below `/local`; what lies beside it answers scripts."""
THEME_COOKIE = "theme"
"""The cookie of the site's switch between light and dark."""
THEMES = ("light", "dark")


@dataclass(frozen=True)
class Place:
    """One page of the navigation."""

    name: str
    """The word of its label."""
    path: str
    """Its path below `/local`."""
    picture: str
    """A symbol of icons.svg."""

    @property
    def address(self) -> str:
        """Its address."""
        return f"/local{self.path}"


PLACES = (
    Place("stage", "", "web"),
    Place("demonstration", f"{PAGES}/demonstration", "star"),
    Place("telephone", f"{PAGES}/telephone", "sms"),
    Place("inbox", f"{PAGES}/inbox", "mail"),
    Place("clock", f"{PAGES}/clock", "clock"),
    Place("officers", f"{PAGES}/officers", "users"),
    Place("providers", f"{PAGES}/providers", "swap"),
    Place("trace", f"{PAGES}/trace", "right"),
    Place("queues", f"{PAGES}/queues", "wait"),
    Place("events", f"{PAGES}/events", "bell"),
    Place("design", "/design", "template"),
)
"""The navigation: a page is added by a line here, a word `place-NAME`, and its module in `workbench.py`."""


class Frame:
    """Draws pages in the workbench's frame."""

    def __init__(self, system: LocalSystem) -> None:
        """Take the system, whose clock every page shows."""
        self.system = system
        self._pages = Pages(_DESK, _SITE / "templates")

    def routes(self) -> Routes:
        """Return the views of the pages' own style sheet and scripts."""
        return {
            ("GET", f"/assets/{path.name}"): _asset for path in _ASSETS.iterdir() if path.suffix in _TYPES
        }

    def page(self, request: HttpRequest, here: str, *, follow: str = "", **facts: Any) -> HttpResponse:
        """Return the page of a place, drawn by the template of its name.

        Args:
            request: decides about the language and light or dark.
            here: the place's name.
            follow: an address that the browser asks for in a second, by itself; none unless given.
            **facts: what the template shows.
        """
        html = self.fragment(request, f"bench/{here}.html", here=here, **facts)
        headers = SECURITY_HEADERS | {
            "Content-Type": "text/html; charset=utf-8",
            "Content-Security-Policy": POLICY + "; frame-src 'self'",
        }
        if follow:
            headers["Refresh"] = f"1; url={follow}"
        accepted = next(
            (value for name, value in request.headers.items() if name.lower() == "accept-encoding"), ""
        )
        more, body = gateway.compressed(html.encode(), accepted)
        return HttpResponse(200, tuple((headers | more).items()), body)

    def part(self, request: HttpRequest, template: str, **facts: Any) -> HttpResponse:
        """Return a part of a page, which its script puts in the place of the former one."""
        headers = (("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store"))
        return HttpResponse(200, headers, self.fragment(request, template, **facts).encode())

    def fragment(self, request: HttpRequest, template: str, **facts: Any) -> str:
        """Return the HTML that a template draws."""
        language, now = language_of(request), self.system.clock.now()
        return self._pages.render(
            template,
            language,
            **{
                "here": "",
                "words": WORDS[language],
                "places": PLACES,
                "now": now,
                "theme": _theme_of(request),
                "same_page": urlsplit(request.path).path + _query(request, language),
                "other_page": urlsplit(request.path).path
                + _query(request, "vi" if language == "en" else "en"),
                "own": own_asset,
                "spoken": spoken,
                "brief": partial(brief_moment, now=now, language=language),
            }
            | facts,
        )

    def back_to(self, request: HttpRequest, place: str, fragment: str = "", **query: str) -> HttpResponse:
        """Lead a form back to a page, in the language of the form."""
        address = next(each.address for each in PLACES if each.name == place)
        query_string = f"?{urlencode(query)}" if query else ""
        return see_other(link(f"{address}{query_string}", language_of(request)) + fragment)


def _query(request: HttpRequest, language: Language) -> str:
    query = {name: value for name, value in query_of(request).items() if name != "lang" and value}
    query |= {"lang": "en"} if language == "en" else {}
    return f"?{urlencode(query)}" if query else ""


def _theme_of(request: HttpRequest) -> str:
    cookies = next((value for name, value in request.headers.items() if name.lower() == "cookie"), "")
    try:
        chosen = SimpleCookie(cookies).get(THEME_COOKIE)
    except CookieError:
        return ""
    return chosen.value if chosen and chosen.value in THEMES else ""


def brief_moment(at: datetime, *, now: datetime, language: Language) -> str:
    """Return an instant as a list has it: 08:05 of today, T3 01/12, 08:05 of another day."""
    day = local_date(at)
    time = f"{at.astimezone(VIETNAM):%H:%M}"
    return time if day == local_date(now) else f"{short_day(day, language)}, {time}"


def own_asset(name: str) -> str:
    """Return the address of a file of the workbench, with its version in it."""
    return f"/local/assets/{name}?v={hashlib.sha256((_ASSETS / name).read_bytes()).hexdigest()[:12]}"


def _asset(request: HttpRequest) -> HttpResponse:
    name = urlsplit(request.path).path.rpartition("/")[2]
    kind = _TYPES.get(Path(name).suffix)
    if kind is None:
        return problem(404, "not-found", "There is nothing here; see /local")
    headers = (
        ("Content-Type", kind),
        ("Cache-Control", "public, max-age=31536000, immutable"),
        ("X-Content-Type-Options", "nosniff"),
    )
    return HttpResponse(200, headers, (_ASSETS / name).read_bytes())
