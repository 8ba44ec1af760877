"""What the sweep costs: read units with ever more petitions stored and the same number due, and with ever more due.

The units are reckoned by DynamoDB's published rules from what each query returned; moto answers a query by walking
through its whole table, so its time says nothing and is not shown.
"""

from __future__ import annotations

from datetime import timedelta

from shared import aws
from shared.directory import Directory
from shared.domain import reference
from shared.petitions import Petitions
from tests.bench.capacity import counted
from tests.builders import RECEIVED_AT, a_petition
from tests.system import System

STORED = (1_000, 3_000, 9_000)
DUE = (0, 100, 200, 400)


def main() -> None:
    """Print the read units of one sweep."""
    system = System()
    system.start()
    try:
        print("stored  due   read units")
        first = last = 0.0
        for stored in STORED:
            last = _sweep(system, stored, 100)
            first = first or last
            print(f"{stored:6d}  {100:4d}  {last:8.1f}")
        print(f"largest / smallest = {last / first:.2f}  (aim: at most 1.1)")
        for due in DUE:
            print(f"{STORED[0]:6d}  {due:4d}  {_sweep(system, STORED[0], due):8.1f}")
    finally:
        system.stop()


def _sweep(system: System, stored: int, due: int) -> float:
    from chalicelib.sla_timer.sweeping import Sweep  # found once the system has loaded the functions

    system.reset(at=RECEIVED_AT + timedelta(minutes=11))
    outputs = system.local.cloud.outputs
    petitions = Petitions(outputs["PetitionsTable"], Directory(outputs["DirectoryTable"]))
    _store(system, petitions, stored, due)
    aws.forget()
    with counted() as capacity:
        Sweep(petitions, outputs["TimersQueueUrl"]).sweep(RECEIVED_AT + timedelta(minutes=11))
    return capacity.read_units


def _store(system: System, petitions: Petitions, stored: int, due: int) -> None:
    """Put petitions straight into the table: the first `due` are fresh and unrouted, the others wait for months."""
    fresh, waiting = a_petition(), a_petition(received_at=RECEIVED_AT + timedelta(minutes=5))
    items = [
        petitions._item((fresh if number < due else waiting).model_copy(update={"reference": name}))
        for number, name in enumerate(_references(stored))
    ]
    dynamodb = system.local.cloud.client("dynamodb")
    for start in range(0, stored, 25):
        batch = [{"PutRequest": {"Item": item}} for item in items[start : start + 25]]
        dynamodb.batch_write_item(RequestItems={petitions._table: batch})


def _references(count: int) -> list[str]:
    return [next(reference.candidates(b"bench" * 13, str(number), 2026)) for number in range(count)]
