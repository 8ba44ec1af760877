"""The whole system, put together: cloud, functions, pumps, clock. The server serves it; the journeys drive it."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from itertools import takewhile
from pathlib import Path
from types import ModuleType

from chalice.app import Chalice

from infra.local.all_pumps import Pumps
from infra.local.clock import TravellingClock
from infra.local.emulation import functions, moto_insides, template
from infra.local.emulation.bucket import BucketDoor
from infra.local.emulation.cloud import QUEUES, STAGE, TEMPLATES, Cloud
from infra.local.emulation.functions import Functions, HttpRequest, HttpResponse
from infra.local.emulation.logs import LogGroups
from infra.local.emulation.pumps import (
    Backoff,
    Consumer,
    Failures,
    QueuePump,
    SchedulePump,
    StreamPump,
    report_to,
)
from infra.local.providers.arrivals import Arrivals
from infra.local.providers.outbox import Outbox
from infra.local.providers.receipts import ReceiptPump
from infra.local.providers.refusals import Refusals
from infra.local.providers.signed_requests import Signer
from infra.local.providers.sms_gateway import SmsGateway
from infra.local.travel import Traveller
from infra.local.witness import Witness
from infra.triggers import CONSUMERS
from shared.platform import aws, clock, secrets, settings
from shared.tables import directory

FUNCTIONS = Path(__file__).resolve().parents[2] / "functions"
WEBHOOKS = ("/sms/", "/hotline/", "/receipts/")
"""The beginnings of the addresses that providers call."""
PREFIXES = {"/desk": "casework", "/receipts": "notifier"}
"""Functions by prefix, as the base-path mappings of the domain on AWS; everything else is intake's."""


def split(path: str) -> tuple[str, str]:
    """Return which function a path belongs to, and the path as that function sees it."""
    bare, question, query = path.partition("?")
    for prefix, function in PREFIXES.items():
        if bare == prefix or bare.startswith(f"{prefix}/"):
            return function, f"{bare.removeprefix(prefix) or '/'}{question}{query}"
    return "intake", path


@dataclass(frozen=True)
class Wiring:
    """Addresses of the system, and how its pumps behave."""

    public_url: str
    sms_gateway_url: str
    files_url: str | None = None
    backoff: Backoff | None = None
    show_errors: bool = False
    settings: Mapping[str, str] = field(default_factory=dict)
    """Further environment variables of the functions, such as `QUIET_FROM`."""


