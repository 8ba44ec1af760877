"""The emulated cloud of the tests of deployments."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest

from infra.deployment.templates import REGION
from infra.rehearsal.emulator import Emulator


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    """An emulator that the tests of a module share."""
    with Emulator() as running:
        yield running


@pytest.fixture
def emulated(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> boto3.Session:
    """A session that reaches the emulator, as every client does meanwhile."""
    for name, value in emulator.environment.items():
        monkeypatch.setenv(name, value)
    return boto3.Session(region_name=REGION)
