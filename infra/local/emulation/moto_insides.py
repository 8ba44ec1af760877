"""The few places where the local stack reads or sets what moto keeps inside itself.

moto's own API would do for most of it, but costs milliseconds and memory for each look (a GetRecords keeps an
iterator for ever), and the pumps look ten times a second. Everything here is tested in tests/local, so that a new
moto that has moved its furniture is noticed there.
"""

from __future__ import annotations

import copy
import json
import pickle
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any

import botocore.useragent as botocore_useragent
import moto.core.responses as moto_responses
import moto.sqs.models as moto_sqs
from botocore.useragent import sanitize_user_agent_string_component
from moto.cloudformation.parsing import NULL_MODELS
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.core.serialize import BaseJSONSerializer
from moto.core.utils import camelcase_to_underscores, method_names_from_class, unix_time, unix_time_millis
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.table import Table
from moto.s3.models import s3_backends
from moto.ses.models import ses_backends
from moto.sqs.models import sqs_backends
from moto.utilities.utils import load_resource

REGION = "ap-southeast-1"
ACCOUNT = DEFAULT_ACCOUNT_ID


def run_queues_on(now: Callable[[], datetime] | None) -> None:
    """Let visibility timeouts, delays and retention of queues pass on this clock; `None`: on real time again."""
    modules: Any = moto_sqs
    if now is None:
        modules.unix_time, modules.unix_time_millis = unix_time, unix_time_millis
        return
    modules.unix_time = lambda: now().timestamp()
    modules.unix_time_millis = lambda: now().timestamp() * 1000


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
        change = json.loads(json.dumps(change | {"ApproximateCreationDateTime": int(created)}))
        records.append(record | {"awsRegion": REGION, "dynamodb": change})
    return records


def quicken_queries() -> None:
    """Let a query look only at the items that it asks for: moto sorts the whole table for each (design §8)."""
    table_class: Any = Table
    table_class.query = _narrow_query


_whole_query: Any = Table.query


def _narrow_query(table: Any, hash_key: Any, *args: Any, **kwargs: Any) -> Any:
    index_name = args[_INDEX_NAME] if len(args) > _INDEX_NAME else kwargs.get("index_name")
    narrow = copy.copy(table)
    if index_name is None:
        narrow.items = {hash_key: table.items[hash_key]} if hash_key in table.items else {}
    else:
        wanted = kwargs.get("hash_key_conditions") or []
        narrow.items = {
            key: held
            for key, held in table.items.items()
            if isinstance(held, dict)
            or all(name in held.attrs and held.attrs[name] == value for name, value in wanted)
        }
    return _whole_query(narrow, hash_key, *args, **kwargs)


_INDEX_NAME = 6
"""Position of the argument among those after the hash key."""


# ---------------------------------------------------------------- speed


def quicken() -> None:
    """Spare moto and botocore work that changes no answer: it is most of what a test or a start with samples costs."""
    quicken_queries()
    responses: Any = moto_responses
    responses.camelcase_to_underscores = _underscored
    responses.method_names_from_class = _methods_of
    useragent: Any = botocore_useragent
    useragent.sanitize_user_agent_string_component = _in_user_agent
    serializer: Any = BaseJSONSerializer
    serializer._serialize_type_structure = _quick_structure  # noqa: SLF001


_underscored = cache(camelcase_to_underscores)
_methods_of = cache(method_names_from_class)
_in_user_agent = lru_cache(10_000)(sanitize_user_agent_string_component)
_whole_structure: Any = BaseJSONSerializer._serialize_type_structure  # noqa: SLF001
_AS_THEY_ARE = frozenset({"S", "N", "BOOL"})


def _quick_structure(serializer: Any, serialized: Any, value: Any, shape: Any, key: str) -> None:
    """Write a text, number or truth of an item as it is: moto asks each for all ten kinds of value by six names."""
    if (
        shape.name == "AttributeValue"
        and type(value) is dict
        and len(value) == 1
        and value.keys() <= _AS_THEY_ARE
    ):
        serializer._default_serialize(serialized, dict(value), shape, key)  # noqa: SLF001
    else:
        _whole_structure(serializer, serialized, value, shape, key)


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
    in_tables, in_queues, keys, mails = pickle.loads(saved)  # noqa: S301 - what this process itself kept
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
    """Drop every e-mail sent."""
    ses_backends[ACCOUNT][REGION].sent_messages.clear()


def empty_bucket(bucket: str) -> None:
    """Drop every object, with all its versions."""
    s3_backends[ACCOUNT]["aws"].buckets[bucket].keys.clear()


def cognito_public_keys() -> str:
    """Return the JWKS document with the key that moto's Cognito signs tokens with."""
    return json.dumps(load_resource("cognitoidp/resources/jwks-public.json"))
