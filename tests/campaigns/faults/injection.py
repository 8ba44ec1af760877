"""Puts faults into the functions' AWS calls: counts them, and lets one of them crash, fail, or lose its reply.

moto answers in botocore's `before-send` event, and botocore calls *every* handler of that event. So the gate takes
moto's place there and calls moto itself, or not, or calls it and then throws the answer away.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import botocore.endpoint
import botocore.session
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ConnectionClosedError
from moto.core.models import botocore_stubber


class Fault(StrEnum):
    """A failure of one AWS call."""

    CRASH_BEFORE = "crash before commit"
    CRASH_AFTER = "crash after commit"
    THROTTLE = "throttled"
    SERVER_ERROR = "server error"
    LOST_REQUEST = "request lost"
    LOST_REPLY = "reply lost"
    OWN_FAILED_CONDITION = "reply lost, and the SDK asked again"
    CONFLICT = "condition failed because somebody else was faster"
    PARTIAL_BATCH = "one entry of the batch failed"
    DELAY = "answered late"
    DENIED = "denied"
    """The role lost the permission; for the game day (tests/journeys/test_game_day.py)."""


class Crash(BaseException):
    """The function's process dies here; nothing of it may catch this."""


@dataclass(frozen=True)
class Call:
    """One AWS call of a function."""

    number: int
    where: str
    service: str
    operation: str

    def __str__(self) -> str:
        return f"#{self.number} {self.where}: {self.service}.{self.operation}"


class Injection:
    """The gate that each AWS call of the functions goes through.

    A call is counted once, however often the SDK tries it. A fault holds for all tries of its call, so that the
    function sees it; with `for_one_try` it holds for the first, and the SDK's retries get over it. What the SDK waits
    between tries, it does not wait for real.

    Args:
        where: names the trigger or door at work; what is called while none is, is no function's call.
        wait: lets time pass, for `Fault.DELAY`.
    """

    def __init__(self, where: Callable[[], str], wait: Callable[[], None]) -> None:
        self._where = where
        self._wait = wait
        self._plan: dict[int, Fault] = {}
        self._broken: dict[str, Fault] = {}
        self._for_one_try = False
        self._seen: str = ""
        self._holding: Fault | None = None
        self.messages: list[str] = []
        """Messages that the functions put on queues since the last `forget`, in SQS's JSON."""
        self.calls: list[Call] = []
        self.injected: list[tuple[Call, Fault]] = []

    def install(self, session: botocore.session.Session) -> None:
        """Take moto's place in every client that this session will make."""
        events: Any = session
        events.unregister("before-send", botocore_stubber)
        events.register("before-send", self._gate)
        endpoint: Any = botocore.endpoint
        self._time, endpoint.time = endpoint.time, SimpleNamespace(sleep=lambda _seconds: None)

    def uninstall(self) -> None:
        """Let the SDK wait again."""
        endpoint: Any = botocore.endpoint
        endpoint.time = self._time

    @contextmanager
    def counting(self) -> Iterator[list[Call]]:
        """Count the calls made meanwhile."""
        with self.at({}):
            yield self.calls

    @contextmanager
    def at(self, plan: Mapping[int, Fault], *, for_one_try: bool = False) -> Iterator[Injection]:
        """Let the faults happen at these calls, counted from 1 in here."""
        self.forget()
        self._plan = dict(plan)
        self._for_one_try = for_one_try
        try:
            yield self
        finally:
            self._plan = {}
            self._holding, self._for_one_try = None, False

    @contextmanager
    def overtaken(self, number: int, other: Callable[[], object]) -> Iterator[Injection]:
        """Let something else happen from beginning to end just before this call, as in another process."""

        def meanwhile() -> None:
            before = self._plan, self._seen, self._holding, self.calls
            self._plan, self._seen, self._holding, self.calls = {}, "", None, []
            try:
                other()
            finally:
                self._plan, self._seen, self._holding, self.calls = before

        usual, self._wait = self._wait, meanwhile
        try:
            with self.at({number: Fault.DELAY}):
                yield self
        finally:
            self._wait = usual

    @contextmanager
    def broken(self, operation: str, fault: Fault) -> Iterator[None]:
        """Let every call of an operation, e.g. `SendEmail`, fail alike meanwhile."""
        self._broken[operation] = fault
        try:
            yield
        finally:
            del self._broken[operation]

    def forget(self) -> None:
        """Plan nothing, know of no calls."""
        self._plan, self._broken, self.calls, self.injected = {}, {}, [], []
        self.messages = []
        self._seen, self._holding, self._for_one_try = "", None, False

    def _gate(self, event_name: str, request: AWSPreparedRequest, **_: Any) -> AWSResponse | None:
        if not self._where():
            return _answer(event_name, request)
        if event_name.startswith("before-send.sqs.SendMessage"):
            body: Any = request.body
            self.messages.append(body.decode() if isinstance(body, bytes) else str(body))
        invocation = str(request.headers.get("amz-sdk-invocation-id", ""))
        if not invocation or invocation != self._seen:
            self._seen = invocation
            self._holding = self._begin(event_name)
        fault = self._holding
        if fault in _FOR_ONE_TRY or self._for_one_try:
            self._holding = None
        return _answer(event_name, request) if fault is None else self._fail(fault, event_name, request)

    def _begin(self, event_name: str) -> Fault | None:
        _before_send, service, operation = event_name.split(".")
        call = Call(len(self.calls) + 1, self._where(), service, operation)
        self.calls.append(call)
        fault = self._plan.pop(call.number, None) or self._broken.get(operation)
        if fault is not None:
            self.injected.append((call, fault))
        return fault

    def _fail(self, fault: Fault, event_name: str, request: AWSPreparedRequest) -> AWSResponse | None:
        match fault:
            case Fault.CRASH_BEFORE:
                raise Crash
            case Fault.CRASH_AFTER:
                _answer(event_name, request)
                raise Crash
            case Fault.LOST_REQUEST:
                raise ConnectionClosedError(endpoint_url=request.url)
            case Fault.LOST_REPLY | Fault.OWN_FAILED_CONDITION:
                _answer(event_name, request)
                raise ConnectionClosedError(endpoint_url=request.url)
            case Fault.DELAY:
                self._wait()
                return _answer(event_name, request)
            case Fault.PARTIAL_BATCH:
                return _answer_in_part(event_name, request)
            case _:
                return _error(event_name, request, *_ERRORS[fault])


