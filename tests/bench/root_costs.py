"""The costs of a day's root: its histories are verified, also against an earlier root, and each gets a path.

Calls, units and time are those of an engine that counts (`counting_dynamodb`), which needs Node.js on the machine.
"""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from chalicelib.sla_timer.nightly.sign_roots import DailyRoots
from chalicelib.sla_timer.nightly.verify_histories import Verification
from shared.domain.figures.merkle import Statement
from shared.domain.identity import reference
from shared.domain.petition.change import Change
from shared.domain.petition.lifecycle import State
from shared.domain.petition.petition import Petition
from shared.platform import aws, clock
from shared.tables.dynamo import encode
from shared.tables.outlines import Outlines
from shared.tables.petitions import Petitions
from shared.tables.roots import Roots
from tests.bench import counting_dynamodb
from tests.bench.sweep_costs import BATCH, BENCH, write_batch
from tests.support.builders import RECEIVED_AT, a_petition
from tests.support.memory_store import MemoryDirectory

CHANGED = (1_000, 10_000)
DAY = timedelta(days=1)


class UnsignedRoots(DailyRoots):
    """Daily roots without KMS, which has one call a day."""

    def _signature(self, _statement: Statement) -> tuple[bytes, bytes]:
        return b"", b""


def main() -> None:
    """Print the costs of a day's root."""
    counting_dynamodb.measured(_print)


def _print(endpoint: str) -> None:
    dynamodb = counting_dynamodb.client(endpoint)
    print("changed     night read units  reads   seconds   of it CPU   memory MB")
    for changed in CHANGED:
        _measure(dynamodb, endpoint, changed)


def _measure(dynamodb: Any, endpoint: str, changed: int) -> None:
    """Sign the day of the receipts, then the day on which each of them changed once more."""
    table, roots_table = f"petitions-{changed}", f"roots-{changed}"
    counting_dynamodb.create_table(dynamodb, table, like="petitions")
    counting_dynamodb.create_table(dynamodb, roots_table, like="roots")
    os.environ.update(BENCH, AWS_ENDPOINT_URL_DYNAMODB=endpoint)
    petitions, roots = Petitions(table, MemoryDirectory()), Roots(roots_table)
    signer = UnsignedRoots(Outlines(table), Verification(petitions, roots, tuple), roots, tuple, "none")
    for night in (1, 2):
        now = RECEIVED_AT + night * DAY
        clock.use(lambda now=now: now)  # type: ignore[misc]
        _write(dynamodb, table, petitions, _petitions(changed, night))
        started, cpu = time.perf_counter(), time.process_time()
        with counting_dynamodb.consumed() as units:
            signer.sign_missing_days(now)
        seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        root = roots.latest()
        assert root is not None
        assert (root.count, root.withheld) == (changed, 0)
        print(
            f"{changed:7d} {night:9d} {sum(units):10.1f} {len(units):7d} {seconds:9.2f} {cpu:11.2f} {memory:11d}",
            flush=True,
        )
    clock.use(None)
    del os.environ["AWS_ENDPOINT_URL_DYNAMODB"]
    aws.forget()


def _petitions(changed: int, night: int) -> Iterator[Petition]:
    """Yield petitions received on the first day, each with a note of the second day in the second night."""
    for number in range(changed):
        name = next(reference.candidates(b"bench" * 13, str(number), 2026))
        petition = a_petition(State.IN_PROGRESS, reference=name)
        if night > 1:
            petition = petition.add_note(Change.by_officer("b", RECEIVED_AT + DAY, "note"), "ghi chú")
        yield petition


def _write(dynamodb: Any, table: str, petitions: Petitions, changed: Iterator[Petition]) -> None:
    items = [encode(petitions.item(petition)) for petition in changed]
    for start in range(0, len(items), BATCH):
        write_batch(dynamodb, table, items[start : start + BATCH])
