"""The few places where the local stack reads or sets what moto keeps inside itself.

moto's own API would do for most of it, but costs milliseconds and memory for each look (a GetRecords keeps an
iterator for ever), and the pumps look ten times a second. Everything here is tested in tests/local, so that a new
moto that has moved its furniture is noticed there.
"""

from __future__ import annotations

import base64
import copy
import json
import pickle
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import moto.sqs.models as moto_sqs
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.core.utils import unix_time, unix_time_millis
from moto.dynamodb.models import dynamodb_backends
from moto.events.models import events_backends
from moto.logs.models import logs_backends
from moto.s3.models import s3_backends
from moto.ses.models import ses_backends
from moto.sqs.exceptions import ReceiptHandleIsInvalid
from moto.sqs.models import sqs_backends
from moto.utilities.utils import load_resource

from infra.local.emulation.moto_speed import NULL_MODELS
from shared.platform.correlation import ATTRIBUTE

REGION = "ap-southeast-1"
ACCOUNT = DEFAULT_ACCOUNT_ID


def run_queues_on(now: Callable[[], datetime] | None) -> None:
    """Let visibility timeouts, delays and retention of queues pass on this clock; `None`: on real time again."""
    modules: Any = moto_sqs
    modules.SQSBackend.change_message_visibility = _change_visibility
    if now is None:
        modules.unix_time, modules.unix_time_millis = unix_time, unix_time_millis
        return
    modules.unix_time = lambda: now().timestamp()
    modules.unix_time_millis = lambda: now().timestamp() * 1000


def _change_visibility(backend: Any, queue_name: str, receipt_handle: str, visibility_timeout: int) -> None:
    """Hide a message, or show it again.

    moto reckons the twelve hours that it may be hidden from when it was sent, SQS from when it was received: one that
    lay longer could not be put back.
    """
    queue = backend.get_queue(queue_name)
    held = next((each for each in queue._messages if each.had_receipt_handle(receipt_handle)), None)  # noqa: SLF001
    if held is None:
        raise ReceiptHandleIsInvalid
    held.change_visibility(visibility_timeout)
    if held.visible and held in queue.pending_messages:
        queue.pending_messages.remove(held)


@contextmanager
def without_queue_policies() -> Iterator[None]:
    """Deploy without a word about the one kind of resource of the platform that moto does not know, nor needs."""
    NULL_MODELS.append("AWS::SQS::QueuePolicy")
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=".*AWS::SQS::QueuePolicy")
            yield
    finally:
        NULL_MODELS.remove("AWS::SQS::QueuePolicy")


# ---------------------------------------------------------------- queues


@dataclass(frozen=True)
class Depth:
    """The number of messages in a queue: to be received now, received and not yet deleted, delayed."""

    visible: int
    in_flight: int
    delayed: int


def _queue(name: str) -> Any:
    return sqs_backends[ACCOUNT][REGION].queues[name]


def has_visible_message(queue: str) -> bool:
    """Return whether a receive would return any message."""
    return any(message.visible and not message.delayed for message in _queue(queue)._messages)  # noqa: SLF001


def depth(queue: str) -> Depth:
    """Count a queue's messages."""
    messages = list(_queue(queue)._messages)  # noqa: SLF001
    delayed = sum(message.delayed for message in messages)
    visible = sum(message.visible and not message.delayed for message in messages)
    return Depth(visible=visible, in_flight=len(messages) - visible - delayed, delayed=delayed)


def next_visible_at(queue: str) -> datetime | None:
    """Return when the next hidden or delayed message of a queue comes into sight; `None` when none is hidden."""
    hidden = [
        max(message.visible_at, message.delayed_until)
        for message in _queue(queue)._messages  # noqa: SLF001
        if message.delayed or not message.visible
    ]
    return datetime.fromtimestamp(min(hidden) / 1000, UTC) if hidden else None


def visible_again_at(queue: str, message_id: str) -> float | None:
    """Return when one message comes into sight again (milliseconds), `None` when the queue does not hold it."""
    return next((m.visible_at for m in _queue(queue)._messages if m.id == message_id), None)  # noqa: SLF001


def empty_queue(queue: str) -> None:
    """Drop every message (PurgeQueue may be called only once a minute)."""
    held = _queue(queue)
    held._messages.clear()  # noqa: SLF001
    held.pending_messages.clear()


