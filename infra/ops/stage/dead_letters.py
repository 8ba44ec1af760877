"""Dead letters: read without taking them away, described by petition and step, sent back or removed.

Most messages hold identifiers alone; those of `receipts` are providers' own words and name recipients: of them only the
kind of event and the names of ours that they carry are shown.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError

from chalicelib.notifier.handle_messages import Request
from chalicelib.sla_timer.composition import TIMER_MESSAGE
from infra.ops.stage.errors import OpsError
from infra.triggers import CONSUMERS, REPORTS, SCHEDULES, STREAM
from shared.domain.petition.values.attachments import place_of
from shared.domain.promises.deliveries import notice_prefix
from shared.platform import aws, correlation, queues
from shared.platform.messages import (
    BucketEvent,
    ErasureRequest,
    ExportRequest,
    KeyRequest,
    NoticeRequest,
    PartsRequest,
    RenewalRequest,
    ResealRequest,
    RoutingRequest,
    TopicNotification,
    WakeUp,
)
from shared.platform.queues import BATCH

INSTEAD: Mapping[str, str] = {
    STREAM: "ops replay --since <when it began> sends what should have followed; then ops dead drop changes --all",
    SCHEDULES: "the next call of the schedule finds all that this one did not; then ops dead drop schedules --all",
}
"""The steps about reports of failed calls, which cannot be sent back."""
QUEUES = (*CONSUMERS, *REPORTS)
HIDDEN_SECONDS = 60
"""The time for which messages are hidden while they are read; afterwards they come into sight at once."""
_EMPTY_ANSWERS = 3
"""Answers without a message, one after another, that end the reading: SQS asks a part of its servers each time."""

_NOTICES: TypeAdapter[Request] = TypeAdapter(Request)


@dataclass(frozen=True)
class Letter:
    """One dead letter."""

    queue: str
    message_id: str
    handle: str
    body: str
    sent_at: datetime
    correlation: str
    """The id of the message's cause; its own where it has none."""

    @property
    def about(self) -> dict[str, Any]:
        """The subject of the message: `reference`, `step`, and further identifiers; never what a person wrote."""
        try:
            return _ABOUT[self.queue](self.body)
        except (ValidationError, ValueError, LookupError, TypeError, AttributeError):
            return {"step": "unreadable"}


def peek(queue: str, url: str) -> list[Letter]:
    """Return all dead letters of a queue, the earliest first; they stay, and are in sight again afterwards."""
    letters = {letter.message_id: letter for letter in _receive(queue, url)}
    _release(url, list(letters.values()))
    return sorted(letters.values(), key=lambda letter: letter.sent_at)


def send_back(letters: Sequence[Letter], dead_url: str, url: str) -> int:
    """Send dead letters back to the queue that they came from, ten at a time; return how many went.

    A letter is removed only once its copy is taken; one that is sent twice does nothing the second time.
    """
    sent = 0
    for batch in _batches(letters):
        answer = aws.client("sqs").send_message_batch(
            QueueUrl=url,
            Entries=[
                {"Id": str(n), "MessageBody": each.body, **queues.trail(each.correlation)}
                for n, each in enumerate(batch)
            ],
        )
        failed = {int(entry["Id"]) for entry in answer.get("Failed", [])}
        taken = [each for number, each in enumerate(batch) if number not in failed]
        sent += remove(taken, dead_url)
    return sent


def remove(letters: Sequence[Letter], dead_url: str) -> int:
    """Remove dead letters for good; return how many went."""
    removed = 0
    for batch in _batches(letters):
        entries = [{"Id": str(n), "ReceiptHandle": each.handle} for n, each in enumerate(batch)]
        answer = aws.client("sqs").delete_message_batch(QueueUrl=dead_url, Entries=entries)
        removed += len(answer.get("Successful", []))
    return removed


def check_sendable(queue: str) -> None:
    """Refuse a queue whose letters are reports.

    Raises:
        OpsError: there is nothing to send back.
    """
    if queue in INSTEAD:
        raise OpsError(
            f"Dead letters of {queue} are reports of failed calls: nothing can be sent back", INSTEAD[queue]
        )


