"""A log of invocations: the events they were handed, the versions and messages they wrote, how they ended.

Nothing in the functions is changed for it. The stack hands every event over, so it can read which petitions a batch
names; and it holds the tables' stream and the queues, so whatever was added to them during an invocation was added by
it. The latest invocations are kept in memory; a view that changes nothing leaves no trace.
"""

from __future__ import annotations

import json
import logging
import re
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from infra.local.emulation import moto_insides
from infra.local.emulation.functions import HttpRequest, HttpResponse, Outcome
from infra.local.emulation.moto_insides import HeldMessage
from shared.platform import telemetry

KEPT = 4_000
ERRORS_KEPT = 1_000
LONGEST_SEGMENT = 24
"""Characters of a segment of a path beyond which it is a pass or a code, and is not shown."""
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
BROKEN_FROM = 500
REFUSED_FROM = 400
HTTP, QUEUE, STREAM, SCHEDULE = "http", "queue", "stream", "schedule"
DONE, REFUSED, FAILED = "done", "refused", "failed"
RECEIPTS = "notifier"
"""The function whose HTTP doors take receipts alone."""
_REFERENCE = re.compile(r"(?<!\d)(?!84)\d{11}(?!\d)")
"""A reference; what begins with 84 is a telephone number as providers write it."""


@dataclass(frozen=True)
class Mention:
    """A message or a change that an invocation was handed, or a message that it sent."""

    reference: str
    about: str
    """The task, notice or change in the message's own words, e.g. `RECEIPT > PETITIONER`, `route`, `version 3`."""
    queue: str = ""
    message_id: str = ""
    error: str = ""
    """The error's type if this one failed."""


@dataclass(frozen=True)
class Passage:
    """One invocation of a function."""

    number: int
    at: datetime
    took_ms: float
    function: str
    handler: str
    door: str
    """`http`, `queue`, `stream` or `schedule`."""
    source: str
    """The request's method and path, or the queue, or the schedule."""
    outcome: str
    """`done`, `refused` or `failed`."""
    status: int = 0
    error: str = ""
    read: tuple[Mention, ...] = ()
    wrote: tuple[tuple[str, int], ...] = ()
    """References and versions of the petitions' items that it wrote."""
    sent: tuple[Mention, ...] = ()

    def is_about(self, reference: str) -> bool:
        """Return whether it read, wrote or sent anything about a petition."""
        return (
            any(each.reference == reference for each in (*self.read, *self.sent))
            or any(of == reference for of, _ in self.wrote)
            or (self.door == HTTP and reference in self.source)
        )


class Witness:
    """Watches the functions of one system; `watch` is what they are surrounded with."""

    def __init__(self, table: str, queues: Mapping[str, str], now: Callable[[], datetime]) -> None:
        """Take the petitions' table, the full names of the queues by their names, and the clock."""
        self._table = table
        self._queues = queues
        self._names = {full: name for name, full in queues.items()}
        self._now = now
        self._passages: deque[Passage] = deque(maxlen=KEPT)
        self._errors = _Errors()
        self._count = 0
        self.failed_messages: dict[str, tuple[datetime, str, str]] = {}
        """The last failure of each message, by its id: instant, trigger and error."""
        self.put_back: dict[str, str] = {}
        """The ids of dead letters by the ids of the messages that they were put back as."""

    @property
    def passages(self) -> Sequence[Passage]:
        """The latest invocations, oldest first."""
        return tuple(self._passages)

    def about(self, reference: str) -> list[Passage]:
        """Return the invocations about one petition, oldest first."""
        return [passage for passage in self._passages if passage.is_about(reference)]

    def forget(self) -> None:
        """Start anew."""
        self._passages.clear()
        self.failed_messages.clear()
        self.put_back.clear()
        self._count = 0

    def listen(self) -> None:
        """Hear which errors the functions log, whichever logger they have by now."""
        logger = logging.getLogger(telemetry.logger().name)
        if self._errors not in logger.handlers:
            logger.addHandler(self._errors)

    @contextmanager
    def watch(self, name: str, event: HttpRequest | Mapping[str, Any]) -> Iterator[Outcome]:
        """Surround one invocation."""
        self.listen()
        self._errors.latest.clear()
        changes = moto_insides.stream_length(self._table)
        lengths = {full: moto_insides.queue_length(full) for full in self._names}
        at, started = self._now(), time.perf_counter()
        outcome = Outcome()
        try:
            yield outcome
        finally:
            took = (time.perf_counter() - started) * 1000
            wrote = moto_insides.versions_written(self._table, changes)
            sent = [
                _mention(message, self._names[full])
                for full, length in lengths.items()
                for message in moto_insides.held_messages(full, length)
            ]
            self._note(name, event, outcome, (at, took), (wrote, sent))

    def _note(
        self,
        name: str,
        event: HttpRequest | Mapping[str, Any],
        outcome: Outcome,
        when: tuple[datetime, float],
        effects: tuple[list[tuple[str, int]], list[Mention]],
    ) -> None:
        function, _, handler = name.partition(".")
        (at, took), (wrote, sent) = when, effects
        facts: dict[str, Any] = {"number": self._count, "at": at, "took_ms": round(took, 1)}
        facts |= {"function": function, "handler": handler, "wrote": tuple(wrote), "sent": tuple(sent)}
        if isinstance(event, HttpRequest):
            passage = _of_http(event, outcome, facts)
        elif "Records" in event:
            passage = self._of_batch(event["Records"], outcome, facts)
        else:
            passage = Passage(**facts, **_ended(outcome.error), door=SCHEDULE, source=handler)
        if _leaves_a_trace(passage):
            self._count += 1
            self._passages.append(passage)

    def _of_batch(
        self, records: Sequence[Mapping[str, Any]], outcome: Outcome, facts: Mapping[str, Any]
    ) -> Passage:
        if records and records[0].get("eventSource") == "aws:dynamodb":
            read = tuple(_change(record) for record in records)
            return Passage(**facts, **_ended(outcome.error), door=STREAM, source="stream", read=read)
        failed = self._failed(records, outcome)
        full = str(records[0]["eventSourceARN"]).rpartition(":")[2]
        queue = self._names.get(full, full)
        mentions = []
        for record in records:
            held = HeldMessage(record["messageId"], record["body"], facts["at"], 0)
            mentions.append(_mention(held, queue, failed.get(held.id, "")))
        name = f"{facts['function']}.{facts['handler']}"
        for message_id, error in failed.items():
            self.failed_messages[message_id] = (facts["at"], name, error)
        for message_id in list(self.failed_messages)[:-ERRORS_KEPT]:
            del self.failed_messages[message_id]
        ended = _ended(outcome.error or next(iter(failed.values()), ""))
        return Passage(**facts, **ended, door=QUEUE, source=queue, read=tuple(mentions))

    def _failed(self, records: Sequence[Mapping[str, Any]], outcome: Outcome) -> dict[str, str]:
        """Return the error's type of each message that failed, by its id."""
        identifiers = [str(record["messageId"]) for record in records]
        if outcome.error:
            return dict.fromkeys(identifiers, outcome.error)
        answer = outcome.answer if isinstance(outcome.answer, dict) else {}
        refused = [str(each.get("itemIdentifier")) for each in answer.get("batchItemFailures") or []]
        named = {message_id: error for message_id, error in self._errors.latest if message_id}
        nameless = [error for message_id, error in self._errors.latest if not message_id]
        return {
            identifier: named.get(identifier) or (nameless.pop(0) if nameless else "RetryLater")
            for identifier in identifiers
            if identifier in refused
        }


