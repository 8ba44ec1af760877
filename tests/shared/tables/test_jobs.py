"""Checkpoints of jobs: stored in the shape that they always had."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from shared.tables.dynamo import Table, decode
from shared.tables.jobs import (
    AnswersRequested,
    CalendarDispatched,
    Checkpoint,
    Checkpoints,
    DigestsRequested,
    Progress,
    RolledUp,
    Rounds,
    TrendsReported,
)
from tests.support.builders import RECEIVED_AT
from tests.support.system import System

DAY = date(2026, 11, 3)
STORED: list[Any] = [
    pytest.param(
        CalendarDispatched(version="2026.1"),
        {"measure": {"S": "calendar-dispatched"}, "version": {"S": "2026.1"}},
        id="calendar",
    ),
    pytest.param(
        DigestsRequested(day=DAY), {"measure": {"S": "digests"}, "day": {"S": "2026-11-03"}}, id="digests"
    ),
    pytest.param(
        AnswersRequested(monday=DAY),
        {"measure": {"S": "answers-by-mail"}, "monday": {"S": "2026-11-03"}},
        id="answers by mail",
    ),
    pytest.param(
        TrendsReported(day=DAY, jumping=("field:NV-VAN-THU", "unit:CCVC")),
        {
            "measure": {"S": "trends"},
            "day": {"S": "2026-11-03"},
            "jumping": {"S": '["field:NV-VAN-THU", "unit:CCVC"]'},
        },
        id="trends",
    ),
    pytest.param(
        RolledUp(
            until=datetime(2026, 11, 3, 1, 50, tzinfo=UTC),
            rules="1f" * 8,
            horizon=date(2027, 1, 31),
            recounted_on=DAY,
        ),
        {
            "measure": {"S": "roll-up"},
            "until": {"S": "2026-11-03T01:50:00Z"},
            "rules": {"S": "1f" * 8},
            "horizon": {"S": "2027-01-31"},
            "recounted_on": {"S": "2026-11-03"},
        },
        id="roll-up",
    ),
    pytest.param(
        RolledUp(
            until=datetime(2026, 11, 3, 1, 50, tzinfo=UTC),
            rules="1f" * 8,
            horizon=date(2027, 1, 31),
            recounted_on=DAY,
            since=date(2026, 5, 1),
        ),
        {
            "measure": {"S": "roll-up"},
            "until": {"S": "2026-11-03T01:50:00Z"},
            "rules": {"S": "1f" * 8},
            "horizon": {"S": "2027-01-31"},
            "recounted_on": {"S": "2026-11-03"},
            "since": {"S": "2026-05-01"},
        },
        id="roll-up that knows its first day",
    ),
]
"""Checkpoints, and the items that the jobs wrote before there was a class for them."""


@pytest.fixture
def table(running_system: System) -> str:
    running_system.reset(at=RECEIVED_AT)
    return running_system.local.cloud.outputs["StatisticsTable"]


@pytest.mark.parametrize(("checkpoint", "stored"), STORED)
def test_item_of_earlier_code_is_read(table: str, checkpoint: Checkpoint, stored):
    Table(table).put(decode({"period": {"S": "jobs"}, **stored}))

    assert Checkpoints(table).get(type(checkpoint)) == checkpoint


@pytest.mark.parametrize(("checkpoint", "stored"), STORED)
def test_item_keeps_its_shape(table: str, running_system: System, checkpoint: Checkpoint, stored):
    Checkpoints(table).save(checkpoint)

    assert running_system.items("statistics") == [{"period": {"S": "jobs"}, **stored}]


def test_job_that_never_ran_has_no_checkpoint(table: str):
    assert Checkpoints(table).get(RolledUp) is None


def test_checkpoint_takes_the_place_of_the_one_before(table: str):
    checkpoints = Checkpoints(table)
    checkpoints.save(DigestsRequested(day=DAY))

    checkpoints.save(DigestsRequested(day=date(2026, 11, 4)))

    assert checkpoints.get(DigestsRequested) == DigestsRequested(day=date(2026, 11, 4))


# --- rounds ---------------------------------------------------------------------------------------------------

LATER = RECEIVED_AT + timedelta(hours=1)


def test_a_round_of_one_name_begins_once(table: str):
    rounds = Rounds(table)
    first = rounds.begin("recount", "2026-11-03", ("2026-10", "2026-11"), RECEIVED_AT)

    again = rounds.begin("recount", "2026-11-03", ("2026-11",), LATER)

    assert again == rounds.current("recount") == first._replace(is_new=False)


def test_the_progress_of_a_shard_moves_from_where_it_was_seen_alone(table: str):
    rounds = Rounds(table)
    current = rounds.begin("recount", "2026-11-03", ("a", "b"), RECEIVED_AT)
    begin, middle = rounds.progress(current)["a"], Progress("m", is_done=False)

    mine = rounds.advance(current, "a", begin, middle)
    theirs = rounds.advance(current, "a", begin, middle)
    end = rounds.advance(current, "a", middle, Progress("m", is_done=True))

    assert (mine, theirs, end) == (True, False, True)
    assert rounds.progress(current) == {"a": Progress("m", is_done=True), "b": begin}


def test_a_new_round_begins_at_the_beginning_and_an_old_one_completes_no_more(table: str):
    rounds = Rounds(table)
    old = rounds.begin("recount", "2026-11-03", ("a",), RECEIVED_AT)
    rounds.advance(old, "a", rounds.progress(old)["a"], Progress(None, is_done=True))

    new = rounds.begin("recount", "2026-11-04", ("a",), LATER)
    rounds.complete(old, LATER)

    assert rounds.progress(new) == {"a": Progress(None, is_done=False)}
    assert rounds.current("recount") == new._replace(is_new=False)
    rounds.complete(new, LATER)
    assert rounds.current("recount") == new._replace(completed_at=LATER, is_new=False)
