"""The guide to the campaigns states the figures that the campaigns reach."""

from __future__ import annotations

import re

import pytest

from infra.layout import ROOT
from tests.campaigns import test_canaries as canaries
from tests.campaigns import test_forged_webhooks as forged
from tests.campaigns import test_seeded_walls as walls
from tests.campaigns import test_simulation as simulation
from tests.campaigns.faults import test_crash_points as crashes
from tests.campaigns.faults import test_faults as faults
from tests.campaigns.faults import test_seeded_bugs as seeded
from tests.campaigns.fuzz import operations
from tests.campaigns.fuzz import test_casework_api as casework
from tests.campaigns.fuzz import test_intake_api as intake
from tests.rules.petition.test_lifecycle import PetitionLife
from tests.support.profiles import EXAMPLES

GUIDE = (ROOT / "docs" / "trust.md").read_text("utf-8")
BUGS = len(seeded.SEEN_BY_SCENES) + len(seeded.SEEN_BY_THE_SIMULATION)
STEPS = PetitionLife.TestCase.settings.stateful_step_count


@pytest.mark.parametrize(
    "figures",
    [
        f"{crashes.LEAST_POINTS} at least",
        f"and {crashes.PAIRS:,} pairs",
        f"{faults.LEAST_POINTS:,} at least",
        f"{simulation.WORLDS_IN_SMOKE} worlds",
        f"{simulation.WORLDS} worlds",
        f"{simulation.WORLDS_IN_FULL:,} worlds",
        f"{operations.SMOKE} for each operation | {intake.ORDINARY}, {casework.ORDINARY} | {operations.FULL}",
        f"{forged.ORDINARY} for each scheme | – | {forged.FULL:,}",
        f"{EXAMPLES['smoke']} lives of {STEPS} steps | {EXAMPLES['campaigns']} | {EXAMPLES['proof']:,}",
        f"{EXAMPLES['smoke']} examples | {EXAMPLES['campaigns']} | {EXAMPLES['proof']:,}",
        f"{canaries.OFFICERS_IN_SMOKE} officers",
        f"| {BUGS}, and 3 of webhooks",
        f"| {len(walls.QUICK)} | {len(walls.WALLS)} | – | `tests/campaigns/test_seeded_walls.py`",
    ],
)
def test_figure_is_the_one_in_the_code(figures: str):
    assert figures in GUIDE


def test_every_file_that_the_guide_names_is_there():
    named = re.findall(r"`(tests/[\w/]+\.py)`", GUIDE)

    assert len(named) >= 10
    assert [path for path in named if not (ROOT / path).exists()] == []