class _Errors(logging.Handler):
    """Keeps the types of the errors that a function logged about messages, in their order."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.latest: deque[tuple[str, str]] = deque(maxlen=100)

    def emit(self, record: logging.LogRecord) -> None:
        if record.getMessage() == "message failed":
            facts = vars(record)
            self.latest.append((str(facts.get("message_id") or ""), str(facts.get("error_type") or "")))


def _of_http(request: HttpRequest, outcome: Outcome, facts: Mapping[str, Any]) -> Passage:
    status = outcome.answer.status if isinstance(outcome.answer, HttpResponse) else BROKEN_FROM
    path = "/".join(
        segment if len(segment) <= LONGEST_SEGMENT else "…"
        for segment in request.path.partition("?")[0].split("/")
    )
    read: tuple[Mention, ...] = ()
    if facts["function"] == RECEIPTS:
        named = _REFERENCE.search(f"{request.path} {request.body.decode('utf-8', 'replace')}")
        read = (Mention(named[0] if named else "", "receipt"),)
        path = f"/receipts{path}"
    ended = FAILED if status >= BROKEN_FROM else REFUSED if status >= REFUSED_FROM else DONE
    return Passage(
        **facts,
        door=HTTP,
        source=f"{request.method} {path}",
        outcome=ended,
        status=status,
        error=outcome.error,
        read=read,
    )


def _ended(error: str) -> dict[str, Any]:
    return {"outcome": FAILED if error else DONE, "error": error}


def _leaves_a_trace(passage: Passage) -> bool:
    has_effect = bool(passage.wrote or passage.sent or passage.read or passage.outcome == FAILED)
    is_refusal = (
        passage.door == HTTP
        and passage.outcome == REFUSED
        and passage.source.partition(" ")[0] not in SAFE_METHODS
    )
    return has_effect or is_refusal


def _change(record: Mapping[str, Any]) -> Mention:
    change = record["dynamodb"]
    version = change.get("NewImage", {}).get("version", {}).get("N", "")
    return Mention(str(change["Keys"]["reference"]["S"]), version)


def _mention(message: HeldMessage, queue: str, error: str = "") -> Mention:
    reference, about = read_message(message.body)
    return Mention(reference, about, queue, message.id, error)


def read_message(body: str) -> tuple[str, str]:
    """Return the petition that a message is about ("" where it names none), and what it asks for."""
    try:
        facts = json.loads(body)
    except ValueError:
        facts = None
    if not isinstance(facts, dict):
        return "", ""
    reference = str(facts.get("reference") or "")
    if "kind" in facts and "audience" in facts:
        return reference, f"{facts.get('seq')} {facts['kind']} {facts['audience']}"
    if "errand" in facts or "task" in facts:
        return reference, str(facts.get("errand") or facts.get("task"))
    if "wake_at" in facts:
        return reference, f"wake {facts['wake_at']}"
    if "Records" in facts:
        named = _REFERENCE.search(body)
        return (named[0] if named else ""), "file"
    named = _REFERENCE.search(body) if "TopicArn" in facts else None
    about = next((name for name in _ASKED if name in facts), "receipt" if "TopicArn" in facts else "")
    return reference or (named[0] if named else ""), about


_ASKED = ("reply", "code", "subscriber", "parts", "officer", "event", "subscription", "job")
"""Attributes that name what other messages ask for (`shared.platform.messages`)."""
