"""The providers' part of the workbench: play one, post its receipts, send through it, read what was refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any
from urllib.parse import parse_qsl

from infra.local.emulation.functions import HttpRequest, HttpResponse, problem
from infra.local.providers.outbound import OUTCOMES, SENDS_AS
from infra.local.providers.play import Player, PlayError
from infra.local.system import LocalSystem

View = Callable[[HttpRequest], HttpResponse]


class ProviderBench:
    """Answers what is below `/local` about providers; every POST takes JSON, or a form of the page."""

    def __init__(self, system: LocalSystem, answer: Callable[[HttpRequest], HttpResponse | None]) -> None:
        """Take the system, and what answers requests to the workbench itself (Amazon Connect's)."""
        self._system = system
        self._workbench = answer

    def routes(self) -> dict[tuple[str, str], View]:
        """Return the views by method and path below `/local`."""
        return {
            ("POST", "/providers/messages"): self._play,
            ("POST", "/providers/receipts"): self._receipt,
            ("GET", "/providers/outbound"): lambda _: _json(self._outbound()),
            ("POST", "/providers/outbound"): self._send_through,
            ("GET", "/refusals"): lambda _: _json(self._refused()),
        }

    def _post(self, request: HttpRequest) -> HttpResponse | None:
        is_ours = request.path.startswith("/local/")
        return self._workbench(request) if is_ours else self._system.http(request)

    def _play(self, request: HttpRequest) -> HttpResponse:
        player = Player(self._system.signer, self._post, self._system.clock.now)
        try:
            played = player.play(_fields(request))
        except PlayError as error:
            return problem(400, "not-playable", str(error))
        return _answer(request, [asdict(answer) for answer in played])

    def _receipt(self, request: HttpRequest) -> HttpResponse:
        fields = _fields(request)
        provider = SENDS_AS.get(str(fields.get("provider")), str(fields.get("provider")))
        outcome = str(fields.get("status", "delivered"))
        if outcome not in OUTCOMES.get(provider, ()):
            choices = "; ".join(f"{name}: {', '.join(outcomes)}" for name, outcomes in OUTCOMES.items())
            return problem(400, "not-playable", f"give provider and status ({choices})")
        posted = self._system.pumps.receipts.post_about(provider, outcome, str(fields.get("to", "")))
        if posted is None:
            return problem(409, "nothing-sent", f"No such message was sent through {provider} yet")
        return _answer(request, {"status": posted.status})

    def _outbound(self) -> dict[str, Any]:
        receipts = "by-hand" if self._system.pumps.receipts.is_silent else "at-once"
        return {"sms_providers": self._system.sms_providers, "receipts": receipts}

    def _send_through(self, request: HttpRequest) -> HttpResponse:
        fields = _fields(request)
        if fields.get("sms_providers"):
            names = [SENDS_AS.get(name, name) for name in str(fields["sms_providers"]).split()]
            if not names or not all(name.partition(":")[0] in OUTCOMES for name in names):
                return problem(400, "no-provider", f"sms_providers names some of {', '.join(OUTCOMES)}")
            self._system.send_through(" ".join(names))
        if fields.get("receipts"):
            self._system.pumps.receipts.is_silent = fields["receipts"] == "by-hand"
        return _answer(request, self._outbound())

    def _refused(self) -> list[dict[str, str]]:
        return [
            {**asdict(refusal), "at": refusal.at.isoformat(timespec="seconds")}
            for refusal in self._system.refusals.latest
        ]


def _is_form(request: HttpRequest) -> bool:
    return not request.body.lstrip().startswith(b"{")


def _fields(request: HttpRequest) -> dict[str, Any]:
    try:
        if _is_form(request):
            return dict(parse_qsl(request.body.decode()))
        fields = json.loads(request.body)
    except ValueError:
        return {}
    return fields if isinstance(fields, dict) else {}


def _answer(request: HttpRequest, facts: object) -> HttpResponse:
    """Answer a script with JSON, and lead a form back to its page."""
    if _is_form(request):
        return HttpResponse(303, (("Location", "/local#providers"),))
    return _json(facts)


def _json(value: object) -> HttpResponse:
    headers = (("Content-Type", "application/json; charset=utf-8"), ("Cache-Control", "no-store"))
    return HttpResponse(200, headers, json.dumps(value, ensure_ascii=False).encode())
