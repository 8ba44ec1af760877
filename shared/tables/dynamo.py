"""The one place that calls DynamoDB: conditional writes, queries to their last page, batches, retries of lost races.

Items, keys and values are plain Python here (`str`, `bytes`, `int`, `bool`, a set of `str`); DynamoDB's typed JSON
(`{"S": "…"}`) stays inside. In every expression `#state` stands for the attribute `state`, unless `names` says
otherwise, and `:state` for `values["state"]`. Only the repositories of `shared.tables` use this module.
"""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple, TypeVar

from botocore.exceptions import ClientError

from shared.domain.errors import StaleVersionError
from shared.platform import aws
from shared.tables.batches import batch_get
from shared.tables.batches.batch_get import Key

Value = str | bytes | int | bool | AbstractSet[str]
Item = dict[str, Any]
"""An item as plain values. Attributes that are None are not written."""
T = TypeVar("T")

ATTEMPTS = 4
"""Attempts of a read with its conditional write, while others keep changing the item."""
_NAME = re.compile(r"#(\w+)")
_NOTHING: Mapping[str, Any] = {}
_LOST_RACES = frozenset({"None", "ConditionalCheckFailed", "TransactionConflict"})
"""The reasons of a cancelled transaction that say no more than that others were faster."""


class ConditionFailedError(Exception):
    """A conditional write met another item than it expects; nothing was written.

    The SDK repeats a write whose reply was lost, and then this is raised though the first try was stored: whoever
    must tell the difference compares `old` with what was to be written.
    """

    def __init__(self, old: Item | None) -> None:
        super().__init__("the item is another one than expected")
        self.old = old
        """The item that made the condition fail; None where there is none."""


@dataclass(frozen=True)
class Query:
    """A read of one partition of a table or of an index.

    Args:
        condition: the key condition, e.g. `unit = :unit AND due_on < :day`.
        values: of the condition, without colons.
        index: the index to read; None reads the table.
        attributes: a projection, e.g. `outline`; empty reads all that is there.
        is_ascending: whether the sort key grows.
        is_consistent: whether the latest writes are seen; indexes never do.
    """

    condition: str
    values: Mapping[str, Value]
    index: str | None = None
    attributes: str = ""
    is_ascending: bool = True
    is_consistent: bool = False


class Page(NamedTuple):
    """The items of one answer, and the key after which the next page starts; None on the last page."""

    items: list[Item]
    last_key: Item | None


class Segment(NamedTuple):
    """One of the equal parts of a table that are scanned independently; a key of one starts no page of another."""

    number: int
    """From 0."""
    total: int


WHOLE = Segment(0, 1)
"""The only segment of a table that is scanned in one go."""


class ConditionalPut(NamedTuple):
    """An item, and the condition for what is stored under its key."""

    item: Mapping[str, Value | None]
    condition: str
    values: Mapping[str, Value] = _NOTHING


