"""`ops load`: send invented petitions to a stage at a rate, by a plan that is shown first, and stop when it suffers.

Refused where invented petitions would be work for officers: only the local stack and stages whose parameter `Sandbox`
is on take them. All contacts are addresses of Amazon SES's mailbox simulator: nobody is written to.
"""

from __future__ import annotations

import json
import os
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPException
from statistics import quantiles
from typing import Annotated, Any, NamedTuple
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import typer

from infra.ops.stage.connection import THIS_MACHINE, Connection
from infra.ops.stage.errors import OpsError
from infra.ops.stage.session import Session, session_of

KEY_VARIABLE = "PAKN_API_KEY"
"""The environment variable with the key of a program, where the stage asks for one."""
MOST_AT_ONCE = 64
MOST_A_SECOND, LONGEST_SECONDS = 50.0, 3600
JUDGED_AFTER = 20
"""Answers before which nothing is stopped: a few slow ones say nothing."""
WITHIN_SECONDS = 30


class Plan(NamedTuple):
    """The load to be sent, and what ends it early."""

    url: str
    rate: float
    """Petitions a second."""
    seconds: int
    most_failures: float
    """The share of failures, in percent, from which on it stops."""
    slowest_ms: int
    """The 95th percentile from which on it stops."""

    @property
    def petitions(self) -> int:
        """The number of petitions."""
        return int(self.rate * self.seconds)


class Answer(NamedTuple):
    """The answer to one petition."""

    status: int
    """The status of HTTP; 0 where there was none."""
    ms: float


@dataclass
class Result:
    """The answers so far."""

    plan: Plan
    answers: list[Answer] = field(default_factory=list)
    stopped: str = ""
    """Why it stopped early; empty where it did not."""

    @property
    def failures(self) -> int:
        """The number of petitions that were not taken."""
        return sum(answer.status not in {200, 201} for answer in self.answers)

    @property
    def p95(self) -> float:
        """The 95th percentile of the times to an answer, in milliseconds."""
        times = [answer.ms for answer in self.answers]
        return quantiles(times, n=20)[-1] if len(times) > 1 else sum(times)

    def judge(self) -> None:
        """Stop where the stage suffers."""
        if len(self.answers) < JUDGED_AFTER:
            return
        if self.failures * 100 > self.plan.most_failures * len(self.answers):
            self.stopped = f"{self.failures} of {len(self.answers)} petitions failed"
        elif self.p95 > self.plan.slowest_ms:
            self.stopped = f"one in twenty answers took more than {self.p95:.0f} ms"

    def facts(self) -> dict[str, Any]:
        """Return the figures."""
        statuses: dict[str, int] = {}
        for answer in self.answers:
            name = str(answer.status or "no answer")
            statuses[name] = statuses.get(name, 0) + 1
        return {
            "planned": self.plan.petitions,
            "sent": len(self.answers),
            "statuses": statuses,
            "p95_ms": round(self.p95),
            "stopped": self.stopped,
        }


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("load")(load)


def load(
    context: typer.Context,
    *,
    rate: Annotated[float, typer.Option(help="petitions a second", min=0.1, max=MOST_A_SECOND)] = 1.0,
    seconds: Annotated[int, typer.Option("--for", help="seconds", min=1, max=LONGEST_SECONDS)] = 30,
    most_failures: Annotated[float, typer.Option(help="percent of failures that stop it")] = 1.0,
    slowest_ms: Annotated[int, typer.Option(help="95th percentile that stops it")] = 3000,
    url: Annotated[str, typer.Option(help="another address of this stage; without it, PublicUrl")] = "",
) -> None:
    """Send invented petitions at a rate.

    Stops by itself where too many fail or answers get slow, and by Ctrl-C. For the local stack and stages that are a
    sandbox.
    """
    session = session_of(context)
    plan = Plan(_url(session, url), rate, seconds, most_failures, slowest_ms)
    sentence = (
        f"send {plan.petitions} invented petitions to {plan.url}, {rate:g} a second for {seconds} s; stop at "
        f"{most_failures:g} % of failures or when one in twenty answers takes more than {slowest_ms} ms"
    )
    facts = {"url": plan.url, "petitions": plan.petitions, "rate": rate}
    with session.change("load", sentence, facts) as counts:
        if counts is None:
            return
        result = run(plan, lambda numbers: session.screen.progress(numbers, "petitions", plan.petitions))
        counts.update(result.facts())
        sent = f"{len(result.answers)} of {plan.petitions} sent, {result.failures} failed"
        session.screen.facts(result.facts(), f"{sent}, 95 % within {result.p95:.0f} ms")
    if result.stopped:
        raise OpsError(
            f"Stopped: {result.stopped}", "ops dead list, ops doctor; docs/runbook.md, Queues fall behind"
        )


