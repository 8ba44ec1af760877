"""Counts the calls to AWS and the capacity units that DynamoDB would bill for them, by its published rules.

moto counts no real units, so they are reckoned here from requests and answers (Amazon DynamoDB Developer Guide,
"Read/write capacity modes"): a write takes one unit for each KB of the item, before or after it, whichever is larger,
rounded up, and again for each index entry that is put, changed or removed; a read takes one unit for each 4 KB, half of
that when it is eventually consistent; a query is rounded up over all it read; a condition that fails still takes the
table's write units. An update's answer does not hold the whole item, so the bench reads it by itself, uncounted.
Tables and indexes are those of `infra/cloudformation/platform.yaml`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import boto3

from infra.deployment.templates import read
from shared.platform import aws

KB = 1024
_WRITES = frozenset({"PutItem", "UpdateItem", "DeleteItem"})
_PLATFORM = Path(__file__).resolve().parents[2] / "infra" / "cloudformation" / "platform.yaml"

_Item = dict[str, dict[str, Any]]
_ReadItem = Callable[[dict[str, Any]], _Item]
"""Returns an item as it stands now, by the table and key of a request."""


class Index(NamedTuple):
    """A global secondary index: its keys, and what is projected into it (None: everything)."""

    name: str
    keys: tuple[str, ...]
    projected: tuple[str, ...] | None


class Call(NamedTuple):
    """One call to AWS."""

    by: str
    """The trigger or door at work, as `router.on_change`."""
    operation: str
    """As `dynamodb.Query`."""
    on: str
    """Table, or table and index; "" for other services."""
    writes: float
    """Write units, those of indexes among them."""
    reads: float


def size_of(item: _Item) -> int:
    """Return an item's size in bytes: names and values in UTF-8, numbers about a byte for two digits.

    A list or map takes three bytes, and one more for each element ("DynamoDB item sizes and formats").
    """
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def _value_size(value: dict[str, Any]) -> int:
    ((kind, content),) = value.items()
    if kind == "N":
        return len(content) // 2 + 1
    if kind == "S":
        return len(content.encode())
    if kind == "B":
        return len(content)
    if kind == "M":
        return 3 + len(content) + size_of(content)
    if kind == "L":
        return 3 + len(content) + sum(map(_value_size, content))
    if kind in {"SS", "NS", "BS"}:
        return sum(_value_size({kind[0]: each}) for each in content)
    return 1  # BOOL, NULL


@cache
def _tables() -> dict[str, tuple[tuple[str, ...], tuple[Index, ...]]]:
    """Return each table's key and indexes, by the last part of its name."""
    resources = read(_PLATFORM)["Resources"].values()
    tables = {}
    for table in (each["Properties"] for each in resources if each["Type"] == "AWS::DynamoDB::Table"):
        name = table["TableName"]["Fn::Sub"].rpartition("-")[2]
        indexes = tuple(_index(each) for each in table.get("GlobalSecondaryIndexes", ()))
        tables[name] = (_keys(table), indexes)
    return tables


def _keys(described: dict[str, Any]) -> tuple[str, ...]:
    return tuple(each["AttributeName"] for each in described["KeySchema"])


def _index(described: dict[str, Any]) -> Index:
    projection = described["Projection"]
    everything = projection["ProjectionType"] == "ALL"
    projected = None if everything else tuple(projection.get("NonKeyAttributes", ()))
    return Index(described["IndexName"], _keys(described), projected)


