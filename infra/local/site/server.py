"""Serves the whole system on one port: citizens' site, officers' desk, providers' receipts and the workbench."""

from __future__ import annotations

import argparse
import gc
import signal
import socket
import sys
import threading
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from infra.local.clock import TravellingClock, system_time
from infra.local.driver import Driver
from infra.local.emulation.cloud import KEYS_ARE_NEEDED, LIMITS_HOLD, STAGE, WORD_IS_HELD
from infra.local.emulation.functions import MAX_BODY_BYTES, HttpRequest, HttpResponse, gateways_own, problem
from infra.local.emulation.moto_server import MotoServer
from infra.local.providers.sms_gateway import SmsGateway
from infra.local.site.workbench import Workbench
from infra.local.subscriber import subscribe
from infra.local.system import LocalSystem, Wiring
from infra.seed.directory import seed_directory, seed_officers
from infra.seed.petitions import play
from shared.providers import simulator

HOST = "127.0.0.1"
FEW_DECISIONS = {"ROUTING_LEARNS_FROM_DECISIONS": "5"}
"""The samples are few, and still show what the router learns from them."""
PUMP_EVERY_SECONDS, STOPS_WITHIN_SECONDS = 0.1, 60
"""A turn of the pumps takes a moment when idle, and its time where ten other programs want the processor."""
FIRST_RETRY_SECONDS, LONGEST_RETRY_SECONDS = 5, 360
_READING_STOPS_AFTER_SECONDS = 60


def backoff(receives: int) -> int:
    """Return after how many seconds a failed message is tried again: 5, 20, 80, 320 instead of AWS's 360 each time."""
    return min(FIRST_RETRY_SECONDS << 2 * (receives - 1), LONGEST_RETRY_SECONDS)


