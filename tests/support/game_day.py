"""A game day: the whole system minute by minute, its metrics as CloudWatch would have them, and who is called.

What functions emit is taken from their own lines of embedded metrics. What AWS measures itself (queues, the stream,
errors of Lambdas, answers of API Gateway, throttles of tables) is derived here, and only here, from the state of moto.
"""

from __future__ import annotations

import io
import json
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import replace
from datetime import timedelta
from typing import Any

from infra.local.emulation import moto_insides
from infra.local.emulation.cloud import QUEUES, STAGE
from infra.local.emulation.functions import HttpRequest, HttpResponse, Outcome
from tests.campaigns.faults.injection import Fault
from tests.support.alarms import Metrics, alarms_of
from tests.support.system import Kept, System

MINUTE = timedelta(minutes=1)
DEAD = (*(f"{queue}-dead" for queue in QUEUES), "changes-dead", "schedules-dead")
COUNTED_BY_AGE = 3
"""Receives after which SQS counts a message no longer in the age of the oldest."""
POLLED_A_MINUTE = 12
"""Calls a minute with which Lambda's poller tries again to hand over what waits."""
_WRITES = frozenset({"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"})


def lambda_name(running: str) -> str:
    """Return the name of a Lambda from what runs, e.g. `router.on_route`; HTTP is the function's own."""
    function, _, handler = running.replace("_", "-").partition(".")
    return f"pakn-{STAGE}-{function}" if handler == "http" else f"pakn-{STAGE}-{function}-{handler}"


