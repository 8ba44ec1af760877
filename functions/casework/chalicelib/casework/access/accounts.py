"""Accounts of officers in the user pool: made from their rows of the directory, disabled and enabled.

Whoever may have an account, its address and its roles is decided by the row, which two persons confirm (ADR 0046);
an account only follows it. Each change is recorded as a version of a row: who, when, why.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, NamedTuple

from pydantic import BeforeValidator, ConfigDict, Field

from chalicelib.casework.access import permissions
from chalicelib.casework.access.cognito import Cognito, PoolAccount
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.access.permissions import Ability
from chalicelib.casework.access.sessions import Sessions
from shared.domain.access.roles import Role
from shared.domain.base_model import BaseModel
from shared.domain.calendar.working_calendar import local_date
from shared.domain.errors import InvalidInputError
from shared.domain.text.clean_text import clean_text
from shared.platform import clock
from shared.tables.directory import Directory, Officer
from shared.tables.recorded_rows import RecordedRows

KIND = "account"
"""The kind of the directory's rows that record changes of accounts."""


class AccountStep(StrEnum):
    """A change of an account."""

    CREATE = "create"
    INVITE = "invite"
    """Send the invitation again, with another temporary password."""
    ROLES = "roles"
    """Give the account the roles of the directory."""
    RESET_PASSWORD = "reset-password"  # noqa: S105 - the name of a step
    """End the sessions, and mail a temporary password in place of the one that was forgotten."""
    DISABLE = "disable"
    ENABLE = "enable"


class AccountInput(BaseModel):
    """A change of an officer's account, with its reason."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    step: AccountStep
    reason: Annotated[str, BeforeValidator(clean_text), Field(min_length=5, max_length=500)]


class AccountChange(NamedTuple):
    """The latest recorded change of an account."""

    step: AccountStep
    by: str
    at: datetime
    reason: str


class AccountView(NamedTuple):
    """An officer's account, the changes that are possible, and the latest one."""

    account: PoolAccount | None
    missing_roles: tuple[str, ...]
    """Roles of the directory that the account lacks."""
    further_roles: tuple[str, ...]
    """Roles of the account that the directory does not give; they open nothing."""
    possible: tuple[AccountStep, ...]
    latest: AccountChange | None


class Accounts:
    """Keeps the accounts of the user pool."""

    def __init__(self, cognito: Cognito, sessions: Sessions, directory: Directory) -> None:
        self._cognito = cognito
        self._sessions = sessions
        self._directory = directory
        self._rows = RecordedRows(directory)

    def of(self, administrator: DeskOfficer, username: str) -> AccountView:
        """Return the account of an officer.

        Raises:
            NotAllowedError: no administrator.
        """
        permissions.require(administrator, Ability.ADMINISTER)
        account = self._cognito.account(username)
        wanted = _roles(self._directory.officers().get(username))
        held = set(account.roles) if account else set()
        latest = next(reversed(self._rows.of(KIND, username)), None)
        return AccountView(
            account,
            tuple(sorted(wanted - held)) if account else (),
            tuple(sorted(held - wanted)),
            _possible(account, wanted, is_own=username == administrator.username),
            AccountChange(
                AccountStep(latest.facts["step"]),
                latest.facts["changed_by"],
                datetime.fromisoformat(latest.facts["changed_at"]),
                latest.facts["reason"],
            )
            if latest
            else None,
        )

    def change(self, administrator: DeskOfficer, username: str, request: AccountInput) -> None:
        """Change an account: recorded first. One that was cut off is asked for again.

        Raises:
            NotAllowedError: no administrator.
            InvalidInputError: this change is not possible now, or it is their own account.
        """
        view = self.of(administrator, username)
        if request.step not in view.possible:
            raise InvalidInputError(("step", "account-step"))
        officer = self._directory.officers().get(username)
        now = clock.now()
        facts = {
            "id": username,
            "valid_from": local_date(now).isoformat(),
            "step": request.step,
            "reason": request.reason,
            "changed_by": administrator.username,
            "changed_at": now.isoformat(),
        }
        self._rows.write(KIND, facts, seen=None)
        if request.step is AccountStep.RESET_PASSWORD and officer is not None:
            self._sessions.end_others(username, "")
            self._cognito.reset_password(username, officer.email)
        elif request.step is AccountStep.DISABLE:
            self._sessions.end_others(username, "")
            self._cognito.disable(username)
        elif request.step is AccountStep.ENABLE:
            self._cognito.enable(username)
        elif officer is not None:
            self._follow_row(officer, request.step, view)

    def _follow_row(self, officer: Officer, step: AccountStep, view: AccountView) -> None:
        if step is AccountStep.INVITE:
            self._cognito.invite(officer.id, officer.email, is_again=True)
            return
        if step is AccountStep.CREATE:
            self._cognito.invite(officer.id, officer.email)
        held = set(view.account.roles) if view.account else set()
        self._cognito.set_roles(officer.id, held, _roles(officer))


def _roles(officer: Officer | None) -> set[str]:
    """Return the roles of an officer of the directory that the pool has a group for; none without a row in force."""
    return {role for role in officer.roles if role in set(Role)} if officer else set()


def _possible(account: PoolAccount | None, wanted: set[str], *, is_own: bool) -> tuple[AccountStep, ...]:
    if is_own:
        return ()
    if account is None:
        return (AccountStep.CREATE,) if wanted else ()
    if not account.is_enabled:
        return (AccountStep.ENABLE,) if wanted else ()
    steps = []
    if wanted:
        steps.append(AccountStep.INVITE if account.is_invited else AccountStep.RESET_PASSWORD)
    if set(account.roles) != wanted:
        steps.append(AccountStep.ROLES)
    return (*steps, AccountStep.DISABLE)
