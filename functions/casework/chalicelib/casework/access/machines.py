"""Machine accounts: programs that work at the desk's API under a name of their own (docs/adr/0059).

A program shows its secret and gets an access token for some minutes (OAuth 2.0, RFC 6749, 4.4). Account and secrets are
rows of the directory, so that two persons give them, and one may end them: every request looks at the rows, and a
token of an ended account or secret opens nothing within a minute.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Literal, NamedTuple, TypeVar

from pydantic import ConfigDict, Field, ValidationError

from chalicelib.casework.access.officers import DeskOfficer
from shared.domain.access.roles import Role
from shared.domain.base_model import BaseModel
from shared.domain.calendar.working_calendar import local_date
from shared.domain.errors import (
    ScopeNeededError,
    TokenRefusedError,
    TooManyRequestsError,
    UnauthenticatedError,
    UnknownClientError,
)
from shared.domain.petition.change import MACHINE
from shared.domain.petition.lifecycle import Action
from shared.domain.procedures.conduct import OFFICE, reporting_line
from shared.domain.quotas import Quota
from shared.platform import clock, telemetry
from shared.tables.directory import Directory, Row, in_force
from shared.tables.throttle.machine_tokens import MachineToken, MachineTokens

ACCOUNTS, SECRETS = "machine", "machine-secret"
"""Kinds of directory rows."""
TOKEN_PREFIX = "pakn_mt_"  # noqa: S105 - tells tokens of machines from those of officers, and scanners what leaked
SECRET_PREFIX = "pakn_ms_"  # noqa: S105 - as above
CLIENT_CREDENTIALS = "client_credentials"
VALID_SECRETS = 2
"""Secrets of one account that may hold at once: the old and the new while a program goes over."""
TOKENS_A_MINUTE = 20
"""Tokens that one account may ask for in a minute."""

R = TypeVar("R", bound=Row)


class Scope(StrEnum):
    """The parts of the desk's API that a machine account may be let into."""

    READ_PETITIONS = "petitions:read"
    ACT = "petitions:act"
    ENTER = "petitions:enter"
    OPEN_IDENTITIES = "identities:open"
    CALLS = "calls"
    READ_REPORTS = "reports:read"


SCOPES: dict[Scope, str] = {
    Scope.READ_PETITIONS: "Read queues and petitions, as far as role and unit see them",
    Scope.ACT: "Take actions on petitions and attach files, but not open who sent them",
    Scope.ENTER: "Enter petitions of callers",
    Scope.OPEN_IDENTITIES: "Open who sent a petition, and the files that came with it; each opening is recorded",
    Scope.CALLS: "Look up callers, make calls, record outcomes",
    Scope.READ_REPORTS: "Read reports and the petitions behind their figures",
}

MACHINE_ROLES = frozenset(
    {Role.INTAKE_OFFICER, Role.HANDLER, Role.UNIT_HEAD, Role.HOTLINE_OPERATOR, Role.COMMITTEE}
)
"""Roles that a machine may have: none of those that need a second factor, which no machine can show."""

_PETITION = "/v1/petitions/{reference}"
_ACT = f"{_PETITION}/{{action}}"
_NEEDED: dict[tuple[str, str], Scope] = {
    ("GET", "/v1/petitions"): Scope.READ_PETITIONS,
    ("POST", "/v1/petitions"): Scope.ENTER,
    ("GET", _PETITION): Scope.READ_PETITIONS,
    ("GET", f"{_PETITION}/similar-answers"): Scope.READ_PETITIONS,
    ("GET", f"{_PETITION}/draft-review"): Scope.READ_PETITIONS,
    ("POST", f"{_PETITION}/draft-checks"): Scope.READ_PETITIONS,
    ("GET", "/v1/search"): Scope.READ_PETITIONS,
    ("GET", "/v1/changes"): Scope.READ_PETITIONS,
    ("POST", _ACT): Scope.ACT,
    ("POST", "/v1/petitions/bulk"): Scope.ACT,
    ("POST", f"{_PETITION}/attachments"): Scope.ACT,
    ("POST", f"{_PETITION}/attachments/{{attachment_id}}"): Scope.OPEN_IDENTITIES,
    ("POST", "/v1/callers"): Scope.CALLS,
    ("POST", "/v1/callers/{reference}"): Scope.CALLS,
    ("GET", "/v1/calls"): Scope.CALLS,
    ("POST", "/v1/calls/{reference}/dial"): Scope.CALLS,
    ("POST", "/v1/calls/{reference}/outcome"): Scope.CALLS,
    ("GET", "/v1/reports/{name}"): Scope.READ_REPORTS,
    ("GET", "/v1/reports/{name}/cases"): Scope.READ_REPORTS,
}
"""The scope that each route needs. Routes that are not here are for people alone."""
_WITHOUT_SCOPE = frozenset({("GET", "/v1/openapi.json")})


