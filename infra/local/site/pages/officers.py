"""The officers: one button signs in as each, through the desk's own door."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import unescape
from typing import Any
from urllib.parse import urlencode

from infra.local.emulation.functions import HttpRequest, HttpResponse
from infra.local.emulation.moto_identity import current_code
from infra.local.site.endpoints.requests import Routes, form_of, language_of
from infra.local.site.pages.frame import PAGES, Frame
from shared.domain.calendar.working_calendar import local_date
from shared.tables.directory import Directory
from shared.web.rendering import link

HERE = "officers"
DESK = "/desk/"
_HIDDEN = re.compile(r'name="(challenge|session)" value="([^"]*)"')
_SEE_OTHER = 303


class OfficersPage:
    """Answers `/local/pages/officers`."""

    def __init__(self, frame: Frame, officers: Sequence[Mapping[str, Any]]) -> None:
        """Take the frame, and the officers' accounts with their passwords."""
        self._frame = frame
        self._officers = officers

    def routes(self) -> Routes:
        """Return the views by method and path below `/local`."""
        return {("GET", f"{PAGES}/{HERE}"): self._page, ("POST", f"{PAGES}/{HERE}"): self._sign_in}

    def _page(self, request: HttpRequest, refused: str = "") -> HttpResponse:
        system = self._frame.system
        with system.functions.lock:
            directory = Directory(system.cloud.outputs["DirectoryTable"])
            units = directory.units(local_date(system.clock.now()))
        names = {code: unit.name for code, unit in units.items()}
        return self._frame.page(request, HERE, officers=self._officers, units=names, refused=refused)

    def _sign_in(self, request: HttpRequest) -> HttpResponse:
        """Open a session as an officer does, second factor included, and lead to the desk."""
        username = form_of(request).get("username", "")
        officer = next((each for each in self._officers if each["username"] == username), None)
        if officer is None:
            return self._refused(request, username)
        fields = {"username": username, "password": str(officer["password"]), "next": DESK}
        answer = self._at_the_door(request, fields)
        challenge = {name: unescape(value) for name, value in _HIDDEN.findall(answer.text)}
        if answer.status != _SEE_OTHER and challenge:
            code = {"username": username, "code": current_code(), "next": DESK}
            answer = self._at_the_door(request, code | challenge)
        if answer.status != _SEE_OTHER:
            return self._refused(request, username)
        cookies = tuple(header for header in answer.headers if header[0].lower() == "set-cookie")
        where = answer.header("location", link(DESK, language_of(request)))
        return HttpResponse(_SEE_OTHER, (("Location", where), *cookies))

    def _at_the_door(self, request: HttpRequest, fields: Mapping[str, str]) -> HttpResponse:
        """Post the desk's sign-in form as the browser would that asks."""
        forwarded = {
            name.lower(): value
            for name, value in request.headers.items()
            if name.lower() in ("cookie", "user-agent")
        }
        headers = forwarded | {
            "origin": self._frame.system.wiring.public_url,
            "content-type": "application/x-www-form-urlencoded",
        }
        path = link("/desk/sign-in", language_of(request))
        posted = HttpRequest("POST", path, headers, urlencode(fields).encode(), request.source_ip)
        return self._frame.system.http(posted)

    def _refused(self, request: HttpRequest, username: str) -> HttpResponse:
        page = self._page(request, username or "?")
        return HttpResponse(401, page.headers, page.body)
