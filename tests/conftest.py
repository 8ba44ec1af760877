"""Fixtures that several kinds of tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.system import System


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
