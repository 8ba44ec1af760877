"""The costs of reading a report: with ever more petitions stored, after a roll-up and with changes since.

Read units are those of an engine that counts (`counting_dynamodb`), which needs Node.js on the machine. Petitions are
spread over three years, so that a month holds as many of them as of a ministry's.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

from chalicelib.sla_timer.nightly.roll_up import Recount, RollUp
from shared.domain.calendar.working_calendar import local_date
from shared.domain.figures.tallies import Breakdown
from shared.domain.identity import reference
from shared.domain.petition.change import Change
from shared.domain.petition.lifecycle import State
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.classification import Channel, Kind
from shared.platform import aws, clock
from shared.tables.outlines import Outlines
from shared.tables.petitions import Petitions
from shared.tables.statistics import Statistics
from tests.bench import counting_dynamodb
from tests.bench.round_costs import recount_all
from tests.support.builders import RECEIVED_AT, a_petition
from tests.support.memory_store import MemoryDirectory

STORED = (1_000, 10_000)
SPREAD_OVER = timedelta(days=3 * 365)
NOW = RECEIVED_AT + timedelta(days=1)
CHANGED = 20
"""Petitions that change after the roll-up: about an hour's."""
WHOLE_ITEMS_A_UNIT = 8192
"""Bytes that one eventually consistent read unit covers, for comparison with reading whole petitions."""
UNITS, FIELDS, PROVINCES = 12, 10, 34
BENCH = {
    "AWS_ACCESS_KEY_ID": "bench",
    "AWS_SECRET_ACCESS_KEY": "bench",
    "AWS_DEFAULT_REGION": "ap-southeast-1",
}


def main() -> None:
    """Print what reading the report of a month, and of a year, costs."""
    counting_dynamodb.measured(_print)


def _print(endpoint: str) -> None:
    print("stored   a month, whole petitions   rolled up: a month   a year   after 20 changes")
    for stored in STORED:
        print("{:6d}   {:24.1f}   {:18.1f}   {:6.1f}   {:16.1f}".format(stored, *_costs(endpoint, stored)))


def _costs(endpoint: str, stored: int) -> Iterator[float]:
    dynamodb = counting_dynamodb.client(endpoint)
    table, rolled_up = f"petitions-{stored}", f"statistics-{stored}"
    counting_dynamodb.create_table(dynamodb, table, like="petitions")
    counting_dynamodb.create_table(dynamodb, rolled_up, like="statistics")
    os.environ.update(BENCH, AWS_ENDPOINT_URL_DYNAMODB=endpoint)
    aws.forget()
    clock.use(lambda: NOW)
    directory: Any = MemoryDirectory()
    petitions, outlines = Petitions(table, directory), Outlines(table)
    statistics = Statistics(rolled_up, outlines, directory)
    some = list(_petitions(stored))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(petitions.add, some))
    last = local_date(NOW)
    of_the_month = [
        petition for petition in some if local_date(petition.received_at) > last - timedelta(days=31)
    ]
    yield sum(len(petition.model_dump_json()) for petition in of_the_month) / WHOLE_ITEMS_A_UNIT
    recount_all(Recount(RollUp(statistics, outlines), statistics, outlines), NOW)
    for days in (30, 364):
        yield _read(statistics, last - timedelta(days=days))
    for petition in some[:CHANGED]:
        petitions.save(petition.add_note(Change.by_officer("minh", NOW, "note"), "…"), petition.version)
    yield _read(statistics, last - timedelta(days=30))
    clock.use(None)
    del os.environ["AWS_ENDPOINT_URL_DYNAMODB"]
    aws.forget()


def _read(statistics: Statistics, first: date) -> float:
    """Read what the Steering Committee's report reads, and sum up what the engine says it consumed."""
    with counting_dynamodb.consumed() as units:
        reading = statistics.at(NOW)
        for by in (Breakdown.FIELD, Breakdown.KIND):
            list(reading.figures(by, first, local_date(NOW)))
    return sum(units)


def _petitions(stored: int) -> Iterator[Petition]:
    states = (State.ANSWERED, State.CLOSED, State.IN_PROGRESS, State.FORWARDED, State.PUBLISHED)
    for number in range(stored):
        key = f"bench-{number}"
        at = RECEIVED_AT - SPREAD_OVER * (number / stored)
        petition = a_petition(
            states[number % len(states)],
            reference=next(reference.candidates(b"bench", key, at.year)),
            received_at=at,
            channel=list(Channel)[number % 3],
            province=f"{number % PROVINCES:02d}",
        )
        yield petition.model_copy(
            update={
                "unit": f"U{number % UNITS}",
                "field": f"F{number % FIELDS}",
                "kind": list(Kind)[number % 3],
            }
        )