class Capacity:
    """The calls made for some work, each with the units that AWS would charge for it."""

    def __init__(self, read_item: _ReadItem) -> None:
        self._read_item = read_item
        self.calls: list[Call] = []
        self.index_writes: Counter[str] = Counter()
        """Write units of index entries, by table and index."""
        self._stored: dict[tuple[str, ...], _Item] = {}

    def see(
        self, by: str, service: str, operation: str, params: dict[str, Any], answer: dict[str, Any]
    ) -> None:
        """Add one call."""
        writes, reads = self._units(operation, params, answer) if service == "dynamodb" else (0, 0)
        on = _on(params) if service == "dynamodb" else ""
        self.calls.append(Call(by, f"{service}.{operation}", on, writes, reads))

    def _units(self, operation: str, params: dict[str, Any], answer: dict[str, Any]) -> tuple[float, float]:
        if operation in _WRITES:
            return self._write_units(operation, params, is_refused="Error" in answer), 0
        match operation:
            case "BatchWriteItem":
                writes = [
                    (table, each.get("PutRequest", each.get("DeleteRequest", {})))
                    for table, requests in params["RequestItems"].items()
                    for each in requests
                ]
                return sum(
                    self._written(table, each.get("Item") or each["Key"], each.get("Item", {}))
                    for table, each in writes
                ), 0
            case "GetItem":
                return 0, _read_units(answer.get("Item", {}), params)
            case "BatchGetItem":
                units = 0.0
                for table, request in params["RequestItems"].items():
                    items = answer["Responses"].get(table, [])
                    missing: list[_Item] = [{}] * (len(request["Keys"]) - len(items))
                    units += sum(_read_units(item, request) for item in (*items, *missing))
                return 0, units
            case _:
                read_bytes = sum(size_of(item) for item in answer.get("Items", ()))
                return 0, _units_of(read_bytes, params)

    def _write_units(self, operation: str, params: dict[str, Any], *, is_refused: bool) -> float:
        named = params["Item"] if operation == "PutItem" else params["Key"]
        if is_refused:
            return _write_units_of(self._stored.get(self._key(params["TableName"], named), {}))
        match operation:
            case "PutItem":
                item = params["Item"]
            case "UpdateItem":
                item = self._read_item(params)
            case _:
                item = {}
        return self._written(params["TableName"], named, item)

    def _written(self, table_name: str, named: _Item, item: _Item) -> float:
        """Return the units of a write after which `item` stands there, empty where none does."""
        key = self._key(table_name, named)
        table = key[0]
        key_names, indexes = _tables()[table]
        before, self._stored[key] = self._stored.get(key, {}), item
        units: float = max(_write_units_of(before), _write_units_of(item))
        for index in indexes:
            old, new = (_entry(index, key_names, version) for version in (before, item))
            moved = old and new and any(old[name] != new[name] for name in index.keys)
            entries = [] if old == new else [old, new] if moved else [new or old]
            of_index = sum(map(_write_units_of, entries))
            self.index_writes[f"{table}/{index.name}"] += of_index
            units += of_index
        return units

    @staticmethod
    def _key(table_name: str, named: _Item) -> tuple[str, ...]:
        table = table_name.rpartition("-")[2]
        return (table, *(str(named[name]) for name in _tables()[table][0]))

    @property
    def write_units(self) -> float:
        """All write units."""
        return sum(call.writes for call in self.calls)

    @property
    def read_units(self) -> float:
        """All read units."""
        return sum(call.reads for call in self.calls)


def _on(params: dict[str, Any]) -> str:
    """Return the table of a request, with its index, or the tables of a batch."""
    tables = [params["TableName"]] if "TableName" in params else sorted(params.get("RequestItems", ()))
    names = "+".join(table.rpartition("-")[2] for table in tables)
    return f"{names}/{params['IndexName']}" if "IndexName" in params else names


def _entry(index: Index, key_names: tuple[str, ...], item: _Item) -> _Item:
    if any(name not in item for name in index.keys):
        return {}
    if index.projected is None:
        return item
    names = {*key_names, *index.keys, *index.projected}
    return {name: value for name, value in item.items() if name in names}


def _write_units_of(item: _Item) -> int:
    return math.ceil(max(size_of(item), 1) / KB)


def _read_units(item: _Item, request: dict[str, Any]) -> float:
    return _units_of(size_of(item), request)


def _units_of(read_bytes: int, request: dict[str, Any]) -> float:
    units = math.ceil(max(read_bytes, 1) / (4 * KB))
    return units if request.get("ConsistentRead") else units / 2


@contextmanager
def counted(running: Callable[[], str], over: Capacity | None = None) -> Iterator[Capacity]:
    """Count what the functions' clients do meanwhile.

    Args:
        running: says which trigger or door is at work; what is done while none is belongs to the bench.
        over: goes on with an earlier count, which knows what is stored.
    """
    pending: dict[str, Any] = {}

    # Not the functions' client, whose calls are counted, and whose roles may not do this.
    own: Any = boto3.client("dynamodb")

    def read_item(request: dict[str, Any]) -> _Item:
        read = own.get_item(TableName=request["TableName"], Key=request["Key"], ConsistentRead=True)
        item: _Item = read["Item"]
        return item

    capacity = over or Capacity(read_item)

    def count(params: dict[str, Any], **_: Any) -> None:
        pending["params"] = params

    def answered(parsed: dict[str, Any], model: Any, **_: Any) -> None:
        if by := running():
            capacity.see(by, model.service_model.service_name, model.name, pending.get("params", {}), parsed)

    session: Any = aws._session()
    session.register("provide-client-params.*.*", count, unique_id="capacity-count")
    session.register("after-call.*.*", answered, unique_id="capacity-answered")
    aws.client.cache_clear()
    try:
        yield capacity
    finally:
        session.unregister("provide-client-params.*.*", unique_id="capacity-count")
        session.unregister("after-call.*.*", unique_id="capacity-answered")
        aws.client.cache_clear()
