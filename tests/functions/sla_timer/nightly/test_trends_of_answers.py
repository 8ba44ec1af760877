"""Answers whose matter many readers have: the alarm for jumps of petitions is raised for them too."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.domain.calendar.working_calendar import local_date
from shared.platform import clock
from shared.tables.answers.reactions import Reaction, ReactionTable
from tests.support.system import System

ANSWER, OTHER = "4mkxv00e20ecfa", "4mdaho019c80ed"
USUAL, JUMP, WEEKS = 2, 12, 5


def react(system: System, answer: str, number: int, weeks_ago: int, reaction: Reaction) -> None:
    """Count reactions in the middle of the week that ended yesterday, or of one some weeks before."""
    table = ReactionTable(system.local.cloud.outputs["StatisticsTable"])
    day = local_date(clock.now()) - timedelta(days=7 * weeks_ago + 4)
    for _ in range(number):
        table.add(answer, reaction, day)


def test_answer_whose_matter_many_have_at_once_alarms_once(
    running_system: System, caplog: pytest.LogCaptureFixture
):
    running_system.reset()
    for weeks_ago in range(1, WEEKS + 1):
        react(running_system, ANSWER, USUAL, weeks_ago, Reaction.ALSO)
        react(running_system, OTHER, USUAL, weeks_ago, Reaction.ALSO)
    react(running_system, ANSWER, JUMP, 0, Reaction.ALSO)
    react(running_system, OTHER, JUMP, 0, Reaction.USEFUL)

    for _ in range(2):
        running_system.local.pumps.hourly.fire()

    began = [record.began for record in caplog.records if record.message == "trend"]  # type: ignore[attr-defined]
    assert began == [[f"also:{ANSWER}"]]
