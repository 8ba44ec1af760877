"""The telephone: SMS to 8088 and calls to 1900 1547, as their providers pass them on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from infra.local.emulation.functions import HttpRequest, HttpResponse
from infra.local.providers.play import Player
from infra.local.providers.signed_requests import Inbound, call_report
from infra.local.site.endpoints.requests import Routes, form_of, query_of
from infra.local.site.pages.conversations import FIRST, Conversations, number_of
from infra.local.site.pages.frame import PAGES, Frame
from infra.local.system import LocalSystem

HERE = "telephone"
LINES_SHOWN = 40
_CREATED = 201


class TelephonePage:
    """Answers what is below `/local/pages/telephone`."""

    def __init__(self, frame: Frame, conversations: Conversations) -> None:
        """Take the frame, and the conversations that the stage shows too."""
        self._frame = frame
        self._conversations = conversations

    @property
    def _system(self) -> LocalSystem:
        return self._frame.system

    def routes(self) -> Routes:
        """Return the views by method and path below `/local`."""
        return {
            ("GET", f"{PAGES}/{HERE}"): self._page,
            ("POST", f"{PAGES}/{HERE}"): self._send,
            ("GET", f"{PAGES}/{HERE}/lines"): self._lines,
            ("POST", f"{PAGES}/{HERE}/call"): self._call,
        }

    def shown_first(self) -> str:
        """Return the telephone that is shown unless one is chosen."""
        return self._conversations.shown_first()

    def facts(self, number: str, back: str = HERE) -> dict[str, Any]:
        """Return the facts for the template of a telephone; `back`: the page that a form leads back to."""
        return {
            "number": number,
            "numbers": self._conversations.numbers(),
            "lines": self._conversations.of(number)[-LINES_SHOWN:],
            "back": back,
        }

    def _page(self, request: HttpRequest) -> HttpResponse:
        query = query_of(request)
        number = number_of(query.get("number", "") or self.shown_first())
        if number is None:
            return self._shown(request, FIRST[0], is_wrong=True, written=query.get("text", ""))
        self._conversations.remember(number)
        return self._shown(request, number, call={"reference": query.get("reference", "")})

    def _shown(
        self,
        request: HttpRequest,
        number: str,
        *,
        is_wrong: bool = False,
        written: str = "",
        call: Mapping[str, str] | None = None,
    ) -> HttpResponse:
        """Return the page of a telephone, with what was typed and could not be sent."""
        facts = self.facts(number) | {
            "is_wrong": is_wrong,
            "written": written,
            "call": _CALL | dict(call or {}),
        }
        return self._frame.page(request, HERE, **facts)

    def _lines(self, request: HttpRequest) -> HttpResponse:
        number = number_of(query_of(request).get("number", "")) or FIRST[0]
        return self._frame.part(request, "bench/lines.html", **self.facts(number))

    def _send(self, request: HttpRequest) -> HttpResponse:
        """Send an SMS as the provider of 8088 passes it on, and lead back to the conversation."""
        form = form_of(request)
        back = "stage" if form.get("back") == "stage" else HERE
        number, text = number_of(form.get("from", "")), form.get("text", "").strip()
        if number is None:
            return self._frame.back_to(request, HERE, "#compose", number=form.get("from", ""), text=text)
        self._conversations.remember(number)
        if text:
            # Signed once nobody travels any more: what was signed long ago is refused.
            with self._system.functions.lock:
                player = Player(self._system.signer, self._system.http, self._system.clock.now)
                player.play({"provider": "esms", "from": number, "text": text})
        return self._frame.back_to(request, back, "#compose", number=number)

    def _call(self, request: HttpRequest) -> HttpResponse:
        """Report a call as the call centre does, and lead back to what became of it."""
        form = {name: value.strip() for name, value in form_of(request).items()}
        number = number_of(form.get("from", ""))
        if number is None:
            page = self._shown(request, FIRST[0], is_wrong=True, call=form)
            return HttpResponse(400, page.headers, page.body)
        self._conversations.remember(number)
        petitioner = {name: form[name] for name in ("name", "address") if form.get(name)}
        if petitioner:
            petitioner["phone"] = number
        with self._system.functions.lock:
            now = self._system.clock.now()
            call = Inbound(now, now, form.get("summary", ""), number.removeprefix("+"))
            response = self._system.http(call_report(self._system.signer, call, petitioner))
        outcome = _outcome(response)
        if "reference" in outcome:
            return self._frame.back_to(request, HERE, "#call", number=number, **outcome)
        page = self._shown(request, number, call=form | outcome)
        return HttpResponse(400, page.headers, page.body)


_CALL = dict.fromkeys(("reference", "status", "errors", "summary", "name", "address"), "")
"""The facts of a call on the page: its outcome, and what was typed."""


def _outcome(answer: HttpResponse) -> dict[str, str]:
    """Return the outcome of a report: its petition's reference, or status and wrong fields of the refusal."""
    try:
        facts = json.loads(answer.body)
    except ValueError:
        facts = {}
    facts = facts if isinstance(facts, dict) else {}
    if answer.status <= _CREATED and facts.get("reference"):
        return {"reference": str(facts["reference"])}
    errors = [each for each in facts.get("errors") or () if isinstance(each, dict)]
    return {"status": str(answer.status), "errors": ", ".join(str(each.get("field", "")) for each in errors)}
