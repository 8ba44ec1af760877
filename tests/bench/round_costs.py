"""The costs of rounds (calendar change, recount, reconciliation), with ever more stored and the same number unanswered.

Units and time are those of an engine that counts (`counting_dynamodb`), which needs Node.js on the machine.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from chalicelib.sla_timer.nightly.reconcile import SEGMENTS
from chalicelib.sla_timer.nightly.roll_up import Recount, RollUp
from shared.domain.identity import reference
from shared.domain.petition.lifecycle import State
from shared.platform import aws, clock
from shared.tables.dynamo import encode
from shared.tables.jobs import Round
from shared.tables.outlines import Outlines
from shared.tables.petition_items import MONTH_SHARDS, WAKE_SHARDS, wake_shard
from shared.tables.petitions import Petitions
from shared.tables.statistics import Statistics
from tests.bench import counting_dynamodb
from tests.bench.sweep_costs import BATCH, BENCH, write_batch
from tests.support.builders import RECEIVED_AT, a_petition
from tests.support.memory_store import MemoryDirectory

STORED = (1_000, 10_000, 100_000)
UNANSWERED = 500
DAYS = 120
"""Days over which the receipts are spread."""
NOW = RECEIVED_AT + timedelta(days=DAYS)


class Cost(NamedTuple):
    """The consumption of one round."""

    units: float
    calls: int
    seconds: float
    result: int


def main() -> None:
    """Print the costs of one round of each job."""
    counting_dynamodb.measured(_print)


def _print(endpoint: str) -> None:
    dynamodb = counting_dynamodb.client(endpoint)
    print("stored    round      read units   calls   seconds   found or steps")
    for stored in STORED:
        _measure(dynamodb, endpoint, stored)


def _measure(dynamodb: Any, endpoint: str, stored: int) -> None:
    table, statistics_table = f"petitions-{stored}", f"statistics-{stored}"
    counting_dynamodb.create_table(dynamodb, table, like="petitions")
    counting_dynamodb.create_table(dynamodb, statistics_table, like="statistics")
    _fill(dynamodb, table, stored)
    os.environ.update(BENCH, AWS_ENDPOINT_URL_DYNAMODB=endpoint)
    clock.use(lambda: NOW)
    directory = MemoryDirectory()
    petitions, outlines = Petitions(table, directory, is_packed=True), Outlines(table)
    statistics = Statistics(statistics_table, outlines, directory)
    recount = Recount(RollUp(statistics, outlines), statistics, outlines)
    rounds: dict[str, Callable[[], int]] = {
        "calendar": lambda: sum(1 for _reference in _unanswered(petitions)),
        "as before": lambda: sum(
            1
            for shard in range(WAKE_SHARDS)
            for _due in petitions.due(shard, datetime.max.replace(tzinfo=NOW.tzinfo))
        ),
        "recount": lambda: recount_all(recount, NOW),
        "segments": lambda: sum(_pages(petitions)),
    }
    for name, work in rounds.items():
        cost = _counted(work)
        print(
            f"{stored:7d}   {name:9s} {cost.units:10.1f} {cost.calls:7d} {cost.seconds:9.2f} {cost.result:8d}",
            flush=True,
        )
    clock.use(None)
    del os.environ["AWS_ENDPOINT_URL_DYNAMODB"]
    aws.forget()


def recount_all(job: Recount, now: datetime) -> int:
    """Play a whole round of the recount, and return the number of its steps."""
    due, steps = job.due(now, None), 0
    assert due is not None
    current = Round(job.name, due.name, due.shards, now, None)
    for shard in due.shards:
        cursor, steps = job.step(current, shard, None), steps + 1
        while cursor is not None:
            cursor, steps = job.step(current, shard, cursor), steps + 1
    job.finish(current)
    return steps


def _unanswered(petitions: Petitions) -> Iterator[str]:
    for shard in range(WAKE_SHARDS):
        references, after = petitions.unanswered(shard)
        yield from references
        while after is not None:
            references, after = petitions.unanswered(shard, after=after)
            yield from references


def _pages(petitions: Petitions) -> Iterator[int]:
    """Yield the number of petitions on each page that the reconciliation reads, a segment after the other."""
    for segment in range(SEGMENTS):
        page, after = petitions.page(None, segment=segment, segments=SEGMENTS)
        yield len(page)
        while after is not None:
            page, after = petitions.page(after, segment=segment, segments=SEGMENTS)
            yield len(page)


def _counted(work: Callable[[], int]) -> Cost:
    with counting_dynamodb.consumed() as units:
        started = time.perf_counter()
        result = work()
        seconds = time.perf_counter() - started
    return Cost(sum(units), len(units), seconds, result)


def _fill(dynamodb: Any, table: str, stored: int) -> None:
    items = list(_items(stored))
    batches = [items[start : start + BATCH] for start in range(0, stored, BATCH)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda batch: write_batch(dynamodb, table, batch), batches))


def _items(stored: int) -> Iterator[dict[str, Any]]:
    """Yield items of petitions received over `DAYS` days: the first ones are unanswered, the others closed."""
    clock.use(lambda: NOW)
    petitions = Petitions("bench", MemoryDirectory(), is_packed=True)
    kinds = {
        (state, day): encode(petitions.item(a_petition(state, received_at=RECEIVED_AT + timedelta(days=day))))
        for state in (State.ASSIGNED, State.CLOSED)
        for day in range(DAYS)
    }
    clock.use(None)
    for number in range(stored):
        item = kinds[State.ASSIGNED if number < UNANSWERED else State.CLOSED, number % DAYS]
        name = next(reference.candidates(b"bench" * 13, str(number), 2026))
        month = item["received_month"]["S"].partition("#")[0]
        shard = {"N": str(wake_shard(name))}
        yield item | {
            "reference": {"S": name},
            "received_month": {"S": f"{month}#{wake_shard(name) % MONTH_SHARDS}"},
            **({"wake_shard": shard} if "wake_shard" in item else {}),
            **({"unanswered_shard": shard} if "unanswered_shard" in item else {}),
        }
