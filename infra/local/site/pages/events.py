"""The events that programs got, each with whether its signature holds."""

from __future__ import annotations

from infra.local.emulation.functions import HttpRequest, HttpResponse
from infra.local.site.endpoints.event_bench import EventBench
from infra.local.site.endpoints.requests import Routes
from infra.local.site.pages.frame import PAGES, Frame

HERE = "events"
SHOWN = 20


class EventsPage:
    """Answers `/local/pages/events`."""

    def __init__(self, frame: Frame, events: EventBench) -> None:
        self._frame = frame
        self._events = events

    def routes(self) -> Routes:
        """Return the views by method and path below `/local`."""
        return {("GET", f"{PAGES}/{HERE}"): self._page}

    def _page(self, request: HttpRequest) -> HttpResponse:
        return self._frame.page(request, HERE, events=self._events.latest()[::-1][:SHOWN])
