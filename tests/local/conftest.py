"""A system whose functions do what a test tells them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.local.tiny import Script
from tests.system import System


@pytest.fixture(scope="module")
def running_tiny() -> Iterator[tuple[System, Script]]:
    script = Script()
    made = System(apps=script.apps)
    made.start()
    yield made, script
    made.stop()


@pytest.fixture
def script(running_tiny: tuple[System, Script]) -> Script:
    """What the functions do and saw."""
    running_tiny[1].forget()
    return running_tiny[1]


@pytest.fixture
def tiny(running_tiny: tuple[System, Script], script: Script) -> System:
    """The system with tiny functions, empty, at 09:00 on Tuesday 3 November 2026 in Vietnam."""
    running_tiny[0].reset()
    return running_tiny[0]
