"""Pumps of the local stack: they deliver the change stream, the queues and the schedules to the functions.

A message that failed comes into sight again when its visibility timeout has passed on the *travelling* clock, as it
would on AWS: a journey travels six minutes to see the next try, and nothing waits in real time. After the queue's
maxReceiveCount it is in the dead-letter queue, by the queue's own redrive policy. On a workbench nobody wants to wait
six minutes, so there a `backoff` shortens the wait, unless the function itself asked for another.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from infra.local.emulation import events, moto_insides
from infra.local.emulation.cloud import STAGE
from infra.local.emulation.functions import InvocationError, Invoke
from infra.local.emulation.logs import lambda_of

STREAM_BATCH = 100
STREAM_ATTEMPTS = 5
STREAM_PAUSE = timedelta(minutes=1)
STREAM_KEEPS = timedelta(hours=24)
"""MaximumRecordAgeInSeconds of infra/cloudformation/functions/router.yaml."""
QUEUE_BATCH = 10
"""Most messages that one ReceiveMessage returns."""

Now = Callable[[], datetime]
Backoff = Callable[[int], int]
"""From how often a message was received to seconds until it is tried again."""


@dataclass(frozen=True)
class Failure:
    """An invocation that failed, or records that a handler gave back."""

    at: datetime
    function: str
    handler: str
    cause: str
    records: int


class Failures:
    """The latest failures, for the workbench, and how many there have been."""

    def __init__(self, now: Now, keep: int = 100) -> None:
        self._now = now
        self.count = 0
        self.latest: deque[Failure] = deque(maxlen=keep)

    def note(self, function: str, handler: str, cause: str, records: int) -> None:
        """Keep a failure."""
        self.count += 1
        self.latest.append(Failure(self._now(), function, handler, cause, records))

    def forget(self) -> None:
        """Start anew."""
        self.count = 0
        self.latest.clear()


@dataclass(frozen=True)
class Consumer:
    """A trigger of a function, and how many records it is handed at once."""

    function: str
    handler: str
    batch: int

    @property
    def rule(self) -> str:
        """The name of the rule that switches the trigger: that of its Lambda on AWS."""
        return lambda_of(STAGE, f"{self.function}.{self.handler}")

    @property
    def is_on(self) -> bool:
        """False while the trigger is switched off (`ops freeze`): what comes waits."""
        return moto_insides.is_enabled(self.rule)


def refused(answer: Any, identifiers: Sequence[str]) -> set[str]:
    """Return which records a handler gave back, read as Lambda reads partial batch responses.

    An item without identifier, or with one that was not in the batch, fails the whole batch.
    Source: AWS Lambda, "Implementing partial batch responses" (SQS, DynamoDB Streams).
    """
    failures = (answer or {}).get("batchItemFailures") or [] if isinstance(answer, dict | None) else []
    named = {str(failure.get("itemIdentifier") or "") for failure in failures}
    has_strangers = not named <= set(identifiers)
    return set(identifiers) if has_strangers else named


class QueuePump:
    """Receives from a queue, invokes, deletes what was handled."""

    def __init__(
        self,
        queue: str,
        queue_arn: str,
        consumer: Consumer,
        *,
        sqs: Any,
        invoke: Invoke,
        failures: Failures,
        backoff: Backoff | None = None,
    ) -> None:
        self.queue = queue
        self._arn = queue_arn
        self._consumer = consumer
        self._sqs = sqs
        self._url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
        self._invoke = invoke
        self._failures = failures
        self._backoff = backoff

    def step(self) -> bool:
        """Handle one batch; return whether there was anything to do."""
        if not self._consumer.is_on or not moto_insides.has_visible_message(self.queue):
            return False
        messages = self._sqs.receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=min(self._consumer.batch, QUEUE_BATCH),
            MessageSystemAttributeNames=["All"],
            MessageAttributeNames=["All"],
        ).get("Messages", [])
        if messages:
            self._handle(messages)
        return True

    def next_at(self) -> datetime | None:
        """Return when a hidden message comes into sight; None where none is hidden, or all stand still."""
        return moto_insides.next_visible_at(self.queue) if self._consumer.is_on else None

    def _handle(self, messages: list[dict[str, Any]]) -> None:
        identifiers = [message["MessageId"] for message in messages]
        hidden_until = {
            identifier: moto_insides.visible_again_at(self.queue, identifier) for identifier in identifiers
        }
        consumer = self._consumer
        try:
            answer = self._invoke(
                consumer.function, consumer.handler, events.queue_event(messages, self._arn)
            )
            failed = refused(answer, identifiers)
            cause = "batchItemFailures"
        except InvocationError as error:
            failed, cause = set(identifiers), error.cause
        if failed:
            self._failures.note(consumer.function, consumer.handler, cause, len(failed))
        handled = [message for message in messages if message["MessageId"] not in failed]
        if handled:
            entries = [{"Id": str(n), "ReceiptHandle": m["ReceiptHandle"]} for n, m in enumerate(handled)]
            self._sqs.delete_message_batch(QueueUrl=self._url, Entries=entries)
        for message in messages:
            if message["MessageId"] in failed:
                self._try_sooner(message, hidden_until[message["MessageId"]])

    def _try_sooner(self, message: dict[str, Any], hidden_until: float | None) -> None:
        if self._backoff is None:
            return
        if moto_insides.visible_again_at(self.queue, message["MessageId"]) != hidden_until:
            return  # The function asked for another time itself.
        seconds = self._backoff(int(message["Attributes"]["ApproximateReceiveCount"]))
        self._sqs.change_message_visibility(
            QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=seconds
        )


class StreamPump:
    """Delivers a table's changes in their order; splits a failing batch until the one at fault stands alone.

    That one is tried `attempts` times at once, then again after each minute of the travelling clock, and everything
    behind it waits. Once it has failed for as long as a stream keeps its changes, it is reported to the on-failure
    queue and passed over: so Lambda does with BisectBatchOnFunctionError, MaximumRetryAttempts -1 and
    MaximumRecordAgeInSeconds.
    """

    def __init__(
        self,
        table: str,
        stream_arn: str,
        consumer: Consumer,
        *,
        invoke: Invoke,
        failures: Failures,
        report: Callable[[dict[str, Any]], None],
        now: Now,
        attempts: int = STREAM_ATTEMPTS,
    ) -> None:
        self.table = table
        self._arn = stream_arn
        self._consumer = consumer
        self._invoke = invoke
        self._failures = failures
        self._report = report
        self._now = now
        self._attempts = attempts
        self.position = 0
        self._retry_at: datetime | None = None
        self._failing_since: datetime | None = None

    @property
    def lag(self) -> int:
        """The number of changes that wait to be delivered."""
        return moto_insides.stream_length(self.table) - self.position

    @property
    def retry_at(self) -> datetime | None:
        """The time at which a change that failed is tried again; None where none failed, or all stand still."""
        return self._retry_at if self._consumer.is_on else None

    def step(self) -> bool:
        """Deliver one batch, up to a record that fails; return whether there was anything to deliver now."""
        is_waiting = self._retry_at is not None and self._now() < self._retry_at
        if not self._consumer.is_on or self.lag <= 0 or is_waiting:
            return False
        self._retry_at = None
        records = moto_insides.stream_records(self.table, self.position, self._consumer.batch)
        self._deliver(records)
        return True

    def restart(self) -> None:
        """Begin again: the stream was emptied."""
        self.go_on_from(0)

    def go_on_from(self, position: int) -> None:
        """Deliver next the change at a position, counted from 0, as if none had failed before."""
        self.position = position
        self._retry_at = self._failing_since = None

    def _deliver(self, records: list[dict[str, Any]]) -> None:
        waiting = [records]
        tries = 0
        while waiting:
            batch = waiting.pop()
            handled = self._handled(batch)
            rest = batch[handled:]
            if handled:
                self.go_on_from(self.position + handled)
            if len(rest) != 1:
                tries = 0
                half = len(rest) // 2
                waiting += [part for part in (rest[half:], rest[:half]) if part]
                continue
            tries = 1 if handled else tries + 1
            if tries < self._attempts:
                waiting.append(rest)
            elif not self._give_up(rest):
                return

    def _give_up(self, record: list[dict[str, Any]]) -> bool:
        """Pass over a record that failed for too long; else let it and what is behind it wait, and return False."""
        self._failing_since = self._failing_since or self._now()
        if self._now() - self._failing_since < STREAM_KEEPS:
            self._retry_at = self._now() + STREAM_PAUSE
            return False
        self._report(events.stream_failure(record, self._arn, self._consumer.function, self._now()))
        self.go_on_from(self.position + 1)
        return True

    def _handled(self, batch: list[dict[str, Any]]) -> int:
        """Invoke; return how many records, counted from the first, are done with."""
        numbers = [record["dynamodb"]["SequenceNumber"] for record in batch]
        consumer = self._consumer
        try:
            answer = self._invoke(consumer.function, consumer.handler, events.stream_event(batch, self._arn))
        except InvocationError as error:
            self._failures.note(consumer.function, consumer.handler, error.cause, len(batch))
            return 0
        failed = refused(answer, numbers)
        if failed:
            self._failures.note(consumer.function, consumer.handler, "batchItemFailures", len(failed))
        return min((numbers.index(number) for number in failed), default=len(batch))


class SchedulePump:
    """Fires one schedule."""

    def __init__(
        self,
        rule: str,
        consumer: Consumer,
        *,
        invoke: Invoke,
        failures: Failures,
        report: Callable[[dict[str, Any]], None],
        now: Now,
    ) -> None:
        self._rule = rule
        self._report = report
        self._consumer = consumer
        self._invoke = invoke
        self._failures = failures
        self._now = now

    def fire(self) -> None:
        """Invoke once, now, if it is on. One that fails is reported and not tried again: the next one comes."""
        if not self._consumer.is_on:
            return
        consumer, event = self._consumer, events.schedule_event(self._rule, self._now())
        try:
            self._invoke(consumer.function, consumer.handler, event)
        except InvocationError as error:
            self._failures.note(consumer.function, consumer.handler, error.cause, 1)
            self._report(events.schedule_failure(event, consumer.function, self._now()))


def report_to(sqs: Any, queue_url: str) -> Callable[[dict[str, Any]], None]:
    """Return a function that puts failures of a stream or a schedule on a queue."""

    def send(report: dict[str, Any]) -> None:
        sqs.send_message(QueueUrl=queue_url, MessageBody=json.dumps(report))

    return send
