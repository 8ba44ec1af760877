"""The clock: what falls due next over all petitions, and travels to it, with their progress."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from infra.local.emulation.functions import HttpRequest, HttpResponse
from infra.local.site.endpoints.requests import Routes, form_of, language_of, see_other
from infra.local.site.pages.due import away, due_next
from infra.local.site.pages.frame import PAGES, PLACES, Frame
from infra.local.site.pages.travels import Travels
from infra.local.system import LocalSystem
from shared.domain.calendar.working_calendar import VIETNAM, at_local, local_date
from shared.tables.directory import Directory
from shared.web.rendering import link

HERE = "clock"
BEGINNING_OF_WORK = time(7, 30)
"""The time to which one travels on the next working day: before the morning's notices leave."""
DISTANCES = {"day": timedelta(days=1), "week": timedelta(days=7), "term": timedelta(days=20)}
FARTHEST = timedelta(days=3660)
"""The longest travel at once: what is meant as a year must not become a lifetime by a slip of the hand."""


class ClockPage:
    """Answers `/local/pages/clock`."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._travels = Travels(frame.system)

    @property
    def _system(self) -> LocalSystem:
        return self._frame.system

    def routes(self) -> Routes:
        """Return the views by method and path below `/local`."""
        return {
            ("GET", f"{PAGES}/{HERE}"): self._page,
            ("POST", f"{PAGES}/{HERE}"): self._travel,
            ("GET", f"{PAGES}/{HERE}/now"): lambda request: self._frame.part(request, "bench/clock_now.html"),
            ("GET", f"{PAGES}/{HERE}/next"): lambda request: self._frame.part(
                request, "bench/clock_next.html", **self.facts()
            ),
        }

    @property
    def is_travelling(self) -> bool:
        """True while a travel is under way: nothing that reads the tables answers before its end."""
        return self._travels.running is not None

    def facts(self, back: str = HERE) -> dict[str, Any]:
        """Return the facts for the clock's bar; `back`: the page that its buttons lead back to."""
        return {
            "due": due_next(self._system),
            "away": away,
            "distances": tuple(DISTANCES),
            "back": back,
        }

    def _page(self, request: HttpRequest) -> HttpResponse:
        running, latest = self._travels.running, self._travels.latest
        if running is not None:
            # No lock is taken here: whoever travels holds it to the end.
            follow = link(f"/local{PAGES}/{HERE}", language_of(request))
            share = running.share(self._system.clock.now())
            return self._frame.page(request, HERE, follow=follow, running=running, share=share)
        went_out = 0
        if latest is not None:
            with self._system.functions.lock:
                messages = self._system.outbox.read(since=latest.since)
            went_out = sum(message.at <= latest.to for message in messages)
        return self._frame.page(
            request, HERE, running=None, latest=latest, went_out=went_out, is_wrong=False, **self.facts()
        )

    def _travel(self, request: HttpRequest) -> HttpResponse:
        """Start a travel, and lead back to the page, or to the progress of a long one."""
        form = form_of(request)
        now = self._system.clock.now()
        target = self._target(form, now)
        if target is None or target - now > FARTHEST:
            answer = self._frame.page(
                request, HERE, running=None, latest=None, went_out=0, is_wrong=True, **self.facts()
            )
            return HttpResponse(400, answer.headers, answer.body)
        self._travels.start(target)
        back = "stage" if form.get("back") == "stage" and not self.is_travelling else HERE
        address = next(place.address for place in PLACES if place.name == back)
        return see_other(link(address, language_of(request)))

    def _target(self, form: Mapping[str, str], now: datetime) -> datetime | None:
        """Return where a form travels to; None for what is no instant."""
        to = form.get("to", "")
        if to in DISTANCES:
            return now + DISTANCES[to]
        if to == "next":
            return next((due.at for due in due_next(self._system)), now)
        if to == "working-day":
            with self._system.functions.lock:
                calendar = Directory(self._system.cloud.outputs["DirectoryTable"]).calendar()
            return at_local(calendar.next_working_day(local_date(now) + timedelta(days=1)), BEGINNING_OF_WORK)
        return _instant(form.get("at", "") if to == "at" else to)


def _instant(text: str) -> datetime | None:
    """Return an instant as a form gives it: without an offset it is Vietnamese time."""
    try:
        at = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=VIETNAM)
