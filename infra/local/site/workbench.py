"""The workbench at `/local`: what went out, the queues, the clock to travel in; pages, and JSON for scripts."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from infra.local.emulation import moto_insides
from infra.local.emulation.cloud import QUEUES
from infra.local.emulation.functions import HttpRequest, HttpResponse, problem
from infra.local.life.demonstration import Demonstration
from infra.local.providers import signed_requests
from infra.local.providers.outbound import READERS, provider_of
from infra.local.providers.sms_gateway import UnavailableError
from infra.local.site.endpoints.event_bench import ANY, PREFIX, EventBench
from infra.local.site.endpoints.provider_bench import ProviderBench
from infra.local.site.endpoints.requests import (
    Routes,
    form_of,
    instant,
    is_form,
    json_answer,
    query_of,
    see_other,
)
from infra.local.site.inside.dead_letters import DeadLettersPage
from infra.local.site.inside.demonstration import DemonstrationPage
from infra.local.site.inside.trace import TracePage
from infra.local.site.pages.clock import FARTHEST, ClockPage
from infra.local.site.pages.conversations import Conversations
from infra.local.site.pages.design import DesignPage
from infra.local.site.pages.events import EventsPage
from infra.local.site.pages.frame import Frame
from infra.local.site.pages.inbox import InboxPage
from infra.local.site.pages.officers import OfficersPage
from infra.local.site.pages.providers import ProvidersPage
from infra.local.site.pages.stage import StagePage
from infra.local.site.pages.telephone import TelephonePage
from infra.local.system import LocalSystem
from infra.local.travel import BackwardsError
from shared.domain.calendar.working_calendar import VIETNAM
from shared.domain.procedures.taking_back import LONGEST

MINUTE = timedelta(minutes=1)
MAY_LEAD_ON = "allow-top-navigation-by-user-activation allow-popups allow-popups-to-escape-sandbox"
"""Permissions of the sandbox of an e-mail: its links may be followed, out of the frame."""
_BEGINNING = re.compile(r"(<head[^>]*>)")


class ClockRequestError(Exception):
    """The clock was asked for something that is no instant and no distance."""


class Workbench:
    """Answers everything below `/local`."""

    def __init__(self, system: LocalSystem, officers: list[dict[str, Any]], *, moto_url: str) -> None:
        self._system = system
        system.be_watched()
        self._officers = officers
        self._bench = ProviderBench(system, self.answer)
        self._events = EventBench(system)
        self._routes: dict[tuple[str, str], Callable[[HttpRequest], HttpResponse]] = {
            ("GET", "/health"): lambda _: json_answer(
                {"status": "ok", "now": instant(self._system.clock.now()), "moto": moto_url}
            ),
            ("GET", "/outbox"): self._outbox,
            ("GET", "/clock"): lambda _: self._now(),
            ("POST", "/clock"): self._travel,
            ("GET", "/queues"): lambda _: json_answer(self.queues()),
            ("GET", "/officers"): lambda _: json_answer(self._officers),
            ("GET", "/providers"): lambda _: json_answer(
                [asdict(provider) for provider in self._providers()]
            ),
            ("POST", "/undo"): self._undo,
            ("POST", "/connect"): self._connect,
            ("POST", "/sms-gateway"): self._sms_gateway,
            **{("POST", f"/sms-gateway/{name}"): self._sms_gateway for name in READERS},
            **self._bench.routes(),
            **self._events.routes(),
            **self._pages(moto_url),
            ("GET", "/jwks.json"): lambda _: json_answer(json.loads(moto_insides.cognito_public_keys())),
            ("GET", "/mail"): self._mail,
        }

    def answer(self, request: HttpRequest) -> HttpResponse | None:
        """Answer a request; `None`: close the connection without an answer (a lost reply of the SMS gateway)."""
        path = urlsplit(request.path).path.removeprefix("/local").rstrip("/")
        path = ANY if path.startswith(PREFIX) else path
        method = "GET" if request.method == "HEAD" else request.method
        route = self._routes.get((method, path))
        if route is None:
            is_known = any(path == of for _, of in self._routes)
            return problem(405, "method-not-allowed", "Method not allowed") if is_known else _NOT_FOUND
        try:
            return route(request)
        except _LostReplyError:
            return None

    def _pages(self, moto_url: str) -> Routes:
        """Return the views of the pages; a page of the navigation (`frame.PLACES`) has its line here."""
        frame = Frame(self._system)
        clock, inbox = ClockPage(frame), InboxPage(frame, self._events)
        trace = TracePage(frame)
        telephone = TelephonePage(frame, Conversations(self._system))
        pages = (
            frame,
            StagePage(frame, clock, telephone, inbox, trace.latest),
            telephone,
            inbox,
            clock,
            OfficersPage(frame, self._officers),
            ProvidersPage(frame, self._bench, moto_url),
            trace,
            DeadLettersPage(frame, self.queues),
            DemonstrationPage(frame, Demonstration(self._system)),
            EventsPage(frame, self._events),
            DesignPage(frame),
        )
        return {route: view for page in pages for route, view in page.routes().items()}

    # ------------------------------------------------------------ the clock

    def _now(self) -> HttpResponse:
        return json_answer({"now": instant(self._system.clock.now())})

    def _travel(self, request: HttpRequest) -> HttpResponse:
        with self._system.functions.lock:
            try:
                target = _target(_fields(request), self._system.clock.now())
                self._system.travel(target)
            except ClockRequestError as error:
                return problem(400, "invalid-clock", str(error))
            except BackwardsError:
                return problem(
                    409, "clock-backwards", "There are petitions: the clock only goes forward now."
                )
            finally:
                self._system.clock.run()
        if is_form(request):
            return see_other("/local")
        return json_answer({"now": instant(target)})

    def _undo(self, request: HttpRequest) -> HttpResponse:
        """Set for how many minutes word of decisions is held; 0: it leaves at once."""
        minutes = _fields(request).get("minutes")
        if not str(minutes).isdecimal() or int(str(minutes)) * MINUTE > LONGEST:
            return problem(400, "invalid-minutes", "minutes: 0 to 15")
        with self._system.functions.lock:
            self._system.change_settings({"UNDO_MINUTES": str(minutes)})
        return json_answer({"minutes": int(str(minutes))})

    # ------------------------------------------------------------ what went out

    def _outbox(self, request: HttpRequest) -> HttpResponse:
        query = query_of(request)
        try:
            since = _parse_instant(query["since"]) if "since" in query else None
        except ClockRequestError as error:
            return problem(400, "invalid-since", str(error))
        with self._system.functions.lock:
            messages = self._system.outbox.read(since=since, reference=query.get("reference"))
        return json_answer([message.for_scripts() for message in messages])

    def _mail(self, request: HttpRequest) -> HttpResponse:
        """Show an e-mail's HTML as a mail program would: nothing is loaded, nothing is run."""
        number = query_of(request).get("n", "")
        with self._system.functions.lock:
            messages = self._system.outbox.read()
        if not number.isdecimal() or int(number) >= len(messages) or messages[int(number)].html is None:
            return _NOT_FOUND
        policy = f"sandbox {MAY_LEAD_ON}; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
        headers = (("Content-Type", "text/html; charset=utf-8"), ("Content-Security-Policy", policy))
        html = _BEGINNING.sub(r'\1<base target="_top">', messages[int(number)].html or "", count=1)
        return HttpResponse(200, headers, html.encode())

    def _sms_gateway(self, request: HttpRequest) -> HttpResponse:
        try:
            body = json.loads(request.body)
            provider = provider_of(request.path)
            answer = self._system.gateway.receive(body if isinstance(body, dict) else {}, provider)
        except (ValueError, KeyError):
            return problem(400, "malformed", "Malformed JSON")
        except UnavailableError as error:
            return HttpResponse(error.status, (), error.body)
        if answer is None:
            raise _LostReplyError
        return json_answer(answer)

    # ------------------------------------------------------------ what is going on

    def queues(self) -> dict[str, Any]:
        """Return each queue's depth, the stream's lag and the latest failures."""
        system = self._system
        with system.functions.lock:
            depths = {
                queue: {
                    **asdict(moto_insides.depth(system.cloud.queue_name(queue))),
                    "dead": moto_insides.depth(system.cloud.queue_name(f"{queue}-dead")).visible,
                }
                for queue in QUEUES
            }
            dead_changes = moto_insides.depth(system.cloud.queue_name("changes-dead")).visible
            failures = [{**asdict(failure), "at": instant(failure.at)} for failure in system.failures.latest]
            return {
                "queues": depths,
                "stream": {"lag": system.pumps.stream.lag, "dead": dead_changes},
                "failures": {"count": system.failures.count, "latest": failures},
            }

    def _providers(self) -> list[signed_requests.Provider]:
        return signed_requests.all_providers(self._system.signer, self._system.clock.now())

    def _connect(self, request: HttpRequest) -> HttpResponse:
        """Invoke the hotline's function as a flow of Amazon Connect does, which has no HTTP address on AWS."""
        try:
            event = json.loads(request.body)
        except ValueError:
            return problem(400, "malformed", "Malformed JSON")
        with self._system.functions.lock:
            return json_answer(
                self._system.functions.invoke("intake", "connect", event if isinstance(event, dict) else {})
            )


