"""The stage, `/local`: the clock, a telephone and what went out, on one page; the rest is a link away."""

from __future__ import annotations

from infra.local.emulation.functions import HttpRequest, HttpResponse
from infra.local.site.endpoints.requests import Routes, language_of, query_of, see_other
from infra.local.site.pages.clock import ClockPage
from infra.local.site.pages.conversations import FIRST, number_of
from infra.local.site.pages.frame import PAGES, Frame
from infra.local.site.pages.inbox import InboxPage
from infra.local.site.pages.letters import EVENT, Letter
from infra.local.site.pages.telephone import TelephonePage
from shared.web.rendering import link

HERE = "stage"
NEWEST = 6
FILTERS = ("channel", "reference", "to")
"""Filters of the inbox."""


class StagePage:
    """Answers `/local` itself."""

    def __init__(self, frame: Frame, clock: ClockPage, telephone: TelephonePage, inbox: InboxPage) -> None:
        """Take the frame, and the pages whose parts stand here."""
        self._frame = frame
        self._clock = clock
        self._telephone = telephone
        self._inbox = inbox

    def routes(self) -> Routes:
        """Return the views by method and path below `/local`."""
        return {("GET", ""): self._page, ("GET", f"{PAGES}/newest"): self._newest}

    def _page(self, request: HttpRequest) -> HttpResponse:
        if self._clock.is_travelling:
            return see_other(link(f"/local{PAGES}/clock", language_of(request)))
        query = query_of(request)
        if any(query.get(name) for name in FILTERS):
            # The page that was here until now had a list with these filters.
            return self._frame.back_to(request, "inbox", **{name: query.get(name, "") for name in FILTERS})
        number = number_of(query.get("number", "")) or FIRST[0]
        facts = self._clock.facts(HERE) | self._telephone.facts(number, HERE)
        return self._frame.page(request, HERE, newest=self._to_people(), **facts)

    def _newest(self, request: HttpRequest) -> HttpResponse:
        return self._frame.part(request, "bench/newest.html", newest=self._to_people())

    def _to_people(self) -> list[Letter]:
        return [letter for letter in self._inbox.letters() if letter.channel != EVENT][:NEWEST]
