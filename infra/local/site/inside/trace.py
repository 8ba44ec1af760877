"""A petition's trace through the five functions: `/local/trace` for scripts, `/local/pages/trace` for people."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any

from infra.local.dead_letters import DeadLetters
from infra.local.emulation.functions import NAMES, HttpRequest, HttpResponse, problem
from infra.local.site.endpoints.requests import Routes, json_answer, language_of, query_of
from infra.local.site.inside.lanes import lanes_of
from infra.local.site.pages.frame import PAGES, Frame
from infra.local.site.words import WORDS
from infra.local.traces import Traces, stations
from infra.local.witness import DONE
from shared.domain.calendar.working_calendar import VIETNAM
from shared.domain.petition.lifecycle import Action, State
from shared.domain.promises.notices import Audience, NoticeKind
from shared.web.i18n import Language, gettext
from shared.web.labels import ACTIONS, AUDIENCES, NOTICES, STATES

HERE = "trace"
OFFERED = 8
"""Petitions that are offered to choose from, the latest."""
IN_TABLE = 12
"""Steps in the table, the latest, unless all are asked for."""
LAST = 2
"""Steps of each function in the summary."""
PART = "bench/trace_part.html"
_NOTICE = 3
"""Words of a notice in a message: number, kind, audience."""

Facts = dict[str, Any]


class TracePage:
    """Answers `/local/trace` and `/local/pages/trace`."""

    def __init__(self, frame: Frame) -> None:
        """Take the frame, whose system the witness watches."""
        self._frame = frame
        self._traces = Traces(frame.system)
        self._letters = DeadLetters(frame.system)

    def routes(self) -> Routes:
        """Return the views by method and path below `/local`."""
        return {
            ("GET", f"/{HERE}"): self._for_scripts,
            ("GET", f"{PAGES}/{HERE}"): self._page,
            ("GET", f"{PAGES}/{HERE}/part"): self._part,
            ("GET", f"{PAGES}/{HERE}/way"): lambda request: self._frame.part(
                request, "bench/way.html", **self.latest(request)
            ),
        }

    def latest(self, request: HttpRequest) -> Facts:
        """Return the facts for the path of the petition that the functions had to do with last, and the queues'."""
        reference = next(iter(self._traces.latest()), "")
        queues = self._letters.queues().values()
        return {
            "trace": self._shown(request, reference)["trace"],
            "reference": reference,
            "waiting": sum(each["visible"] + each["in_flight"] + each["delayed"] for each in queues),
            "dead": len(self._letters.dead()),
        }

    def _for_scripts(self, request: HttpRequest) -> HttpResponse:
        reference = _reference(request)
        if not reference:
            return json_answer({"latest": self._traces.latest()})
        trace = self._traces.of(reference)
        return json_answer(trace) if trace else problem(404, "not-found", "There is no such petition")

    def _page(self, request: HttpRequest) -> HttpResponse:
        latest = self._traces.latest()[:OFFERED]
        typed = _reference(request)
        reference = typed or next(iter(latest), "")
        facts: Facts = {"latest": latest, "typed": typed} | self._shown(request, reference)
        return self._frame.page(request, HERE, **facts)

    def _part(self, request: HttpRequest) -> HttpResponse:
        return self._frame.part(request, PART, **self._shown(request, _reference(request)))

    def _shown(self, request: HttpRequest, reference: str) -> Facts:
        trace = self._traces.of(reference) if reference else None
        is_whole = bool(query_of(request).get("all"))
        drawn = _drawn(trace, language_of(request)) if trace else None
        if drawn:
            drawn["left_out"] = 0 if is_whole else max(0, len(drawn["steps"]) - IN_TABLE)
        return {"trace": drawn, "reference": reference, "is_whole": is_whole}


def _reference(request: HttpRequest) -> str:
    return "".join(query_of(request).get("reference", "").split())


def _drawn(trace: Facts, language: Language) -> Facts:
    """Return a trace in the words of a language, with its drawing."""
    steps = [_step(step, language) for step in trace["steps"]]
    words, _ = WORDS[language], gettext(language)
    return {
        "state": _(STATES[State(trace["state"])]),
        "steps": steps,
        "stations": [_station(each, steps, language) for each in stations(trace)],
        "assigned_in": _assigned_in(trace),
        "lanes": lanes_of(trace["steps"], NAMES),
        "deliveries": [_delivery(each, words, _) for each in trace["deliveries"]],
        "waiting": [each | {"about": about_of(each["about"], language)} for each in trace["waiting"]],
        "next": [
            {"at": datetime.fromisoformat(each["at"]), "what": _(ACTIONS[Action(each["action"])])}
            for each in trace["next"]
        ],
    }


