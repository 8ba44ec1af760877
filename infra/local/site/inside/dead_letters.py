"""Queues and dead letters: `/local/dead-letters` and `/local/faults` for scripts, `/local/pages/queues` for people."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from infra.local.dead_letters import DeadLetterError, DeadLetters
from infra.local.emulation.functions import HttpRequest, HttpResponse, problem
from infra.local.site.endpoints.requests import Routes, fields_of, form_of, json_answer, language_of, query_of
from infra.local.site.inside.trace import about_of
from infra.local.site.pages.frame import PAGES, Frame
from infra.local.site.words import WORDS
from infra.triggers import CONSUMERS

HERE = "queues"
REFUSALS = 3
"""SMS that the gateway refuses on one press."""
TRIES_TAKE_MINUTES = 90
"""All twelve tries of a message, six minutes apart, with some to spare."""
MESSAGES = frozenset({"put-back", "dropped", "stopped", "started", "refusing", "travelled", "not-possible"})
"""Messages of the page after a form."""

Facts = dict[str, Any]


class DeadLettersPage:
    """Answers what is about queues, dead letters and faults made on purpose."""

    def __init__(self, frame: Frame, queues: Callable[[], Facts]) -> None:
        """Take the frame, and what gives the stream's lag and the functions' failures."""
        self._frame = frame
        self._letters = DeadLetters(frame.system)
        self._queues = queues

    def routes(self) -> Routes:
        """Return the views by method and path below `/local`."""
        return {
            ("GET", "/dead-letters"): lambda _: json_answer(
                {"queues": self._letters.queues(), "dead": self._letters.dead()}
            ),
            ("POST", "/dead-letters/back"): lambda request: self._ordered(request, self._letters.put_back),
            ("POST", "/dead-letters/drop"): lambda request: self._ordered(request, self._letters.drop),
            ("GET", "/faults"): lambda _: json_answer(self._letters.faults()),
            ("POST", "/faults"): self._make_faults,
            ("GET", f"{PAGES}/{HERE}"): self._page,
            ("GET", f"{PAGES}/{HERE}/part"): self._part,
            ("POST", f"{PAGES}/{HERE}"): self._act,
        }

    # ------------------------------------------------------------ for scripts

    def _ordered(self, request: HttpRequest, order: Callable[[str, str], int]) -> HttpResponse:
        fields = fields_of(request)
        try:
            count = order(str(fields.get("queue") or ""), str(fields.get("id") or ""))
        except DeadLetterError as error:
            return problem(409, "not-possible", str(error))
        return json_answer({"messages": count})

    def _make_faults(self, request: HttpRequest) -> HttpResponse:
        fields = fields_of(request)
        try:
            if "sms_refusals" in fields:
                self._letters.refuse_sms(_count(fields["sms_refusals"]))
            if "trigger" in fields:
                self._letters.stop(str(fields["trigger"]), is_stopped=fields.get("stopped") in (True, "true"))
        except DeadLetterError as error:
            return problem(400, "not-possible", str(error))
        return json_answer(self._letters.faults())

    # ------------------------------------------------------------ for people

    def _page(self, request: HttpRequest) -> HttpResponse:
        query = query_of(request)
        message = query.get("said", "")
        return self._frame.page(
            request,
            HERE,
            said=message if message in MESSAGES else "",
            count=query.get("count", "") if query.get("count", "").isdecimal() else "",
            **self._shown(request),
        )

    def _part(self, request: HttpRequest) -> HttpResponse:
        return self._frame.part(request, "bench/queues_part.html", **self._shown(request))

    def _shown(self, request: HttpRequest) -> Facts:
        language = language_of(request)
        dead = [
            each
            | {
                "sent_at": datetime.fromisoformat(each["sent_at"]),
                "failed_at": datetime.fromisoformat(each["failed_at"]) if each["failed_at"] else None,
                "about": about_of(each["about"], language),
                "error": WORDS[language].get(f"error-{each['error']}", each["error"]),
            }
            for each in self._letters.dead()
        ]
        everything = self._queues()
        return {
            "queues": {
                name: facts
                | {
                    "next_try_at": datetime.fromisoformat(facts["next_try_at"])
                    if facts["next_try_at"]
                    else None
                }
                for name, facts in self._letters.queues().items()
            },
            "dead": dead,
            "faults": self._letters.faults(),
            "triggers": CONSUMERS,
            "stream": everything["stream"],
            "failures": everything["failures"],
        }

    def _act(self, request: HttpRequest) -> HttpResponse:
        """Carry out what a button of the page asks for, and lead back to it with a word about it."""
        form = form_of(request)
        orders: dict[str, Callable[[], tuple[str, int]]] = {
            "back": lambda: ("put-back", self._letters.put_back(form.get("queue", ""), form.get("id", ""))),
            "drop": lambda: ("dropped", self._letters.drop(form.get("queue", ""), form.get("id", ""))),
            "stop": lambda: self._stop(form.get("trigger", ""), is_stopped=True),
            "start": lambda: self._stop(form.get("trigger", ""), is_stopped=False),
            "refuse": self._refuse,
            "travel": self._travel,
        }
        order = orders.get(form.get("do", ""))
        try:
            message, count = order() if order else ("not-possible", 0)
        except DeadLetterError:
            message, count = "not-possible", 0
        return self._frame.back_to(request, HERE, said=message, **({"count": str(count)} if count else {}))

    def _stop(self, trigger: str, *, is_stopped: bool) -> tuple[str, int]:
        self._letters.stop(trigger, is_stopped=is_stopped)
        return ("stopped" if is_stopped else "started"), 0

    def _refuse(self) -> tuple[str, int]:
        self._letters.refuse_sms(REFUSALS)
        return "refusing", REFUSALS

    def _travel(self) -> tuple[str, int]:
        """Let the time of all tries pass."""
        self._letters.let_tries_pass(TRIES_TAKE_MINUTES)
        return "travelled", TRIES_TAKE_MINUTES


def _count(value: object) -> int:
    if isinstance(value, bool) or not str(value).isdecimal():
        raise DeadLetterError("sms_refusals is a number")
    return int(str(value))
