"""The demonstration: `/local/demonstration` for scripts, `/local/pages/demonstration` for people."""

from __future__ import annotations

from datetime import date
from typing import Any

from infra.local.emulation.functions import HttpRequest, HttpResponse, problem
from infra.local.life.demonstration import RUNNING, Demonstration
from infra.local.life.scenes import DAYS, NEIGHBOUR, SCENES, SENDER, telephone
from infra.local.site.endpoints.requests import Routes, fields_of, form_of, json_answer, language_of
from infra.local.site.pages.frame import PAGES, Frame
from shared.domain.petition.lifecycle import State
from shared.web.i18n import gettext
from shared.web.labels import STATES
from shared.web.rendering import link

HERE = "demonstration"
ORDERS = ("start", "pause", "stop", "step")

Facts = dict[str, Any]


class DemonstrationPage:
    """Answers `/local/demonstration` and its page."""

    def __init__(self, frame: Frame, demonstration: Demonstration) -> None:
        """Take the frame, and the demonstration that plays on its system."""
        self._frame = frame
        self._played = demonstration

    def routes(self) -> Routes:
        """Return the views by method and path below `/local`."""
        return {
            ("GET", f"/{HERE}"): lambda _: json_answer(self._played.facts()),
            ("POST", f"/{HERE}"): self._for_scripts,
            ("GET", f"{PAGES}/{HERE}"): self._page,
            ("GET", f"{PAGES}/{HERE}/part"): self._part,
            ("POST", f"{PAGES}/{HERE}"): self._act,
        }

    def _for_scripts(self, request: HttpRequest) -> HttpResponse:
        order = fields_of(request).get("do")
        if order not in ORDERS:
            return problem(400, "no-order", f"do is one of {', '.join(ORDERS)}")
        self._carry_out(str(order))
        return json_answer(self._played.facts())

    def _carry_out(self, order: str) -> None:
        {
            "start": self._played.start,
            "pause": self._played.pause,
            "stop": self._played.stop,
            "step": self._played.step,
        }[order]()

    def _act(self, request: HttpRequest) -> HttpResponse:
        order = form_of(request).get("do", "")
        if order in ORDERS:
            self._carry_out(order)
        return self._frame.back_to(request, HERE)

    def _page(self, request: HttpRequest) -> HttpResponse:
        return self._frame.page(request, HERE, **self._shown(request))

    def _part(self, request: HttpRequest) -> HttpResponse:
        return self._frame.part(request, "bench/demonstration_part.html", **self._shown(request))

    def _shown(self, request: HttpRequest) -> Facts:
        language, run, state = language_of(request), self._played.run, self._played.state
        _ = gettext(language)
        shown = list(run.shown) if run else []
        return {
            "state": state,
            "is_running": state == RUNNING,
            "address": link(f"/local{PAGES}/{HERE}", language),
            "days": DAYS,
            "number": telephone(run.number, 0) if run else "",
            "reference": run.reference(SENDER) if run else "",
            "neighbour": run.reference(NEIGHBOUR) if run else "",
            "error": run.error if run else "",
            "day": shown[-1].day if shown else 0,
            "texts": [text for each in shown for text in each.texts],
            "last": shown[-1] if shown else None,
            "due_on": date.fromisoformat(shown[-1].due_on) if shown else None,
            "stands": _(STATES[State(shown[-1].state)]) if shown else "",
            "scenes": [
                {
                    "title": scene.title[language],
                    "function": scene.function,
                    "by": scene.by,
                    "played": shown[place] if place < len(shown) else None,
                    "stands": _(STATES[State(shown[place].state)]) if place < len(shown) else "",
                    "is_next": place == len(shown),
                }
                for place, scene in enumerate(SCENES)
            ],
        }
