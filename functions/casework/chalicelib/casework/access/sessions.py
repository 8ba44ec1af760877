"""Sessions of officers: opened through Cognito, verified in every request, renewed while somebody works, and ended.

A session ends when its officer signs out, is idle for too long, or has worked for the longest time; an ended one is
refused although its token is still signed and unexpired (docs/adr: sessions that end). Times are those of the
system's clock, as in Cognito's tokens.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from botocore.exceptions import BotoCoreError, ClientError
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from chalicelib.casework.access.cognito import TOTP, Cognito, PoolChallenge, PoolTokens, WrongCodeError
from chalicelib.casework.access.devices import device_of, network_of
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.access.sign_in_input import Challenge, SignInInput, Tokens
from chalicelib.casework.access.tokens import Claims, TokenVerifier
from shared.domain.access.roles import Role
from shared.domain.calendar.working_calendar import local_date
from shared.domain.errors import SecondFactorNeededError, TooManyRequestsError, UnauthenticatedError
from shared.domain.identity.identifier_keys import Keyring
from shared.domain.identity.reference import derive
from shared.domain.procedures.conduct import OFFICE, reporting_line
from shared.platform import clock, telemetry
from shared.tables.directory import Directory
from shared.tables.throttle.officer_sessions import OfficerSessions, SessionRow

RENEWED_AFTER = timedelta(minutes=10)
"""A token of this age is renewed with the next request of a page: its hour never ends while somebody works."""
USE_RECORDED_EVERY = timedelta(minutes=1)
_NONCE = b"\0" * 12
"""Each key of `_cipher` encrypts one refresh token once: its name is the session's."""


class Visit(NamedTuple):
    """The device that a sign-in comes from."""

    address: str = ""
    user_agent: str = ""
    device_id: str = ""
    """The random name that our cookie gave the device; "" for one that we never saw, and for programs."""


class SessionRules(NamedTuple):
    """The limits of sessions, and who needs a second factor."""

    idle: timedelta
    longest: timedelta
    second_factor_roles: frozenset[Role]


class Session(NamedTuple):
    """A session that holds: its officer, and what is known of it."""

    officer: DeskOfficer
    id: str
    token: str
    issued_at: int
    row: SessionRow | None
    """None for a token that Cognito gave without the desk; it is not renewed."""


