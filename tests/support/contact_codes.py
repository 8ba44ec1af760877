"""A browser that opens somebody's petitions with a one-time code."""

from __future__ import annotations

import re
from collections.abc import Mapping

from infra.local.emulation.functions import HttpResponse
from tests.support.target import Target

HOME = "/ho-so-cua-toi"
_CODE = re.compile(r"(?<!\d)(\d{6})(?!\d)")


class CodeBrowser:
    """A browser with its cookies."""

    def __init__(self, system: Target, **headers: str) -> None:
        self._system = system
        self._headers = headers
        self.cookies: dict[str, str] = {}

    def get(self, path: str = HOME, **query: str) -> HttpResponse:
        """Open a page."""
        return self._keep(self._system.http("GET", path, query=query, headers=self._sent()))

    def post(self, path: str, form: Mapping[str, str] | None = None, **query: str) -> HttpResponse:
        """Send a form."""
        answer = self._system.http("POST", path, form=dict(form or {}), query=query, headers=self._sent())
        self._system.settle()
        return self._keep(answer)

    def ask(self, contact: str, **query: str) -> HttpResponse:
        """Ask for a code."""
        return self.post(f"{HOME}/ma", {"contact": contact}, **query)

    def enter(self, code: str) -> HttpResponse:
        """Enter a code."""
        return self.post(f"{HOME}/mo", {"code": code})

    def opened(self, contact: str) -> HttpResponse:
        """Ask for a code, enter it, and return the list."""
        self.ask(contact)
        code = self.newest_code()
        answer = self.enter(code)
        assert answer.status == 303, answer.text
        return self.get()

    def codes(self) -> list[str]:
        """Return the codes that were sent, in the order of time."""
        return [
            match[1]
            for message in self._system.outbox()
            if "Ho so cua toi" in message.text
            or "Hồ sơ của tôi" in message.text
            or "My petitions" in message.text
            if (match := _CODE.search(message.text))
        ]

    def newest_code(self) -> str:
        """Return the latest code."""
        return self.codes()[-1]

    def _sent(self) -> dict[str, str]:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {**self._headers, **({"Cookie": cookie} if cookie else {})}

    def _keep(self, answer: HttpResponse) -> HttpResponse:
        for name, value in answer.cookies.items():
            if value:
                self.cookies[name] = value
            else:
                self.cookies.pop(name, None)
        return answer
