"""Sessions of officers: Cognito signs them in; their access tokens are verified here, in every request.

The gateway's authorizer is never trusted: locally and in tests it lets everybody in. Claims of an access token:
docs.aws.amazon.com/cognito, "Verifying JSON web tokens".
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import unquote, urlsplit

import jwt
from botocore.exceptions import ClientError
from pydantic import BaseModel, ConfigDict, Field

from chalicelib.casework.access.officers import DeskOfficer
from shared.domain.access.roles import Role
from shared.domain.calendar.working_calendar import local_date
from shared.domain.errors import InvalidInputError, TooManyRequestsError, UnauthenticatedError
from shared.domain.procedures.conduct import OFFICE, reporting_line
from shared.platform import aws, clock
from shared.tables.directory import Directory

ACCESS = "access"
"""The required `token_use`: an ID token is no access token."""
_WRONG = {
    "CodeMismatchException",
    "ExpiredCodeException",
    "InvalidParameterException",
    "NotAuthorizedException",
    "PasswordResetRequiredException",
    "UserNotConfirmedException",
    "UserNotFoundException",
}
"""Cognito's errors for wrong credentials; to the officer they all look alike."""
_UNKNOWN = "ResourceNotFoundException"
"""Cognito's error for an invented session; without a challenge it means that our own client is missing."""
_TOO_OFTEN = {"LimitExceededException", "TooManyFailedAttemptsException", "TooManyRequestsException"}
PAUSE_SECONDS = 60
"""Pause after Cognito's errors for too many requests, which do not name one."""
_ANSWER_NAMES = {
    "SOFTWARE_TOKEN_MFA": "SOFTWARE_TOKEN_MFA_CODE",
    "SMS_MFA": "SMS_MFA_CODE",
    "NEW_PASSWORD_REQUIRED": "NEW_PASSWORD",
}


class SignInInput(BaseModel):
    """A user name with a password, or with the answer to a challenge."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    username: Annotated[str, Field(min_length=1, max_length=128)]
    password: Annotated[str, Field(min_length=1, max_length=256)] | None = None
    challenge: Literal["NEW_PASSWORD_REQUIRED", "SMS_MFA", "SOFTWARE_TOKEN_MFA"] | None = None
    session: Annotated[str, Field(min_length=20, max_length=2048)] | None = None
    code: Annotated[str, Field(min_length=1, max_length=16)] | None = None
    new_password: Annotated[str, Field(min_length=1, max_length=256)] | None = None

    @property
    def answer(self) -> str | None:
        """The answer to the challenge."""
        return self.new_password if self.challenge == "NEW_PASSWORD_REQUIRED" else self.code


class Tokens(BaseModel):
    """The tokens of an officer who has signed in."""

    model_config = ConfigDict(frozen=True)

    access_token: str
    id_token: str
    expires_in: int
    token_type: str = "Bearer"  # noqa: S105 - the scheme's name


class Challenge(BaseModel):
    """A question of Cognito's before it gives tokens; `session` goes back with the answer."""

    model_config = ConfigDict(frozen=True)

    challenge: str
    session: str


class Sessions:
    """Opens sessions with a client of one user pool, and finds the officer of an access token."""

    def __init__(self, pool_id: str, client_id: str, jwks_url: str, directory: Directory) -> None:
        self._issuer = f"https://cognito-idp.{pool_id.partition('_')[0]}.amazonaws.com/{pool_id}"
        self._client_id = client_id
        self._key_of = _keys_at(jwks_url)
        self._directory = directory

    def sign_in(self, credentials: SignInInput) -> Tokens | Challenge:
        """Open a session.

        Raises:
            UnauthenticatedError: alike for an unknown name, a wrong password and a wrong code.
            InvalidInputError: a new password that is too weak.
            TooManyRequestsError: Cognito wants a pause.
        """
        try:
            answer = self._ask(credentials)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in _WRONG or (code == _UNKNOWN and credentials.challenge is not None):
                raise UnauthenticatedError from None
            if code == "InvalidPasswordException":
                raise InvalidInputError(("new_password", "invalid")) from None
            if code in _TOO_OFTEN:
                raise TooManyRequestsError(PAUSE_SECONDS) from None
            raise
        if "AuthenticationResult" not in answer:
            return Challenge(challenge=answer["ChallengeName"], session=answer["Session"])
        result = answer["AuthenticationResult"]
        return Tokens(
            access_token=result["AccessToken"], id_token=result["IdToken"], expires_in=result["ExpiresIn"]
        )

    def _ask(self, credentials: SignInInput) -> dict[str, Any]:
        cognito = aws.client("cognito-idp")
        if credentials.challenge is not None:
            if credentials.session is None or credentials.answer is None:
                raise UnauthenticatedError
            return dict(
                cognito.respond_to_auth_challenge(
                    ClientId=self._client_id,
                    ChallengeName=credentials.challenge,
                    Session=credentials.session,
                    ChallengeResponses={
                        "USERNAME": credentials.username,
                        _ANSWER_NAMES[credentials.challenge]: credentials.answer,
                    },
                )
            )
        if credentials.password is None:
            raise UnauthenticatedError
        return dict(
            cognito.initiate_auth(
                ClientId=self._client_id,
                AuthFlow="USER_PASSWORD_AUTH",
                AuthParameters={"USERNAME": credentials.username, "PASSWORD": credentials.password},
            )
        )

    def officer(self, token: str) -> DeskOfficer:
        """Return the officer to whom an access token was issued.

        Raises:
            UnauthenticatedError: the token is forged, expired, of another pool, client or kind, or its user is not in
                the directory.
        """
        try:
            claims = jwt.decode(
                token,
                self._key_of(token).key,
                algorithms=["RS256"],
                issuer=self._issuer,
                options={"require": ["exp", "iss", "token_use"], "verify_aud": False},
            )
        except jwt.PyJWTError:
            raise UnauthenticatedError from None
        if claims["token_use"] != ACCESS or claims.get("client_id") != self._client_id:
            raise UnauthenticatedError
        row = self._directory.officers().get(str(claims.get("username", "")))
        if row is None:
            raise UnauthenticatedError
        groups = claims.get("cognito:groups") or []
        roles = frozenset(Role(group) for group in groups if group in set(Role) and group in row.roles)
        parents = self._directory.parents(local_date(clock.now()))
        return DeskOfficer(
            username=row.id,
            name=row.name,
            unit=row.unit,
            roles=roles,
            line=reporting_line(row.unit, parents) - {row.unit},
            office_line=reporting_line(OFFICE, parents),
            is_named_reader=row.reads_restricted,
            stands_in_for=row.stands_in_for,
        )


def _keys_at(jwks_url: str) -> Callable[[str], jwt.PyJWK]:
    """Return a function from tokens to the keys that signed them: the pool's published keys, or those of a file."""
    parts = urlsplit(jwks_url)
    if parts.scheme != "file":
        return jwt.PyJWKClient(jwks_url, cache_keys=True, lifespan=3600).get_signing_key_from_jwt
    keys = jwt.PyJWKSet.from_json(Path(unquote(parts.path)).read_text("utf-8"))

    def key_of(token: str) -> jwt.PyJWK:
        try:
            return keys[str(jwt.get_unverified_header(token).get("kid"))]
        except KeyError:
            raise jwt.InvalidKeyError from None

    return key_of
