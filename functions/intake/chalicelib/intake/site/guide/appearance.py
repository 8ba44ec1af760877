"""The switch between light and dark: a form, and a cookie that remembers the choice; nothing else is in it.

On a page that answers a form, the switch carries what was typed there: the browser sends it on to the page's address.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from chalice.app import Request, Response

from chalicelib.intake.composition import Parts
from chalicelib.intake.site.frame import THEME_COOKIE, THEMES, site_routes
from shared.web.answers import see_other, send_on
from shared.web.requests import form_body
from shared.web.routes import Routes

ADDRESS = "/giao-dien"
KEPT_SECONDS = 365 * 24 * 3600
LONGEST_ADDRESS = 2_000
"""Characters of an address that is returned to; a longer one is none of the site's."""


def routes(parts: Callable[[], Parts]) -> Routes[Parts]:
    """Return the route of the switch."""
    site = site_routes(__name__, parts)
    site.post(ADDRESS, choose)
    return site


def choose(_parts: Parts, request: Request) -> Response:
    """Remember light or dark in this browser, or forget it, and lead back to the page, with what was typed on it."""
    form = form_body(request)
    theme = form.get("theme", "")
    seconds = KEPT_SECONDS if theme in THEMES else 0
    value = theme if theme in THEMES else ""
    cookie = f"{THEME_COOKIE}={value}; Path=/; Max-Age={seconds}; SameSite=Lax; Secure; HttpOnly"
    lead_back = send_on if form.get("kept") == "1" else see_other
    return lead_back(own_address(form.get("return", "")), {"Set-Cookie": cookie})


def own_address(address: str) -> str:
    """Return an address of this site, the home page for whatever leads elsewhere."""
    parts = urlsplit(address)
    is_own = address.startswith("/") and not address.startswith(("//", "/\\")) and not parts.netloc
    is_plain = address.isprintable() and address.isascii() and "\\" not in address
    return address if is_own and is_plain and len(address) <= LONGEST_ADDRESS else "/"