class GameDay:
    """One system under watch."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.metrics = Metrics()
        self.is_swept = True
        """True while the schedule of every minute runs."""
        self.rang: set[str] = set()
        """The alarms whose condition was true at any minute since `put_back`."""
        self._alarms = alarms_of()
        self._behind_since = self._hourly_at = system.clock.now()
        self._throttled = 0
        self._without_concurrency: set[str] = set()

    def watch(self) -> None:
        """Take the metrics of every invocation from now on."""
        functions = self.system.local.functions
        functions.metrics = _Emitted(self)
        functions.watch = self._watched

    # ------------------------------------------------------------ time

    def minute(self, *, is_judged: bool = True) -> None:
        """Let a minute pass: schedules, queues, samples, alarms."""
        clock, pumps = self.system.clock, self.system.local.pumps
        clock.hold_at(clock.now() + MINUTE)
        if self.is_swept:
            pumps.sweep.fire()
        if clock.now() >= self._hourly_at + timedelta(hours=1):
            self._hourly_at = clock.now().replace(minute=0)
            pumps.hourly.fire()
        self.system.settle()
        self._sample()
        if is_judged:
            self.rang |= self._alarms.ringing(self.metrics, clock.now())

    def minutes(self, number: int) -> None:
        """Let minutes pass, one by one."""
        for _ in range(number):
            self.minute()

    def steps(self, number: int, minutes: int) -> None:
        """Let longer steps pass: two minutes at the end of each, and only the last of them is judged."""
        for _ in range(number):
            self.system.clock.hold_at(self.system.clock.now() + (minutes - 2) * MINUTE)
            self.minute(is_judged=False)
            self.minute()

    def put_back(self, state: Kept, metrics: Metrics) -> None:
        """Go back to a system at rest, with the metrics that it had emitted."""
        self.system.put_back(state)
        self.metrics = metrics.copy()
        self.watch()
        self.is_swept, self.rang = True, set()
        self._behind_since, self._hourly_at, self._throttled = state.at, state.at, 0

    # ------------------------------------------------------------ what is switched off

    @contextmanager
    def unconsumed(self, *queues: str) -> Iterator[None]:
        """Let nobody receive from these queues meanwhile: their event sources are disabled."""
        local = self.system.local
        names = {local.cloud.queue_name(queue) for queue in queues}
        usual = local.pumps
        left = tuple(pump for pump in usual.queues if pump.queue not in names)
        local.__dict__["pumps"] = replace(usual, queues=left)
        try:
            yield
        finally:
            local.__dict__["pumps"] = usual

    @contextmanager
    def stream_stopped(self) -> Iterator[None]:
        """Let nobody read the petitions' stream meanwhile."""
        rules = self.system.local.cloud.client("events")
        rules.disable_rule(Name=lambda_name("router.on_change"))
        try:
            yield
        finally:
            rules.enable_rule(Name=lambda_name("router.on_change"))

    @contextmanager
    def without_concurrency(self, *running: str) -> Iterator[None]:
        """Let Lambda begin none of these meanwhile, e.g. `intake.http`: the account's concurrency is used up."""
        stopped = self.system.local.functions.stopped
        stopped |= {*running}
        self._without_concurrency = {*running}
        try:
            yield
        finally:
            stopped -= {*running}
            self._without_concurrency = set()

    # ------------------------------------------------------------ what AWS measures

    def job(self, function: str, work: Callable[[], object]) -> None:
        """Do a function's work by itself, and take the metrics that it emits."""
        lines = io.StringIO()
        with redirect_stdout(lines):
            work()
        self.system.local.functions.running = function
        for line in lines.getvalue().splitlines():
            self.emitted(line)
        self.system.local.functions.running = ""

    def flooded(self, function: str, refused: int) -> None:
        """Let API Gateway refuse requests beyond a door's own limit: its access log's metric filter counts them."""
        self._put("PAKN/Gateways", lambda_name(f"{function}.http"), refused)

    def reputation(self, rate: str, value: float) -> None:
        """Let SES have a rate of bounces or complaints, e.g. `Reputation.BounceRate`."""
        self._put("AWS/SES", rate, value)

    @contextmanager
    def _watched(self, name: str, _event: HttpRequest | Mapping[str, Any]) -> Iterator[Outcome]:
        outcome = Outcome()
        try:
            yield outcome
        finally:
            is_throttled = name in self._without_concurrency
            is_error = bool(outcome.error) and not is_throttled
            self._put("AWS/Lambda", "Errors", float(is_error), FunctionName=lambda_name(name))
            if is_throttled:
                self._put("AWS/Lambda", "Throttles", 1, FunctionName=lambda_name(name))
            if name.endswith(".http"):
                answer = outcome.answer
                is_fault = bool(outcome.error) or (isinstance(answer, HttpResponse) and answer.status >= 500)
                self._put("AWS/ApiGateway", "5XXError", float(is_fault), ApiName=lambda_name(name))

    def _sample(self) -> None:
        now, cloud = self.system.clock.now(), self.system.local.cloud
        for queue in QUEUES:
            name = cloud.queue_name(queue)
            waiting = [m.sent_at for m in moto_insides.held_messages(name) if m.receives < COUNTED_BY_AGE]
            age = (now - min(waiting, default=now)).total_seconds()
            self._put("AWS/SQS", "ApproximateAgeOfOldestMessage", age, QueueName=name)
        for queue in DEAD:
            name = cloud.queue_name(queue)
            depth = moto_insides.depth(name).visible
            self._put("AWS/SQS", "ApproximateNumberOfMessagesVisible", depth, QueueName=name)
        if self.system.local.pumps.stream.lag == 0:
            self._behind_since = now
        late = (now - self._behind_since).total_seconds() * 1000
        self._put("AWS/Lambda", "IteratorAge", late, FunctionName=f"pakn-{STAGE}-router-on-change")
        self._sample_throttles()
        for name in self._without_concurrency - {"intake.http", "casework.http", "notifier.http"}:
            self._put("AWS/Lambda", "Throttles", POLLED_A_MINUTE, FunctionName=lambda_name(name))

    def _sample_throttles(self) -> None:
        """Count refused calls of DynamoDB, all as of the table of petitions: faults do not name the table."""
        injected = self.system.faults.injected
        for call, fault in injected[self._throttled :]:
            if fault is Fault.THROTTLE and call.service == "dynamodb":
                kind = "Write" if call.operation in _WRITES else "Read"
                table = f"pakn-{STAGE}-petitions"
                self._put("AWS/DynamoDB", f"{kind}ThrottleEvents", 1, TableName=table)
        self._throttled = len(injected)

    def _put(self, namespace: str, name: str, value: float, **dimensions: str) -> None:
        self.metrics.put(self.system.clock.now(), namespace, name, value, dimensions)

    def emitted(self, line: str) -> None:
        """Take one line of embedded metrics; here all functions share one process, so its service is who runs."""
        record = json.loads(line)
        function = self.system.local.functions.running.partition(".")[0].replace("_", "-")
        for directive in record["_aws"]["CloudWatchMetrics"]:
            for names in directive["Dimensions"]:
                dimensions = {name: str(record[name]) for name in names}
                dimensions["service"] = f"pakn-{STAGE}-{function}"
                for metric in directive["Metrics"]:
                    for value in record[metric["Name"]]:
                        self._put(directive["Namespace"], metric["Name"], value, **dimensions)


class _Emitted(deque[str]):
    """The lines of embedded metrics, handed to a game day as they come."""

    def __init__(self, day: GameDay) -> None:
        super().__init__(maxlen=1_000)
        self._day = day

    def append(self, line: str) -> None:
        """Keep a line, and hand it on."""
        super().append(line)
        self._day.emitted(line)
