"""Fixtures that several kinds of tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.local.tiny import Script
from tests.support.log_capture import Overheard
from tests.support.system import System


@pytest.fixture(scope="module")
def running_system() -> Iterator[System]:
    """A system for one module's tests; ask for `system` instead, which is as good as new for each test."""
    made = System()
    made.start()
    yield made
    made.stop()


@pytest.fixture
def system(running_system: System) -> System:
    """The whole system, empty, at 09:00 on Tuesday 3 November 2026 in Vietnam."""
    running_system.reset()
    return running_system


@pytest.fixture(scope="module")
def running_tiny() -> Iterator[tuple[System, Script]]:
    """A system whose functions are a few lines each, for one module's tests; ask for `tiny` and `script` instead."""
    script = Script()
    made = System(apps=script.apps)
    made.start()
    yield made, script
    made.stop()


@pytest.fixture
def script(running_tiny: tuple[System, Script]) -> Script:
    """What the tiny functions are to do, and what they saw."""
    running_tiny[1].forget()
    return running_tiny[1]


@pytest.fixture
def tiny(running_tiny: tuple[System, Script], script: Script) -> System:
    """The system with tiny functions, empty, at 09:00 on Tuesday 3 November 2026 in Vietnam."""
    running_tiny[0].reset()
    return running_tiny[0]


@pytest.fixture
def overheard() -> Iterator[Overheard]:
    """Every log record of this test."""
    with Overheard() as heard:
        yield heard
