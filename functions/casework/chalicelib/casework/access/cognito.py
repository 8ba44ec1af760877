"""Calls of the officers' user pool: sign in, renew and revoke tokens, enrol and reset the second factor.

Operations: docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference. Those that an officer's own tokens
authorize need no permission of ours; those that administer an account do (`.chalice/policy.json`).
"""

from __future__ import annotations

import secrets as randomness
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from shared.domain.errors import InvalidInputError, TooManyRequestsError, UnauthenticatedError
from shared.platform import aws

TOTP = "SOFTWARE_TOKEN_MFA"
"""The challenge for the code of an authenticator application (RFC 6238)."""
ANSWER_NAMES = {
    TOTP: "SOFTWARE_TOKEN_MFA_CODE",
    "SMS_MFA": "SMS_MFA_CODE",
    "NEW_PASSWORD_REQUIRED": "NEW_PASSWORD",
}
PAUSE_SECONDS = 60
"""Pause after Cognito's errors for too many requests, which do not name one."""
_WRONG = {
    "EnableSoftwareTokenMFAException",
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


class WrongCodeError(UnauthenticatedError):
    """A wrong code in a challenge that Cognito did ask, so after a right password."""


class PoolTokens(NamedTuple):
    """Tokens as Cognito issues them; a renewal issues no refresh token."""

    access_token: str
    id_token: str
    expires_in: int
    refresh_token: str = ""


class PoolAccount(NamedTuple):
    """An account of the pool."""

    is_enabled: bool
    is_invited: bool
    """True if its first password has not been set yet: Cognito mailed a temporary one."""
    roles: tuple[str, ...]


class PoolChallenge(NamedTuple):
    """A question of Cognito's before it gives tokens."""

    name: str
    session: str


class Cognito:
    """One client of one user pool."""

    def __init__(self, pool_id: str, client_id: str) -> None:
        self._pool_id = pool_id
        self._client_id = client_id

    def sign_in(self, username: str, password: str) -> PoolTokens | PoolChallenge:
        """Sign in with a password.

        Raises:
            UnauthenticatedError: an unknown name or a wrong password.
            TooManyRequestsError: Cognito wants a pause.
        """
        with _translated():
            return _outcome(
                aws.client("cognito-idp").initiate_auth(
                    ClientId=self._client_id,
                    AuthFlow="USER_PASSWORD_AUTH",
                    AuthParameters={"USERNAME": username, "PASSWORD": password},
                )
            )

    def answer(self, username: str, challenge: PoolChallenge, answer: str) -> PoolTokens | PoolChallenge:
        """Answer a challenge.

        Raises:
            WrongCodeError: a wrong code.
            UnauthenticatedError: another wrong answer, or a challenge that was not asked.
            InvalidInputError: a new password that is too weak.
            TooManyRequestsError: Cognito wants a pause.
        """
        with _translated(is_challenge=True):
            return _outcome(
                aws.client("cognito-idp").respond_to_auth_challenge(
                    ClientId=self._client_id,
                    ChallengeName=challenge.name,
                    Session=challenge.session,
                    ChallengeResponses={"USERNAME": username, ANSWER_NAMES[challenge.name]: answer},
                )
            )

    def renew(self, refresh_token: str) -> PoolTokens:
        """Return new tokens of the session of a refresh token.

        Raises:
            UnauthenticatedError: it was revoked, or has expired, or the account was disabled.
            TooManyRequestsError: Cognito wants a pause.
        """
        with _translated():
            answer = aws.client("cognito-idp").initiate_auth(
                ClientId=self._client_id,
                AuthFlow="REFRESH_TOKEN_AUTH",
                AuthParameters={"REFRESH_TOKEN": refresh_token},
            )
        return _tokens(answer["AuthenticationResult"])

    def revoke(self, refresh_token: str) -> None:
        """Revoke a refresh token, with every access token that came from it; one that is revoked already is done."""
        try:
            aws.client("cognito-idp").revoke_token(ClientId=self._client_id, Token=refresh_token)
        except ClientError as error:
            if error.response["Error"]["Code"] not in {"NotAuthorizedException", "InvalidParameterException"}:
                raise

    def new_secret(self, access_token: str) -> str:
        """Return a new secret for an authenticator application: base32. It counts once a code has confirmed it.

        Raises:
            UnauthenticatedError: the token does not hold any more.
        """
        with _translated():
            answer = aws.client("cognito-idp").associate_software_token(AccessToken=access_token)
        return str(answer["SecretCode"])

    def confirm_secret(self, access_token: str, code: str) -> None:
        """Confirm the secret with a code of the application, and ask for codes from now on.

        Raises:
            UnauthenticatedError: a wrong code.
            TooManyRequestsError: Cognito wants a pause.
        """
        cognito = aws.client("cognito-idp")
        with _translated():
            answer = cognito.verify_software_token(AccessToken=access_token, UserCode=code)
            if answer.get("Status") != "SUCCESS":
                raise UnauthenticatedError
            cognito.set_user_mfa_preference(
                AccessToken=access_token, SoftwareTokenMfaSettings={"Enabled": True, "PreferredMfa": True}
            )

    def account(self, username: str) -> PoolAccount | None:
        """Return the account of a name; None where there is none."""
        cognito = aws.client("cognito-idp")
        user = {"UserPoolId": self._pool_id, "Username": username}
        try:
            account = cognito.admin_get_user(**user)
        except ClientError as error:
            if error.response["Error"]["Code"] != "UserNotFoundException":
                raise
            return None
        groups = cognito.admin_list_groups_for_user(**user)["Groups"]
        return PoolAccount(
            bool(account["Enabled"]),
            account["UserStatus"] == "FORCE_CHANGE_PASSWORD",
            tuple(sorted(group["GroupName"] for group in groups)),
        )

    def invite(self, username: str, email: str, *, is_again: bool = False) -> None:
        """Make an account, whose owner Cognito mails a temporary password; or mail another one.

        An account that another try has made already is left as it is.
        """
        again = {"MessageAction": "RESEND"} if is_again else {}
        try:
            aws.client("cognito-idp").admin_create_user(
                UserPoolId=self._pool_id,
                Username=username,
                UserAttributes=[
                    {"Name": "email", "Value": email},
                    {"Name": "email_verified", "Value": "true"},
                ],
                DesiredDeliveryMediums=["EMAIL"],
                **again,
            )
        except ClientError as error:
            if is_again or error.response["Error"]["Code"] != "UsernameExistsException":
                raise

    def reset_password(self, username: str, email: str) -> None:
        """Make the password of an account worthless, revoke its tokens, and have Cognito mail a temporary one.

        The password that stands for a moment is random and known to nobody; done twice, the later mail counts.
        """
        cognito = aws.client("cognito-idp")
        cognito.admin_set_user_password(
            UserPoolId=self._pool_id,
            Username=username,
            Password=f"{randomness.token_urlsafe(40)}aA1!",
            Permanent=False,
        )
        cognito.admin_user_global_sign_out(UserPoolId=self._pool_id, Username=username)
        self.invite(username, email, is_again=True)

    def set_roles(self, username: str, held: Collection[str], wanted: Collection[str]) -> None:
        """Put an account into the groups of its roles, and take it out of the others; done twice, it is the same."""
        cognito = aws.client("cognito-idp")
        user = {"UserPoolId": self._pool_id, "Username": username}
        for role in sorted(set(wanted) - set(held)):
            cognito.admin_add_user_to_group(**user, GroupName=role)
        for role in sorted(set(held) - set(wanted)):
            cognito.admin_remove_user_from_group(**user, GroupName=role)

    def disable(self, username: str) -> None:
        """Let nobody sign in with an account, and revoke all its tokens."""
        cognito = aws.client("cognito-idp")
        cognito.admin_disable_user(UserPoolId=self._pool_id, Username=username)
        cognito.admin_user_global_sign_out(UserPoolId=self._pool_id, Username=username)

    def enable(self, username: str) -> None:
        """Let the owner of a disabled account sign in again."""
        aws.client("cognito-idp").admin_enable_user(UserPoolId=self._pool_id, Username=username)

    def reset_second_factor(self, username: str) -> None:
        """Ask for no codes of an account until it has enrolled anew, and revoke all its tokens.

        Raises:
            InvalidInputError: there is no such account.
        """
        cognito = aws.client("cognito-idp")
        try:
            cognito.admin_set_user_mfa_preference(
                UserPoolId=self._pool_id,
                Username=username,
                SoftwareTokenMfaSettings={"Enabled": False, "PreferredMfa": False},
            )
            cognito.admin_user_global_sign_out(UserPoolId=self._pool_id, Username=username)
        except ClientError as error:
            if error.response["Error"]["Code"] != "UserNotFoundException":
                raise
            raise InvalidInputError(("username", "unknown")) from None


@contextmanager
def _translated(*, is_challenge: bool = False) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "CodeMismatchException":
            raise WrongCodeError from None
        if code in _WRONG or (code == _UNKNOWN and is_challenge):
            raise UnauthenticatedError from None
        if code == "InvalidPasswordException":
            raise InvalidInputError(("new_password", "invalid")) from None
        if code in _TOO_OFTEN:
            raise TooManyRequestsError(PAUSE_SECONDS) from None
        raise


def _outcome(answer: Mapping[str, Any]) -> PoolTokens | PoolChallenge:
    if "AuthenticationResult" in answer:
        return _tokens(answer["AuthenticationResult"])
    return PoolChallenge(answer["ChallengeName"], answer["Session"])


def _tokens(result: Mapping[str, Any]) -> PoolTokens:
    return PoolTokens(
        result["AccessToken"], result["IdToken"], result["ExpiresIn"], result.get("RefreshToken", "")
    )
