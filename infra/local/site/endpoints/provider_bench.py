"""The providers' part of the workbench: play one, post its receipts, send through it, read what was refused."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from infra.local.emulation.functions import HttpRequest, HttpResponse, problem
from infra.local.providers.outbound import OUTCOMES, SENDS_AS
from infra.local.providers.play import ONCE, Player, PlayError
from infra.local.site.endpoints.requests import (
    Routes,
    fields_of,
    is_form,
    json_answer,
    language_of,
    see_other,
)
from infra.local.system import LocalSystem
from shared.web.rendering import link

PAGE = "/local/pages/providers"
KEPT = 5


@dataclass(frozen=True)
class Playing:
    """One order that was played, and how its requests were answered: for the page."""

    at: datetime
    provider: str
    what: str
    """Its word on the page: `play-again`, or `receipt-failed`."""
    statuses: tuple[int, ...]


class ProviderBench:
    """Answers what is below `/local` about providers; every POST takes JSON, or a form of the page."""

    def __init__(self, system: LocalSystem, answer: Callable[[HttpRequest], HttpResponse | None]) -> None:
        """Take the system, and what answers requests to the workbench itself (Amazon Connect's)."""
        self._system = system
        self._workbench = answer
        self.played: deque[Playing] = deque(maxlen=KEPT)
        """The latest playings, oldest first."""

    def routes(self) -> Routes:
        """Return the views by method and path below `/local`."""
        return {
            ("POST", "/providers/messages"): self._play,
            ("POST", "/providers/receipts"): self._receipt,
            ("GET", "/providers/outbound"): lambda _: json_answer(self._outbound()),
            ("POST", "/providers/outbound"): self._send_through,
            ("GET", "/refusals"): lambda _: json_answer(self._refused()),
        }

    def _post(self, request: HttpRequest) -> HttpResponse | None:
        is_ours = request.path.startswith("/local/")
        return self._workbench(request) if is_ours else self._system.http(request)

    def _play(self, request: HttpRequest) -> HttpResponse:
        player = Player(self._system.signer, self._post, self._system.clock.now)
        fields = fields_of(request)
        try:
            # Signed once nobody travels any more: what was signed long ago is refused.
            with self._system.functions.lock:
                played = player.play(fields)
        except PlayError as error:
            return _refuse(request, 400, "not-playable", str(error))
        what = f"play-{fields.get('as') or ONCE}"
        self._note(str(fields["provider"]), what, [answer.status for answer in played])
        return _answer(request, [asdict(answer) for answer in played])

    def _note(self, provider: str, what: str, statuses: Sequence[int]) -> None:
        self.played.append(Playing(self._system.clock.now(), provider, what, tuple(statuses)))

    def _receipt(self, request: HttpRequest) -> HttpResponse:
        fields = fields_of(request)
        provider = SENDS_AS.get(str(fields.get("provider")), str(fields.get("provider")))
        outcome = str(fields.get("status", "delivered"))
        if outcome not in OUTCOMES.get(provider, ()):
            choices = "; ".join(f"{name}: {', '.join(outcomes)}" for name, outcomes in OUTCOMES.items())
            return _refuse(request, 400, "not-playable", f"give provider and status ({choices})")
        self._system.settle()  # what was asked for a moment ago leaves first: scripts do not wait
        posted = self._system.pumps.receipts.post_about(provider, outcome, str(fields.get("to", "")))
        if posted is None:
            return _refuse(request, 409, "nothing-sent", f"No such message was sent through {provider} yet")
        self._note(provider, f"receipt-{outcome}", [posted.status])
        return _answer(request, {"status": posted.status})

    def _outbound(self) -> dict[str, Any]:
        receipts = "by-hand" if self._system.pumps.receipts.is_silent else "at-once"
        return {"sms_providers": self._system.sms_providers, "receipts": receipts}

    def _send_through(self, request: HttpRequest) -> HttpResponse:
        fields = fields_of(request)
        if fields.get("sms_providers"):
            names = [SENDS_AS.get(name, name) for name in str(fields["sms_providers"]).split()]
            if not names or not all(name.partition(":")[0] in OUTCOMES for name in names):
                text = f"sms_providers names some of {', '.join(OUTCOMES)}"
                return _refuse(request, 400, "no-provider", text)
            self._system.send_through(" ".join(names))
        if fields.get("receipts"):
            self._system.pumps.receipts.is_silent = fields["receipts"] == "by-hand"
        return _answer(request, self._outbound())

    def _refused(self) -> list[dict[str, str]]:
        return [
            {**asdict(refusal), "at": refusal.at.isoformat(timespec="seconds")}
            for refusal in self._system.refusals.latest
        ]


def _answer(request: HttpRequest, facts: object) -> HttpResponse:
    """Answer a script with JSON, and lead a form back to its page."""
    if is_form(request):
        return see_other(link(PAGE, language_of(request)))
    return json_answer(facts)


def _refuse(request: HttpRequest, status: int, code: str, text: str) -> HttpResponse:
    """Tell a script what is wrong, and lead a form back to its page, which says it."""
    if is_form(request) and "text/html" in request.headers.get("accept", ""):
        return see_other(link(f"{PAGE}?problem={code}", language_of(request)))
    return problem(status, code, text)