def _assigned_in(trace: Facts) -> float | None:
    """Return after how many seconds a petition was on a unit's desk; None where it is not yet."""
    instants = {
        entry["action"]: datetime.fromisoformat(step["at"])
        for step in trace["steps"]
        for entry in step["wrote"]
    }
    began, assigned = instants.get(Action.RECEIVE), instants.get(Action.ROUTE)
    return (assigned - began).total_seconds() if began and assigned else None


def _station(station: Facts, steps: Sequence[Facts], language: Language) -> Facts:
    numbers = {step["n"] for step in station["steps"]}
    steps = [step for step in steps if step["n"] in numbers]
    return {
        "function": station["function"],
        "does": WORDS[language][f"does-{station['function']}"],
        "count": len(steps),
        "last": sorted(sorted(steps, key=_telling)[-LAST:], key=itemgetter("n")),
        "waiting": len(station["waiting"]),
    }


def _telling(step: Facts) -> tuple[int, int]:
    """Return how much a step tells in a summary: what was written or failed, then notices, the rest; the latest."""
    has_happened = step["wrote"] or step["outcome"] != DONE
    return 2 if has_happened else int(step["handler"] == "on_notice"), step["n"]


def _step(step: Facts, language: Language) -> Facts:
    words, _ = WORDS[language], gettext(language)
    at = datetime.fromisoformat(step["at"]).astimezone(VIETNAM)
    wrote = [
        {"version": each["version"], "what": _(ACTIONS[Action(each["action"])]), "by": each["by"]}
        for each in step["wrote"]
    ]
    came = [about_of(each["about"], language) for each in step["read"] if step["door"] != "stream"]
    sent = [{"queue": each["queue"], "about": about_of(each["about"], language)} for each in step["sent"]]
    return step | {
        "at": at,
        "clock": f"{at:%H:%M:%S}",
        "day": f"{at:%d/%m}",
        "wrote": wrote,
        "came": came,
        "versions": [each["about"] for each in step["read"] if step["door"] == "stream"],
        "sent": sent,
        "brief": _brief(step, wrote, came, sent, words),
    }


def _brief(
    step: Facts,
    wrote: Sequence[Facts],
    came: Sequence[str],
    sent: Sequence[Facts],
    words: Mapping[str, str],
) -> str:
    """Return a step in a few words."""
    if step["outcome"] == "failed":
        times = f" × {step['times']}" if step["times"] > 1 else ""
        error = words.get(f"error-{step['error']}", step["error"]) or step["status"]
        return f"{words['step-failed']}: {error}{times}"
    if step["outcome"] == "refused":
        return f"{words['step-refused']} ({step['status']})"
    if wrote:
        return ", ".join(dict.fromkeys(str(each["what"]) for each in wrote))
    if sent:
        queues = ", ".join(dict.fromkeys(str(each["queue"]) for each in sent))
        return words["put-on-queue"].format(queue=queues)
    return ", ".join(dict.fromkeys(came)) or words["nothing-to-do"]


def about_of(about: str, language: Language) -> str:
    """Return the request of a message in words: the notice and for whom; else in the message's own words."""
    parts, _ = about.split(" "), gettext(language)
    if len(parts) == _NOTICE and parts[1] in set(NoticeKind) and parts[2] in set(Audience):
        return f"{_(NOTICES[NoticeKind(parts[1])])} → {_(AUDIENCES[Audience(parts[2])])}"
    words = WORDS[language]
    return words.get(f"about-message-{parts[0]}", about) if about else words["unreadable"]


def _delivery(delivery: Facts, words: Mapping[str, str], _: Callable[[str], str]) -> Facts:
    return delivery | {
        "at": datetime.fromisoformat(delivery["at"]),
        "notice": _(NOTICES[NoticeKind(delivery["kind"])]),
        "to": _(AUDIENCES[Audience(delivery["audience"])]),
        "stands": words.get(f"delivery-{delivery['state']}", delivery["state"]),
        "is_proven": delivery["state"] == "DELIVERED",
    }
