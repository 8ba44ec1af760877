"""The five Chalice apps, loaded together in one process and invoked as API Gateway, queues and schedules would."""

from __future__ import annotations

import base64
import importlib.util
import io
import json
import sys
import threading
import traceback
import uuid
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, redirect_stdout
from dataclasses import dataclass, field, replace
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO, cast
from urllib.parse import parse_qs

from chalice.app import Chalice
from chalice.local import LambdaContext

from infra import gateway
from shared.web.app import PROXY

NAMES = ("intake", "router", "sla_timer", "notifier", "casework")
FUNCTION_TIMEOUT_SECONDS = 60
METRICS_KEPT = 1_000
MAX_BODY_BYTES = 6 * 1024 * 1024
"""The largest request that AWS Lambda takes; API Gateway would refuse more with 413 as well (at 10 MB)."""


@dataclass(frozen=True)
class HttpRequest:
    """A request as it came in; the path still percent-encoded, with its query."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    source_ip: str = "127.0.0.1"


@dataclass(frozen=True)
class HttpResponse:
    """An answer; a header may occur several times (Set-Cookie)."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def header(self, name: str, default: str = "") -> str:
        """Return the first header of that name, in any case."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), default)

    @property
    def cookies(self) -> dict[str, str]:
        """The cookies that the answer sets, by name."""
        jar: SimpleCookie = SimpleCookie()
        for key, value in self.headers:
            if key.lower() == "set-cookie":
                try:
                    jar.load(value)
                except CookieError:
                    continue
        return {name: morsel.value for name, morsel in jar.items()}

    @property
    def text(self) -> str:
        """The body as UTF-8."""
        return self.body.decode("utf-8")

    def json(self) -> Any:
        """Return the body's JSON."""
        return json.loads(self.body)


def problem(status: int, code: str, title: str) -> HttpResponse:
    """Return an RFC 9457 answer, as the functions themselves give them."""
    body = {"type": "about:blank", "title": title, "status": status, "code": code}
    return HttpResponse(
        status, (("Content-Type", "application/problem+json"),), json.dumps(body, ensure_ascii=False).encode()
    )


class InvocationError(Exception):
    """A function raised, or died: whoever invoked it has to deliver again. Names the error's type, never its text."""

    def __init__(self, function: str, handler: str, cause: str) -> None:
        super().__init__(f"{function}.{handler}: {cause}")
        self.function, self.handler, self.cause = function, handler, cause


class SwitchedOffError(Exception):
    """A trigger was switched off on the workbench."""


@dataclass
class Outcome:
    """The end of one invocation, for who watches: an answer, or the name of the error's type."""

    answer: Any = None
    error: str = ""


Watch = Callable[[str, HttpRequest | Mapping[str, Any]], AbstractContextManager[Outcome]]
"""Surrounds an invocation: takes its name (`router.on_route`, `intake.http`) and what it is handed."""


@contextmanager
def unwatched(_name: str, _event: HttpRequest | Mapping[str, Any]) -> Iterator[Outcome]:
    """Watch nothing."""
    yield Outcome()


