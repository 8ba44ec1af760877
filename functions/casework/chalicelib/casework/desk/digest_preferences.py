"""Officers' preferences about the daily digest, set at the desk or by the link at the end of each digest."""

from __future__ import annotations

import hmac
from datetime import date, timedelta

from shared.domain.errors import InvalidInputError
from shared.domain.identity.identifier_keys import Keyring
from shared.domain.identity.reference import unsubscribe_token_of
from shared.platform import clock
from shared.tables.directory import Directory, OfficerPreference

KIND = "officer-preference"
"""The kind of directory row that holds a preference."""
_LINK_HOLDS_FOR = timedelta(days=60)
"""Links of mails of so long ago hold, whatever key has come into force since."""


class DigestPreferences:
    """Reads and writes the officers' preferences.

    Args:
        directory: holds the officers and their preferences.
        keyring: the identifiers' keys, from which the tokens of unsubscribe links are derived.
    """

    def __init__(self, directory: Directory, keyring: Keyring) -> None:
        self._directory = directory
        self._keyring = keyring

    def of(self, username: str) -> OfficerPreference:
        """Return an officer's latest preference, or the defaults."""
        return self._directory.preference_of(username)

    def put(self, username: str, on: date, *, digest: bool, folds: bool) -> None:
        """Write an officer's preference.

        Args:
            username: whose preference.
            on: the day from which it holds.
            digest: whether the daily digest is sent.
            folds: whether notices of the day are part of the digest instead of mails of their own; never without it.
        """
        self._directory.put(KIND, username, on, {"digest": digest, "folds": folds and digest})

    def officer_of(self, token: str) -> str:
        """Return the user name for which an unsubscribe link was made; tokens are compared in constant time.

        Raises:
            InvalidInputError: the token is no officer's.
        """
        keys = self._keyring.since(clock.now() - _LINK_HOLDS_FOR)
        for username in self._directory.officers():
            ours = [unsubscribe_token_of(key, username).encode() for key in keys]
            if any(hmac.compare_digest(each, token.encode()) for each in ours):
                return username
        raise InvalidInputError(("token", "unknown"))
