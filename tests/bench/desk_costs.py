"""The costs of a page of the officers' desk: with ever more petitions stored and the same number open in the unit.

Units and time are those of an engine that counts (`counting_dynamodb`), which needs Node.js on the machine.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.desk.queues import Filter, QueueReader
from shared.domain.access.roles import Role
from shared.domain.identity import reference
from shared.domain.petition.lifecycle import State
from shared.platform import clock
from shared.tables.dynamo import encode
from shared.tables.petition_items import desk_position
from shared.tables.petitions import Petitions
from tests.bench import counting_dynamodb
from tests.bench.sweep_costs import BATCH, BENCH, STORED, write_batch
from tests.support.builders import RECEIVED_AT, a_petition
from tests.support.memory_store import MemoryDirectory

OPEN = 500
HEAD = DeskOfficer("huong", "Hương", "VCCVC", frozenset({Role.UNIT_HEAD}))
PAGES: dict[str, dict[str, Any]] = {
    "first page": {},
    "overdue": {"only": Filter(overdue=True)},
    "one state": {"only": Filter(state=State.IN_PROGRESS)},
    "mine, none": {"only": Filter(mine=True)},
}


def main() -> None:
    """Print what pages of a unit's queue cost."""
    counting_dynamodb.measured(_print)


def _print(endpoint: str) -> None:
    dynamodb = counting_dynamodb.client(endpoint)
    print(f"{OPEN} petitions open in the unit\nstored    " + "   ".join(f"{name:>12}" for name in PAGES))
    for stored in STORED:
        table = f"desk-{stored}"
        counting_dynamodb.create_petitions_table(dynamodb, table)
        _fill(dynamodb, table, stored)
        costs = [_cost(dynamodb, table, facts) for facts in PAGES.values()]
        cells = "   ".join(f"{units:5.1f} {seconds:5.2f}s" for units, seconds in costs)
        print(f"{stored:7d}   {cells}", flush=True)


def _cost(dynamodb: Any, table: str, facts: dict[str, Any]) -> tuple[float, float]:
    """Read one page by the very method that the desk uses."""
    os.environ.update(BENCH, AWS_ENDPOINT_URL_DYNAMODB=dynamodb.meta.endpoint_url)
    clock.use(lambda: RECEIVED_AT)
    directory = MemoryDirectory()
    with counting_dynamodb.consumed() as units:
        started = time.perf_counter()
        QueueReader(Petitions(table, directory), directory).page(HEAD, **facts)
        seconds = time.perf_counter() - started
    clock.use(None)
    del os.environ["AWS_ENDPOINT_URL_DYNAMODB"]
    return sum(units), seconds


def _fill(dynamodb: Any, table: str, stored: int) -> None:
    """Store petitions: the first 500 are open in the unit, all others are closed."""
    clock.use(lambda: RECEIVED_AT)
    items = list(_items(stored))
    clock.use(None)
    batches = [items[start : start + BATCH] for start in range(0, stored, BATCH)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda batch: write_batch(dynamodb, table, batch), batches))


def _items(stored: int) -> Iterator[dict[str, Any]]:
    petitions = Petitions("bench", MemoryDirectory())
    opened, closed = (encode(petitions.item(a_petition(state))) for state in (State.ASSIGNED, State.CLOSED))
    due_on = a_petition().due_on
    for number in range(stored):
        name = next(reference.candidates(b"bench" * 13, str(number), 2026))
        item = (opened if number < OPEN else closed) | {"reference": {"S": name}}
        if number < OPEN:
            item["due_on"] = {"S": desk_position(due_on, name)}
        yield item
