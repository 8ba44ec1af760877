"""The guide to the campaigns states the figures that the campaigns reach."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.campaigns import test_forged_webhooks as forged
from tests.campaigns import test_simulation as simulation
from tests.campaigns.faults import test_crash_points as crashes
from tests.campaigns.faults import test_faults as faults
from tests.campaigns.faults import test_seeded_bugs as seeded
from tests.rules.petition.test_lifecycle import PetitionLife

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "trust.md").read_text("utf-8")
BUGS = len(seeded.SEEN_BY_SCENES) + len(seeded.SEEN_BY_THE_SIMULATION)
LIFE = PetitionLife.TestCase.settings


@pytest.mark.parametrize(
    "said",
    [
        f"{crashes.LEAST_POINTS} at least",
        f"and {crashes.PAIRS:,} pairs",
        f"{faults.LEAST_POINTS:,} at least",
        f"{simulation.WORLDS} worlds",
        f"{simulation.WORLDS_IN_FULL:,} worlds",
        f"{forged.ORDINARY} for each scheme | {forged.FULL:,}",
        f"{LIFE.max_examples} lives of {LIFE.stateful_step_count} steps",
        f"| {BUGS}, and 3 of webhooks",
    ],
)
def test_figure_is_the_one_in_the_code(said: str):
    assert said in GUIDE


def test_every_file_that_the_guide_names_is_there():
    named = re.findall(r"`(tests/[\w/]+\.py)`", GUIDE)

    assert len(named) >= 10
    assert [path for path in named if not (ROOT / path).exists()] == []