SMS_GATEWAY = "/local/sms-gateway"
"""The one door that is open from the first moment: the notifier sends through it while the samples are made."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int) -> None:
        super().__init__((HOST, port), _Handler)
        self.system: LocalSystem
        self.workbench: Workbench
        self.changed = threading.Event()
        self.is_ready = threading.Event()

    def open(self, system: LocalSystem, workbench: Workbench) -> None:
        """Answer requests from now on, in a thread of its own."""
        self.system, self.workbench = system, workbench
        threading.Thread(target=self.serve_forever, name="http", daemon=True).start()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of connections that the other side closed."""
        if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class _BodyError(Exception):
    """The body cannot be read; nothing more can be read from this connection."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "pakn-local"
    disable_nagle_algorithm = True
    timeout = _READING_STOPS_AFTER_SECONDS
    server: _Server

    def _answer(self) -> None:
        try:
            body = self._body()
        except _BodyError as error:
            self.close_connection = True
            kind = (
                "REQUEST_TOO_LARGE" if error.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE else "DEFAULT_4XX"
            )
            self._send(gateways_own(kind, self.headers.get("accept", "")))
            return
        headers: dict[str, str] = {}
        for name, value in self.headers.items():
            headers[name.lower()] = value
        request = HttpRequest(self.command, self.path, headers, body, self.client_address[0])
        response = self._response(request)
        if response is None:
            self.close_connection = True
            return
        self._send(response)

    def __getattr__(self, name: str) -> Any:
        """Answer every method (the base class looks for do_GET, do_POST, …) in one place."""
        if name.startswith("do_"):
            return self._answer
        raise AttributeError(name)

    def _response(self, request: HttpRequest) -> HttpResponse | None:
        if not self.server.is_ready.is_set() and not request.path.startswith(SMS_GATEWAY):
            if request.path.partition("?")[0] == "/local/health":
                return problem(503, "starting", "The sample petitions are being made; ask again in a moment.")
            self.server.is_ready.wait()
        if is_local(request.path):
            return self.server.workbench.answer(request)
        response = self.server.system.http(request)
        if request.method not in {"GET", "HEAD", "OPTIONS"} or "/sms/" in request.path:
            self.server.changed.set()
        return response

    def _body(self) -> bytes:
        if "chunked" in self.headers.get("transfer-encoding", "").lower():
            return self._chunks()
        length = self.headers.get("content-length", "0")
        if not length.isdecimal():
            raise _BodyError(400)
        if int(length) > MAX_BODY_BYTES:
            raise _BodyError(413)
        return self.rfile.read(int(length))

    def _chunks(self) -> bytes:
        body = bytearray()
        while True:
            try:
                size = int(self.rfile.readline(1024).partition(b";")[0], 16)
            except ValueError:
                raise _BodyError(400) from None
            if size < 0 or len(body) + size > MAX_BODY_BYTES:
                raise _BodyError(413)
            body += self.rfile.read(size)
            self.rfile.readline(1024)
            if size == 0:
                return bytes(body)

    def _send(self, response: HttpResponse) -> None:
        self.send_response(response.status)
        present = {name.lower() for name, _ in response.headers}
        for name, value in response.headers:
            if name.lower() != "content-length":
                self.send_header(name, value.replace("\r", " ").replace("\n", " "))
        if response.body and "content-type" not in present:
            self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(response.body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's own word
        """Write no access log: an address line may carry what a person wrote."""


def is_local(path: str) -> bool:
    """Return whether a path belongs to the workbench."""
    bare = path.partition("?")[0]
    return bare == "/local" or bare.startswith("/local/")


class _PumpThread(threading.Thread):
    """Keeps stream, queues and schedules moving in real time."""

    def __init__(self, system: LocalSystem, changed: threading.Event) -> None:
        super().__init__(name="pumps", daemon=True)
        self._system = system
        self._changed = changed
        self._stopped = threading.Event()
        self._swept: datetime | None = None
        self._rolled_up: datetime | None = None

    def run(self) -> None:
        while not self._stopped.is_set():
            self._changed.wait(PUMP_EVERY_SECONDS)
            self._changed.clear()
            try:
                self._schedules()
                while not self._stopped.is_set() and self._turn():
                    pass
            except Exception:  # noqa: BLE001 - the edge: a fault of the stack itself must be seen, and must not end it
                traceback.print_exc()
                time.sleep(1)

    def stop(self) -> None:
        """End after the present turn: what still works when the interpreter ends can crash it."""
        self._stopped.set()
        self._changed.set()
        self.join(timeout=STOPS_WITHIN_SECONDS)

    def _turn(self) -> bool:
        with self._system.functions.lock:
            return self._system.pumps.step()

    def _schedules(self) -> None:
        with self._system.functions.lock:
            minute = self._system.clock.now().replace(second=0, microsecond=0)
            hour = minute.replace(minute=0)
            if minute != self._swept:
                self._swept = minute
                self._system.pumps.sweep.fire()
            if hour != self._rolled_up:
                self._rolled_up = hour
                self._system.pumps.hourly.fire()


@contextmanager
def _step(name: str) -> Iterator[None]:
    started = time.perf_counter()
    print(f"  {name} …", end="", flush=True)
    yield
    print(f" {time.perf_counter() - started:.1f} s", flush=True)


def arguments_of(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line of `make up`."""
    parser = argparse.ArgumentParser(
        prog="python -m infra.local", description="The whole system on one machine."
    )
    parser.add_argument("--port", type=int, default=8088, help="where to serve (default 8088)")
    parser.add_argument("--moto-port", type=int, help="where the AWS CLI reaches moto (default: port + 1)")
    parser.add_argument("--empty", action="store_true", help="start without the sample petitions")
    parser.add_argument(
        "--quiet-hours",
        action="store_true",
        help="hold messages to citizens from 21:00 to 07:00, as in the cloud; without it they go out at once",
    )
    parser.add_argument(
        "--keys",
        action="store_true",
        help=f"ask programs for an API key, as in the cloud; {simulator.API_KEY} is one",
    )
    parser.add_argument(
        "--limits",
        action="store_true",
        help="limit petitions and wrong PINs by network address, as in the cloud",
    )
    parser.add_argument("--undo", action="store_true", help="hold word of decisions for ten minutes")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Start, serve until Ctrl-C or SIGTERM, stop; return the exit code."""
    arguments = arguments_of(argv)
    moto_port = arguments.moto_port or _free_port(arguments.port + 1)
    for option, port in (("--port", arguments.port), ("--moto-port", moto_port)):
        if _is_used(port):
            print(
                f"Port {port} is in use. Stop what uses it, or choose another with {option}.", file=sys.stderr
            )
            return 1
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    settings = settings_of(arguments)
    serve(
        arguments.port,
        moto_port,
        stop,
        with_petitions=not arguments.empty,
        settings=settings,
        afterwards=WORD_IS_HELD[arguments.undo],
    )
    return 0


def settings_of(arguments: argparse.Namespace) -> dict[str, str]:
    """Return the settings of the functions that the command line decides about."""
    return (
        FEW_DECISIONS
        | ({} if arguments.quiet_hours else {"QUIET_FROM": ""})
        | KEYS_ARE_NEEDED[arguments.keys]
        | LIMITS_HOLD[arguments.limits]
    )


def _free_port(wanted: int) -> int:
    """Return the port that was wanted, or any free one: moto's port matters to nobody who did not ask for one."""
    if not _is_used(wanted):
        return wanted
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _is_used(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return True
    return False


def serve(
    port: int,
    moto_port: int,
    stop: threading.Event,
    *,
    with_petitions: bool,
    settings: Mapping[str, str],
    afterwards: Mapping[str, str],
) -> None:
    """Start everything, serve until `stop` is set, end everything; `afterwards`: settings once the samples are made."""
    started = time.perf_counter()
    # Bound before anything else: from now on no one else gets the port, and whoever asks early waits for an answer.
    server = _Server(port)
    system = _system(port, moto_port, settings)
    officers = _start(system)
    server.open(system, Workbench(system, officers, moto_url=f"http://localhost:{moto_port}"))
    if with_petitions and not stop.is_set():
        _play_samples(system)
    system.change_settings(afterwards)
    subscribe(system.wiring.public_url, system.clock.now())
    moto_server = MotoServer(HOST, moto_port, system.functions.lock, system.bucket)
    moto_server.start()
    pumps = _PumpThread(system, server.changed)
    pumps.start()
    _spare_the_collector()
    server.is_ready.set()
    url = system.wiring.public_url
    print(f"Ready after {time.perf_counter() - started:.1f} s. Ctrl-C stops it.")
    print(f"  {url}/        citizens\n  {url}/desk/   officers\n  {url}/local   workbench", flush=True)
    stop.wait()
    print("Stopping …", flush=True)
    server.is_ready.set()
    pumps.stop()
    moto_server.stop()
    server.shutdown()
    server.server_close()
    system.stop()


def _system(port: int, moto_port: int, settings: Mapping[str, str]) -> LocalSystem:
    travelling = TravellingClock()
    wiring = Wiring(
        public_url=f"http://localhost:{port}",
        sms_gateway_url=f"http://{HOST}:{port}{SMS_GATEWAY}",
        files_url=f"http://{HOST}:{moto_port}",
        backoff=backoff,
        show_errors=True,
        settings=settings,
    )
    return LocalSystem(travelling, SmsGateway(travelling.now), wiring)


def _start(system: LocalSystem) -> list[dict[str, Any]]:
    """Deploy the platform, load the functions, fill the directory; return the officers' accounts."""
    with _step("platform and functions"):
        system.start()
        system.gateway.credentials = system.cloud.providers["esms"]
    with _step("directory and officers"):
        seed_directory(STAGE)
        return [_facts(officer) for officer in seed_officers(system.cloud.pool_id)]


def _play_samples(system: LocalSystem) -> None:
    with _step("sample petitions"):
        try:
            _seed_petitions(system)
        except Exception:  # noqa: BLE001 - the edge: a system without samples is still of use
            traceback.print_exc()
            print("The sample petitions could not all be made; the system runs without the rest.")


def _spare_the_collector() -> None:
    """Leave what was loaded by now out of every later collection: walking it would stop some page for half a second."""
    gc.collect()
    gc.freeze()


def _seed_petitions(system: LocalSystem) -> None:
    with system.functions.lock:
        try:
            play(Driver(system))
        finally:
            system.settle()
            if system.clock.now() < system_time():
                system.travel(system_time())
            system.clock.run()


def _facts(officer: Any) -> dict[str, Any]:
    return {
        name: getattr(officer, name) for name in ("username", "password", "name", "roles", "unit", "email")
    }
