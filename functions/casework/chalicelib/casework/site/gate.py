"""The pages' gate: the session's cookie, where a form came from, and where to go after signing in.

The cookie holds the access token and is HttpOnly and SameSite=Strict; besides, every POST must come from our own
origin. Desk pages therefore send `Referrer-Policy: same-origin`: under `no-referrer` browsers send `Origin: null`
with forms (Fetch standard, "append a request Origin header").
"""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie
from urllib.parse import quote, urlsplit

from chalice.app import Request

from chalicelib.casework import composition
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.access.sessions import Tokens
from shared.domain.errors import NotAllowedError, UnauthenticatedError

COOKIE = "pakn_desk"
HOME = "/desk/"
_LONGEST_WAY = 200


def officer_of(request: Request) -> DeskOfficer:
    """Return who sends a request, by the session's cookie.

    Raises:
        UnauthenticatedError: no session, or one that does not hold.
    """
    jar: SimpleCookie = SimpleCookie()
    try:
        jar.load(request.headers.get("cookie", ""))
    except CookieError:
        raise UnauthenticatedError from None
    if COOKIE not in jar:
        raise UnauthenticatedError
    return composition.sessions().officer(jar[COOKIE].value)


def check_origin(request: Request) -> None:
    """Let in only forms of our own pages.

    Raises:
        NotAllowedError: the form came from elsewhere, or does not say from where.
    """
    origin = request.headers.get("origin", "")
    ours = urlsplit(composition.configuration().public_url)
    came_from = urlsplit(origin)
    own_hosts = {ours.netloc, request.headers.get("host", "")} - {""}
    if came_from.scheme not in {"http", "https"} or came_from.netloc not in own_hosts:
        raise NotAllowedError


def cookie_of(tokens: Tokens) -> str:
    """Return the Set-Cookie header of a new session."""
    return _cookie(tokens.access_token, tokens.expires_in)


def no_cookie() -> str:
    """Return the Set-Cookie header that ends a session on this device."""
    return _cookie("", 0)


def _cookie(value: str, seconds: int) -> str:
    ours = urlsplit(composition.configuration().public_url)
    is_this_machine = ours.scheme == "http" and ours.hostname in {"localhost", "127.0.0.1"}
    secure = "" if is_this_machine else "; Secure"
    return f"{COOKIE}={value}; Path=/desk; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}"


def way_back(asked: str) -> str:
    """Return where to go after signing in: the page that was asked for if it is one of the desk's, else the queue."""
    is_ours = asked.startswith(HOME) and asked.isascii() and asked.isprintable() and "\\" not in asked
    return asked if is_ours and "//" not in asked and len(asked) <= _LONGEST_WAY else HOME


def to_sign_in(path: str) -> str:
    """Return the address of the sign-in page that leads back to a path of this function."""
    return f"/desk/sign-in?next={quote(f'/desk{path}', safe='')}"