def run(plan: Plan, progress: Callable[[range], Iterator[int]]) -> Result:
    """Send the petitions of a plan, each at its time, until the end or until the stage suffers."""
    result, batch = Result(plan), uuid.uuid4().hex[:12]
    started = time.monotonic()
    with ThreadPoolExecutor(MOST_AT_ONCE) as workers:
        sent: list[Future[Answer]] = []
        for number in progress(range(plan.petitions)):
            time.sleep(max(0.0, started + number / plan.rate - time.monotonic()))
            sent = _collect(result, sent)
            if result.stopped:
                break
            sent.append(workers.submit(_send, plan.url, f"load-{batch}-{number}", number))
        result.answers += [each.result() for each in sent]
    result.judge()
    return result


def _collect(result: Result, sent: list[Future[Answer]]) -> list[Future[Answer]]:
    """Take the answers that came, judge, and return the requests that are still under way."""
    came = [each for each in sent if each.done()]
    result.answers += [each.result() for each in came]
    if came:
        result.judge()
    return [each for each in sent if each not in came]


def _send(url: str, key: str, number: int) -> Answer:
    headers = {"Content-Type": "application/json", "Idempotency-Key": key}
    if program := os.environ.get(KEY_VARIABLE):
        headers["X-Api-Key"] = program
    request = Request(f"{url}/v1/petitions", json.dumps(_petition(key, number)).encode(), headers)  # noqa: S310
    started = time.monotonic()
    try:
        with urlopen(request, timeout=WITHIN_SECONDS) as answer:  # noqa: S310 - its scheme was looked at
            status = int(answer.status)
    except HTTPError as error:
        status = error.code
    except (OSError, HTTPException):
        status = 0
    return Answer(status, (time.monotonic() - started) * 1000)


def _petition(key: str, number: int) -> dict[str, Any]:
    """Return an invented petition whose sender is SES's mailbox simulator."""
    return {
        "content": f"[Tải thử {key}] Đây là phản ánh thử tải số {number}, không có người gửi. Đề nghị không xử lý.",
        "petitioner": {
            "type": "CITIZEN",
            "name": "Người gửi thử",
            "address": "Địa chỉ thử, Hà Nội",
            "email": f"success+{key}@simulator.amazonses.com",
        },
        "reply_by": ["EMAIL"],
    }


def _url(session: Session, url: str) -> str:
    """Return the address that the load goes to.

    Raises:
        OpsError: the stage is one where test values mean something, or has no such address.
    """
    stage = session.connection
    if not stage.is_local and stage.parameters.get("Sandbox") != "true":
        raise OpsError(
            f"Stage {stage.stage} is no sandbox: invented petitions would be work for officers",
            "A stage with `Sandbox` true in infra/stages, or the local stack",
        )
    chosen = url or (stage.address if stage.is_local else stage.parameters["PublicUrl"])
    if urlsplit(chosen).scheme not in {"http", "https"}:
        raise OpsError(f"{chosen} is no address of the web", "Name it as --url https://…")
    if urlsplit(chosen).hostname not in _hosts(stage):
        raise OpsError(
            f"{chosen} is no address of stage {stage.stage}: invented petitions would be work for officers",
            "Without --url they go to the stage itself",
        )
    return chosen.rstrip("/")


def _hosts(stage: Connection) -> frozenset[str | None]:
    """Return the hosts at which a stage takes petitions."""
    if stage.is_local:
        return THIS_MACHINE
    addresses = (stage.parameters["PublicUrl"], stage.outputs("intake").get("EndpointURL", ""))
    return frozenset(urlsplit(address).hostname for address in addresses)