class LocalSystem:
    """Everything but the network: five functions on moto, one clock, pumps that move on call."""

    def __init__(self, travelling: TravellingClock, gateway: SmsGateway, wiring: Wiring) -> None:
        self.clock = travelling
        self.gateway = gateway
        self.wiring = wiring
        self.cloud = Cloud(wiring.files_url)
        self._caches: dict[ModuleType, tuple[Callable[[], None], ...]] = {}

    def start(self) -> None:
        """Deploy the platform, set the functions' environment, load them."""
        self.cloud.start()
        self._environment = self.cloud.environment(
            public_url=self.wiring.public_url, sms_gateway_url=self.wiring.sms_gateway_url
        ) | dict(self.wiring.settings)
        aws.forget()
        settings.forget()
        secrets.forget()
        directory.forget()
        self.take_over()
        self.functions = Functions(functions.load(FUNCTIONS), show_errors=self.wiring.show_errors)
        self._logs = LogGroups(STAGE, lambda: self.functions.running)
        logging.getLogger().addHandler(self._logs)

    def take_over(self) -> None:
        """Set what a process has once, the environment and the clock, to this system's: others may have changed it."""
        os.environ.update(self._environment)
        clock.use(self.clock.now)
        moto_insides.run_queues_on(self.clock.now)

    def use(self, apps: Mapping[str, Chalice]) -> None:
        """Run these apps instead of those that are loaded; the pumps read their batch sizes anew."""
        self.functions.use(apps)
        self.__dict__.pop("pumps", None)

    def stop(self) -> None:
        """Put the process back as it was, as far as that goes."""
        clock.use(None)
        logging.getLogger().removeHandler(self._logs)
        self.cloud.stop()
        aws.forget()
        settings.forget()
        secrets.forget()
        directory.forget()

    # ------------------------------------------------------------ parts

    @cached_property
    def failures(self) -> Failures:
        """The latest failures of functions."""
        return Failures(self.clock.now)

    @cached_property
    def pumps(self) -> Pumps:
        """The pumps, wired as the functions' triggers are on AWS."""
        outputs = self.cloud.outputs
        invoke, failures, now = self.functions.invoke, self.failures, self.clock.now
        sqs = self.cloud.client("sqs")
        stream = StreamPump(
            outputs["PetitionsTable"],
            outputs["PetitionsStreamArn"],
            self._consumer("router", "on_change", 100),
            invoke=invoke,
            failures=failures,
            report=report_to(sqs, self.cloud.queue_url("changes-dead")),
            now=now,
        )
        queues = tuple(
            QueuePump(
                self.cloud.queue_name(queue),
                outputs[f"{queue.capitalize()}QueueArn"],
                self._consumer(function, handler, 10),
                sqs=sqs,
                invoke=invoke,
                failures=failures,
                backoff=self.wiring.backoff,
            )
            for queue, trigger in CONSUMERS.items()
            for function, handler in [trigger.split(".")]
        )
        sweep, hourly, learn = (
            SchedulePump(
                handler,
                self._consumer(function, handler),
                invoke=invoke,
                failures=failures,
                report=report_to(sqs, self.cloud.queue_url("schedules-dead")),
                now=now,
            )
            for function, handler in (("sla_timer", "sweep"), ("sla_timer", "hourly"), ("router", "learn"))
        )
        receipts = ReceiptPump(self.gateway, self.signer, self.http, self._notify_queue, now)
        return Pumps(stream, queues, sweep, hourly, learn, failures, receipts)

    def _notify_queue(self, notification: bytes) -> None:
        """Put a topic's message on the queue that is subscribed to it, as SNS does."""
        url = self.cloud.queue_url("receipts")
        self.cloud.client("sqs").send_message(QueueUrl=url, MessageBody=notification.decode())

    def _consumer(self, function: str, handler: str, batch: int | None = None) -> Consumer:
        """Return a trigger, its batch size as the function's own template has it, with a rule that switches it."""
        size = self.functions.batch_size(function, handler, batch) if batch else 1
        consumer = Consumer(function, handler, size)
        self.cloud.client("events").put_rule(Name=consumer.rule, ScheduleExpression="rate(1 minute)")
        return consumer

    @cached_property
    def signer(self) -> Signer:
        """Signs as the providers do."""
        return Signer(self.wiring.public_url, self.cloud.providers, self.cloud.sns)

    @cached_property
    def arrivals(self) -> Arrivals:
        """The SMS that providers passed on to 8088."""
        return Arrivals(self.clock.now)

    @cached_property
    def refusals(self) -> Refusals:
        """The latest refused requests of providers."""
        return Refusals(self.clock.now)

    @cached_property
    def witness(self) -> Witness:
        """Sees each invocation, once `be_watched` was called."""
        queues = {queue: self.cloud.queue_name(queue) for queue in QUEUES}
        return Witness(self.cloud.outputs["PetitionsTable"], queues, self.clock.now)

    @cached_property
    def bucket(self) -> BucketDoor:
        """The door through which browsers put files into the bucket."""
        facts = {"Stage": STAGE, "PublicUrl": self.wiring.public_url}
        (bucket,) = template.of_type(template.read(TEMPLATES / "platform.yaml", facts), "AWS::S3::Bucket")
        return BucketDoor(
            lambda: self.cloud.client("s3"),
            lambda: self.cloud.signers,
            bucket["CorsConfiguration"]["CorsRules"],
        )

    @cached_property
    def outbox(self) -> Outbox:
        """Everything that went out to people."""
        return Outbox(self.cloud, lambda: self.gateway.sent)

    # ------------------------------------------------------------ what one can do with it

    def http(self, request: HttpRequest) -> HttpResponse:
        """Let the function that a path belongs to answer, the prefix stripped."""
        function, path = split(request.path)
        if not request.path.startswith(WEBHOOKS):
            return self.functions.http(function, replace(request, path=path))
        with self.functions.lock:
            latest = next(reversed(self.functions.metrics), None)
            response = self.functions.http(function, replace(request, path=path))
            new = takewhile(lambda line: line is not latest, reversed(self.functions.metrics))
            self.refusals.note(reversed(list(new)))
            self.arrivals.note(request, response)
            return response

    def send_through(self, sms_providers: str) -> None:
        """Let the notifier send SMS through other providers from now on, as its setting `SMS_PROVIDERS` says."""
        with self.functions.lock:
            self._environment["SMS_PROVIDERS"] = sms_providers
            self.take_over()
            settings.forget()
            self.cold_start()

    @property
    def sms_providers(self) -> str:
        """The providers that the notifier sends SMS through."""
        return self._environment["SMS_PROVIDERS"]

    def be_watched(self) -> None:
        """Let the witness see each invocation from now on."""
        self.functions.watch = self.witness.watch

    def settle(self) -> None:
        """Pump until nothing moves."""
        with self.functions.lock:
            self.pumps.settle()

    def travel(self, to: datetime) -> None:
        """Travel to an instant, handling on the way whatever falls due; the clock then stands there.

        Raises:
            BackwardsError: the instant is past, and there are petitions.
        """
        with self.functions.lock:
            Traveller(self.clock, self.cloud, self.pumps).to(to)

    def cold_start(self) -> None:
        """Clear every functools cache of the functions, as new Lambda processes would have none.

        What is slow to make and shows nothing stays: AWS clients, and what comes from the package's own files or from
        rules that are compared before each use.
        """
        directory.forget()
        self.forget_parts()

    def change_settings(self, changed: Mapping[str, str]) -> None:
        """Let the functions read settings anew, some of them changed."""
        self._environment |= changed
        os.environ.update(changed)
        self.forget_parts()

    def forget_parts(self) -> None:
        """Do the same, but keep what was read of the directory: for callers that know that it has not changed."""
        for name, module in list(sys.modules.items()):
            if name.startswith(_OWN_MODULES):
                if module not in self._caches:
                    self._caches[module] = _caches(module, _KEPT.get(name, frozenset()))
                for clear in self._caches[module]:
                    clear()


_OWN_MODULES = ("chalicelib.", "shared.", "pakn_function_")
_KEPT = {
    "chalicelib.router.composition": {"parts"},
    "shared.domain.identity.provinces": {"_codes", "_names"},
    "shared.domain.calendar.working_calendar": {"_table", "_table_in_order"},
    "shared.platform.aws": {"client", "_session"},
    "shared.routing.text": {"fold", "spell"},
    "shared.web.i18n": {"translations"},
    "shared.web.static": {"asset"},
    "shared.wording.sandbox": {"environment_of"},
    "shared.wording.sources": {"_file", "names"},
}
"""Caches that stay, by module: AWS clients, templates, catalogues, tables, and the router with its compiled rules."""


def _caches(module: ModuleType, spared: AbstractSet[str]) -> tuple[Callable[[], None], ...]:
    """Return `cache_clear` of each cache that a module defines, apart from those that are spared."""
    return tuple(
        thing.cache_clear
        for name, thing in vars(module).items()
        if name not in spared
        and callable(getattr(thing, "cache_clear", None))
        and thing.__module__ == module.__name__
    )
