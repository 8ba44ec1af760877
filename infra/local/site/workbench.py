"""The workbench at `/local`: what went out, the queues, the clock to travel in; a page, and JSON for scripts."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from infra.local.emulation import moto_insides
from infra.local.emulation.cloud import QUEUES
from infra.local.emulation.functions import HttpRequest, HttpResponse, problem
from infra.local.providers import signed_requests
from infra.local.providers.outbound import OUTCOMES, READERS, SENDS_AS
from infra.local.providers.outbox import Outgoing
from infra.local.providers.play import PLAYINGS
from infra.local.providers.sms_gateway import UnavailableError
from infra.local.site.provider_bench import ProviderBench
from infra.local.site.words import WORDS
from infra.local.system import LocalSystem
from infra.local.travel import BackwardsError
from shared.domain.calendar.working_calendar import VIETNAM
from shared.domain.identity.gsm7 import is_gsm7

SHOWN = 200
"""Messages on the page; the newest."""
SMS_SEGMENT_PRICE = 500
"""In đồng, as the functions' setting of that name has it."""
FARTHEST = timedelta(days=3660)
"""The longest travel at once: what is meant as a year must not become a lifetime by a slip of the hand."""

_SECURITY = (
    (
        "Content-Security-Policy",
        "default-src 'none'; style-src 'self' 'unsafe-inline'; form-action 'self'; frame-src 'self'",
    ),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cache-Control", "no-store"),
)


class ClockRequestError(Exception):
    """The clock was asked for something that is no instant and no distance."""


