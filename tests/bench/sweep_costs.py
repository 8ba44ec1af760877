"""The costs of the sweep: with ever more petitions stored and the same number due, and with ever more due.

Units and time are those of an engine that counts (`counting_dynamodb`), which needs Node.js on the machine.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any, NamedTuple

from shared.domain.identity import reference
from shared.domain.petition.petition import Petition
from shared.platform import clock
from shared.tables.dynamo import encode
from shared.tables.petition_items import MONTH_SHARDS, WAKE_SHARDS, wake_shard
from shared.tables.petitions import Petitions
from tests.bench import counting_dynamodb
from tests.support.builders import RECEIVED_AT, a_petition
from tests.support.memory_store import MemoryDirectory

STORED = (1_000, 10_000, 100_000)
DUE_OF = (0, 2_500, 5_000, 10_000)
NOW = RECEIVED_AT + timedelta(minutes=11)
BATCH = 25
BENCH = {
    "AWS_ACCESS_KEY_ID": "bench",
    "AWS_SECRET_ACCESS_KEY": "bench",
    "AWS_DEFAULT_REGION": "ap-southeast-1",
}


class Cost(NamedTuple):
    """The consumption of one sweep."""

    units: float
    seconds: float
    due: int


def main() -> None:
    """Print the cost of one sweep's reads."""
    counting_dynamodb.measured(_print)


def _print(endpoint: str) -> None:
    dynamodb = counting_dynamodb.client(endpoint)
    print("stored    due   read units   seconds")
    costs = [_row(dynamodb, stored, 100) for stored in STORED]
    print(f"read units, largest / smallest: {costs[-1].units / costs[0].units:.2f}  (aim: at most 1.1)")
    for due in DUE_OF:
        _row(dynamodb, STORED[1], due)


def _row(dynamodb: Any, stored: int, due: int) -> Cost:
    table = f"petitions-{stored}-{due}-{time.monotonic_ns()}"
    counting_dynamodb.create_petitions_table(dynamodb, table)
    _fill(dynamodb, table, stored, due)
    cost = _sweep(dynamodb, table)
    assert cost.due == due, f"the sweep found {cost.due} of {due}"
    print(f"{stored:7d}  {due:4d}   {cost.units:10.1f}  {cost.seconds:8.2f}", flush=True)
    return cost


def _sweep(dynamodb: Any, table: str) -> Cost:
    """Read what the sweep reads, by the very method it uses, on this engine."""
    os.environ.update(BENCH, AWS_ENDPOINT_URL_DYNAMODB=dynamodb.meta.endpoint_url)
    petitions = Petitions(table, MemoryDirectory())
    with counting_dynamodb.consumed() as units:
        started = time.perf_counter()
        number_due = sum(1 for shard in range(WAKE_SHARDS) for _due in petitions.due(shard, NOW))
        seconds = time.perf_counter() - started
    del os.environ["AWS_ENDPOINT_URL_DYNAMODB"]
    return Cost(sum(units), seconds, number_due)


def _fill(dynamodb: Any, table: str, stored: int, due: int) -> None:
    """Store petitions: the first `due` are fresh and unrouted, the others wait for some minutes more."""
    clock.use(lambda: RECEIVED_AT)
    fresh, waiting = a_petition(), a_petition(received_at=RECEIVED_AT + timedelta(minutes=5))
    items = list(_items(fresh, waiting, stored, due))
    clock.use(None)
    batches = [items[start : start + BATCH] for start in range(0, stored, BATCH)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda batch: write_batch(dynamodb, table, batch), batches))


def _items(fresh: Petition, waiting: Petition, stored: int, due: int) -> Iterator[dict[str, Any]]:
    petitions = Petitions("bench", MemoryDirectory())
    items = {petition.received_at: encode(petitions.item(petition)) for petition in (fresh, waiting)}
    for number in range(stored):
        petition = fresh if number < due else waiting
        name = next(reference.candidates(b"bench" * 13, str(number), 2026))
        yield items[petition.received_at] | {
            "reference": {"S": name},
            "wake_shard": {"N": str(wake_shard(name))},
            "received_month": {"S": f"2026-06#{wake_shard(name) % MONTH_SHARDS}"},
        }


def write_batch(dynamodb: Any, table: str, batch: list[dict[str, Any]]) -> None:
    """Write up to 25 items, until all are taken."""
    waiting = {table: [{"PutRequest": {"Item": item}} for item in batch]}
    while waiting:
        waiting = dynamodb.batch_write_item(RequestItems=waiting).get("UnprocessedItems") or {}
