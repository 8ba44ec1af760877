"""New secrets of machine accounts, which are shown once."""

from __future__ import annotations

import secrets
from typing import NamedTuple

from chalicelib.casework.access import permissions
from chalicelib.casework.access.machines import ACCOUNTS, SECRETS, hash_of, new_secret
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.administration.administer import Written
from chalicelib.casework.administration.change_control import ChangeControl
from shared.domain.calendar.working_calendar import local_date
from shared.domain.errors import UnknownRowError
from shared.platform import clock
from shared.tables.directory import Directory
from shared.tables.proposals import Proposal


class NewSecret(NamedTuple):
    """A new secret, and the row of its hash: proposed, or written where one person may."""

    client_id: str
    client_secret: str
    secret_id: str
    row: Written | Proposal


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
