"""Opens a person's petitions against a one-time code that is sent to a contact on file (docs/adr/0074).

Whoever asks for a code gets one answer after the same calls, whether or not the contact is known: the notifier looks
that up, after the page was answered, and sends a code only where there is a petition to open with it.
"""

from __future__ import annotations

import secrets as randomness
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from shared.domain.errors import InvalidInputError, TooManyRequestsError
from shared.domain.identity import access_codes
from shared.domain.identity import reference as references
from shared.domain.identity.contact import ContactError, normal_email, normal_phone
from shared.domain.identity.identifier_keys import Keyring
from shared.domain.identity.network import subscriber_of
from shared.domain.identity.telephone import LONGEST_PHONE
from shared.platform import clock, telemetry
from shared.platform.messages import CodeRequest
from shared.tables.contacts.codes import AccessCodes, CodeRow, ContactSession
from shared.tables.throttle.counters import NameCounter
from shared.tables.throttle.pin_guard import PinGuard
from shared.web.i18n import Language

_HOUR = 3600
_LONGEST_EMAIL = 254
_BYTES_OF_A_SECRET = 24


class AskedCode(NamedTuple):
    """A code that was asked for, as its page shows it."""

    secret: str
    """Stays with the browser that asked."""
    tail: str
    """The end of the contact: `…678`."""


class WaitingCode(NamedTuple):
    """A code that can be typed."""

    ends_at: datetime
    again_in: int
    """Seconds after which another one may be asked for."""


class OpenedSession(NamedTuple):
    """A session that a right code has opened."""

    secret: str
    """Stays with the browser."""
    session: ContactSession


class WrongCodeError(InvalidInputError):
    """The code is wrong, has ended, or was tried too often."""

    def __init__(self, tries_left: int) -> None:
        super().__init__(("code", "wrong-code"))
        self.tries_left = tries_left


class CodeLimits(NamedTuple):
    """The limits on requests for codes."""

    per_contact_a_day: int
    """0: there are no codes."""
    per_address_an_hour: int
    """0 is no limit."""


class AccessByCode:
    """Has codes sent, compares them, and keeps the sessions that they open.

    Args:
        rows: the codes and sessions.
        counters: counts the codes that one network address asks for.
        guard: slows addresses that guess.
        keyring: the identifiers' keys.
        limits: how often codes are asked for.
        ask: puts a request on the notices queue.
    """

    def __init__(
        self,
        rows: AccessCodes,
        counters: NameCounter,
        guard: PinGuard,
        keyring: Keyring,
        limits: CodeLimits,
        ask: Callable[[CodeRequest], object],
    ) -> None:
        self._rows = rows
        self._counters = counters
        self._guard = guard
        self._keyring = keyring
        self._limits = limits
        self._ask = ask

    def ask(self, contact: str, address: str, language: Language) -> AskedCode:
        """Have a code sent to a contact, if a petition of it opens by codes; say nothing of it either way.

        Args:
            contact: a telephone number or e-mail address, as a person writes it.
            address: the caller's network address.
            language: of the message.

        Raises:
            InvalidInputError: it can be no contact.
            TooManyRequestsError: enough codes for this contact, known or not, or from this address.
        """
        normal = _normal(contact)
        secret = self._send(references.contact_key(self._keyring.names(), normal), address, language)
        return AskedCode(secret, access_codes.tail_of(normal))

    def ask_again(self, secret: str, address: str, language: Language) -> str | None:
        """Have another code sent to the same contact; the first one still holds in its own time.

        Returns:
            The secret of the new code; None where the first one has ended, so that nobody knows the contact any more.

        Raises:
            TooManyRequestsError: as for `ask`.
        """
        row = self._row(secret)
        return self._send(row.contact_key, address, language) if row else None

    def waiting(self, secret: str) -> WaitingCode | None:
        """Return the code of a browser's secret; None where it has ended, was used, or was tried too often."""
        row = self._row(secret)
        if row is None or row.tries >= access_codes.TRIES:
            return None
        again_at = row.asked_at + int(access_codes.ASK_AGAIN_AFTER.total_seconds())
        wait = max(0, again_at - int(clock.now().timestamp()))
        return WaitingCode(datetime.fromtimestamp(row.expires_at, UTC), wait)

    def _row(self, secret: str) -> CodeRow | None:
        return self._rows.get(access_codes.row_name(secret), clock.now()) if secret else None

    def _send(self, contact_key: str, address: str, language: Language) -> str:
        """Count, store and request a code; return its secret."""
        secret = randomness.token_urlsafe(_BYTES_OF_A_SECRET)
        name, now = access_codes.row_name(secret), clock.now()
        self._count_address(address, name, now)
        if wait := self._rows.wait_of(contact_key, name, now, self._limits.per_contact_a_day):
            telemetry.count("CodesOverLimit")
            raise TooManyRequestsError(wait)
        self._rows.add(CodeRow(name, contact_key, language, int(now.timestamp())))
        self._ask(CodeRequest(code=name))
        telemetry.count("CodeAsked")
        return secret

    def open(self, secret: str, code: str, address: str) -> OpenedSession:
        """Open a session with a code; each try is counted before the code is compared.

        Args:
            secret: of the browser that asked for the code.
            code: as it was typed.
            address: the caller's network address.

        Raises:
            WrongCodeError: for every reason alike.
            PinSlowedError: this address guesses too much.
        """
        self._guard.check_address(address)
        name, now = access_codes.row_name(secret), clock.now()
        row = self._rows.count_try(name, now)
        is_right = access_codes.is_code(self._key_of(row), name, code[:20])
        session_secret = randomness.token_urlsafe(_BYTES_OF_A_SECRET)
        if row is not None and is_right:
            session = self._rows.use(row, access_codes.row_name(session_secret), now)
            if session is not None:
                telemetry.count("CodeOpened")
                return OpenedSession(session_secret, session)
        self._guard.count_wrong_proof(address)
        telemetry.count("CodeWrong")
        raise WrongCodeError(access_codes.TRIES - row.tries if row else 0)

    def _key_of(self, row: CodeRow | None) -> bytes:
        return self._keyring.at(row.instant) if row else self._keyring.current()

    def session(self, secret: str) -> ContactSession | None:
        """Return the session of a browser's secret; None where there is none, or it is over."""
        return self._rows.session(access_codes.row_name(secret), clock.now()) if secret else None

    def end(self, secret: str) -> None:
        """End a session before its time."""
        if secret:
            self._rows.end(access_codes.row_name(secret))

    def _count_address(self, address: str, name: str, now: datetime) -> None:
        most = self._limits.per_address_an_hour
        if not most or not address:
            return
        hour = int(now.timestamp()) // _HOUR
        named = references.derive(self._keyring.names(), "throttle-codes", subscriber_of(address)).hex()[:32]
        admitted = self._counters.admit(
            f"code-asks-from#{named}#{hour}",
            name[:16],
            limit=most,
            expires_at=now + timedelta(seconds=2 * _HOUR),
        )
        if not admitted:
            telemetry.count("CodesOverLimit")
            raise TooManyRequestsError(_HOUR - int(now.timestamp()) % _HOUR)


def _normal(contact: str) -> str:
    """Return a contact in its one spelling.

    Raises:
        InvalidInputError: it can be none.
    """
    if not contact.strip():
        raise InvalidInputError(("contact", "missing"))
    try:
        if "@" in contact:
            return normal_email(contact[:_LONGEST_EMAIL])
        return normal_phone(contact[:LONGEST_PHONE])
    except ContactError as error:
        raise InvalidInputError(("contact", error.rule)) from None
