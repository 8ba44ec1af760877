"""Machine accounts and their secrets at the desk: which there are, new secrets, which are shown once, and their end."""

from __future__ import annotations

import secrets
from datetime import date
from typing import Any, NamedTuple

from chalicelib.casework.access import permissions
from chalicelib.casework.access.machines import (
    ACCOUNTS,
    SECRETS,
    VALID_SECRETS,
    hash_of,
    new_secret,
    valid_secrets,
)
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.administration.administer import Written
from chalicelib.casework.administration.change_control import ChangeControl
from shared.domain.calendar.working_calendar import local_date
from shared.domain.errors import UnknownRowError
from shared.platform import clock
from shared.tables.directory import Directory
from shared.tables.proposals import Proposal, ProposalState
from shared.tables.recorded_rows import RecordedRow, RecordedRows


class NewSecret(NamedTuple):
    """A new secret, and the row of its hash: proposed, or written where one person may."""

    client_id: str
    client_secret: str
    secret_id: str
    row: Written | Proposal


class MachineSecretView(NamedTuple):
    """A secret of a machine account, without itself."""

    id: str
    valid_from: date
    issued_by: str
    """The user name of who issued it."""
    holds: bool


class MachineView(NamedTuple):
    """A machine account, and its secrets, the latest first."""

    id: str
    facts: dict[str, Any]
    """The version in force, or the one that begins next."""
    is_ended: bool
    is_planned: bool
    """It begins on a later day."""
    secrets: tuple[MachineSecretView, ...]
    waiting: tuple[str, ...]
    """The open proposals of further secrets, by id."""

    @property
    def valid_secrets(self) -> int:
        """The number of secrets that hold."""
        return sum(secret.holds for secret in self.secrets)

    @property
    def takes_a_secret(self) -> bool:
        """True if another secret may be issued."""
        return not self.is_ended and self.valid_secrets < VALID_SECRETS


def machines(changes: ChangeControl, directory: Directory, officer: DeskOfficer) -> tuple[MachineView, ...]:
    """Return the machine accounts, also the ended ones, by id.

    Raises:
        NotAllowedError: no administrator.
    """
    permissions.require(officer, permissions.Ability.ADMINISTER)
    rows = RecordedRows(directory)
    versions: dict[str, list[RecordedRow]] = {}
    for row in rows.of(ACCOUNTS):
        versions.setdefault(row.id, []).append(row)
    of_secrets = rows.of(SECRETS)
    waiting = [
        each.proposal
        for each in changes.proposals(officer)
        if each.proposal.kind == SECRETS and each.state is ProposalState.OPEN
    ]
    return tuple(
        _view(
            name,
            versions[name],
            [row for row in of_secrets if row.facts["machine"] == name],
            tuple(proposal.id for proposal in waiting if proposal.row["machine"] == name),
        )
        for name in sorted(versions)
    )


def machine(changes: ChangeControl, directory: Directory, officer: DeskOfficer, name: str) -> MachineView:
    """Return one machine account.

    Raises:
        NotAllowedError: no administrator.
        UnknownRowError: there is no such account.
    """
    account = next((each for each in machines(changes, directory, officer) if each.id == name), None)
    if account is None:
        raise UnknownRowError
    return account


def end_machine(changes: ChangeControl, directory: Directory, officer: DeskOfficer, name: str) -> None:
    """End an account, as it is and as it was to become: no token of it opens anything within a minute.

    Raises:
        NotAllowedError: no administrator.
        UnknownRowError: there is no such account.
    """
    permissions.require(officer, permissions.Ability.ADMINISTER)
    versions = sorted(RecordedRows(directory).of(ACCOUNTS, name), key=lambda row: row.valid_from)
    if not versions:
        raise UnknownRowError
    for row in _from_now_on(versions):
        if not row.facts.get("is_ended"):
            changes.put(officer, ACCOUNTS, name, row.facts | {"is_ended": True}, seen=row.revision)


def end_secret(
    changes: ChangeControl, directory: Directory, officer: DeskOfficer, name: str, secret_id: str
) -> None:
    """End a secret of an account, and with it every token that was given for it.

    Raises:
        NotAllowedError: no administrator.
        UnknownRowError: the account has no such secret.
    """
    permissions.require(officer, permissions.Ability.ADMINISTER)
    versions = [row for row in RecordedRows(directory).of(SECRETS, secret_id) if row.facts["machine"] == name]
    if not versions:
        raise UnknownRowError
    for row in versions:
        if not row.facts.get("is_ended"):
            changes.put(officer, SECRETS, secret_id, row.facts | {"is_ended": True}, seen=row.revision)


def _from_now_on(versions: list[RecordedRow]) -> list[RecordedRow]:
    """Return the version in force, and those that are planned."""
    today = local_date(clock.now())
    begun = [row for row in versions if row.valid_from <= today]
    return [*begun[-1:], *(row for row in versions if row.valid_from > today)]


def _view(
    name: str, versions: list[RecordedRow], secrets_of: list[RecordedRow], waiting: tuple[str, ...]
) -> MachineView:
    row = _from_now_on(sorted(versions, key=lambda version: version.valid_from))[0]
    today = local_date(clock.now())
    valid_to = str(row.facts.get("valid_to") or "9")
    is_ended = bool(row.facts.get("is_ended")) or valid_to < today.isoformat()
    holding = {secret.id for secret in valid_secrets((each.facts for each in secrets_of), name)}
    views = [
        MachineSecretView(
            each.id, each.valid_from, str(each.facts.get("changed_by") or ""), each.id in holding
        )
        for each in sorted(secrets_of, key=lambda each: (each.valid_from, each.id), reverse=True)
    ]
    return MachineView(name, row.facts, is_ended, row.valid_from > today, tuple(views), waiting)


def issue_secret(
    changes: ChangeControl, directory: Directory, officer: DeskOfficer, machine: str
) -> NewSecret:
    """Make a secret of a machine account; the answer is the only place where it ever stands.

    Raises:
        NotAllowedError: no administrator.
        UnknownRowError: there is no such account.
        InvalidInputError: two secrets hold already; one has to be ended first.
    """
    permissions.require(officer, permissions.Ability.ADMINISTER)
    if not any(row["id"] == machine for row in directory.rows(ACCOUNTS)):
        raise UnknownRowError
    secret, secret_id = new_secret(), f"{machine}.{secrets.token_hex(3)}"
    facts = {
        "valid_from": local_date(clock.now()).isoformat(),
        "machine": machine,
        "sha256": hash_of(secret),
    }
    return NewSecret(machine, secret, secret_id, changes.put(officer, SECRETS, secret_id, facts, seen=0))
