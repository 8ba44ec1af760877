"""Fixtures that several campaigns share."""

from __future__ import annotations

import pytest

from tests.campaigns.faults.scenes import Rehearsal
from tests.support.system import System


@pytest.fixture(scope="session")
def _rehearsal(running_system: System) -> Rehearsal:
    """The lives of this process, each lived once."""
    return Rehearsal(running_system)


@pytest.fixture
def rehearsal(system: System, _rehearsal: Rehearsal) -> Rehearsal:
    """Every life, lived without a fault, over a system as good as new."""
    return _rehearsal
