"""Refresh tokens of officers' sessions at the API: our own, never Cognito's (docs/adr/0059).

One names its session and a number, under a MAC; each use gives the next. The one before may come again, because an
answer was lost, and gets the same next one; an older one was copied, and ends the session (RFC 9700, 4.14.2). A
session that ended, was idle for too long or has run for the longest time gives no token.
"""

from __future__ import annotations

import hmac
from datetime import timedelta

from chalicelib.casework.access.sessions import Sessions
from chalicelib.casework.access.sign_in_input import Tokens
from shared.domain.errors import TokenRefusedError, UnauthenticatedError
from shared.domain.identity.identifier_keys import Keyring
from shared.domain.identity.reference import derive
from shared.platform import clock, telemetry
from shared.tables.throttle.officer_sessions import OfficerSessions

PREFIX = "pakn_rt_"
_PARTS = 3


class RefreshTokens:
    """Gives and takes refresh tokens.

    Args:
        sessions: renews and ends sessions.
        rows: the stored sessions, with the number of the latest token.
        keyring: the identifiers' keys, from which those of the MACs are derived.
        longest: how long a session lasts at most.
    """

    def __init__(
        self, sessions: Sessions, rows: OfficerSessions, keyring: Keyring, longest: timedelta
    ) -> None:
        self._sessions = sessions
        self._rows = rows
        self._keyring = keyring
        self._longest = longest

    def first(self, session_id: str) -> str:
        """Return the refresh token of a session that begins."""
        return self._token(session_id, 0)

    def renew(self, token: str) -> Tokens:
        """Return new tokens of a session.

        Raises:
            TokenRefusedError: the token is none of ours, its session is over, or it was used long before.
            SecondFactorNeededError: the officer's role needs a second factor, which this session has not shown.
        """
        session_id, number = self._read(token)
        row = self._rows.get(session_id)
        if row is None or row.ended_at is not None:
            raise _refused()
        if number not in (row.refresh_number, row.refresh_number - 1):
            telemetry.count("SignInFailed")
            self._sessions.end_row(row)
            raise _refused()
        try:
            tokens = self._sessions.renewed_row(row)
        except UnauthenticatedError:
            raise _refused() from None
        latest = self._rows.next_refresh(session_id, number)
        return tokens.model_copy(update={"refresh_token": self._token(session_id, latest)})

    def _token(self, session_id: str, number: int) -> str:
        return f"{PREFIX}{session_id}.{number}.{_mac(self._keyring.current(), session_id, number)}"

    def _read(self, token: str) -> tuple[str, int]:
        parts = token.removeprefix(PREFIX).rsplit(".", 2)
        if not token.startswith(PREFIX) or len(parts) != _PARTS or not parts[1].isdecimal():
            raise _refused()
        session_id, number = parts[0], int(parts[1][:6])
        keys = self._keyring.since(clock.now() - self._longest)
        ours = [_mac(key, session_id, number).encode() for key in keys]
        if not any(hmac.compare_digest(parts[2].encode(), each) for each in ours):
            raise _refused()
        return session_id, number


def _mac(key: bytes, session_id: str, number: int) -> str:
    return derive(key, "session-refresh", f"{session_id}|{number}").hex()


def _refused() -> TokenRefusedError:
    return TokenRefusedError("invalid_grant", "refresh_token")