class Sessions:
    """Opens, verifies, renews and ends sessions of one user pool.

    Args:
        cognito: the pool.
        tokens: verifies its tokens.
        rows: the stored sessions.
        directory: says what an officer may.
        keyring: the identifiers' keys; a refresh token is encrypted under the one in force when its session began.
        rules: the limits.
        announce: has an officer notified by e-mail of a session on a device that is new.
        now: the system's clock.
    """

    def __init__(
        self,
        cognito: Cognito,
        tokens: TokenVerifier,
        rows: OfficerSessions,
        directory: Directory,
        keyring: Keyring,
        rules: SessionRules,
        announce: Callable[[str], None],
        now: Callable[[], datetime] = clock.system_now,
    ) -> None:
        self._cognito = cognito
        self._tokens = tokens
        self._rows = rows
        self._directory = directory
        self._keyring = keyring
        self._key = keyring.names()
        self._rules = rules
        self._announce = announce
        self._now = now

    # --- opening ---------------------------------------------------------------------------------------

    def sign_in(self, credentials: SignInInput, visit: Visit) -> Tokens | Challenge:
        """Open a session, and announce one on a new device.

        Raises:
            UnauthenticatedError: alike for an unknown name, a wrong password and a wrong code.
            InvalidInputError: a new password that is too weak.
            TooManyRequestsError: Cognito wants a pause, or the officer had too many wrong codes.
        """
        try:
            return self._sign_in(credentials, visit)
        except UnauthenticatedError:
            telemetry.count("SignInFailed")
            raise

    def _sign_in(self, credentials: SignInInput, visit: Visit) -> Tokens | Challenge:
        has_second_factor = credentials.challenge == TOTP
        outcome = self._ask(credentials)
        if (
            isinstance(outcome, PoolChallenge)
            and outcome.name == TOTP
            and credentials.password
            and credentials.code
        ):
            has_second_factor = True
            outcome = self._with_code(credentials.username, outcome, credentials.code)
        if isinstance(outcome, PoolChallenge):
            return Challenge(challenge=outcome.name, session=outcome.session)
        self._open(outcome, visit, has_second_factor=has_second_factor)
        return _shown(outcome)

    def _ask(self, credentials: SignInInput) -> PoolTokens | PoolChallenge:
        if credentials.challenge is not None:
            if credentials.session is None or credentials.answer is None:
                raise UnauthenticatedError
            challenge = PoolChallenge(credentials.challenge, credentials.session)
            if challenge.name == TOTP:
                return self._with_code(credentials.username, challenge, credentials.answer)
            return self._cognito.answer(credentials.username, challenge, credentials.answer)
        if credentials.password is None:
            raise UnauthenticatedError
        return self._cognito.sign_in(credentials.username, credentials.password)

    def _with_code(self, username: str, challenge: PoolChallenge, code: str) -> PoolTokens | PoolChallenge:
        """Answer with a code of the second factor: each is taken once, and guessing is slowed."""
        now, officer_key = self._now(), self._officer_key(username)
        if wait := self._rows.codes.wait_of(officer_key, now):
            telemetry.count("SignInFailed")
            raise TooManyRequestsError(wait)
        try:
            outcome = self._cognito.answer(username, challenge, code)
        except WrongCodeError:
            self._rows.codes.count_wrong(officer_key, now)
            raise
        code_key = derive(self._key, "second-factor-code", f"{username}|{code.strip()}").hex()[:32]
        if not self._rows.codes.use(code_key, now):
            raise UnauthenticatedError
        return outcome

    def _open(self, tokens: PoolTokens, visit: Visit, *, has_second_factor: bool) -> None:
        claims, now = self._tokens.claims(tokens.access_token), self._now()
        row = SessionRow(
            id=claims.session_id,
            officer=claims.username,
            started_at=int(now.timestamp()),
            used_at=int(now.timestamp()),
            device=device_of(visit.user_agent),
            network=network_of(visit.address),
            refresh_token=self._encrypted(claims.session_id, int(now.timestamp()), tokens.refresh_token),
            has_second_factor=has_second_factor,
        )
        self._rows.open(row)
        device = visit.device_id or f"{row.device}|{row.network}"
        device_key = derive(self._key, "device", f"{claims.username}|{device}").hex()[:32]
        if self._rows.enlist(self._officer_key(claims.username), row.id, device_key, now):
            self._announce(f"session~{row.id}")

    # --- verifying -------------------------------------------------------------------------------------

    def session(self, token: str) -> Session:
        """Return the session of an access token, whether or not it still lacks the second factor.

        Raises:
            UnauthenticatedError: the token does not hold, its session has ended, or its user is not in the directory.
        """
        claims = self._tokens.claims(token)
        row = self._rows.get(claims.session_id)
        self._check_times(claims, row)
        return Session(self._officer_of(claims), claims.session_id, token, claims.issued_at, row)

    def opened(self, tokens: Tokens) -> tuple[str, DeskOfficer]:
        """Return the id and the officer of a session that `sign_in` opened just now; its row is not read again.

        Raises:
            UnauthenticatedError: its user is not in the directory.
        """
        claims = self._tokens.claims(tokens.access_token)
        return claims.session_id, self._officer_of(claims)

    def officer(self, token: str) -> DeskOfficer:
        """Return the officer to whom an access token was issued.

        Raises:
            UnauthenticatedError: as `session`.
            SecondFactorNeededError: the officer's role needs a second factor, which this session has not shown.
        """
        return self.checked(self.session(token)).officer

    def checked(self, session: Session) -> Session:
        """Return a session that has shown what its officer's roles need, and record that it was used.

        Raises:
            SecondFactorNeededError: the officer's role needs a second factor, which this session has not shown.
        """
        if self.needs_second_factor(session.officer) and not (session.row and session.row.has_second_factor):
            raise SecondFactorNeededError
        self.record_use(session)
        return session

    def record_use(self, session: Session) -> None:
        """Record that a session was used: at most one write a minute."""
        now = int(self._now().timestamp())
        if session.row is not None and now - session.row.used_at >= USE_RECORDED_EVERY.total_seconds():
            self._rows.use(session.id, now)

    def add_second_factor(self, session: Session) -> None:
        """Record that the officer of a session has just shown the second factor.

        Raises:
            UnauthenticatedError: a session that the desk did not open.
        """
        if session.row is None:
            raise UnauthenticatedError
        self._rows.add_second_factor(session.id, int(self._now().timestamp()))

    def needs_second_factor(self, officer: DeskOfficer) -> bool:
        """Return whether one of an officer's roles needs a second factor."""
        return officer.has(*self._rules.second_factor_roles)

    def former_name(self, token: str) -> str:
        """Return the user name of a token of ours, whether or not its session is over; "" for any other."""
        try:
            return self._tokens.claims(token, may_have_expired=True).username
        except UnauthenticatedError:
            return ""

    def _check_times(self, claims: Claims, row: SessionRow | None) -> None:
        now = self._now().timestamp()
        started_at = row.started_at if row and row.officer else claims.signed_in_at
        if row is not None and (row.ended_at is not None or row.officer != claims.username):
            raise UnauthenticatedError
        if any(started_at < restored.at.timestamp() for restored in self._directory.restorations()):
            raise UnauthenticatedError  # an open form may name a version that another entry has now
        if now - started_at >= self._rules.longest.total_seconds():
            raise UnauthenticatedError
        used_at = row.used_at if row else claims.issued_at
        if now - used_at >= (self._rules.idle + USE_RECORDED_EVERY).total_seconds():
            raise UnauthenticatedError

    def _officer_of(self, claims: Claims) -> DeskOfficer:
        row = self._directory.officers().get(claims.username)
        if row is None:
            raise UnauthenticatedError
        roles = frozenset(Role(group) for group in claims.groups if group in set(Role) and group in row.roles)
        parents = self._directory.parents(local_date(clock.now()))
        return DeskOfficer(
            username=row.id,
            name=row.name,
            unit=row.unit,
            roles=roles,
            line=reporting_line(row.unit, parents) - {row.unit},
            office_line=reporting_line(OFFICE, parents),
            is_named_reader=row.reads_restricted,
            is_named_confirmer=row.confirms_changes,
            stands_in_for=row.stands_in_for,
        )

    # --- renewing and ending ---------------------------------------------------------------------------

    def renewed(self, session: Session, *, is_asked_for: bool = False) -> Tokens | None:
        """Return new tokens of a session, None where its token is young, or Cognito fails: the old one still holds.

        Args:
            session: one that holds.
            is_asked_for: whether a young token is renewed too.

        Raises:
            UnauthenticatedError: the account was disabled, or its tokens were revoked.
        """
        age = self._now().timestamp() - session.issued_at
        if session.row is None or (age < RENEWED_AFTER.total_seconds() and not is_asked_for):
            return None
        try:
            return self._renewed(session.row)
        except (TooManyRequestsError, ClientError, BotoCoreError):
            return None

    def renewed_row(self, row: SessionRow) -> Tokens:
        """Return new tokens of a stored session, as long as it holds.

        Raises:
            UnauthenticatedError: it is over, the account was disabled, or its tokens were revoked.
            SecondFactorNeededError: the officer's role needs a second factor, which this session has not shown.
        """
        tokens = self._renewed(row)
        if tokens is None:
            raise UnauthenticatedError
        self.checked(self.session(tokens.access_token))
        return tokens

    def _renewed(self, row: SessionRow) -> Tokens | None:
        refresh_token = self._decrypted(row)
        try:
            return _shown(self._cognito.renew(refresh_token)) if refresh_token else None
        except UnauthenticatedError:
            self._rows.end(row.id, int(self._now().timestamp()))
            raise

    def end_row(self, row: SessionRow) -> None:
        """End a stored session."""
        self._end(row.id, row)

    def end(self, token: str) -> None:
        """End the session of a token, expired or not; what is no token of ours ends nothing."""
        try:
            claims = self._tokens.claims(token, may_have_expired=True)
        except UnauthenticatedError:
            return
        self._end(claims.session_id, self._rows.get(claims.session_id))

    def end_others(self, officer: str, but: str) -> int:
        """End an officer's sessions but one ("": all); return how many held."""
        others = [row for row in self.of(officer) if row.id != but]
        now = int(self._now().timestamp())
        for row in others:  # all are denied before Cognito is asked, which may fail
            self._rows.end(row.id, now)
        for row in others:
            self._end(row.id, row)
        return len(others)

    def of(self, officer: str) -> tuple[SessionRow, ...]:
        """Return an officer's sessions that hold, the latest first."""
        now = self._now().timestamp()
        return tuple(
            row
            for row in self._rows.of(self._officer_key(officer))
            if row.ended_at is None
            and row.officer == officer
            and now - row.started_at < self._rules.longest.total_seconds()
            and now - row.used_at < (self._rules.idle + USE_RECORDED_EVERY).total_seconds()
        )

    def _end(self, session_id: str, row: SessionRow | None) -> None:
        """Deny the session first: whatever becomes of the call to Cognito, no token of it opens the desk again."""
        self._rows.end(session_id, int(self._now().timestamp()))
        refresh_token = self._decrypted(row) if row else ""
        if refresh_token:
            self._cognito.revoke(refresh_token)

    # --- secrets ---------------------------------------------------------------------------------------

    def _officer_key(self, officer: str) -> str:
        return derive(self._key, "session-list", officer).hex()[:32]

    def _cipher(self, session_id: str, started_at: int) -> AESGCM:
        key = self._keyring.at(datetime.fromtimestamp(started_at, UTC))
        return AESGCM(derive(key, "refresh-token", session_id))

    def _encrypted(self, session_id: str, started_at: int, refresh_token: str) -> str:
        cipher = self._cipher(session_id, started_at)
        return b64encode(cipher.encrypt(_NONCE, refresh_token.encode(), session_id.encode())).decode()

    def _decrypted(self, row: SessionRow) -> str:
        """Return the refresh token of a session, "" where there is none that we encrypted for it."""
        if not row.refresh_token:
            return ""
        cipher = self._cipher(row.id, row.started_at)
        try:
            return cipher.decrypt(_NONCE, b64decode(row.refresh_token), row.id.encode()).decode()
        except (InvalidTag, ValueError):
            return ""


def _shown(tokens: PoolTokens) -> Tokens:
    return Tokens(access_token=tokens.access_token, id_token=tokens.id_token, expires_in=tokens.expires_in)
