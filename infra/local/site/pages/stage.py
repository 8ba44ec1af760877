"""The stage, `/local`: the clock, a telephone, what went out, and the latest petition's path, on one page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from infra.local.emulation.functions import HttpRequest, HttpResponse
from infra.local.site.endpoints.requests import Routes, language_of, query_of, see_other
from infra.local.site.pages.clock import ClockPage
from infra.local.site.pages.conversations import number_of
from infra.local.site.pages.frame import PAGES, Frame
from infra.local.site.pages.inbox import FILTERS, InboxPage
from infra.local.site.pages.letters import EVENT, Letter
from infra.local.site.pages.telephone import TelephonePage
from shared.web.rendering import link

HERE = "stage"
NEWEST = 6


class StagePage:
    """Answers `/local` itself."""

    def __init__(
        self,
        frame: Frame,
        clock: ClockPage,
        telephone: TelephonePage,
        inbox: InboxPage,
        latest_path: Callable[[HttpRequest], dict[str, Any]],
    ) -> None:
        """Take the frame, the pages whose parts stand here, and what gives the facts of the latest path."""
        self._frame = frame
        self._clock = clock
        self._telephone = telephone
        self._inbox = inbox
        self._latest_path = latest_path

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
        number = number_of(query.get("number", "")) or self._telephone.shown_first()
        letters = self._inbox.letters()
        newest = _to_people(letters)
        chosen = next((letter for letter in letters if letter.key == query.get("letter")), None)
        opened = chosen or next(iter(newest), None)
        facts = self._clock.facts(HERE) | self._telephone.facts(number, HERE) | self._latest_path(request)
        return self._frame.page(
            request,
            HERE,
            newest=newest,
            shown=opened.key if opened else "",
            is_chosen=chosen is not None,
            address=lambda **changed: self._inbox.address(request, changed, HERE),
            **self._inbox.opened(request, opened),
            **facts,
        )

    def _newest(self, request: HttpRequest) -> HttpResponse:
        shown = query_of(request).get("letter", "")
        return self._frame.part(
            request, "bench/newest.html", newest=_to_people(self._inbox.letters()), shown=shown
        )


def _to_people(letters: list[Letter]) -> list[Letter]:
    """Return the newest letters that people read."""
    return [letter for letter in letters if letter.channel != EVENT][:NEWEST]
