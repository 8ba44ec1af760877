"""The costs of a petition: AWS calls with who makes them and why, units and dollars; and those of an idle month."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.bench.capacity import Call, Capacity, counted
from tests.support.people import Citizen, answer_petition
from tests.support.system import System

PRICES = json.loads((Path(__file__).parent / "prices.json").read_text())
GB_SECONDS_OF_AN_INVOCATION = 0.5 * 0.08
"""512 MB for 80 ms, which warm handlers stay below on arm64; a batch of ten messages is one invocation."""
GOAL_CALLS, GOAL_WRITES, GOAL_DOLLARS = 42, 45, 0.0001

WHY = {
    "intake.http": {
        "dynamodb.Query petitions/contact": "what this person has sent today: the daily limit",
        "kms.Encrypt": "seals who it is",
        "dynamodb.PutItem petitions": "the petition, and what follows of it",
    },
    "router.on_change": {
        "sqs.SendMessageBatch": "what follows from an entry, for each queue",
        "dynamodb.Query directory": "who subscribed to events, kept for a minute",
    },
    "router.on_route": {
        "dynamodb.GetItem petitions": "the petition; an earlier one by the same person",
        "dynamodb.Query petitions/contact": "is it a repetition of one by the same person",
        "dynamodb.Query petitions/merged": "are others merged into it, which follow",
        "dynamodb.PutItem petitions": "the unit",
        "dynamodb.Query directory": "fields, rules and calendar, kept for a minute",
    },
    "casework.http": {
        "dynamodb.Query directory": "the officer and their roles, kept for a minute",
        "cognito-idp.InitiateAuth": "an officer signs in",
        "dynamodb.PutItem throttle": "the session",
        "dynamodb.UpdateItem throttle": "the officer's list of sessions",
        "dynamodb.BatchGetItem petitions+throttle": "is the session still open; the petition",
        "dynamodb.Query deliveries": "was the petitioner notified of what was done",
        "dynamodb.PutItem petitions": "the officer's action",
    },
    "notifier.on_notice": {
        "dynamodb.BatchGetItem deliveries+petitions": "what there is to notify of; what of it was sent",
        "kms.Decrypt": "opens the seal: name and address",
        "dynamodb.GetItem throttle": "is the address suppressed; does the provider work",
        "dynamodb.UpdateItem throttle": "counts what a reader gets in a day",
        "dynamodb.PutItem deliveries": "claims the delivery, then says how it ended",
        "sesv2.SendEmail": "sends",
    },
    "notifier.on_receipt": {
        "dynamodb.UpdateItem deliveries": "the provider's receipt",
    },
}
"""Why each call is made, by the trigger or door that makes it.