class _LostReplyError(Exception):
    """The SMS gateway is to lose its reply."""


_NOT_FOUND = problem(404, "not-found", "There is nothing here; see /local")


def _fields(request: HttpRequest) -> dict[str, Any]:
    if is_form(request):
        return dict(form_of(request))
    try:
        fields = json.loads(request.body)
    except ValueError:
        raise ClockRequestError("the body is no JSON") from None
    if not isinstance(fields, dict):
        raise ClockRequestError("the body is no JSON object")
    return fields


def _target(fields: Mapping[str, Any], now: datetime) -> datetime:
    named = [
        name for name in ("now", "advance_days", "advance_minutes") if fields.get(name) not in (None, "")
    ]
    if len(named) != 1:
        raise ClockRequestError("give one of now, advance_days, advance_minutes")
    (name,) = named
    if name == "now":
        target = _parse_instant(str(fields[name]))
    else:
        unit = timedelta(days=1) if name == "advance_days" else timedelta(minutes=1)
        target = now + _distance(fields[name], unit)
    return target


def _distance(value: Any, unit: timedelta) -> timedelta:
    try:
        number = float(value)
        distance = unit * number
    except (TypeError, ValueError, OverflowError):
        raise ClockRequestError("the distance is no number, or too far") from None
    if isinstance(value, bool) or not math.isfinite(number) or not timedelta(0) <= distance <= FARTHEST:
        raise ClockRequestError("the distance has to be a number from 0 to ten years")
    return distance


def _parse_instant(text: str) -> datetime:
    """Read RFC 3339; without an offset it is Vietnamese time, as a form's datetime-local field gives it."""
    text = text.strip()
    if len(text) > len("2026-01-28T09:00") and " " in text[-6:]:
        text = text.replace(" ", "+")  # a plus sign that a query string was not escaped for
    try:
        at = datetime.fromisoformat(text)
        at = at if at.tzinfo else at.replace(tzinfo=VIETNAM)
        return at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ClockRequestError("the instant is not RFC 3339, e.g. 2026-01-28T09:00:00+07:00") from None