@dataclass(frozen=True)
class Table:
    """Reads and writes one table."""

    name: str

    # --- writing -----------------------------------------------------------------------------------

    def put(self, item: Mapping[str, Value | None]) -> None:
        """Write an item, whatever is stored under its key."""
        aws.client("dynamodb").put_item(TableName=self.name, Item=encode(item))

    def put_if(
        self,
        item: Mapping[str, Value | None],
        condition: str,
        values: Mapping[str, Value] = _NOTHING,
    ) -> None:
        """Write an item if a condition holds for what is stored under its key.

        Raises:
            ConditionFailedError: it does not hold.
        """
        _conditional(
            aws.client("dynamodb").put_item,
            TableName=self.name,
            Item=encode(item),
            ConditionExpression=condition,
            **_placeholders(condition, values),
        )

    def put_all_if(self, writes: Sequence[ConditionalPut]) -> None:
        """Write several items in one transaction, all of them or none.

        Raises:
            ConditionFailedError: one of the conditions does not hold, or somebody writes one of the items just now.
        """
        try:
            aws.client("dynamodb").transact_write_items(
                TransactItems=[
                    {
                        "Put": {
                            "TableName": self.name,
                            "Item": encode(write.item),
                            "ConditionExpression": write.condition,
                            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
                            **_placeholders(write.condition, write.values),
                        }
                    }
                    for write in writes
                ]
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "TransactionCanceledException":
                raise
            response: Mapping[str, Any] = error.response
            reasons = response.get("CancellationReasons", ())
            if not {reason.get("Code") for reason in reasons} <= _LOST_RACES:
                raise
            old = next((reason["Item"] for reason in reasons if reason.get("Item")), None)
            raise ConditionFailedError(decode(old) if old else None) from None

    def update_if(
        self,
        key: Mapping[str, Value],
        update: str,
        condition: str,
        values: Mapping[str, Value],
        *,
        names: Mapping[str, str] = _NOTHING,
        returns: Literal["ALL_NEW", "ALL_OLD"] = "ALL_NEW",
    ) -> Item:
        """Change an item if a condition holds for it.

        Args:
            key: of the item; where there is none, one is made.
            update: the update expression, e.g. `SET #state = :state`.
            condition: may ask `attribute_exists(…)` to make none; "" asks for nothing.
            values: of both expressions, without colons.
            names: attributes whose placeholders are not their own names, without `#`.
            returns: whether the item is returned as it was or as it is now.

        Raises:
            ConditionFailedError: the condition does not hold.
        """
        answer = _conditional(
            aws.client("dynamodb").update_item,
            TableName=self.name,
            Key=encode(key),
            UpdateExpression=update,
            **({"ConditionExpression": condition} if condition else {}),
            ReturnValues=returns,
            **_placeholders(f"{update} {condition}", values, names),
        )
        return decode(answer.get("Attributes", {}))

    def delete(self, key: Mapping[str, Value]) -> None:
        """Delete an item; where there is none, nothing happens."""
        aws.client("dynamodb").delete_item(TableName=self.name, Key=encode(key))

    # --- reading -----------------------------------------------------------------------------------

    def get(self, key: Mapping[str, Value], *, is_consistent: bool = True) -> Item | None:
        """Return an item, and read with it those that are announced; None where there is none."""
        item = batch_get.read_one(self.key(key)) if is_consistent else batch_get.read_lately(self.key(key))
        return None if item is None else decode(item)

    def key(self, key: Mapping[str, Value]) -> Key:
        """Return the key of an item, e.g. to announce that it will be read (`batch_get.announced`)."""
        return Key(self.name, encode(key))

    def batch_get(
        self, keys: Iterable[Mapping[str, Value]], *, sleep: Callable[[float], None] = time.sleep
    ) -> Iterator[Item]:
        """Yield the items of these keys, a hundred a call and in no order; keys without an item are left out.

        Raises:
            UnprocessedKeysError: DynamoDB read some of them in no attempt.
        """
        read = batch_get.read_batch(map(self.key, keys), is_consistent=False, sleep=sleep)
        return (decode(item) for _table, item in read)

    def query(
        self, query: Query, *, limit: int | None = None, start_after: Mapping[str, Value] | None = None
    ) -> Page:
        """Read one page with one call: at most `limit` items, and at most 1 MB."""
        request: dict[str, Any] = {
            "TableName": self.name,
            "KeyConditionExpression": query.condition,
            "ScanIndexForward": query.is_ascending,
            **_placeholders(f"{query.condition} {query.attributes}", query.values),
        }
        if query.index:
            request["IndexName"] = query.index
        if query.attributes:
            request["ProjectionExpression"] = query.attributes
        if query.is_consistent:
            request["ConsistentRead"] = True
        if limit is not None:
            request["Limit"] = limit
        if start_after:
            request["ExclusiveStartKey"] = encode(start_after)
        return _page(aws.client("dynamodb").query(**request))

    def query_all(self, query: Query) -> Iterator[Item]:
        """Yield the items of a query to its last page; each page is read when its first item is needed."""
        return _to_the_last(lambda start_after: self.query(query, start_after=start_after))

    def scan(
        self,
        index: str | None = None,
        *,
        segment: Segment = WHOLE,
        limit: int | None = None,
        start_after: Mapping[str, Value] | None = None,
        is_consistent: bool = False,
    ) -> Page:
        """Read one page of a table, of an index, or of one segment of it: at most `limit` items, and at most 1 MB.

        Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Scan.html#Scan.ParallelScan
        """
        request: dict[str, Any] = {
            "TableName": self.name,
            "ConsistentRead": is_consistent,
            "Segment": segment.number,
            "TotalSegments": segment.total,
        }
        if index:
            request["IndexName"] = index
        if limit is not None:
            request["Limit"] = limit
        if start_after:
            request["ExclusiveStartKey"] = encode(start_after)
        return _page(aws.client("dynamodb").scan(**request))

    def scan_all(self, index: str | None = None) -> Iterator[Item]:
        """Yield all items of the table, or of an index."""
        return _to_the_last(lambda start_after: self.scan(index, start_after=start_after))


def retry_when_stale(attempt: Callable[[], T], *, attempts: int = ATTEMPTS) -> T:
    """Call `attempt` and return its result; call it again, to read anew, when somebody else changed the item meanwhile.

    Raises:
        StaleVersionError: others were faster in every attempt; nothing was written.
    """
    for _ in range(attempts - 1):
        with suppress(StaleVersionError):
            return attempt()
    return attempt()


def with_ties(ordered: Iterable[T], limit: int, key: Callable[[T], object]) -> Iterator[T]:
    """Yield the first items: as many as are wanted, and all that have the key of the last of them."""
    last: object = None
    for number, item in enumerate(ordered):
        if number >= limit and key(item) != last:
            return
        last = key(item)
        yield item


def stored_instant(at: datetime) -> str:
    """Return an instant as the tables store it: UTC, to the second, sorting as text."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def encode(values: Mapping[str, Value | None]) -> dict[str, dict[str, Any]]:
    """Return plain values as DynamoDB's typed JSON, without those that are None."""
    return {name: _typed(value) for name, value in values.items() if value is not None}


def decode(item: Mapping[str, Mapping[str, Any]]) -> Item:
    """Return DynamoDB's typed JSON, e.g. the image of a stream record, as plain values."""
    return {name: _plain(typed) for name, typed in item.items()}


def _typed(value: Value) -> dict[str, Any]:
    if isinstance(value, str):
        return {"S": str(value)}
    if isinstance(value, bytes):
        return {"B": value}
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, int):
        return {"N": str(value)}
    return {"SS": sorted(value)}


