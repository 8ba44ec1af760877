"""`ops jobs`: cursor and age of each job; one that stands still is begun anew."""

from __future__ import annotations

from datetime import timedelta

from infra.ops.commands.jobs import CHECKPOINTS, ROUNDS
from shared.platform import clock
from shared.tables.jobs import Checkpoint, Progress, Rounds
from tests.ops.conftest import Ops
from tests.support.people import Citizen
from tests.support.system import System

STATISTICS = "pakn-local-statistics"


def begin(job: str, hours_ago: int) -> Rounds:
    """Begin a round of two shards, of which one is half done and one whole."""
    rounds = Rounds(STATISTICS)
    current = rounds.begin(job, "2026-11-03", ("0", "1"), clock.now() - timedelta(hours=hours_ago))
    rounds.advance(current, "0", Progress(None, is_done=False), Progress("2648", is_done=False))
    rounds.advance(current, "1", Progress(None, is_done=False), Progress(None, is_done=True))
    return rounds


def test_jobs_are_listed_with_their_cursors(system: System, ops: Ops):
    Citizen(system).send()
    system.travel(minutes=130)

    outcome = ops("jobs", "--json")

    by_job = {row["job"]: row for row in outcome.rows}
    assert outcome.code == 0
    assert {"roll-up", *ROUNDS} <= by_job.keys()
    assert by_job["reconciliation"]["cursor"] == "1 of 1 shards"


def test_a_round_that_stands_still_is_overdue_and_its_cursor_is_shown(ops: Ops):
    begin("reconciliation", 31)

    outcome = ops("jobs", "--json")

    assert outcome.code == 1
    assert [(row["job"], row["state"], row["cursor"]) for row in outcome.rows] == [
        ("reconciliation", "overdue", "1 of 2 shards"),
        ("reconciliation #0", "running", "2648"),
    ]


def test_a_round_that_an_operator_began_is_overdue_like_any_other_and_goes_on_by_its_own_command(ops: Ops):
    begin("reseal", 49)

    outcome, restarted = ops("jobs", "--json"), ops("jobs", "restart", "reseal", "--yes")

    assert outcome.rows[0]["state"] == "overdue"
    assert (restarted.code, "ops reseal goes on" in restarted.errors) == (1, True)


def test_a_job_is_begun_anew_alone(ops: Ops):
    rounds = begin("reconciliation", 31)
    begin("recount", 1)

    assert ops("jobs", "restart", "reconciliation", "--dry-run").code == 0
    assert rounds.current("reconciliation") is not None

    assert ops("jobs", "restart", "reconciliation", "--yes").code == 0
    assert rounds.current("reconciliation") is None
    assert rounds.current("recount") is not None

    again = ops("jobs", "restart", "reconciliation", "--yes")
    assert (again.code, "has no round" in again.errors) == (1, True)


def test_only_jobs_that_run_in_rounds_are_begun_anew(ops: Ops):
    outcome = ops("jobs", "restart", "roll-up", "--yes")

    assert outcome.code == 1
    assert "calendar, recount, reconciliation" in outcome.errors


def test_every_checkpoint_is_listed():
    assert {each.kind for each in CHECKPOINTS} == set(Checkpoint.__subclasses__())
