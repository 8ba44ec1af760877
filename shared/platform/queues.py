"""Sends messages to SQS in batches, and reads the batches that Lambda hands over, message by message."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, Protocol, TypeVar

from shared.domain.base_model import BaseModel
from shared.domain.errors import NewerItemError
from shared.platform import aws, correlation, telemetry
from shared.platform.messages import Message

M = TypeVar("M", bound=BaseModel)
Read_co = TypeVar("Read_co", covariant=True)

BatchAnswer = dict[str, list[dict[str, str]]]
"""The answer to Lambda for a batch: `{"batchItemFailures": [{"itemIdentifier": …}]}`."""

BATCH = 10
"""Messages that SQS takes in one call."""


class Adapter(Protocol[Read_co]):
    """Reads messages of several shapes: a `TypeAdapter` of pydantic."""

    def validate_json(self, data: str, /) -> Read_co:
        """Return the message that a JSON text holds."""


class SendingFailedError(Exception):
    """SQS did not take some messages; `failed` holds their places in what was to be sent."""

    def __init__(self, failed: Sequence[int]) -> None:
        super().__init__(f"{len(failed)} messages were not taken")
        self.failed = failed


def send(queue_url: str, messages: Iterable[Message], *, after_seconds: int = 0) -> int:
    """Send messages, ten in a call.

    Args:
        queue_url: to which queue.
        messages: any number.
        after_seconds: how long they stay out of sight (SQS: at most 900).

    Returns:
        how many were sent.

    Raises:
        SendingFailedError: after all batches were tried, naming those that were not taken.
    """
    cause = correlation.handed_on()
    return send_each(queue_url, ((message, cause) for message in messages), after_seconds=after_seconds)


def send_each(
    queue_url: str, messages: Iterable[tuple[Message, str | None]], *, after_seconds: int = 0
) -> int:
    """Send messages as `send` does, each with the id of its own cause."""
    failed: list[int] = []
    numbered = enumerate(messages)
    sent = 0
    while batch := list(islice(numbered, BATCH)):
        answer = aws.client("sqs").send_message_batch(
            QueueUrl=queue_url,
            Entries=[
                {
                    "Id": str(number),
                    "MessageBody": message.model_dump_json(by_alias=True, exclude_none=True),
                    **({"DelaySeconds": after_seconds} if after_seconds else {}),
                    **trail(cause),
                }
                for number, (message, cause) in batch
            ],
        )
        failed += [int(entry["Id"]) for entry in answer.get("Failed", [])]
        sent += len(batch)
    if failed:
        raise SendingFailedError(failed)
    return sent


def trail(name: str | None) -> dict[str, Any]:
    """Return the attribute that names a message's cause; code that does not know it leaves it alone."""
    if name is None:
        return {}
    return {"MessageAttributes": {correlation.ATTRIBUTE: {"DataType": "String", "StringValue": name}}}


def cause_of(record: Mapping[str, Any]) -> tuple[str | None, str]:
    """Return the ids that a message is handled under, of a record of Lambda's event: its cause's, else its own."""
    attribute = record.get("messageAttributes", {}).get(correlation.ATTRIBUTE, {})
    return attribute.get("stringValue"), str(record.get("messageId", ""))


def each_message(
    event: dict[str, Any], model: type[M] | Adapter[M], handle: Callable[[M], None]
) -> BatchAnswer:
    """Handle a batch from SQS; a message that fails, or is about what newer code wrote, comes again, others do not.

    Args:
        event: what Lambda hands over.
        model: the message's shape, or an adapter where a queue has messages of several.
        handle: does one message's work; it must bear being called twice.

    Returns:
        `{"batchItemFailures": [{"itemIdentifier": …}]}`, which the event source mapping must be configured to read
        (`ReportBatchItemFailures`), else failed messages are lost.
    """
    read = model.model_validate_json if isinstance(model, type) else model.validate_json
    failures: list[dict[str, str]] = []
    for record in event["Records"]:
        with correlation.begun(*cause_of(record)):
            if not _is_done(record, read, handle):
                failures.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failures}


def _is_done(record: Mapping[str, Any], read: Callable[[str], Any], handle: Callable[[Any], None]) -> bool:
    try:
        handle(read(record["body"]))
    except NewerItemError:
        telemetry.logger().info("message left to newer code", message_id=record["messageId"])
        return False
    except Exception as error:  # noqa: BLE001 - one bad message must not take the batch with it
        log_failed(record, error)
        return False
    return True


def receives_of(record: Mapping[str, Any]) -> int:
    """Return how often a message was received, this time too."""
    return int(record.get("attributes", {}).get("ApproximateReceiveCount", "1"))


def log_failed(record: Mapping[str, Any], error: Exception) -> None:
    """Log that a message could not be handled: which, how often it was tried, and the error by its type."""
    telemetry.logger().error(
        "message failed",
        message_id=record["messageId"],
        receive_count=receives_of(record),
        error_type=type(error).__name__,
        error_code=getattr(error, "response", {}).get("Error", {}).get("Code"),
    )