def _plain(typed: Mapping[str, Any]) -> Any:
    ((kind, value),) = typed.items()
    if kind == "N":
        return int(value)
    if kind == "B" and isinstance(value, str):  # in a record of a stream
        return base64.b64decode(value)
    return set(value) if kind == "SS" else value


def _placeholders(
    expressions: str, values: Mapping[str, Value], names: Mapping[str, str] = _NOTHING
) -> dict[str, Any]:
    """Return the request's attribute names and values; DynamoDB takes neither empty."""
    used = {f"#{name}": names.get(name, name) for name in _NAME.findall(expressions)}
    placed = {f":{name}": typed for name, typed in encode(values).items()}
    return {
        **({"ExpressionAttributeNames": used} if used else {}),
        **({"ExpressionAttributeValues": placed} if placed else {}),
    }


def _conditional(call: Callable[..., Any], **request: Any) -> dict[str, Any]:
    try:
        answer: dict[str, Any] = call(**request, ReturnValuesOnConditionCheckFailure="ALL_OLD")
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
        response: Mapping[str, Any] = error.response
        old = response.get("Item")
        raise ConditionFailedError(decode(old) if old else None) from None
    return answer


def _page(answer: Mapping[str, Any]) -> Page:
    last = answer.get("LastEvaluatedKey")
    return Page([decode(item) for item in answer["Items"]], decode(last) if last else None)


def _to_the_last(read: Callable[[Item | None], Page]) -> Iterator[Item]:
    start_after: Item | None = None
    while True:
        page = read(start_after)
        yield from page.items
        if page.last_key is None:
            return
        start_after = page.last_key
