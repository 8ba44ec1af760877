"""The whole system in one process, without network and threads of its own: what journeys and campaigns drive.

The same cloud, functions and pumps as the local stack; a clock that stands still until a test travels; one eSMS
gateway on a free port, because the notifier speaks HTTP.
"""

from __future__ import annotations

import json as json_format
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from chalice.app import Chalice

from infra.local.clock import TravellingClock
from infra.local.driver import Driver
from infra.local.emulation import moto_insides
from infra.local.emulation.cloud import STAGE
from infra.local.emulation.functions import HttpRequest, HttpResponse, unwatched
from infra.local.providers.outbound import SentSms, provider_of
from infra.local.providers.sms_gateway import BrokenError, SmsGateway, UnavailableError
from infra.local.system import LocalSystem, Wiring
from infra.seed.directory import Account, seed_directory, seed_officers
from shared.domain.petition.petition import Petition
from shared.platform import aws
from shared.tables import directory
from tests.campaigns.faults.injection import Injection
from tests.infra.permissions.recorder import Recorder
from tests.support.target import Target, keys_of, store_petition, with_texts

START = datetime(2026, 11, 3, 2, 0, tzinfo=UTC)
"""A Tuesday, 09:00 in Vietnam: received then, a petition is due on 2026-11-23 (docs: domain, the clock)."""
DUE_ON = date(2026, 11, 23)

PUBLIC_URL = "http://localhost:8088"
_KEEP_ITS_ROWS = "DirectoryTable"
_EMPTIED = ("PetitionsTable", "DeliveriesTable", "StatisticsTable", "RootsTable", "ThrottleTable")


@dataclass(frozen=True)
class Kept:
    """A system at rest at an instant, as `System.keep` saw it."""

    at: datetime
    held: bytes
    messages: Mapping[str, SentSms]
    position: int