class Workbench:
    """Answers everything below `/local`."""

    def __init__(self, system: LocalSystem, officers: list[dict[str, Any]], *, moto_url: str) -> None:
        self._system = system
        self._officers = officers
        self._moto_url = moto_url
        self._bench = ProviderBench(system, self.answer)
        self._routes: dict[tuple[str, str], Callable[[HttpRequest], HttpResponse]] = {
            ("GET", ""): self._page,
            ("GET", "/health"): lambda _: _json({"status": "ok", "now": _instant(self._system.clock.now())}),
            ("GET", "/outbox"): self._outbox,
            ("GET", "/clock"): lambda _: self._now(),
            ("POST", "/clock"): self._travel,
            ("GET", "/queues"): lambda _: _json(self.queues()),
            ("GET", "/officers"): lambda _: _json(self._officers),
            ("GET", "/providers"): lambda _: _json([asdict(provider) for provider in self._providers()]),
            ("POST", "/connect"): self._connect,
            ("POST", "/sms-gateway"): self._sms_gateway,
            **{("POST", f"/sms-gateway/{name}"): self._sms_gateway for name in READERS},
            **self._bench.routes(),
            ("GET", "/jwks.json"): lambda _: _json(json.loads(moto_insides.cognito_public_keys())),
            ("GET", "/mail"): self._mail,
        }

    def answer(self, request: HttpRequest) -> HttpResponse | None:
        """Answer a request; `None`: close the connection without an answer (a lost reply of the SMS gateway)."""
        path = urlsplit(request.path).path.removeprefix("/local").rstrip("/")
        method = "GET" if request.method == "HEAD" else request.method
        route = self._routes.get((method, path))
        if route is None:
            is_known = any(path == of for _, of in self._routes)
            return problem(405, "method-not-allowed", "Method not allowed") if is_known else _NOT_FOUND
        try:
            return route(request)
        except _LostReplyError:
            return None

    # ------------------------------------------------------------ the clock

    def _now(self) -> HttpResponse:
        return _json({"now": _instant(self._system.clock.now())})

    def _travel(self, request: HttpRequest) -> HttpResponse:
        # Recognised by the body: curl calls any -d a form.
        is_form = not request.body.lstrip().startswith(b"{")
        with self._system.functions.lock:
            try:
                target = _target(_fields(request, is_form=is_form), self._system.clock.now())
                self._system.travel(target)
            except ClockRequestError as error:
                return problem(400, "invalid-clock", str(error))
            except BackwardsError:
                return problem(
                    409, "clock-backwards", "There are petitions: the clock only goes forward now."
                )
            finally:
                self._system.clock.run()
        if is_form:
            return HttpResponse(303, (("Location", "/local"),))
        return _json({"now": _instant(target)})

    # ------------------------------------------------------------ what went out

    def _outbox(self, request: HttpRequest) -> HttpResponse:
        query = _query(request)
        try:
            since = _parse_instant(query["since"]) if "since" in query else None
        except ClockRequestError as error:
            return problem(400, "invalid-since", str(error))
        with self._system.functions.lock:
            messages = self._system.outbox.read(since=since, reference=query.get("reference"))
        return _json([message.for_scripts() for message in messages])

    def _mail(self, request: HttpRequest) -> HttpResponse:
        """Show an e-mail's HTML as a mail program would: nothing is loaded, nothing is run."""
        number = _query(request).get("n", "")
        with self._system.functions.lock:
            messages = self._system.outbox.read()
        if not number.isdecimal() or int(number) >= len(messages) or messages[int(number)].html is None:
            return _NOT_FOUND
        policy = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
        headers = (("Content-Type", "text/html; charset=utf-8"), ("Content-Security-Policy", policy))
        return HttpResponse(200, headers, (messages[int(number)].html or "").encode())

    def _sms_gateway(self, request: HttpRequest) -> HttpResponse:
        try:
            body = json.loads(request.body)
            provider = urlsplit(request.path).path.rstrip("/").rpartition("/")[2]
            name = provider if provider in READERS else "esms"
            answer = self._system.gateway.receive(body if isinstance(body, dict) else {}, name)
        except (ValueError, KeyError):
            return problem(400, "malformed", "Malformed JSON")
        except UnavailableError:
            return HttpResponse(503)
        if answer is None:
            raise _LostReplyError
        return _json(answer)

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
            failures = [{**asdict(failure), "at": _instant(failure.at)} for failure in system.failures.latest]
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
            return _json(
                self._system.functions.invoke("intake", "connect", event if isinstance(event, dict) else {})
            )

    # ------------------------------------------------------------ the page

    @cached_property
    def _templates(self) -> Environment:
        folder = Path(__file__).parent / "templates"
        environment = Environment(loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined)
        environment.filters["local_time"] = lambda at: at.astimezone(VIETNAM).strftime("%d/%m/%Y %H:%M:%S")
        return environment

    def _page(self, request: HttpRequest) -> HttpResponse:
        language = "en" if _query(request).get("lang") == "en" else "vi"
        with self._system.functions.lock:
            messages = self._system.outbox.read()
        filters = {name: _query(request).get(name, "").strip() for name in ("channel", "reference", "to")}
        shown = [
            {
                "number": number,
                "message": message,
                "segments": message.segments,
                "cost": (message.segments or 0) * SMS_SEGMENT_PRICE,
                "is_gsm7": is_gsm7(message.text),
            }
            for number, message in enumerate(messages)
            if _is_asked_for(message, filters)
        ]
        html = self._templates.get_template("workbench.html").render(
            language=language,
            words=WORDS[language],
            now=self._system.clock.now(),
            messages=shown[::-1][:SHOWN],
            filters=filters,
            count=len(shown),
            queues=self.queues(),
            officers=self._officers,
            providers=self._providers(),
            playings=PLAYINGS,
            outcomes={name: OUTCOMES.get(SENDS_AS.get(name, name), ()) for name in PLAYINGS},
            sends_through=self._system.sms_providers,
            refusals=list(self._system.refusals.latest)[::-1][:20],
            moto_url=self._moto_url,
        )
        headers = (("Content-Type", "text/html; charset=utf-8"), *_SECURITY)
        return HttpResponse(200, headers, html.encode())


def _is_asked_for(message: Outgoing, filters: Mapping[str, str]) -> bool:
    """Return whether a message passes the page's filter; a reference may be typed with blanks, a contact in part."""
    reference = filters["reference"].replace(" ", "")
    return (
        (not filters["channel"] or message.channel == filters["channel"])
        and (not reference or message.is_about(reference))
        and filters["to"].lower() in message.to.lower()
    )


class _LostReplyError(Exception):
    """The SMS gateway is to lose its reply."""


_NOT_FOUND = problem(404, "not-found", "There is nothing here; see /local")


def _json(value: Any) -> HttpResponse:
    headers = (("Content-Type", "application/json; charset=utf-8"), ("Cache-Control", "no-store"))
    return HttpResponse(200, headers, json.dumps(value, ensure_ascii=False).encode())


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _query(request: HttpRequest) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(urlsplit(request.path).query).items()}


def _fields(request: HttpRequest, *, is_form: bool) -> dict[str, Any]:
    try:
        if is_form:
            return {name: values[-1] for name, values in parse_qs(request.body.decode()).items()}
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
