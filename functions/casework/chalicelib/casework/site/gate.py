"""The session of the desk's pages: its cookie, the origin of forms, and the page to return to after signing in.

The cookie holds the access token and is HttpOnly and SameSite=Strict; besides, every POST must come from our own
origin: that of the configured public address, whatever `Host` a request names. Desk pages therefore hold
`<meta name="referrer" content="same-origin">`, which stands above the header that every answer has: under `no-referrer`
browsers send `Origin: null` with forms (Fetch standard, "append a request Origin header").

Over https the cookie's name begins with `__Host-`, which browsers take only with `Secure`, `Path=/` and no domain
(RFC 6265bis), so no other host can put one in its place; http, which is this machine alone, has neither.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from http.cookies import CookieError, SimpleCookie
from urllib.parse import quote, urlsplit

from chalice.app import Request, Response

from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.access.sessions import Sessions, Visit
from chalicelib.casework.access.sign_in_input import Tokens
from shared.domain.errors import NotAllowedError, UnauthenticatedError
from shared.web.requests import source_address

COOKIE = "pakn_desk"
DEVICE_COOKIE = "pakn_device"
"""Names a device at random, so that its officer is notified of another one; lasts beyond sessions."""
DEVICE_KEPT_FOR = timedelta(days=180)
HOME = "/desk/"
MAX_RETURN_ADDRESS = 200
"""Characters of the address of a page to return to."""


def token_of(request: Request, public_url: str) -> str:
    """Return the access token of the request's cookie.

    Raises:
        UnauthenticatedError: there is none.
    """
    token = _cookies(request).get(_name(COOKIE, public_url), "")
    if not token:
        raise UnauthenticatedError
    return token


def officer_of(sessions: Sessions, request: Request, public_url: str) -> DeskOfficer:
    """Return the officer whose session the request's cookie holds.

    Raises:
        UnauthenticatedError: no session, or one that is over.
        SecondFactorNeededError: one that lacks the second factor.
    """
    return sessions.officer(token_of(request, public_url))


def visit_of(request: Request, public_url: str) -> Visit:
    """Return the device that a request comes from."""
    return Visit(
        source_address(request),
        request.headers.get("user-agent", "")[:400],
        _cookies(request).get(_name(DEVICE_COOKIE, public_url), "")[:64],
    )


def check_origin(request: Request, public_url: str) -> None:
    """Refuse forms that are not from our own pages.

    Raises:
        NotAllowedError: the form came from elsewhere, or its `Origin` is missing.
    """
    own = {_origin(public_url)}
    if _is_http(public_url):
        own |= {_origin(public_url.replace(*names, 1)) for names in (_LOOPBACK, _LOOPBACK[::-1])}
    if request.headers.get("origin", "").lower() not in own:
        raise NotAllowedError


_LOOPBACK = ("//localhost", "//127.0.0.1")
"""Two names of this machine, under either of which its one server is reached."""


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}".lower()


def new_device() -> str:
    """Return a name for a device that has none."""
    return secrets.token_urlsafe(18)


def session_cookies(tokens: Tokens, public_url: str, longest: timedelta, device: str) -> list[str]:
    """Return the Set-Cookie headers of a new session, and of its device."""
    return [
        session_cookie(tokens, public_url, longest),
        _cookie(DEVICE_COOKIE, device, DEVICE_KEPT_FOR, public_url),
    ]


def session_cookie(tokens: Tokens, public_url: str, kept_for: timedelta = timedelta(hours=12)) -> str:
    """Return the Set-Cookie header of a session; it outlives its token, so that who worked is known by name."""
    return _cookie(COOKIE, tokens.access_token, kept_for, public_url)


def expired_cookie(public_url: str) -> str:
    """Return the Set-Cookie header that ends a session on this device."""
    return _cookie(COOKIE, "", timedelta(0), public_url)


def keep_alive(answer: Response, tokens: Tokens | None, public_url: str, longest: timedelta) -> Response:
    """Give the browser the renewed token, where there is one, with an answer that sets no cookie itself."""
    if tokens is not None and "Set-Cookie" not in answer.headers:
        answer.headers["Set-Cookie"] = session_cookie(tokens, public_url, longest)
    return answer


def _cookies(request: Request) -> dict[str, str]:
    jar: SimpleCookie = SimpleCookie()
    try:
        jar.load(request.headers.get("cookie", ""))
    except CookieError:
        return {}
    return {name: morsel.value for name, morsel in jar.items()}


def _is_http(public_url: str) -> bool:
    site = urlsplit(public_url)
    return site.scheme == "http" and site.hostname in {"localhost", "127.0.0.1"}


def _name(name: str, public_url: str) -> str:
    return name if _is_http(public_url) else f"__Host-{name}"


def _cookie(name: str, value: str, kept_for: timedelta, public_url: str) -> str:
    place = "Path=/desk" if _is_http(public_url) else "Path=/; Secure"
    seconds = int(kept_for.total_seconds())
    return f"{_name(name, public_url)}={value}; {place}; Max-Age={seconds}; HttpOnly; SameSite=Strict"


def return_address(address: str) -> str:
    """Return where to go after signing in: a page of the desk if the address is one, else the queue."""
    return address if is_desk_page(address) and len(address) <= MAX_RETURN_ADDRESS else HOME


def is_desk_page(address: str) -> bool:
    """Return whether an address is one of the desk's, and can be no other host's."""
    is_below = address.startswith(HOME) and address.isascii() and address.isprintable()
    return is_below and "\\" not in address and "//" not in address


def sign_in_address(path: str) -> str:
    """Return the address of the sign-in page that leads back to a path of this function."""
    return f"/desk/sign-in?next={quote(f'/desk{path}', safe='')}"