class System(Driver, Target):
    """A running system, and what a test wants to know of it."""

    public_url = PUBLIC_URL
    number = "84912345678"

    def __init__(self) -> None:
        clock = TravellingClock()
        clock.hold_at(START)
        self._gateway_server = GatewayServer(SmsGateway(clock.now))
        super().__init__(LocalSystem(clock, self._gateway_server.gateway, self._wiring()))
        self.faults = Injection(lambda: self.local.functions.running, self._wait)
        self.calls = Recorder(self._real_function, self.local.cold_start)
        self.officers: dict[str, Account] = {}
        self.as_program: Mapping[str, str] = {}
        self._tokens: dict[str, dict[str, str]] = {}

    def _wiring(self) -> Wiring:
        return Wiring(public_url=PUBLIC_URL, sms_gateway_url=self._gateway_server.url)

    @property
    def sms_gateway(self) -> SmsGateway:
        """The other end of the telephone; put `Trouble` on its `trouble` to let requests fail."""
        return self.local.gateway

    # ------------------------------------------------------------ life

    def start(self) -> None:
        """Deploy, load, seed; from here on `reset` brings this state back."""
        self._gateway_server.start()
        self.local.start()
        self.sms_gateway.credentials = self.local.cloud.providers["esms"]
        self._apps = self.local.functions.apps
        self._sms_providers = self.local.sms_providers
        self.local.functions.before_each = self.calls.before_invocation
        outputs = self.local.cloud.outputs
        self.calls.ids = {
            outputs["SealKeyId"]: "Seal",
            f"alias/pakn-{STAGE}-seal": "Seal",
            outputs["RootsKeyId"]: "Roots",
            outputs["DataKeyArn"]: "Data",
            self.local.cloud.pool_id: "Officers",
        }
        self._listen()
        seed_directory(STAGE)
        self.officers = {officer.username: officer for officer in seed_officers(self.local.cloud.pool_id)}
        self._directory = moto_insides.keep_table(self.local.cloud.outputs[_KEEP_ITS_ROWS])

    def stop(self) -> None:
        """End everything."""
        self.faults.uninstall()
        self.local.stop()
        self._gateway_server.stop()

    def only(self, function: str) -> Mapping[str, Chalice]:
        """Return the apps for `reset` of which one is real; the others are there and do nothing."""
        others = {name: Chalice(app_name=f"pakn-{name}") for name in self._apps}
        return others | {function: self._apps[function]}

    def reset(self, at: datetime = START, apps: Mapping[str, Chalice] | None = None) -> None:
        """Be as good as new: no petitions, no messages, functions cold, the clock at `at`. Officers stay.

        Args:
            at: where the clock stands.
            apps: other functions than the project's own, until the next reset.
        """
        self._tokens.clear()  # one of another test may be too old by this one's clock
        self._take_over(apps or self._apps)
        if self.local.sms_providers != self._sms_providers:
            self.local.send_through(self._sms_providers)
        cloud = self.local.cloud
        for table in _EMPTIED:
            moto_insides.empty_table(cloud.outputs[table])
        if moto_insides.put_table_back(cloud.outputs[_KEEP_ITS_ROWS], self._directory):
            directory.forget()
        moto_insides.empty_bucket(cloud.outputs["AttachmentsBucket"])
        moto_insides.forget_mails()
        moto_insides.forget_logs()
        moto_insides.enable_rules()
        cloud.empty_queues()
        self.local.pumps.stream.restart()
        self.local.pumps.receipts.restart()
        self.local.failures.forget()
        self.local.functions.watch = unwatched
        self.local.functions.stopped.clear()
        self.local.witness.forget()
        self.local.arrivals.forget()
        self.sms_gateway.forget()
        self.faults.forget()
        self.clock.hold_at(at)
        self.local.forget_parts()

    def _take_over(self, apps: Mapping[str, Chalice]) -> None:
        """Undo what other tests did to the process, and run these apps."""
        self.local.take_over()
        if aws._session() is not self._session:
            self._listen()
        if self.local.functions.apps != apps:
            self.local.use(apps)

    def keep(self) -> Kept:
        """Return everything that a petition's life has brought about so far, queues at rest, for `put_back`."""
        cloud = self.local.cloud
        held = moto_insides.keep(self._tables(), cloud.queue_names(), cloud.outputs["AttachmentsBucket"])
        return Kept(self.clock.now(), held, self.sms_gateway.keep(), self.local.pumps.stream.position)

    def put_back(self, checkpoint: Kept) -> None:
        """Be where `keep` was called, the functions cold: in a millisecond instead of a life."""
        cloud = self.local.cloud
        self.clock.hold_at(checkpoint.at)
        moto_insides.put_back(
            checkpoint.held, self._tables(), cloud.queue_names(), cloud.outputs["AttachmentsBucket"]
        )
        self.sms_gateway.put_back(checkpoint.messages)
        self.local.pumps.stream.go_on_from(checkpoint.position)
        self.local.pumps.receipts.skip()
        self.local.failures.forget()
        self.faults.forget()
        self.local.cold_start()

    def _listen(self) -> None:
        """Hear the AWS calls of the functions, in the session that they have now."""
        self._session = aws._session()
        self.faults.install(self._session)
        self.calls.install(self._session)

    def _real_function(self) -> str:
        """Return which trigger or door of the project's own functions is at work."""
        running, functions = self.local.functions.running, self.local.functions.apps
        name = running.partition(".")[0]
        return running if name and functions[name] is self._apps[name] else ""

    def _tables(self) -> list[str]:
        return [self.local.cloud.outputs[table] for table in _EMPTIED]

    def _wait(self) -> None:
        self.clock.hold_at(self.clock.now() + timedelta(minutes=6))

    # ------------------------------------------------------------ what tests ask

    def token(self, username: str) -> str:
        """Return an ID token of an officer, as Cognito in moto issues it (kept until the next reset)."""
        return self._sign_in(username)["IdToken"]

    def access_token(self, username: str) -> str:
        """Return an access token of an officer."""
        return self._sign_in(username)["AccessToken"]

    def _sign_in(self, username: str) -> dict[str, str]:
        if username not in self._tokens:
            cognito = self.local.cloud.client("cognito-idp")
            answer = cognito.initiate_auth(
                ClientId=self.local.cloud.pool_client_id,
                AuthFlow="USER_PASSWORD_AUTH",
                AuthParameters={"USERNAME": username, "PASSWORD": self.officers[username].password},
            )
            self._tokens[username] = answer["AuthenticationResult"]
        return self._tokens[username]

    @property
    def email(self) -> str:
        """The address of the citizen whom most tests know."""
        return "mua.tran@thu.example"

    @property
    def due_on(self) -> date:
        """The day on which a petition of the first day is due; a journey that travelled says its own."""
        return DUE_ON

    def secret(self, provider: str, name: str) -> str:
        """Return a credential of a provider, as the system has it."""
        return self.local.cloud.providers[provider][name]

    def unique(self, name: str) -> str:
        """Return a name of a call, a message or a key as no other journey uses it: there is one at a time."""
        return name

    def is_own(self, reference: str) -> bool:
        """Return whether a petition is of this journey: here all are."""
        return bool(reference)

    def put_back_petition(self, petition: Petition) -> None:
        """Store a petition in place of what is there, to be woken at once: as an old one, or as a backup has it."""
        store_petition(self.local.cloud, petition, self.clock.now())

    def ask(self, request: HttpRequest) -> HttpResponse:
        """Send a request; every 429 says when to come again, whoever answers it."""
        answer = super().ask(request)
        assert answer.status != HTTPStatus.TOO_MANY_REQUESTS or answer.header("Retry-After").isdecimal(), (
            request.path
        )
        return answer

    def pass_a_minute(self) -> None:
        """Let the schedule of every minute fire by itself, and everything that follows happen."""
        self.travel(minutes=1)

    def objects(self, identifier: str) -> list[str]:
        """Return the keys of the bucket's objects of one attachment, waiting to be examined or kept."""
        return keys_of(self.local.cloud, identifier)

    def items(self, table: str) -> list[dict[str, Any]]:
        """Return every item of a table, e.g. `deliveries`, in DynamoDB's JSON."""
        pages = self.local.cloud.client("dynamodb").get_paginator("scan")
        name = self.local.cloud.outputs[f"{table.capitalize()}Table"]
        return [with_texts(item) for page in pages.paginate(TableName=name) for item in page["Items"]]

    def lose_changes(self) -> None:
        """Let everything that waits in the change stream be lost."""
        stream = self.local.pumps.stream
        stream.go_on_from(stream.position + stream.lag)

    def dead_letters(self) -> int:
        """Return how many messages lie in dead-letter queues."""
        queues = ("changes", "notices", "parts", "receipts", "routing", "timers", "uploads")
        return sum(
            moto_insides.depth(self.local.cloud.queue_name(f"{queue}-dead")).visible for queue in queues
        )


class GatewayServer:
    """Serves an SMS gateway on a free port of this machine."""

    def __init__(self, gateway: SmsGateway) -> None:
        self.gateway = gateway
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(gateway))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/local/sms-gateway"

    def start(self) -> None:
        """Serve in a thread of its own."""
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        ).start()

    def stop(self) -> None:
        """End serving."""
        self._server.shutdown()
        self._server.server_close()


def _handler(gateway: SmsGateway) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = json_format.loads(self.rfile.read(int(self.headers["content-length"])))
            try:
                answer = gateway.receive(body, provider_of(self.path))
            except UnavailableError as error:
                self._send(error.status, error.body)
                return
            except BrokenError:
                self._send(500, b"")
                return
            if answer is None:
                self.close_connection = True
                return
            self._send(200, json_format.dumps(answer).encode())

        def _send(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's own word
            pass

    return Handler