@dataclass(frozen=True)
class HeldMessage:
    """One message as a queue holds it."""

    id: str
    body: str
    sent_at: datetime
    receives: int
    correlation: str | None = None
    """The id of the message's cause."""


def queue_length(queue: str) -> int:
    """Return how many messages a queue holds, whether in sight or not."""
    return len(_queue(queue)._messages)  # noqa: SLF001


def held_messages(queue: str, start: int = 0) -> list[HeldMessage]:
    """Return the messages that a queue holds, from a position on; none of them counts as received."""
    return [
        HeldMessage(
            message.id,
            message.body,
            datetime.fromtimestamp((message.sent_timestamp or 0) / 1000, UTC),
            message.approximate_receive_count,
            message.message_attributes.get(ATTRIBUTE, {}).get("StringValue"),
        )
        for message in _queue(queue)._messages[start:]  # noqa: SLF001
    ]


def take_out(queue: str, message_id: str) -> HeldMessage | None:
    """Remove one message from a queue, and return it; None when it is not there."""
    message = next((message for message in held_messages(queue) if message.id == message_id), None)
    if message is not None:
        held = _queue(queue)
        held._messages = [each for each in held._messages if each.id != message_id]  # noqa: SLF001
        held.pending_messages.difference_update(
            [each for each in held.pending_messages if each.id == message_id]
        )
    return message


# ---------------------------------------------------------------- rules


def is_enabled(rule: str) -> bool:
    """Return whether a rule of EventBridge is on, or there is none of that name."""
    held = _rules().get(rule)
    return held is None or held.state == "ENABLED"


def enable_rules() -> None:
    """Switch all rules on."""
    for rule in _rules().values():
        rule.enable()


def _rules() -> dict[str, Any]:
    return events_backends[ACCOUNT][REGION].event_buses["default"].rules


# ---------------------------------------------------------------- tables


def _table(name: str) -> Any:
    return dynamodb_backends[ACCOUNT][REGION].tables[name]


def stream_length(table: str) -> int:
    """Return how many changes a table's stream has recorded since it was made or emptied."""
    return len(_table(table).stream_shard.items)


def stream_records(table: str, start: int, count: int) -> list[dict[str, Any]]:
    """Return changes as Lambda would be handed them: values in DynamoDB's JSON, copied, so nobody shares them."""
    records = []
    for item in _table(table).stream_shard.items[start : start + count]:
        record = copy.copy(item.record)
        change = dict(record["dynamodb"])
        created = change["ApproximateCreationDateTime"].replace(tzinfo=UTC).timestamp()
        change = json.loads(
            json.dumps(change | {"ApproximateCreationDateTime": int(created)}, default=_in_base64)
        )
        records.append(record | {"awsRegion": REGION, "dynamodb": change})
    return records


def _in_base64(binary: bytes) -> str:
    return base64.b64encode(binary).decode()


def versions_written(table: str, start: int) -> list[tuple[str, int]]:
    """Return the reference and the version of each item that was written since the stream had `start` changes."""
    changes = (item.record["dynamodb"] for item in _table(table).stream_shard.items[start:])
    images = [change["NewImage"] for change in changes if change.get("NewImage")]
    return [
        (str(image["reference"]["S"]), int(image["version"]["N"])) for image in images if "version" in image
    ]


def place_in_stream(table: str, sequence_number: str) -> tuple[str, int] | None:
    """Return the reference and the version of the change with a sequence number; None where there is none."""
    for position, item in enumerate(_table(table).stream_shard.items):
        if str(item.record["dynamodb"]["SequenceNumber"]) == sequence_number:
            return next(iter(versions_written(table, position)), None)
    return None


def texts_of(table: str, attribute: str) -> list[str]:
    """Return a text attribute of every item that has it."""
    held = list(_table(table).items.values())
    items = [item for each in held for item in (list(each.values()) if isinstance(each, dict) else [each])]
    return [str(item.attrs[attribute].value) for item in items if attribute in item.attrs]


def keep_table(table: str) -> Any:
    """Return the content of a table whose items are only ever put and deleted whole, for `put_table_back`."""
    return _shallow(_table(table).items)


def put_table_back(table: str, saved: Any) -> bool:
    """Restore the content of a table; return whether it had changed."""
    held = _table(table)
    if _identities(held.items) == _identities(saved):
        return False
    held.items = _shallow(saved)
    return True


