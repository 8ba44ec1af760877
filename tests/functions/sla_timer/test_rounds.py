"""Rounds of resumable jobs: bounded runs that the queue continues, cut off at every AWS call; nothing counts twice."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.sla_timer import composition, rounds
from chalicelib.sla_timer.petitions.move_seals import Resealing
from chalicelib.sla_timer.petitions.recalculate_due_dates import Recalculation
from chalicelib.sla_timer.petitions.renew_pins import Renewing
from chalicelib.sla_timer.rounds import Due, RoundRunner
from infra.local.emulation import events
from infra.local.emulation.functions import InvocationError
from shared.platform.messages import RoundStep
from shared.tables.jobs import Round, Rounds
from tests.campaigns.faults.injection import Crash, Fault
from tests.support.builders import vietnam
from tests.support.people import Citizen
from tests.support.system import System

LENGTH = 5
"""Steps of each shard."""


class Counting:
    """A job that notes each step; its shards are counted to `LENGTH`."""

    name = "counting"
    longest = timedelta(hours=1)

    def __init__(self) -> None:
        self.round = "first"
        self.steps: list[tuple[str, str]] = []
        self.finished: list[str] = []
        self.meanwhile: list[Callable[[], None]] = []
        """Things that happen elsewhere during the next step."""

    def due(self, _now: Any, latest: Round | None) -> Due | None:
        return None if latest and latest.name == self.round else Due(self.round, ("a", "b"))

    def step(self, current: Round, shard: str, cursor: str | None) -> str | None:
        if self.meanwhile:
            self.meanwhile.pop()()
        place = int(cursor or 0) + 1
        self.steps.append((shard, f"{current.name} {place}"))
        return str(place) if place < LENGTH else None

    def finish(self, current: Round) -> None:
        self.finished.append(current.name)


ALL = [(shard, f"first {place}") for shard in "ab" for place in range(1, LENGTH + 1)]


@pytest.fixture
def job(system: System) -> Counting:
    return Counting()


@pytest.fixture
def runner(system: System, job: Counting) -> RoundRunner:
    """A runner for which each step takes an hour."""
    return RoundRunner(
        [job],
        Rounds(system.local.cloud.outputs["StatisticsTable"]),
        system.local.cloud.queue_url("timers"),
        monotonic=lambda: 3600.0 * len(job.steps),
    )


def taken(system: System) -> Iterator[RoundStep]:
    """Take the messages of the queue, those that are sent meanwhile too."""
    sqs, url = system.local.cloud.client("sqs"), system.local.cloud.queue_url("timers")
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
        for message in messages:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            yield RoundStep.model_validate_json(message["Body"])


def test_a_run_is_bounded_and_the_queue_goes_on_to_the_end(
    system: System, job: Counting, runner: RoundRunner
):
    runner.run("counting", system.clock.now())
    at_once = len(job.steps)

    for message in taken(system):
        runner.handle(message)

    assert at_once == 1, "a step of the first shard; the time is over"
    assert sorted(job.steps) == ALL
    assert job.finished == ["first"]


def test_a_lost_message_is_sent_again_by_the_schedule(system: System, job: Counting, runner: RoundRunner):
    runner.run("counting", system.clock.now())
    assert len(list(taken(system))) == 2

    runner.run("counting", system.clock.now() + timedelta(hours=1))
    for message in taken(system):
        runner.handle(message)

    assert sorted(job.steps) == ALL
    assert job.finished == ["first"]


def test_a_doubled_message_stops_where_another_one_has_gone_on(
    system: System, job: Counting, runner: RoundRunner
):
    runner.run("counting", system.clock.now())
    first = list(taken(system))
    overtaken = first[0]
    job.meanwhile.append(lambda: runner.handle(overtaken))

    runner.handle(overtaken)
    messages = list(taken(system))

    assert messages == [overtaken], "the slower worker sent none"


def test_a_message_about_a_shard_that_is_gone_is_done(system: System, job: Counting, runner: RoundRunner):
    runner.run("counting", system.clock.now())
    begun = len(job.steps)

    runner.handle(next(taken(system)).model_copy(update={"shard": "of-an-earlier-plan"}))

    assert len(job.steps) == begun


def test_a_round_that_was_given_up_goes_on_no_more(system: System, job: Counting, runner: RoundRunner):
    runner.run("counting", system.clock.now())
    old = list(taken(system))
    job.round = "second"

    runner.run("counting", system.clock.now())
    begun = len(job.steps)
    for message in old:
        runner.handle(message)

    assert len(job.steps) == begun
    assert job.steps[1:] == [("a", "second 1")]


@pytest.mark.parametrize("fault", [Fault.CRASH_BEFORE, Fault.CRASH_AFTER])
def test_a_round_cut_off_at_any_call_is_complete_after_the_next_runs(
    system: System, job: Counting, fault: Fault
):
    """Every call of a whole round dies once; each step is then done, the last before the cut at most once more."""
    table, queue = system.local.cloud.outputs["StatisticsTable"], system.local.cloud.queue_url("timers")

    def played(counting: Counting, plan: dict[int, Fault]) -> int:
        runner = RoundRunner([counting], Rounds(table), queue)
        with system.faults.at(plan):
            with suppress(Crash), system.local.functions._at_work("sla_timer.on_wake"):
                runner.run(counting.name, system.clock.now())
            calls = len(system.faults.calls)
        runner.run(counting.name, system.clock.now())
        return calls

    calls = played(job, {})
    assert calls > 2 * LENGTH
    for number in range(1, calls + 1):
        cut = Counting()
        cut.round = f"{fault} {number}"
        played(cut, {number: fault})

        assert {step.rpartition(" ")[2] for _shard, step in cut.steps} == set(map(str, range(1, LENGTH + 1)))
        assert len(set(cut.steps)) == 2 * LENGTH
        assert len(cut.steps) <= 2 * LENGTH + 1, number
        assert set(cut.finished) == {cut.round}


def test_the_age_of_rounds_is_recorded_and_an_overdue_one_counted(
    system: System, job: Counting, runner: RoundRunner, capsys: pytest.CaptureFixture[str]
):
    runner.run("counting", system.clock.now())
    capsys.readouterr()

    runner.report(system.clock.now() + timedelta(minutes=59))
    in_time = metrics(capsys)
    runner.report(system.clock.now() + timedelta(minutes=61))
    late = metrics(capsys)

    assert (in_time["RoundsOverdue"], late["RoundsOverdue"]) == ([0], [1])
    assert late["RoundAge"] == [61 * 60]


def metrics(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return {name: value for line in lines for name, value in line.items()}


# --- the jobs of the system --------------------------------------------------------------------------------------

OVERRIDE = {"on": "2026-11-23", "kind": "OFF", "document": "TB 1/2026"}


def decide_a_day_off(system: System) -> None:
    """Let the Government make a working day free, as an administrator records it."""
    body = json.dumps(OVERRIDE | {"id": "2026-11-23", "valid_from": "2026-11-03"})
    system.local.cloud.client("dynamodb").put_item(
        TableName=system.local.cloud.outputs["DirectoryTable"],
        Item={"kind": {"S": "calendar"}, "row": {"S": "2026-11-23#2026-11-03"}, "body": {"S": body}},
    )
    system.clock.hold_at(system.clock.now() + timedelta(minutes=2))


def test_a_changed_calendar_is_followed_by_the_queue_where_the_schedule_has_no_time(
    system: System, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(rounds, "SCHEDULE_WORKS", timedelta(0))
    citizen = Citizen(system)
    citizen.send()
    due_before = citizen.look()["due_on"]
    system.local.pumps.sweep.fire()
    system.settle()
    decide_a_day_off(system)

    system.local.pumps.sweep.fire()
    system.settle()

    assert due_before < citizen.look()["due_on"]


def test_figures_are_counted_anew_by_the_queue_where_the_schedule_has_no_time(
    system: System, monkeypatch: pytest.MonkeyPatch
):
    Citizen(system).send()
    expected = night(system)
    monkeypatch.setattr(rounds, "SCHEDULE_WORKS", timedelta(0))
    system.clock.hold_at(vietnam("2026-11-04", "09:00"))

    assert night(system) == expected


def test_a_changed_calendar_visits_unanswered_petitions_alone(system: System):
    open_one, withdrawn = Citizen(system), Citizen(system)
    open_one.send()
    withdrawn.send()
    withdrawn.add("withdrawal", reason="Đã xong")
    due_before = open_one.look()["due_on"]
    system.local.pumps.sweep.fire()
    system.settle()
    decide_a_day_off(system)

    with system.faults.counting():
        system.local.functions.invoke(
            "sla_timer", "sweep", events.schedule_event("sweep", system.clock.now())
        )
        sent = "".join(system.faults.messages)
    system.settle()

    assert open_one.reference in sent
    assert withdrawn.reference not in sent
    assert due_before < open_one.look()["due_on"]
    indexed = {i["reference"]["S"] for i in system.items("petitions") if "unanswered_shard" in i}
    assert indexed == {open_one.reference}


def test_the_reconciliation_lists_an_unanswered_petition_that_earlier_code_wrote(system: System):
    citizen = Citizen(system)
    citizen.send()
    table = system.local.cloud.outputs["PetitionsTable"]
    system.local.cloud.client("dynamodb").update_item(
        TableName=table,
        Key={"reference": {"S": citizen.reference}},
        UpdateExpression="REMOVE unanswered_shard",
    )

    system.local.pumps.hourly.fire()
    system.settle()

    (item,) = system.items("petitions")
    assert "unanswered_shard" in item


def night(system: System) -> dict[str, str]:
    """Let the hourly jobs of a new day run, and return the statistics' rows."""
    system.local.pumps.hourly.fire()
    system.settle()
    return figures(system)


