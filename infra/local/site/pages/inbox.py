"""The inbox: everything that went out, as a list beside what one has chosen of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from infra.local.emulation.functions import HttpRequest, HttpResponse
from infra.local.site.endpoints.event_bench import EventBench
from infra.local.site.endpoints.requests import Routes, form_of, language_of, query_of
from infra.local.site.pages.frame import PAGES, PLACES, Frame
from infra.local.site.pages.letters import CHANNELS, ON_A_PAGE, Letter, letters_of, passing, people_of
from shared.domain.promises.deliveries import Delivery
from shared.tables.deliveries import Deliveries
from shared.web.rendering import link

HERE = "inbox"
VIEWS = ("html", "text", "raw")
FILTERS = ("channel", "to", "reference")
MESSAGES = frozenset({"bounced", "not-bounced"})
"""Messages of the page after its form."""
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
        return {("GET", f"{PAGES}/{HERE}"): self._page, ("POST", f"{PAGES}/{HERE}"): self._bounce}

    def letters(self) -> list[Letter]:
        """Return everything that went out, newest first."""
        with self._frame.system.functions.lock:
            return letters_of(self._frame.system.outbox.read(), self._events.latest())

    def _page(self, request: HttpRequest) -> HttpResponse:
        query = query_of(request)
        letters = self.letters()
        filters = {name: query.get(name, "").strip() for name in FILTERS}
        matching = passing(letters, filters)
        chosen = next((letter for letter in matching if letter.key == query.get("letter")), None)
        pages = max(1, -(-len(matching) // ON_A_PAGE))
        page = matching.index(chosen) // ON_A_PAGE + 1 if chosen else _number(query.get("page", ""), pages)
        shown = matching[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]
        opened = chosen or next(iter(shown), None)
        return self._frame.page(
            request,
            HERE,
            filters=filters,
            channels=CHANNELS,
            people=people_of(letters)[:_PEOPLE_SHOWN],
            count=len(matching),
            letters=shown,
            is_chosen=chosen is not None,
            page=page,
            pages=pages,
            **self.opened(request, opened, matching),
            address=lambda **changed: self.address(request, filters | changed),
        )

    def opened(
        self, request: HttpRequest, letter: Letter | None, among: Sequence[Letter] = ()
    ) -> dict[str, Any]:
        """Return the facts of an opened letter, with its neighbours in a list, for the template of one."""
        query = query_of(request)
        view, message = query.get("view", ""), query.get("said", "")
        if letter is None:
            return {"opened": None}
        view = view if view in VIEWS else VIEWS[0]
        place = among.index(letter) if letter in among else 0
        return {
            "opened": letter,
            "view": "text" if view == "html" and letter.html is None else view,
            "leads_to": letter.first_address(self._frame.system.wiring.public_url),
            "said": message if message in MESSAGES else "",
            "price": SMS_SEGMENT_PRICE,
            "delivery": self._delivery(letter),
            "newer": among[place - 1] if among and place > 0 else None,
            "older": among[place + 1] if place + 1 < len(among) else None,
        }

    def address(self, request: HttpRequest, query: Mapping[str, str], page: str = HERE) -> str:
        """Return the address of the list with some filters, or of another page with a letter and view alone."""
        named = {name: value for name, value in query.items() if value}
        place = page if named.keys() <= {"letter", "view"} else HERE
        path = next(each.address for each in PLACES if each.name == place)
        return link(path + (f"?{urlencode(named)}" if named else ""), language_of(request))

    def _delivery(self, letter: Letter) -> Delivery | None:
        system = self._frame.system
        if not letter.notice or not letter.references:
            return None
        with system.functions.lock:
            deliveries = Deliveries(system.cloud.outputs["DeliveriesTable"])
            return letter.delivery(deliveries.with_views(letter.references[0])[0])

    def _bounce(self, request: HttpRequest) -> HttpResponse:
        """Report a message as its provider does that could not bring it, and lead back to it."""
        form = form_of(request)
        system = self._frame.system
        letter = next((each for each in self.letters() if each.key == form.get("letter")), None)
        sent = letter.sent if letter else None
        with system.functions.lock:
            has_bounced = sent is not None and system.pumps.receipts.bounce(sent)
            system.settle()
        query = {name: form[name] for name in ("letter", *FILTERS) if form.get(name)}
        query["said"] = "bounced" if has_bounced else "not-bounced"
        return self._frame.back_to(request, HERE, "#letter", **query)


def _number(text: str, most: int) -> int:
    return min(max(1, int(text)), most) if text.isdecimal() else 1
