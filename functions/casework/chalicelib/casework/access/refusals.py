"""Counts what officers asked for and may not have: somebody who tries doors is seen (docs/runbook.md)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from chalicelib.casework.access.officers import DeskOfficer
from shared.domain.errors import NotAllowedError
from shared.platform import telemetry


@contextmanager
def counted(officer: DeskOfficer) -> Iterator[None]:
    """Count a request that is refused because of the officer's role or unit, by each of their roles."""
    try:
        yield
    except NotAllowedError:
        telemetry.count("RefusedByRole")
        for role in officer.roles:
            telemetry.count("RefusedByRole", role=role)
        raise