A call without a reason here is printed with a question mark: find the reason or drop it.
"""
WHOEVER_MAKES_IT = {"secretsmanager.GetSecretValue": "the keys of identifiers, kept for half an hour"}


class Work(NamedTuple):
    """Some work: its calls, and how often which trigger or door was set to work."""

    capacity: Capacity
    invocations: Counter[str]


def main() -> None:
    """Print what is billed for one petition, warm, all functions together, and for a month without any."""
    system = System()
    system.start()
    try:
        _measure(system)
    finally:
        system.stop()


def _measure(system: System) -> None:
    _warm(system)
    citizen = Citizen(system, may_publish=True)
    with work_of(system) as received:
        system.http("POST", "/v1/petitions", json=citizen.body, headers={"Idempotency-Key": citizen.key})
    _show("received over the web (warm)", received)

    life = life_of(system)
    _show(
        "received, routed, accepted, drafted, approved, notices and receipts of petitioner and officers", life
    )
    _explain(life.capacity.calls)
    _show_beside_goals(life)

    late = Citizen(system)
    late.send()
    with work_of(system) as overdue:
        system.travel(days=62)
    _show("62 days unanswered: warnings, escalations, updates, and the nightly work of these days", overdue)
    _show_idle(system)


def life_of(system: System) -> Work:
    """Return the work for a petition from receipt to the approved answer, in a system that is warm."""
    _warm(system)
    system.travel(days=1)  # no officer's session, no provider's circuit is fresh
    citizen = Citizen(system, may_publish=True)
    with work_of(system) as life:
        citizen.send()
        answer_petition(system, citizen.reference)
    return life


def _warm(system: System) -> None:
    """Let one petition go all the way, so that every function has its clients and settings."""
    citizen = Citizen(system)
    citizen.send()
    answer_petition(system, citizen.reference)


@contextmanager
def work_of(system: System) -> Iterator[Work]:
    """Yield the calls and invocations of what is done meanwhile."""
    functions, invocations = system.local.functions, Counter[str]()
    before = functions.before_each

    def note(name: str) -> None:
        invocations[name] += 1
        before(name)

    functions.before_each = note
    try:
        with counted(lambda: functions.running) as capacity:
            yield Work(capacity, invocations)
    finally:
        functions.before_each = before


def _dollars(work: Work) -> float:
    price = PRICES["per_unit"]
    calls = Counter(call.operation.partition(".")[0] for call in work.capacity.calls)
    invocations = sum(work.invocations.values())
    of_queues = 2 * sum(
        n for name, n in work.invocations.items() if name.endswith(("_route", "_notice", "_receipt", "_wake"))
    )
    costs = (
        work.capacity.write_units * price["write unit"],
        work.capacity.read_units * price["read unit"],
        (calls["sqs"] + of_queues) * price["SQS request"],
        calls["kms"] * price["KMS request"],
        invocations * price["Lambda request"],
        invocations * GB_SECONDS_OF_AN_INVOCATION * price["Lambda GB-second, arm64"],
        sum(n for name, n in work.invocations.items() if name.endswith(".http"))
        * price["HTTP request of API Gateway (REST)"],
    )
    return float(sum(costs))


def _show(title: str, work: Work) -> None:
    capacity = work.capacity
    operations = Counter(call.operation for call in capacity.calls)
    writes, reads = Counter[str](), Counter[str]()
    for call in capacity.calls:
        writes[call.on] += call.writes  # type: ignore[assignment]
        reads[call.on] += call.reads  # type: ignore[assignment]
    print(f"\n{title}")
    print(f"  AWS calls    {len(capacity.calls):6d}   {dict(operations.most_common())}")
    print(
        f"  write units  {capacity.write_units:6.1f}   {_positive(writes)}; of them {_positive(capacity.index_writes)}"
    )
    print(f"  read units   {capacity.read_units:6.1f}   {_positive(reads)}")
    print(f"  invocations  {sum(work.invocations.values()):6d}   {dict(work.invocations.most_common())}")
    print(f"  USD      {_dollars(work):10.6f}   at the list prices of {PRICES['as_of']}, {PRICES['region']}")


def _positive(counts: Counter[str]) -> dict[str, float]:
    return {name: count for name, count in counts.most_common() if count}


def _explain(calls: list[Call]) -> None:
    """Print each kind of call once: how often, by whom, on what, why, and what each function makes of them."""
    kinds = Counter((call.by, call.operation, call.on) for call in calls)
    for (by, operation, on), count in kinds.items():
        why = (WHOEVER_MAKES_IT | WHY.get(by, {})).get(f"{operation} {on}".strip(), "?")
        print(f"  {count:3d} × {by:20} {operation:25} {on:20} {why}")
    for function in sorted({_function_of(call) for call in calls}):
        own = [call for call in calls if _function_of(call) == function]
        print(f"  {function:12} {len(own):6d} calls, {sum(call.writes for call in own):5.1f} write units")
    signing_in = [
        call for call in calls if call.on == "throttle" and call.by == "casework.http" and call.writes
    ]
    sign_ins = sum(call.operation == "cognito-idp.InitiateAuth" for call in calls)
    print(
        f"  {sign_ins} officers sign in for it, who would do so once a day: {sign_ins + len(signing_in)} of the calls,"
        f" {sum(call.writes for call in signing_in):.1f} of the write units"
    )


def _function_of(call: Call) -> str:
    return call.by.partition(".")[0]


def _show_beside_goals(life: Work) -> None:
    """Print today's figures of a life beside their goals.

    The bench's clock stands still from receipt to approval. On AWS it does not: each change after the first then moves
    its entry in the index `changed`, which is one write unit more.
    """
    changes = sum(
        call.operation == "dynamodb.PutItem" and call.on == "petitions" for call in life.capacity.calls
    )
    print("                                     today       goal")
    print(f"  AWS calls                     {len(life.capacity.calls):10d} {GOAL_CALLS:10d}")
    print(f"  write units                   {life.capacity.write_units:10.1f} {GOAL_WRITES:10d}")
    print(
        f"  write units, the clock moving {life.capacity.write_units + changes - 1:10.1f} {GOAL_WRITES:10d}"
    )
    print(f"  USD without e-mail and SMS    {_dollars(life):10.6f} {GOAL_DOLLARS:10.6f}")


def _show_idle(system: System) -> None:
    """Print what a month without petitions costs: the schedules alone."""
    pumps = system.local.pumps
    with work_of(system) as minute:
        pumps.sweep.fire()
    with work_of(system) as day:
        system.travel(days=1)
    minutes = 30 * 24 * 60
    sweeps, nights = minutes * _dollars(minute), 30 * _dollars(day)
    print("\na month without petitions")
    calls, reads = len(minute.capacity.calls), minute.capacity.read_units
    print(f"  {minutes} sweeps of {calls} calls, {reads:.1f} read units: {sweeps:.2f} USD")
    print(f"  30 days of hourly and nightly work: {nights:.2f} USD")
    print(f"  and by the month, each: {PRICES['per_month']}")