_FOR_ONE_TRY = frozenset({Fault.OWN_FAILED_CONDITION, Fault.DELAY, Fault.PARTIAL_BATCH})
_ERRORS = {
    Fault.DENIED: (400, "AccessDeniedException"),
    Fault.THROTTLE: (400, "ThrottlingException"),
    Fault.SERVER_ERROR: (500, "InternalServerError"),
    Fault.CONFLICT: (400, "ConditionalCheckFailedException"),
}


def _answer(event_name: str, request: AWSPreparedRequest) -> AWSResponse | None:
    answer: AWSResponse | None = botocore_stubber(event_name, request)
    return answer


def _answer_in_part(event_name: str, request: AWSPreparedRequest) -> AWSResponse | None:
    """Let all but the last entry of an SQS batch through, and report the last one as failed."""
    raw: Any = request.body
    body: Any = json.loads(raw) if event_name.startswith("before-send.sqs.") else {}
    entries = body.get("Entries", [])
    if not entries:
        return _answer(event_name, request)
    failed = {"Id": entries[-1]["Id"], "SenderFault": False, "Code": "InternalError"}
    done: dict[str, Any] = {"Successful": []}
    if len(entries) > 1:
        request.body = json.dumps(body | {"Entries": entries[:-1]}).encode()
        answer = _answer(event_name, request)
        assert answer is not None
        done = json.loads(answer.content)
    return _response(request, 200, {}, json.dumps(done | {"Failed": [failed]}).encode())


def _error(event_name: str, request: AWSPreparedRequest, status: int, code: str) -> AWSResponse:
    if event_name.startswith("before-send.s3."):
        xml = f"<Error><Code>{code}</Code><Message>injected</Message></Error>"
        return _response(request, 503 if code == "ThrottlingException" else status, {}, xml.encode())
    body = json.dumps({"__type": code, "message": "injected"}).encode()
    return _response(request, status, {"x-amzn-ErrorType": code}, body)


class _Raw(BytesIO):
    def stream(self, **_: Any) -> Iterator[bytes]:
        while chunk := self.read():
            yield chunk


def _response(request: AWSPreparedRequest, status: int, headers: Any, body: bytes) -> AWSResponse:
    return AWSResponse(request.url, status, headers, _Raw(body))