class FairLock:
    """A reentrant lock: whoever lets it go and wants it again stands behind the one who waits.

    The pump takes it again at once; without the turnstile a page would wait for many of its turns.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._turnstile = threading.Lock()
        """Held by the one who waits and is next."""
        self._owner: int | None = None
        self._depth = 0

    @property
    def is_awaited(self) -> bool:
        """True while somebody waits."""
        return self._turnstile.locked()

    def __enter__(self) -> None:
        if self._owner != threading.get_ident():
            with self._turnstile:
                self._lock.acquire()
            self._owner = threading.get_ident()
        self._depth += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._depth -= 1
        if not self._depth:
            self._owner = None
            self._lock.release()


class Functions:
    """Loaded apps behind one lock: moto is not safe under threads, and conditions there are not isolated."""

    def __init__(self, apps: Mapping[str, Chalice], *, show_errors: bool = False) -> None:
        self.lock = FairLock()
        self._show_errors = show_errors
        self.use(apps)
        self.running = ""
        """Which trigger or door is at work, e.g. `router.on_change`; "" while none is. For who counts AWS calls."""
        self.before_each: Callable[[str], None] = lambda _name: None
        """Called with the trigger or door before it sets to work."""
        self.watch: Watch = unwatched
        self.stopped: set[str] = set()
        """Triggers and doors that fail whenever they are invoked, e.g. `router.on_route`: switched off."""
        self.metrics: deque[str] = deque(maxlen=METRICS_KEPT)
        """The latest lines of CloudWatch's embedded metric format, oldest first."""

    def use(self, apps: Mapping[str, Chalice]) -> None:
        """Run these apps from now on, each under its function's name."""
        self.apps = dict(apps)
        self._gateways = {name: _Gateway(app, name) for name, app in apps.items()}

    def http(self, function: str, request: HttpRequest) -> HttpResponse:
        """Let a function answer a request, as through API Gateway; a function that dies is answered for with 502."""
        if len(request.body) > MAX_BODY_BYTES:
            return gateways_own("REQUEST_TOO_LARGE", accept_of(request))
        name = f"{function}.http"
        with self.lock, self._at_work(name), self.watch(name, request) as outcome:
            try:
                self._check_runs(name)
                outcome.answer = self._gateways[function].answer(request)
                return cast("HttpResponse", outcome.answer)
            except (KeyboardInterrupt, SystemExit):
                raise
            except BaseException as error:  # noqa: BLE001 - the edge: also a crash that a fault campaign injects
                outcome.error = type(error).__name__
                if not isinstance(error, SwitchedOffError):
                    self._show()
                return gateways_own("DEFAULT_5XX", accept_of(request))

    def invoke(self, function: str, handler: str, event: dict[str, Any]) -> Any:
        """Hand an event to a trigger of a function and return its answer.

        Raises:
            InvocationError: the function raised or died.
        """
        context = LambdaContext(
            f"pakn-{function}-local-{handler}",
            memory_size=512,
            max_runtime_ms=FUNCTION_TIMEOUT_SECONDS * 1000,
        )
        name = f"{function}.{handler}"
        with self.lock, self._at_work(name), self.watch(name, event) as outcome:
            try:
                outcome.answer = self._handler(function, handler)(event, context)
                return outcome.answer
            except (KeyboardInterrupt, SystemExit):
                raise
            except BaseException as error:  # noqa: BLE001 - the edge: also a crash that a fault campaign injects
                outcome.error = type(error).__name__
                if not isinstance(error, SwitchedOffError):
                    self._show()
                raise InvocationError(function, handler, type(error).__name__) from None

    def _handler(self, function: str, handler: str) -> Callable[[Any, Any], Any]:
        self._check_runs(f"{function}.{handler}")
        return cast("Callable[[Any, Any], Any]", self.apps[function].handler_map[handler])

    def _check_runs(self, name: str) -> None:
        """Refuse to run what was switched off.

        Raises:
            SwitchedOffError: it was.
        """
        if name in self.stopped:
            raise SwitchedOffError

    def batch_size(self, function: str, handler: str, default: int) -> int:
        """Return how many records the trigger asks for at once."""
        sources = {source.name: source for source in self.apps[function].event_sources}
        return int(getattr(sources.get(handler), "batch_size", default))

    @contextmanager
    def _at_work(self, name: str) -> Iterator[None]:
        self.before_each(name)
        self.running = name
        try:
            with redirect_stdout(_WithoutMetrics(sys.stdout, self.metrics)):
                yield
        finally:
            self.running = ""

    def _show(self) -> None:
        if self._show_errors:
            traceback.print_exc()


class _WithoutMetrics(io.TextIOBase):
    """Standard output without CloudWatch's embedded metrics, which are put aside."""

    def __init__(self, out: TextIO, metrics: deque[str]) -> None:
        self._out = out
        self._metrics = metrics
        self._drops_line_end = False

    def write(self, text: str) -> int:
        is_metric = text.startswith('{"_aws"')
        if is_metric:
            self._metrics.append(text)
        if not is_metric and not (self._drops_line_end and text == "\n"):
            self._out.write(text)
        self._drops_line_end = is_metric and not text.endswith("\n")
        return len(text)

    def flush(self) -> None:
        self._out.flush()


