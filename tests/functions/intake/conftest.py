"""Intake alone on the platform of infra/platform.yaml in moto, called through its HTTP doors."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from chalice.app import Chalice

from infra.local import functions
from infra.local.system import FUNCTIONS
from tests.system import System


def _intake_alone() -> dict[str, Chalice]:
    """The other functions are there and do nothing: what intake promises, it keeps by itself."""
    others = {name: Chalice(app_name=f"pakn-{name}") for name in functions.NAMES}
    return {**others, **functions.load(FUNCTIONS, ("intake",))}


@pytest.fixture(scope="module")
def running_intake() -> Iterator[System]:
    made = System(apps=_intake_alone)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def intake(running_intake: System) -> System:
    """Intake with an empty table, at 09:00 on Tuesday 3 November 2026 in Vietnam; due dates are 2026-11-23."""
    running_intake.reset()
    return running_intake
