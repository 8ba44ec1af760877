"""Reads of several items with one call, over tables too, in DynamoDB's typed JSON (BatchGetItem).

A door that knows what its invocation will read in any case announces it; the first consistent read of another item then
brings it along. BatchGetItem reads each item as consistently as GetItem does. What came along is good for one read: who
reads an item again, because somebody else changed it, asks DynamoDB.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import islice
from typing import Any, NamedTuple

from shared.platform import aws

TypedItem = Mapping[str, Mapping[str, Any]]

BATCH = 100
"""Keys that one BatchGetItem may ask for."""
BATCH_ATTEMPTS = 6
"""Calls for one batch while keys stay unprocessed, with back-offs of 50, 100, 200, 400 and 800 ms between them."""
_FIRST_BACK_OFF = 0.05


class UnprocessedKeysError(Exception):
    """DynamoDB left keys of a batch unread in every attempt: a table is throttled."""


class Key(NamedTuple):
    """The key of an item, and its table."""

    table: str
    typed: TypedItem

    def is_of(self, table: str, item: TypedItem) -> bool:
        """Return whether an item of a table has this key."""
        return table == self.table and all(item[name] == value for name, value in self.typed.items())


def read_batch(
    keys: Iterable[Key], *, is_consistent: bool, sleep: Callable[[float], None] = time.sleep
) -> Iterator[tuple[str, TypedItem]]:
    """Yield the items of these keys, each with its table, a hundred a call and in no order; others are left out.

    Raises:
        UnprocessedKeysError: DynamoDB read some of them in no attempt.
    """
    remaining = iter(keys)
    while batch := list(islice(remaining, BATCH)):
        keys_by_table = _by_table(batch)
        for attempt in range(BATCH_ATTEMPTS):
            if attempt:
                sleep(_FIRST_BACK_OFF * 2 ** (attempt - 1))
            consistency = {"ConsistentRead": True} if is_consistent else {}
            answer = aws.client("dynamodb").batch_get_item(
                RequestItems={table: {"Keys": keys, **consistency} for table, keys in keys_by_table.items()}
            )
            for table, items in answer["Responses"].items():
                yield from ((table, item) for item in items)
            left = answer.get("UnprocessedKeys", {})
            keys_by_table = {table: request["Keys"] for table, request in left.items() if request["Keys"]}
            if not keys_by_table:
                break
        else:
            raise UnprocessedKeysError(", ".join(keys_by_table))


def _by_table(keys: Iterable[Key]) -> dict[str, list[TypedItem]]:
    by_table: dict[str, list[TypedItem]] = {}
    for key in keys:
        by_table.setdefault(key.table, []).append(key.typed)
    return by_table


# ---------------------------------------------------------------- reading ahead


class _Announced:
    """Items that will be read, and those that came along with another one."""

    def __init__(self, keys: Iterable[Key]) -> None:
        self.awaited = list(keys)
        self.read: list[tuple[Key, TypedItem | None]] = []

    def take(self, key: Key) -> tuple[Key, TypedItem | None] | None:
        """Return an item that came along, once."""
        read = next((each for each in self.read if each[0] == key), None)
        if read is not None:
            self.read.remove(read)
        return read


_announced: ContextVar[_Announced | None] = ContextVar("announced", default=None)


@contextmanager
def announced(keys: Iterable[Key]) -> Iterator[None]:
    """Let items be read together with the next one that is read consistently meanwhile, whichever comes first."""
    token = _announced.set(_Announced(keys))
    try:
        yield
    finally:
        _announced.reset(token)


def read_one(key: Key) -> TypedItem | None:
    """Return an item, read consistently, and with it those that are announced; None where there is none."""
    ahead = _announced.get()
    if ahead is not None and (read := ahead.take(key)) is not None:
        return read[1]
    others = [each for each in ahead.awaited if each != key] if ahead is not None else []
    if ahead is None or not others:
        return _get(key)
    ahead.awaited = []
    items = list(read_batch([key, *others], is_consistent=True))
    ahead.read += [(other, _item_of(other, items)) for other in others]
    return _item_of(key, items)


def read_lately(key: Key) -> TypedItem | None:
    """Return an item as it was some moments ago, at half the price."""
    return _get(key, is_consistent=False)


def _get(key: Key, *, is_consistent: bool = True) -> TypedItem | None:
    answer = aws.client("dynamodb").get_item(TableName=key.table, Key=key.typed, ConsistentRead=is_consistent)
    item: TypedItem | None = answer.get("Item")
    return item


def _item_of(key: Key, items: Iterable[tuple[str, TypedItem]]) -> TypedItem | None:
    return next((item for table, item in items if key.is_of(table, item)), None)
