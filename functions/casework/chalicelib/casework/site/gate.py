"""The session of the desk's pages: its cookie, the origin of forms, and the page to return to after signing in.

The cookie holds the access token and is HttpOnly and SameSite=Strict; besides, every POST must come from our own
origin. Desk pages therefore send `Referrer-Policy: same-origin`: under `no-referrer` browsers send `Origin: null`
with forms (Fetch standard, "append a request Origin header").
"""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie
from urllib.parse import quote, urlsplit

from chalice.app import Request

from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.access.sessions import Sessions, Tokens
from shared.domain.errors import NotAllowedError, UnauthenticatedError

COOKIE = "pakn_desk"
HOME = "/desk/"
MAX_RETURN_ADDRESS = 200
"""Characters of the address of a page to return to."""


def officer_of(sessions: Sessions, request: Request) -> DeskOfficer:
    """Return the officer whose session the request's cookie holds.

    Raises:
        UnauthenticatedError: no session, or an invalid one.
    """
    jar: SimpleCookie = SimpleCookie()
    try:
        jar.load(request.headers.get("cookie", ""))
    except CookieError:
        raise UnauthenticatedError from None
    if COOKIE not in jar:
        raise UnauthenticatedError
    return sessions.officer(jar[COOKIE].value)


def check_origin(request: Request, public_url: str) -> None:
    """Refuse forms that are not from our own pages.

    Raises:
        NotAllowedError: the form came from elsewhere, or its `Origin` is missing.
    """
    origin = urlsplit(request.headers.get("origin", ""))
    own_hosts = {urlsplit(public_url).netloc, request.headers.get("host", "")} - {""}
    if origin.scheme not in {"http", "https"} or origin.netloc not in own_hosts:
        raise NotAllowedError


def session_cookie(tokens: Tokens, public_url: str) -> str:
    """Return the Set-Cookie header of a new session."""
    return _cookie(tokens.access_token, tokens.expires_in, public_url)


def expired_cookie(public_url: str) -> str:
    """Return the Set-Cookie header that ends a session on this device."""
    return _cookie("", 0, public_url)


def _cookie(value: str, seconds: int, public_url: str) -> str:
    site = urlsplit(public_url)
    is_this_machine = site.scheme == "http" and site.hostname in {"localhost", "127.0.0.1"}
    secure = "" if is_this_machine else "; Secure"
    return f"{COOKIE}={value}; Path=/desk; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}"


def return_address(address: str) -> str:
    """Return where to go after signing in: a page of the desk if the address is one, else the queue."""
    is_desk_page = (
        address.startswith(HOME) and address.isascii() and address.isprintable() and "\\" not in address
    )
    return address if is_desk_page and "//" not in address and len(address) <= MAX_RETURN_ADDRESS else HOME


def sign_in_address(path: str) -> str:
    """Return the address of the sign-in page that leads back to a path of this function."""
    return f"/desk/sign-in?next={quote(f'/desk{path}', safe='')}"
