"""Checks of the directory's rows of machine accounts and their secrets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import Field

from chalicelib.casework.access.machines import (
    ACCOUNTS,
    MACHINE_ROLES,
    SECRETS,
    VALID_SECRETS,
    Machine,
    MachineSecret,
    Scope,
    valid_secrets,
)
from shared.domain.access.roles import Role
from shared.domain.errors import InvalidInputError
from shared.tables.directory import Directory
from shared.tables.recorded_rows import RecordedRows
from shared.web.requests import validated

Check = Callable[[dict[str, Any]], None]


class _MachineRow(Machine):
    id: Annotated[str, Field(pattern="^[a-z0-9][a-z0-9-]{1,39}$")]
    name: Annotated[str, Field(min_length=1, max_length=200)]
    contact: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$", max_length=254)]
    roles: Annotated[tuple[Role, ...], Field(min_length=1)]
    scopes: Annotated[tuple[Scope, ...], Field(min_length=1)]


class _SecretRow(MachineSecret):
    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{1,39}\.[0-9a-f]{6}$")]
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


def checks(directory: Directory) -> dict[str, Check]:
    """Return the checks of both kinds of rows, for the administration of the directory."""

    def account(row: dict[str, Any]) -> None:
        machine = validated(_MachineRow, row)
        if not MACHINE_ROLES.issuperset(machine.roles):
            raise InvalidInputError(("roles", "role-of-people"))
        if machine.unit not in directory.units(machine.valid_from):
            raise InvalidInputError(("unit", "unknown"))

    def secret(row: dict[str, Any]) -> None:
        row_of_secret = validated(_SecretRow, row)
        if row_of_secret.machine != row_of_secret.id.partition(".")[0] or not any(
            each["id"] == row_of_secret.machine for each in directory.rows(ACCOUNTS)
        ):
            raise InvalidInputError(("machine", "unknown"))
        rows = (each.facts for each in RecordedRows(directory).of(SECRETS))
        others = {each.id for each in valid_secrets(rows, row_of_secret.machine)} - {row_of_secret.id}
        if not row_of_secret.is_ended and len(others) >= VALID_SECRETS:
            raise InvalidInputError(("machine", "two-secrets"))

    return {ACCOUNTS: account, SECRETS: secret}
