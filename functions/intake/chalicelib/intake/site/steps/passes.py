"""The pass of a petition that is not sent yet: in a cookie, or in the address where a browser keeps no cookies.

The cookie ends with the browser, is sent to these pages alone and not to scripts. It is SameSite=Lax, because the
bucket leads back here after an upload. A pass in an address or a form counts only on the way from our own pages, for
another site could make somebody write under a pass that it knows; from elsewhere, a page asks first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from chalice.app import Request, Response

from chalicelib.intake.unsent.steps import Step
from chalicelib.intake.unsent.unsent_petitions import is_pass, new_pass
from shared.web.i18n import Language
from shared.web.rendering import link
from shared.web.requests import query_parameter

COOKIE = "pakn-unsent"
_FROM_HERE = frozenset({"", "same-origin"})
"""Values of Sec-Fetch-Site for requests that our own pages make; old browsers send none."""


@dataclass(frozen=True)
class Holder:
    """The holder of a pass, and how it came."""

    unsent_pass: str
    in_cookie: bool
    is_new: bool = False

    @property
    def in_address(self) -> str:
        """The pass where addresses have to carry it, "" where the cookie does."""
        return "" if self.in_cookie or self.is_new else self.unsent_pass

    def address(self, path: str, language: Language, **query: str) -> str:
        """Return the address of a page of these, with the pass where it is needed."""
        named = {**({"p": self.in_address} if self.in_address else {}), **query}
        parameters = "&".join(f"{name}={value}" for name, value in named.items())
        return link(f"{path}?{parameters}" if parameters else path, language)

    def step(self, step: Step, language: Language, **query: str) -> str:
        """Return the address of a step."""
        return self.address("/gui" if step is Step.MATTER else f"/gui/{step}", language, **query)

    def keep(self, answer: Response, public_url: str) -> Response:
        """Give the browser the cookie where it has not sent it."""
        if not self.in_cookie:
            answer.headers["Set-Cookie"] = _cookie(self.unsent_pass, public_url)
        return answer


def holder_of(request: Request, public_url: str, form: Mapping[str, str] | None = None) -> Holder | None:
    """Return the holder of a request's pass: the form's, else the address's, else the cookie's; None without."""
    in_cookie = _pass_in_cookie(request, public_url)
    offered = offered_pass(request, form)
    if offered and is_from_here(request):
        return Holder(offered, in_cookie=offered == in_cookie)
    return Holder(in_cookie, in_cookie=True) if in_cookie else None


def offered_pass(request: Request, form: Mapping[str, str] | None = None) -> str:
    """Return the pass that a form or an address carries, "" where there is none."""
    offered = (form or {}).get("p", "") or query_parameter(request, "p")
    return offered if is_pass(offered) else ""


def is_from_here(request: Request) -> bool:
    """Return whether a request comes from our own pages, as far as the browser says."""
    return str(request.headers.get("sec-fetch-site", "")) in _FROM_HERE


def new_holder() -> Holder:
    """Return the holder of a new pass."""
    return Holder(new_pass(), in_cookie=False, is_new=True)


def forget(answer: Response, public_url: str) -> Response:
    """Let the browser forget the pass."""
    answer.headers["Set-Cookie"] = f"{_cookie('', public_url)}; Max-Age=0"
    return answer


def _pass_in_cookie(request: Request, public_url: str) -> str:
    jar: SimpleCookie = SimpleCookie()
    try:
        jar.load(request.headers.get("cookie", ""))
    except CookieError:
        return ""
    morsel = jar.get(_name(public_url))
    return morsel.value if morsel is not None and is_pass(morsel.value) else ""


def _is_secure(public_url: str) -> bool:
    return urlsplit(public_url).scheme == "https"


def _name(public_url: str) -> str:
    return f"__Secure-{COOKIE}" if _is_secure(public_url) else COOKIE


def _cookie(value: str, public_url: str) -> str:
    secure = "; Secure" if _is_secure(public_url) else ""
    return f"{_name(public_url)}={value}; Path=/gui; HttpOnly; SameSite=Lax{secure}"
