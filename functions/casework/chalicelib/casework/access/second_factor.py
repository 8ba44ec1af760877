"""The second factor of officers: enrolled at the desk, and reset by another administrator when a telephone is lost.

A reset is a version of a row of the directory, so who made it, when and why stays as long as the directory does.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, NamedTuple
from urllib.parse import quote

from pydantic import BeforeValidator, ConfigDict, Field

from chalicelib.casework.access import permissions
from chalicelib.casework.access.cognito import Cognito
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.access.permissions import Ability
from chalicelib.casework.access.sessions import Session, Sessions
from shared.domain.base_model import BaseModel
from shared.domain.calendar.working_calendar import local_date
from shared.domain.errors import InvalidInputError
from shared.domain.text.clean_text import clean_text
from shared.platform import clock
from shared.tables.directory import Directory
from shared.tables.recorded_rows import RecordedRows

KIND = "second-factor"
"""The kind of the directory's rows that record resets."""
ISSUER = "PAKN Bo Noi vu"
_SECRET = re.compile(r"[A-Z2-7]{8,128}", re.IGNORECASE)
_GROUP = 4


class Secret(NamedTuple):
    """A new secret, as an authenticator application takes it."""

    typed: str
    """In groups of four, for who cannot scan."""
    address: str
    """`otpauth://totp/…`, for the QR code (github.com/google/google-authenticator/wiki/Key-Uri-Format)."""

    @property
    def value(self) -> str:
        """The secret without blanks."""
        return self.typed.replace(" ", "")


class ResetInput(BaseModel):
    """A reset of somebody's second factor, with its reason."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    username: Annotated[str, BeforeValidator(clean_text), Field(min_length=1, max_length=128)]
    reason: Annotated[str, BeforeValidator(clean_text), Field(min_length=10, max_length=500)]


class Reset(NamedTuple):
    """A recorded reset."""

    officer: str
    by: str
    at: datetime
    reason: str


class SecondFactor:
    """Enrols and resets second factors.

    Args:
        cognito: the user pool.
        sessions: are ended by a reset.
        directory: the officers, and the record of resets.
        announce: has an officer notified of a reset by e-mail.
    """

    def __init__(
        self, cognito: Cognito, sessions: Sessions, directory: Directory, announce: Callable[[str], None]
    ) -> None:
        self._cognito = cognito
        self._sessions = sessions
        self._directory = directory
        self._rows = RecordedRows(directory)
        self._announce = announce

    def new_secret(self, session: Session) -> Secret:
        """Return a new secret; the earlier one counts until a code has confirmed this one."""
        return secret_of(self._cognito.new_secret(session.token), session.officer.username)

    def confirm(self, session: Session, code: str) -> None:
        """Confirm the secret with a code: from now on each sign-in asks for one, and sessions without one end.

        Otherwise whoever was signed in elsewhere, with the password alone, could replace the application by their own.

        Raises:
            UnauthenticatedError: a wrong code.
        """
        self._cognito.confirm_secret(session.token, "".join(code.split())[:8])
        self._sessions.add_second_factor(session)
        self._sessions.end_others(session.officer.username, session.id)

    def reset(self, administrator: DeskOfficer, request: ResetInput) -> None:
        """Take away an officer's second factor and end their sessions: recorded first; the officer is notified.

        Raises:
            NotAllowedError: no administrator.
            InvalidInputError: nobody of that name, or their own.
        """
        permissions.require(administrator, Ability.ADMINISTER)
        if request.username == administrator.username:
            raise InvalidInputError(("username", "yourself-second-factor"))
        if request.username not in self._directory.officers():
            raise InvalidInputError(("username", "unknown"))
        now = clock.now()
        facts = {
            "id": request.username,
            "valid_from": local_date(now).isoformat(),
            "reason": request.reason,
            "changed_by": administrator.username,
            "changed_at": now.isoformat(),
            "reset_at": now.isoformat(),
        }
        self._rows.write(KIND, facts, seen=None)
        self._sessions.end_others(request.username, "")
        self._cognito.reset_second_factor(request.username)
        self._announce(f"reset~{request.username}~{int(now.timestamp())}")

    def resets(self, reader: DeskOfficer) -> tuple[Reset, ...]:
        """Return the recorded resets, the latest first.

        Raises:
            NotAllowedError: neither an administrator nor an auditor.
        """
        if not permissions.is_able(reader, Ability.AUDIT):
            permissions.require(reader, Ability.ADMINISTER)
        resets = []
        for row in self._rows.of(KIND):
            facts = dict(row.facts)
            resets.append(_reset(facts))
            for correction in reversed(row.corrections):
                facts = {**facts, **correction.was}
                resets.append(_reset(facts))
        return tuple(sorted(resets, key=lambda reset: reset.at, reverse=True))


def secret_of(secret: str, username: str) -> Secret:
    """Return a secret as an application takes it.

    Raises:
        InvalidInputError: it is no base32.
    """
    value = "".join(secret.split())
    if not _SECRET.fullmatch(value):
        raise InvalidInputError(("secret", "invalid"))
    typed = " ".join(value[i : i + _GROUP] for i in range(0, len(value), _GROUP))
    label, issuer = quote(f"{ISSUER}:{username}"), quote(ISSUER)
    return Secret(typed, f"otpauth://totp/{label}?secret={value}&issuer={issuer}")


def _reset(facts: dict[str, str]) -> Reset:
    at = datetime.fromisoformat(facts["changed_at"]).astimezone(UTC)
    return Reset(facts["id"], facts["changed_by"], at, facts["reason"])
