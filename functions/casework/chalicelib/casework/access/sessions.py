"""Signs officers in through Cognito, and verifies their tokens here, in every request.

The gateway's authorizer is never trusted: locally and in tests it lets everybody in. What an access token must hold:
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

from chalicelib.casework.access.officers import DeskOfficer, Role
from shared.domain.calendar.working_calendar import local_date
from shared.domain.errors import InvalidInputError, TooManyRequestsError, UnauthenticatedError
from shared.domain.procedures.conduct import OFFICE, reporting_line
from shared.platform import aws, clock
from shared.tables.directory import Directory

ACCESS = "access"
"""What a token must be for: an ID token opens nothing here."""
_WRONG = {
    "CodeMismatchException",
    "ExpiredCodeException",
    "InvalidParameterException",
    "NotAuthorizedException",
    "PasswordResetRequiredException",
    "UserNotConfirmedException",
    "UserNotFoundException",
}
"""What Cognito says when it does not let somebody in; we say the same for each."""
_UNKNOWN = "ResourceNotFoundException"
"""Said of an invented session; without a challenge it means that our own client is missing."""
_TOO_OFTEN = {"LimitExceededException", "TooManyFailedAttemptsException", "TooManyRequestsException"}
PAUSE_SECONDS = 60
"""How long to wait when Cognito wants a pause; it does not say itself."""
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
        """What answers the challenge."""
        return self.new_password if self.challenge == "NEW_PASSWORD_REQUIRED" else self.code


class Tokens(BaseModel):
    """What Cognito gives to an officer who has signed in."""

    model_config = ConfigDict(frozen=True)

    access_token: str
    id_token: str
    expires_in: int
    token_type: str = "Bearer"  # noqa: S105 - the scheme's name


class Challenge(BaseModel):
    """What Cognito asks for before it gives tokens; `session` goes back with the answer."""

    model_config = ConfigDict(frozen=True)

    challenge: str
    session: str


class Sessions:
    """Opens sessions with one user pool's client, and tells who holds a token."""

    def __init__(self, pool_id: str, client_id: str, jwks_url: str, directory: Directory) -> None:
        self._issuer = f"https://cognito-idp.{pool_id.partition('_')[0]}.amazonaws.com/{pool_id}"
        self._client_id = client_id
        self._key_of = _keys_at(jwks_url)
        self._directory = directory

    def sign_in(self, given: SignInInput) -> Tokens | Challenge:
        """Open a session.

        Raises:
            UnauthenticatedError: alike for an unknown name, a wrong password and a wrong code.
            InvalidInputError: a new password that is too weak.
            TooManyRequestsError: Cognito wants a pause.
        """
        try:
            answer = self._ask(given)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in _WRONG or (code == _UNKNOWN and given.challenge is not None):
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

    def _ask(self, given: SignInInput) -> dict[str, Any]:
        cognito = aws.client("cognito-idp")
        if given.challenge is not None:
            if given.session is None or given.answer is None:
                raise UnauthenticatedError
            return dict(
                cognito.respond_to_auth_challenge(
                    ClientId=self._client_id,
                    ChallengeName=given.challenge,
                    Session=given.session,
                    ChallengeResponses={
                        "USERNAME": given.username,
                        _ANSWER_NAMES[given.challenge]: given.answer,
                    },
                )
            )
        if given.password is None:
            raise UnauthenticatedError
        return dict(
            cognito.initiate_auth(
                ClientId=self._client_id,
                AuthFlow="USER_PASSWORD_AUTH",
                AuthParameters={"USERNAME": given.username, "PASSWORD": given.password},
            )
        )

    def officer(self, token: str) -> DeskOfficer:
        """Return who holds an access token.

        Raises:
            UnauthenticatedError: forged, expired, of another pool or client, of another kind, or of nobody we know.
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
        known = self._directory.officers().get(str(claims.get("username", "")))
        if known is None:
            raise UnauthenticatedError
        groups = claims.get("cognito:groups") or []
        roles = frozenset(Role(group) for group in groups if group in set(Role) and group in known.roles)
        parents = self._directory.parents(local_date(clock.now()))
        return DeskOfficer(
            username=known.id,
            name=known.name,
            unit=known.unit,
            roles=roles,
            line=reporting_line(known.unit, parents) - {known.unit},
            office_line=reporting_line(OFFICE, parents),
            is_named_reader=known.reads_restricted,
            stands_in_for=known.stands_in_for,
        )


def _keys_at(jwks_url: str) -> Callable[[str], jwt.PyJWK]:
    """Return what finds the key that signed a token: in the pool's published keys, or in a file of them (locally)."""
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