def figures(system: System) -> dict[str, str]:
    return {
        f"{row['period']['S']}/{row['measure']['S']}": row["groups"]["S"]
        for row in system.items("statistics")
        if row["period"]["S"] != "jobs"
    }


def test_the_hourly_jobs_cut_off_anywhere_end_as_if_they_had_not_been(system: System):
    for _ in range(3):
        Citizen(system).send()
    decide_a_day_off(system)
    system.clock.hold_at(vietnam("2026-11-04", "09:00"))
    checkpoint = system.keep()
    with system.faults.counting() as calls:
        expected = night(system)
        kinds = {
            f"{call.where} {call.operation}": call.number
            for call in reversed(calls)
            if "sla_timer" in call.where
        }
    outcome = sorted(item["body"]["S"] for item in system.items("petitions"))
    letters = len(system.outbox())

    assert kinds
    for (kind, number), fault in zip(
        sorted(kinds.items()), itertools.cycle([Fault.CRASH_AFTER, Fault.CRASH_BEFORE]), strict=False
    ):
        system.put_back(checkpoint)
        with system.faults.at({number: fault}), suppress(Crash, InvocationError):
            night(system)
        system.clock.hold_at(system.clock.now() + timedelta(hours=1))

        assert night(system) == expected, kind
        assert sorted(item["body"]["S"] for item in system.items("petitions")) == outcome, kind
        assert len(system.outbox()) == letters, kind
        rounds = Rounds(system.local.cloud.outputs["StatisticsTable"])
        for name in ("recount", "reconciliation"):
            latest = rounds.current(name)
            assert latest, kind
            assert latest.completed_at, kind


def test_the_jobs_are_those_that_the_schedules_run():
    parts = composition.parts()

    assert set(parts.rounds._jobs) == {
        "recount",
        "reconciliation",
        Recalculation.name,
        Resealing.name,
        Renewing.name,
    }