def _receive(queue: str, url: str) -> Iterator[Letter]:
    empty = 0
    while empty < _EMPTY_ANSWERS:
        messages = (
            aws.client("sqs")
            .receive_message(
                QueueUrl=url,
                MaxNumberOfMessages=BATCH,
                VisibilityTimeout=HIDDEN_SECONDS,
                MessageSystemAttributeNames=["All"],
                MessageAttributeNames=[correlation.ATTRIBUTE],
            )
            .get("Messages", [])
        )
        empty = 0 if messages else empty + 1
        for message in messages:
            cause = message.get("MessageAttributes", {}).get(correlation.ATTRIBUTE, {})
            sent_at = datetime.fromtimestamp(int(message["Attributes"]["SentTimestamp"]) / 1000, UTC)
            yield Letter(
                queue,
                message["MessageId"],
                message["ReceiptHandle"],
                message["Body"],
                sent_at.replace(microsecond=0),
                cause.get("StringValue", message["MessageId"]),
            )


def _release(url: str, letters: Sequence[Letter]) -> None:
    for batch in _batches(letters):
        entries = [
            {"Id": str(n), "ReceiptHandle": each.handle, "VisibilityTimeout": 0}
            for n, each in enumerate(batch)
        ]
        aws.client("sqs").change_message_visibility_batch(QueueUrl=url, Entries=entries)


def _batches(letters: Sequence[Letter]) -> Iterator[Sequence[Letter]]:
    return (letters[at : at + BATCH] for at in range(0, len(letters), BATCH))


# ---------------------------------------------------------------- what a message is about


def _of_routing(body: str) -> dict[str, Any]:
    request = RoutingRequest.model_validate_json(body)
    return {
        "reference": request.reference,
        "step": request.task.value,
        "seen": request.seen,
        "after": request.after,
    }


def _of_notices(body: str) -> dict[str, Any]:
    request = _NOTICES.validate_json(body)
    if isinstance(request, NoticeRequest):
        notice = notice_prefix(request.seq, request.kind, request.audience).rstrip("#")
        return {"reference": request.reference, "step": notice}
    if isinstance(request, ExportRequest):
        return _of_export(request)
    return {"step": type(request).__name__.removesuffix("Request").lower()}


def _of_export(request: ExportRequest) -> dict[str, Any]:
    return {"reference": request.reference, "step": f"export by {request.exported_by}"}


def _of_timers(body: str) -> dict[str, Any]:
    message = TIMER_MESSAGE.validate_json(body)
    if isinstance(message, WakeUp):
        return {"reference": message.reference, "step": "wake-up", "wake_at": message.wake_at}
    if isinstance(message, ErasureRequest):
        return {"reference": message.reference, "step": f"erasure by {message.decision}"}
    if isinstance(message, ExportRequest):
        return _of_export(message)
    if isinstance(message, RenewalRequest):
        return {"step": f"renewal {message.round}"}
    if isinstance(message, KeyRequest):
        return {"step": "another key of the identifiers"}
    if isinstance(message, ResealRequest):
        return {"step": f"reseal {message.round}"}
    return {"step": f"{message.job} {message.round} shard {message.shard}"}


def _of_parts(body: str) -> dict[str, Any]:
    PartsRequest.model_validate_json(body)
    return {"step": "long SMS"}


def _of_uploads(body: str) -> dict[str, Any]:
    record = BucketEvent.model_validate_json(body).records[0]
    place = place_of(record.key)
    facts = {"reference": place.reference, "attachment": place.id} if place else {}
    return {**facts, "step": record.event.removeprefix("s3:").partition(":")[0]}


def _of_receipts(body: str) -> dict[str, Any]:
    notification = TopicNotification.model_validate_json(body)
    of = notification.topic.removesuffix("-events").rpartition("-")[2]
    event = json.loads(notification.message)
    of_a_mail = event.get("mail", {}).get("tags", {}).get("reference", [])
    of_an_sms = event.get("context", {}).get("reference")
    return {
        "reference": next(iter(of_a_mail), of_an_sms),
        "step": f"{of} {event.get('eventType', '')}".strip(),
    }


def _of_changes(body: str) -> dict[str, Any]:
    report = json.loads(body)
    batch = report["DDBStreamBatchInfo"]
    return {
        "step": f"{batch['batchSize']} changes from {batch['startSequenceNumber']}",
        "error": report["requestContext"]["condition"],
    }


def _of_schedules(body: str) -> dict[str, Any]:
    report = json.loads(body)
    context = report.get("requestContext", {})
    function = str(context.get("functionArn", "")).rpartition("function:")[2].partition(":")[0]
    return {"step": function or "a call of a schedule", "error": context.get("condition")}


_ABOUT: Mapping[str, Callable[[str], dict[str, Any]]] = {
    "routing": _of_routing,
    "notices": _of_notices,
    "timers": _of_timers,
    "parts": _of_parts,
    "uploads": _of_uploads,
    "receipts": _of_receipts,
    "changes": _of_changes,
    "schedules": _of_schedules,
}