def load(folder: Path, names: tuple[str, ...] = NAMES) -> dict[str, Chalice]:
    """Import each function's app.py under a name of its own.

    Each function's folder goes on `sys.path`, so that the namespace package `chalicelib` spans all of them.
    """
    for name in names:
        path = str(folder / name)
        if path not in sys.path:
            sys.path.append(path)
    return {name: _load_app(folder / name / "app.py", f"pakn_function_{name}") for name in names}


def _load_app(path: Path, module_name: str) -> Chalice:
    spec = importlib.util.spec_from_file_location(module_name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"no app at {path}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[module_name] = module
    spec.loader.exec_module(module)
    app = module.app
    if not isinstance(app, Chalice):
        raise TypeError(f"{path} defines no Chalice app named 'app'")
    return app


class _Gateway:
    """API Gateway's Lambda proxy integration (REST API) before one function: hands it every address and method."""

    def __init__(self, app: Chalice, name: str) -> None:
        self._app = app
        self._name = name

    def answer(self, request: HttpRequest) -> HttpResponse:
        context = LambdaContext(
            f"pakn-{self._name}", memory_size=512, max_runtime_ms=FUNCTION_TIMEOUT_SECONDS * 1000
        )
        response = _response(self._app(self._event(request), context))
        headers, body = gateway.compressed(response.body, _accept_encoding(request))
        return replace(response, headers=(*response.headers, *headers.items()), body=body)

    def _event(self, request: HttpRequest) -> dict[str, Any]:
        path, _, query = request.path.partition("?")
        headers = {name.lower(): value for name, value in request.headers.items()}
        resource = PROXY if path.strip("/") else "/"
        event: dict[str, Any] = {
            "resource": resource,
            "path": path,
            "httpMethod": request.method,
            "headers": headers,
            "multiValueQueryStringParameters": parse_qs(query, keep_blank_values=True) or None,
            "pathParameters": {"proxy": path.lstrip("/")} if resource == PROXY else None,
            "stageVariables": {},
            "body": None,
            "isBase64Encoded": False,
            "requestContext": {
                "httpMethod": request.method,
                "resourcePath": resource,
                "path": path,
                "stage": "api",
                "requestId": str(uuid.uuid4()),
                "identity": {"sourceIp": request.source_ip, "userAgent": headers.get("user-agent")},
            },
        }
        if request.body and self._is_binary(headers):
            event |= {"body": base64.b64encode(request.body).decode("ascii"), "isBase64Encoded": True}
        elif request.body:
            # What is no UTF-8 reaches a function as replacement characters: API Gateway hands it on as text.
            event["body"] = request.body.decode("utf-8", errors="replace")
        return event

    def _is_binary(self, headers: Mapping[str, str]) -> bool:
        media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
        types = {media_type, f"{media_type.partition('/')[0]}/*", "*/*"}
        return not types.isdisjoint(self._app.api.binary_types)


def accept_of(request: HttpRequest) -> str:
    """Return the types that a caller reads."""
    return next((value for name, value in request.headers.items() if name.lower() == "accept"), "")


def _accept_encoding(request: HttpRequest) -> str:
    return next((value for name, value in request.headers.items() if name.lower() == "accept-encoding"), "")


def gateways_own(kind: str, accept: str) -> HttpResponse:
    """Return an answer that API Gateway gives without asking the function."""
    status, headers, body = gateway.own_answer(kind, accept)
    return HttpResponse(status, tuple(headers.items()), body.encode())


def _response(answer: dict[str, Any]) -> HttpResponse:
    headers = [(name, str(value)) for name, value in (answer.get("headers") or {}).items()]
    headers += [
        (name, str(value))
        for name, values in (answer.get("multiValueHeaders") or {}).items()
        for value in values
    ]
    body = answer.get("body") or ""
    raw = body if isinstance(body, bytes) else body.encode("utf-8")
    if answer.get("isBase64Encoded"):
        raw = base64.b64decode(raw)
    return HttpResponse(int(answer["statusCode"]), tuple(headers), raw)


Invoke = Callable[[str, str, dict[str, Any]], Any]
"""Invokes a handler: function, handler, event."""
