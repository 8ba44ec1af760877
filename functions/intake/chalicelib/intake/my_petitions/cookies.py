"""The cookies of codes and sessions of a contact: HttpOnly, SameSite=Strict, gone with the browser.

Over https their names begin with `__Host-`, which browsers take only with `Secure`, `Path=/` and no domain (RFC
6265bis), so no other host can put one in its place. The value is a secret and, for the page's heading, the end of the
contact; the server stores a digest of the secret and nothing of the end.
"""

from __future__ import annotations

import base64
import binascii
import re
from http.cookies import CookieError, SimpleCookie
from typing import NamedTuple
from urllib.parse import urlsplit

from chalice.app import Request

CODE = "pakn-code"
SESSION = "pakn-contact"
_SECRET = re.compile(r"[A-Za-z0-9_-]{32}")
_LONGEST_TAIL = 300


class Held(NamedTuple):
    """The value of a cookie: a secret, and the end of the contact that it stands for."""

    secret: str = ""
    tail: str = ""


def held(request: Request, name: str, public_url: str) -> Held:
    """Return the value of a cookie by its name; empty where that is nothing of ours."""
    jar: SimpleCookie = SimpleCookie()
    try:
        jar.load(request.headers.get("cookie", ""))
    except CookieError:
        return Held()
    morsel = jar.get(_name(name, public_url))
    secret, _, written = (morsel.value if morsel else "").partition(".")
    if not _SECRET.fullmatch(secret):
        return Held()
    try:
        tail = base64.urlsafe_b64decode(written[: 2 * _LONGEST_TAIL].encode()).decode()
    except (binascii.Error, ValueError):
        tail = ""
    return Held(secret, tail[:_LONGEST_TAIL])


def cookie(name: str, value: Held, seconds: int, public_url: str) -> str:
    """Return the Set-Cookie header that gives a browser a value for so many seconds."""
    written = base64.urlsafe_b64encode(value.tail.encode()).decode().rstrip("=")
    padded = f"{written}{'=' * (-len(written) % 4)}"
    return _header(name, f"{value.secret}.{padded}", seconds, public_url)


def forget(name: str, public_url: str) -> str:
    """Return the Set-Cookie header that takes it away."""
    return _header(name, "", 0, public_url)


def _header(name: str, value: str, seconds: int, public_url: str) -> str:
    secure = "" if _is_http(public_url) else "; Secure"
    return f"{_name(name, public_url)}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}"


def _is_http(public_url: str) -> bool:
    return urlsplit(public_url).scheme == "http"


def _name(name: str, public_url: str) -> str:
    return name if _is_http(public_url) else f"__Host-{name}"
