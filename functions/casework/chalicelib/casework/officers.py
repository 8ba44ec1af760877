"""Who sits at the desk: roles from the token, unit and name from the directory."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from shared.directory import Unit


class Role(StrEnum):
    """The officers' roles: the groups of the Cognito user pool (infra/identity.yaml)."""

    INTAKE_OFFICER = "intake-officer"
    HANDLER = "handler"
    UNIT_HEAD = "unit-head"
    APPROVER = "approver"
    HOTLINE_OPERATOR = "hotline-operator"
    INSPECTOR = "inspector"
    COMMITTEE = "committee"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


class DeskOfficer(NamedTuple):
    """An officer who has signed in."""

    username: str
    name: str
    unit: str
    roles: frozenset[Role]
    line: frozenset[str] = frozenset()
    """The units above and below the officer's own: what is complained of in one of them concerns them all."""
    is_named_reader: bool = False
    """Whether the directory names this officer as a reader of denunciations."""

    @property
    def actor(self) -> str:
        """How the history names this officer."""
        return f"officer:{self.username}"

    def has(self, *roles: Role) -> bool:
        """Tell whether the officer has one of these roles."""
        return not self.roles.isdisjoint(roles)


def reporting_line(unit: str, units: Mapping[str, Unit]) -> frozenset[str]:
    """Return the units that a unit reports to, and those that report to it."""
    above = set(_above(unit, units))
    below = {code for code in units if unit in _above(code, units)}
    return frozenset(above | below)


def _above(unit: str, units: Mapping[str, Unit]) -> tuple[str, ...]:
    found: list[str] = []
    row = units.get(unit)
    while row is not None and row.parent is not None and row.parent not in found:
        found.append(row.parent)
        row = units.get(row.parent)
    return tuple(found)
