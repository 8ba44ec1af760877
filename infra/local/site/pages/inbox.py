"""The inbox: everything that went out, as a list beside what one has chosen of it."""

from __future__ import annotations

from urllib.parse import urlencode

from infra.local.emulation.functions import HttpRequest, HttpResponse
from infra.local.site.endpoints.event_bench import EventBench
from infra.local.site.endpoints.requests import Routes, query_of
from infra.local.site.pages.frame import PAGES, Frame
from infra.local.site.pages.letters import CHANNELS, ON_A_PAGE, Letter, letters_of, passing, people_of

HERE = "inbox"
VIEWS = ("html", "text")
SMS_SEGMENT_PRICE = 500
"""In đồng, as the functions' setting of that name has it."""
_PEOPLE_SHOWN = 60


class InboxPage:
    """Answers `/local/pages/inbox`."""

    def __init__(self, frame: Frame, events: EventBench) -> None:
        """Take the frame, and the events that programs got."""
        self._frame = frame
        self._events = events

    def routes(self) -> Routes:
        """Return the views by method and path below `/local`."""
        return {("GET", f"{PAGES}/{HERE}"): self._page}

    def letters(self) -> list[Letter]:
        """Return everything that went out, newest first."""
        with self._frame.system.functions.lock:
            return letters_of(self._frame.system.outbox.read(), self._events.latest())

    def _page(self, request: HttpRequest) -> HttpResponse:
        query = query_of(request)
        letters = self.letters()
        filters = {name: query.get(name, "").strip() for name in ("channel", "to", "reference")}
        matching = passing(letters, filters)
        chosen = next((letter for letter in matching if letter.key == query.get("letter")), None)
        pages = max(1, -(-len(matching) // ON_A_PAGE))
        page = matching.index(chosen) // ON_A_PAGE + 1 if chosen else _number(query.get("page", ""), pages)
        shown = matching[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]
        opened = chosen or next(iter(shown), None)
        view = query.get("view", "")
        return self._frame.page(
            request,
            HERE,
            filters=filters,
            channels=CHANNELS,
            people=people_of(letters)[:_PEOPLE_SHOWN],
            count=len(matching),
            letters=shown,
            opened=opened,
            is_chosen=chosen is not None,
            view=view if view in VIEWS else VIEWS[0],
            leads_to=opened.first_address(self._frame.system.wiring.public_url) if opened else "",
            price=SMS_SEGMENT_PRICE,
            page=page,
            pages=pages,
            address=lambda **changed: _address(request, filters, changed),
        )


def _number(text: str, most: int) -> int:
    return min(max(1, int(text)), most) if text.isdecimal() else 1


def _address(request: HttpRequest, filters: dict[str, str], changed: dict[str, str]) -> str:
    """Return the address of the list with some of its filters changed; the language stays."""
    language = {"lang": query_of(request).get("lang", "")}
    filters_now = {name: value for name, value in (filters | changed | language).items() if value}
    return f"/local{PAGES}/{HERE}" + (f"?{urlencode(filters_now)}" if filters_now else "")
