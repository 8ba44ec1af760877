"""The costs of a petition: AWS calls, write and read units, for receiving it and for its whole life."""

from __future__ import annotations

from shared.platform import aws
from tests.bench.capacity import Capacity, counted
from tests.support.people import Citizen, answer_petition
from tests.support.system import System


def main() -> None:
    """Print what is billed for one petition, warm, all functions together."""
    system = System()
    system.start()
    try:
        _measure(system)
    finally:
        system.stop()


def _measure(system: System) -> None:
    Citizen(system).send()  # warms every function's caches
    citizen = Citizen(system, may_publish=True)
    with counted() as capacity:
        system.http("POST", "/v1/petitions", json=citizen.body, headers={"Idempotency-Key": citizen.key})
    _show("received over the web (warm)", capacity)
    aws.client("dynamodb")
    with counted() as capacity:
        citizen.send()
        answer_petition(system, citizen.reference)
    _show("received, routed, accepted, drafted, approved, two notices (warm)", capacity)
    late = Citizen(system)
    late.send()
    with counted() as capacity:
        system.travel(days=62)
    _show("62 days unanswered: warnings, escalations and 3 to 4 updates for each of two petitions", capacity)


def _show(title: str, capacity: Capacity) -> None:
    print(f"\n{title}")
    print(f"  AWS calls    {sum(capacity.calls.values()):5d}   {dict(capacity.calls.most_common())}")
    print(f"  write units  {capacity.write_units:5.1f}   {dict(capacity.writes)}")
    print(f"  read units   {capacity.read_units:5.1f}   {dict(capacity.reads)}")