class Machine(Row):
    """A machine account; `id` is its client id, and its name in histories."""

    name: str
    unit: str
    roles: tuple[Role, ...]
    scopes: tuple[Scope, ...]
    contact: str
    """The e-mail address of who answers for the program."""
    is_ended: bool = False


class MachineSecret(Row):
    """A secret of a machine account; only its hash is known here. `id` is `<account>.<six hexadecimal digits>`."""

    machine: str
    sha256: str
    is_ended: bool = False


class TokenInput(BaseModel):
    """A request for a token, as a form (RFC 6749): of a machine account, or of an officer's session that goes on."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    grant_type: Literal["client_credentials", "refresh_token"]
    client_id: Annotated[str, Field(max_length=64)] = ""
    """For `client_credentials`, unless both stand in the header `Authorization: Basic`."""
    client_secret: Annotated[str, Field(max_length=200)] = ""
    scope: Annotated[str, Field(max_length=400)] = ""
    """Some of the account's scopes, with spaces between them; none: all of them."""
    refresh_token: Annotated[str, Field(max_length=400)] = ""
    """For `refresh_token`: of the latest answer."""


class MachineTokenView(BaseModel):
    """An access token of a machine account (RFC 6749, 5.1)."""

    model_config = ConfigDict(frozen=True)

    access_token: str
    token_type: str = "Bearer"  # noqa: S105 - the scheme's name
    expires_in: int
    scope: str


class MachineRules(NamedTuple):
    """The limits of machine accounts."""

    token_holds: timedelta
    requests_a_minute: int


def new_secret() -> str:
    """Return a secret: 256 random bits behind a prefix that scanners for leaked secrets know it by."""
    return f"{SECRET_PREFIX}{secrets.token_urlsafe(32)}"


