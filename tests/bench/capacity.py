"""Counts the capacity units that DynamoDB would bill, by its published rules, from requests and answers.

moto counts no real units, so they are reckoned here (Amazon DynamoDB Developer Guide, "Read/write capacity modes"):
a write takes one unit for each KB of the item, rounded up, and again for each index entry that is put, changed or
removed; a read takes one unit for each 4 KB, half of that when it is eventually consistent; a query is rounded up
over all it read; a condition that fails still takes its write units.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from shared.platform import aws

KB = 1024
_PROJECTED = {
    "wake": ("wake_shard", "wake_at", ()),
    "desk": ("unit", "due_on", ("version", "card")),
    "contact": ("contact_key", "received_at", ("state",)),
    "published": ("published_month", "published_at", ("public",)),
    "month": ("received_month", "received_at", ("outline",)),
    "changed": ("changed_on", "changed_at", ("version", "received_at", "first_hash", "last_hash")),
    "openings": ("opened_month", "opened_at", ("openings",)),
}
"""Key and projected attributes of each index of the petitions table (infra/cloudformation/platform.yaml)."""


def size_of(item: dict[str, Any]) -> int:
    """Return an item's size in bytes: names and values in UTF-8, numbers about a byte for two digits."""
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def _value_size(value: dict[str, Any]) -> int:
    ((kind, content),) = value.items()
    if kind == "N":
        return len(content) // 2 + 1
    if kind in {"S", "B"}:
        return len(content.encode())
    return len(json.dumps(content))


class Capacity:
    """The capacity units that AWS would charge for some work."""

    def __init__(self) -> None:
        self.writes: Counter[str] = Counter()
        self.reads: Counter[str] = Counter()
        self.calls: Counter[str] = Counter()
        self._stored: dict[str, dict[str, Any]] = {}

    def see(self, service: str, operation: str, params: dict[str, Any], answer: dict[str, Any]) -> None:
        """Add one call."""
        self.calls[f"{service}.{operation}"] += 1
        if service != "dynamodb":
            return
        table = params["TableName"].rsplit("-", 1)[-1]
        if operation == "PutItem":
            self._see_put(table, params["Item"])
        elif operation in {"UpdateItem", "DeleteItem"}:
            self.writes[table] += 1
        elif operation == "GetItem":
            units = math.ceil(max(size_of(answer.get("Item", {})), 1) / (4 * KB))
            self.reads[table] += units if params.get("ConsistentRead") else units / 2  # type: ignore[assignment]
        elif operation in {"Query", "Scan"}:
            read = sum(size_of(item) for item in answer.get("Items", []))
            units = math.ceil(max(read, 1) / (4 * KB))
            self.reads[table] += units if params.get("ConsistentRead") else units / 2  # type: ignore[assignment]

    def _see_put(self, table: str, item: dict[str, Any]) -> None:
        self.writes[table] += math.ceil(size_of(item) / KB)
        if table != "petitions":
            return
        before = self._stored.get(item["reference"]["S"], {})
        self._stored[item["reference"]["S"]] = item
        for index, (partition, sort, projected) in _PROJECTED.items():
            old, new = (self._entry(version, partition, sort, projected) for version in (before, item))
            if old == new:
                continue
            moved = old and new and (old[partition], old[sort]) != (new[partition], new[sort])
            entries = [old, new] if moved else [new or old]
            self.writes[f"{table}/{index}"] += sum(math.ceil(size_of(entry) / KB) for entry in entries)

    def _entry(
        self, item: dict[str, Any], partition: str, sort: str, projected: tuple[str, ...]
    ) -> dict[str, Any]:
        if partition not in item or sort not in item:
            return {}
        names = {"reference", partition, sort, *projected}
        return {name: value for name, value in item.items() if name in names}

    @property
    def write_units(self) -> float:
        """All write units."""
        return sum(self.writes.values())

    @property
    def read_units(self) -> float:
        """All read units."""
        return sum(self.reads.values())


@contextmanager
def counted() -> Iterator[Capacity]:
    """Count what the functions' clients do meanwhile."""
    capacity = Capacity()
    pending: dict[str, Any] = {}

    def count(params: dict[str, Any], **_: Any) -> None:
        pending["params"] = params

    def answered(parsed: dict[str, Any], model: Any, **_: Any) -> None:
        service = model.service_model.service_name
        capacity.see(service, model.name, pending.get("params", {}), parsed)

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