def _shallow(items: Any) -> Any:
    """Copy the dictionaries of keys, and share the items in them."""
    copied = copy.copy(items)
    for key, held in items.items():
        copied[key] = copy.copy(held) if isinstance(held, dict) else held
    return copied


def _identities(items: Any) -> dict[Any, Any]:
    return {
        key: {inner: id(item) for inner, item in held.items()} if isinstance(held, dict) else id(held)
        for key, held in items.items()
    }


def keep(tables: Iterable[str], queues: Iterable[str], bucket: str) -> bytes:
    """Return a copy of the content of tables with their streams, queues, a bucket and the mailbox, for `put_back`."""
    held = [_table(name) for name in tables]
    return pickle.dumps(
        (
            [(table.items, table.stream_shard and table.stream_shard.items) for table in held],
            [(_queue(name)._messages, _queue(name).pending_messages) for name in queues],  # noqa: SLF001
            s3_backends[ACCOUNT]["aws"].buckets[bucket].keys,
            ses_backends[ACCOUNT][REGION].sent_messages,
        )
    )


def put_back(saved: bytes, tables: Iterable[str], queues: Iterable[str], bucket: str) -> None:
    """Restore the content of all of them: thousands of times faster than to live through it again."""
    in_tables, in_queues, keys, mails = pickle.loads(saved)  # nosec B301  # noqa: S301 - what this process itself kept
    for name, (items, changes) in zip(tables, in_tables, strict=True):
        table = _table(name)
        table.items = items
        if table.stream_shard is not None:
            table.stream_shard.items = changes
    for name, (messages, pending) in zip(queues, in_queues, strict=True):
        _queue(name)._messages, _queue(name)._pending_messages = messages, pending  # noqa: SLF001
    s3_backends[ACCOUNT]["aws"].buckets[bucket].keys = keys
    ses_backends[ACCOUNT][REGION].sent_messages = mails


def empty_table(table: str) -> None:
    """Drop every item, and every change from the stream."""
    held = _table(table)
    held.items.clear()
    if held.stream_shard is not None:
        held.stream_shard.items.clear()


# ---------------------------------------------------------------- logs

_STREAM = "local"
"""The one log stream of each group."""


def keep_log_line(group: str, line: str, at: datetime) -> None:
    """Add a line to a log group, which is made if there is none.

    Past what moto checks of a request: a line of a clock that travelled is not within two hours of the machine's.
    """
    backend = logs_backends[ACCOUNT][REGION]
    backend.ensure_log_group(group)
    backend.ensure_log_stream(group, _STREAM)
    event = {"timestamp": int(at.timestamp() * 1000), "message": line}
    backend.groups[group].put_log_events(_STREAM, [event])


def forget_logs() -> None:
    """Drop every line, and leave the groups."""
    for group in logs_backends[ACCOUNT][REGION].groups.values():
        group.streams.clear()


# ---------------------------------------------------------------- mail, files, keys


def sent_mails() -> Iterator[tuple[list[str], str]]:
    """Yield the recipients and the raw MIME text of every e-mail sent, oldest first."""
    for message in list(ses_backends[ACCOUNT][REGION].sent_messages):
        raw = getattr(message, "raw_data", None)
        if raw is not None:
            yield list(message.destinations), raw


def sent_mails_from(position: int) -> list[str]:
    """Return the raw MIME text of each e-mail sent since there were `position` of them."""
    return [message.raw_data for message in ses_backends[ACCOUNT][REGION].sent_messages[position:]]


def forget_mails() -> None:
    """Drop every e-mail sent, and what they took of the quota."""
    ses_backends[ACCOUNT][REGION].sent_messages.clear()
    count_mails(0)


def count_mails(sent: int) -> None:
    """Say how many of the 200 e-mails of 24 hours are sent: moto counts them for ever."""
    ses_backends[ACCOUNT][REGION].sent_message_count = sent


def empty_bucket(bucket: str) -> None:
    """Drop every object, with all its versions."""
    s3_backends[ACCOUNT]["aws"].buckets[bucket].keys.clear()


def cognito_public_keys() -> str:
    """Return the JWKS document with the key that moto's Cognito signs tokens with."""
    return json.dumps(load_resource("cognitoidp/resources/jwks-public.json"))