def hash_of(secret: str) -> str:
    """Return the hash by which a secret or token is stored: 256 random bits need nothing slower than SHA-256."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


class MachineAccounts:
    """Gives tokens to machine accounts, and says who a token belongs to.

    Args:
        directory: accounts and the hashes of their secrets.
        tokens: the tokens that were given.
        rules: the limits.
        now: the system's clock.
    """

    def __init__(
        self,
        directory: Directory,
        tokens: MachineTokens,
        rules: MachineRules,
        now: Callable[[], datetime] = clock.system_now,
    ) -> None:
        self._directory = directory
        self._tokens = tokens
        self._rules = rules
        self._now = now

    def give(self, client_id: str, secret: str, scope: str) -> tuple[MachineTokenView, Quota]:
        """Give an access token for a secret, and what is left of the account's quota of tokens.

        Raises:
            UnknownClientError: alike for an unknown account, an ended one and a wrong secret.
            TokenRefusedError: a scope that the account does not have.
            TooManyRequestsError: too many tokens in this minute.
        """
        machine = self._accounts().get(client_id)
        valid = () if machine is None else self._secrets_of(client_id)
        shown = hash_of(secret)
        secret_row = next((each for each in valid if hmac.compare_digest(each.sha256, shown)), None)
        if machine is None or secret_row is None:
            telemetry.count("SignInFailed")
            raise UnknownClientError
        quota = self._limit("tokens", machine.id, TOKENS_A_MINUTE)
        wanted = frozenset(scope.split()) or frozenset(map(str, machine.scopes))
        if not wanted <= frozenset(map(str, machine.scopes)):
            raise TokenRefusedError("invalid_scope", "scope")
        token = f"{TOKEN_PREFIX}{secrets.token_urlsafe(32)}"
        holds = int(self._rules.token_holds.total_seconds())
        expires_at = int(self._now().timestamp()) + holds
        self._tokens.add(hash_of(token), MachineToken(machine.id, secret_row.id, wanted, expires_at))
        view = MachineTokenView(access_token=token, expires_in=holds, scope=" ".join(sorted(wanted)))
        return view, quota

    def officer(self, token: str, method: str, path: str, action: str = "") -> DeskOfficer:
        """Return the machine account of a token, as the desk knows officers, for one request.

        Args:
            token: as it came.
            method: of the request.
            path: of the route, with its parameters' names.
            action: on a petition.

        Raises:
            UnauthenticatedError: the token has expired, or its account or secret has ended.
            ScopeNeededError: the token has not the scope, or the route is for people alone.
            TooManyRequestsError: too many requests in this minute.
        """
        stored = self._tokens.get(hash_of(token))
        if stored is None or stored.expires_at <= self._now().timestamp():
            raise UnauthenticatedError
        machine = self._accounts().get(stored.machine)
        if machine is None or stored.secret not in {each.id for each in self._secrets_of(machine.id)}:
            raise UnauthenticatedError
        quota = self._limit("requests", machine.id, self._rules.requests_a_minute)
        if (method, path) not in _WITHOUT_SCOPE:
            needed = scope_of(method, path, action)
            if needed is None or needed not in stored.scopes & frozenset(machine.scopes):
                raise ScopeNeededError(needed or "")
        return self._as_officer(machine)._replace(quotas=(quota,))

    def _limit(self, what: str, machine: str, limit: int) -> Quota:
        try:
            return self._tokens.count(what, machine, self._now(), limit=limit)
        except TooManyRequestsError:
            telemetry.count("MachineLimited")
            raise

    def _as_officer(self, machine: Machine) -> DeskOfficer:
        parents = self._directory.parents(local_date(clock.now()))
        return DeskOfficer(
            username=f"{MACHINE}{machine.id}",
            name=machine.name,
            unit=machine.unit,
            roles=frozenset(machine.roles) & MACHINE_ROLES,
            line=reporting_line(machine.unit, parents) - {machine.unit},
            office_line=reporting_line(OFFICE, parents),
        )

    def _accounts(self) -> dict[str, Machine]:
        rows = in_force(_each(self._directory.rows(ACCOUNTS), Machine), local_date(clock.now()))
        return {name: row for name, row in rows.items() if not row.is_ended}

    def _secrets_of(self, machine: str) -> tuple[MachineSecret, ...]:
        return valid_secrets(self._directory.rows(SECRETS), machine)


def valid_secrets(rows: Iterable[Mapping[str, object]], machine: str) -> tuple[MachineSecret, ...]:
    """Return the secrets of an account that hold today."""
    current = in_force(_each(rows, MachineSecret), local_date(clock.now())).values()
    return tuple(row for row in current if row.machine == machine and not row.is_ended)


def scope_of(method: str, path: str, action: str = "") -> Scope | None:
    """Return the scope that a route needs; None where it is for people alone."""
    if path == _ACT and action in (Action.OPEN_SEAL, Action.OPEN_ATTACHMENT):
        return Scope.OPEN_IDENTITIES
    return _NEEDED.get((method, path))


def _each(rows: Iterable[Mapping[str, object]], model: type[R]) -> list[R]:
    """Return rows as models; one that cannot be read names no account, and takes no other from the desk."""
    read = []
    for row in rows:
        try:
            read.append(model.model_validate(row))
        except ValidationError:
            telemetry.logger().error("machine account unreadable")
    return read
