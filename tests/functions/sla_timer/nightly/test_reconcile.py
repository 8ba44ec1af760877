"""The reconciliation: segments of the table, each with its cursor; cut off anywhere, it leaves nothing out."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.sla_timer.nightly.missing_messages import MissingMessages
from chalicelib.sla_timer.nightly.reconcile import SEGMENTS, Reconciliation
from chalicelib.sla_timer.rounds import Due, RoundRunner
from infra.local.emulation import events
from shared.domain.petition.petition import Petition
from shared.tables import outlines
from shared.tables.directory import Directory
from shared.tables.jobs import Round, Rounds
from shared.tables.petition_items import StoredPetition
from shared.tables.petitions import Petitions
from shared.tables.roots import Roots
from tests.campaigns.faults.injection import Crash, Fault
from tests.support.builders import a_petition
from tests.support.system import System

REFERENCES = [f"2600000{number:04d}" for number in range(7)]
TWO_SEGMENTS = ("0", "1")


class OneAtATime(Petitions):
    """The table with one petition on a page; it notes which were read."""

    visited: list[str]

    def page(self, after: str | None, **segment: Any) -> tuple[list[StoredPetition], str | None]:
        page, following = super().page(after, **segment | {"limit": 1})
        self.visited += [stored.petition.reference for stored in page]
        return page, following


class NothingMissing(MissingMessages):
    """Every message was sent."""

    def send(self, _petition: Petition, _now: datetime) -> Counter[str]:
        return Counter()


class NamedRounds(Reconciliation):
    """The job with a round whenever it is given another name, in two segments."""

    round = ""

    def due(self, _now: datetime, latest: Round | None) -> Due | None:
        return None if latest and latest.name == self.round else Due(self.round, TWO_SEGMENTS)


@pytest.fixture
def petitions(system: System) -> OneAtATime:
    """A table with petitions in both segments."""
    outputs = system.local.cloud.outputs
    table = OneAtATime(outputs["PetitionsTable"], Directory(outputs["DirectoryTable"]))
    for reference in REFERENCES:
        table.add(a_petition(reference=reference, received_at=system.clock.now()))
    return table


@pytest.fixture
def job(system: System, petitions: OneAtATime) -> NamedRounds:
    outputs = system.local.cloud.outputs
    nothing_missing = NothingMissing.__new__(NothingMissing)
    nothing_missing._were_all_taken = True
    return NamedRounds(
        petitions,
        Directory(outputs["DirectoryTable"]),
        missing_messages=nothing_missing,
        roots=Roots(outputs["RootsTable"]),
    )


@pytest.fixture
def runner(system: System, job: NamedRounds) -> RoundRunner:
    return RoundRunner(
        [job], Rounds(system.local.cloud.outputs["StatisticsTable"]), system.local.cloud.queue_url("timers")
    )


def lose_wake_ups(system: System) -> None:
    for reference in REFERENCES:
        system.local.cloud.client("dynamodb").update_item(
            TableName=system.local.cloud.outputs["PetitionsTable"],
            Key={"reference": {"S": reference}},
            UpdateExpression="REMOVE wake_at, wake_shard",
        )


@pytest.mark.parametrize("fault", [Fault.CRASH_BEFORE, Fault.CRASH_AFTER])
def test_a_reconciliation_cut_off_at_any_call_leaves_nothing_out_and_begins_no_segment_anew(
    system: System, petitions: OneAtATime, job: NamedRounds, runner: RoundRunner, fault: Fault
):
    """Every call of a whole round dies once; the page before the cut is read at most once more."""

    def played(name: str, plan: dict[int, Fault]) -> int:
        lose_wake_ups(system)
        petitions.visited, job.round = [], name
        with system.faults.at(plan):
            with suppress(Crash), system.local.functions._at_work("sla_timer.on_wake"):
                runner.run(job.name, system.clock.now())
            calls = len(system.faults.calls)
        runner.run(job.name, system.clock.now())
        return calls

    calls = played("whole", {})
    assert sorted(petitions.visited) == REFERENCES
    for number in range(1, calls + 1):
        played(f"cut at {number}", {number: fault})

        assert set(petitions.visited) == set(REFERENCES), number
        assert len(petitions.visited) <= len(REFERENCES) + 1, number
        assert all("wake_at" in item for item in system.items("petitions")), number
        latest = runner._rounds.current(job.name)
        assert latest, number
        assert (latest.name, latest.completed_at) == (job.round, system.clock.now()), number


def test_each_segment_has_its_own_cursor_and_its_own_part_of_the_petitions(
    system: System, petitions: OneAtATime, job: NamedRounds, runner: RoundRunner
):
    job.round, petitions.visited = "by hand", []
    current = runner._rounds.begin(job.name, job.round, TWO_SEGMENTS, system.clock.now())
    parts: dict[str, list[str]] = {}
    for shard in TWO_SEGMENTS:
        cursor = job.step(current, shard, None)
        while cursor is not None:
            cursor = job.step(current, shard, cursor)
        parts[shard], petitions.visited = petitions.visited, []

    assert all(parts.values()), "both have some"
    assert sorted(parts["0"] + parts["1"]) == REFERENCES


@pytest.mark.parametrize(("few", "segments"), [(outlines.FEW, 1), (1, SEGMENTS)], ids=["few", "many"])
def test_the_schedule_begins_a_round_with_a_cursor_for_each_segment(
    system: System, petitions: OneAtATime, monkeypatch: pytest.MonkeyPatch, few: int, segments: int
):
    monkeypatch.setattr(outlines, "FEW", few)
    assert len(REFERENCES) > 1
    system.clock.hold_at(system.clock.now() + timedelta(days=1))

    system.local.functions.invoke("sla_timer", "hourly", events.schedule_event("hourly", system.clock.now()))

    rounds = Rounds(system.local.cloud.outputs["StatisticsTable"])
    latest = rounds.current(Reconciliation.name)
    assert latest
    assert latest.shards == tuple(map(str, range(segments)))
    assert latest.completed_at
    assert all(progress.is_done for progress in rounds.progress(latest).values())
