"""Verifies the access tokens of one client of one user pool.

The gateway's authorizer is never trusted: locally and in tests it lets everybody in. Claims of an access token:
docs.aws.amazon.com/cognito, "Verifying JSON web tokens"; `origin_jti`: "Ending user sessions with token revocation".
"""

from __future__ import annotations

from collections.abc import Callable
from http.client import HTTPException
from json import JSONDecodeError
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

import jwt

from shared.domain.errors import IdentityUnavailableError, UnauthenticatedError
from shared.platform import telemetry

_WAIT = 5
"""Seconds to wait for the pool's keys; the gateway gives up after 29."""
_UNREACHABLE = (jwt.PyJWKClientConnectionError, jwt.PyJWKSetError, HTTPException, OSError, JSONDecodeError)
ACCESS = "access"
"""The required `token_use`: an ID token is no access token."""


class Claims(NamedTuple):
    """The claims of a token that holds."""

    username: str
    groups: tuple[str, ...]
    session_id: str
    """The `origin_jti`: the same for all tokens of one sign-in."""
    issued_at: int
    signed_in_at: int


class TokenVerifier:
    """Verifies access tokens.

    Args:
        pool_id: e.g. `ap-southeast-1_AbCdEf`.
        client_id: of the desk; tokens for another are refused.
        jwks_url: where the pool's keys are: `https:`, or `file:`.
    """

    def __init__(self, pool_id: str, client_id: str, jwks_url: str) -> None:
        self._issuer = f"https://cognito-idp.{pool_id.partition('_')[0]}.amazonaws.com/{pool_id}"
        self._client_id = client_id
        self._key_of = _keys_at(jwks_url)

    def claims(self, token: str, *, may_have_expired: bool = False) -> Claims:
        """Return the claims of an access token.

        Args:
            token: as it came.
            may_have_expired: whether its end is looked at; for the name of somebody whose session is over.

        Raises:
            UnauthenticatedError: the token is forged, expired, or of another pool, client or kind.
            IdentityUnavailableError: the pool's keys cannot be read just now.
        """
        try:
            claims = jwt.decode(
                token,
                self._key(token).key,
                algorithms=["RS256"],
                issuer=self._issuer,
                options={
                    "require": ["exp", "iss", "token_use"],
                    "verify_aud": False,
                    "verify_exp": not may_have_expired,
                },
            )
        except jwt.PyJWTError:
            raise UnauthenticatedError from None
        session_id, issued_at = claims.get("origin_jti"), claims.get("iat")
        if claims["token_use"] != ACCESS or claims.get("client_id") != self._client_id:
            raise UnauthenticatedError
        if not isinstance(session_id, str) or not session_id or not isinstance(issued_at, int):
            raise UnauthenticatedError
        return Claims(
            username=str(claims.get("username", "")),
            groups=tuple(claims.get("cognito:groups") or ()),
            session_id=session_id[:128],
            issued_at=issued_at,
            signed_in_at=int(claims.get("auth_time") or issued_at),
        )

    def _key(self, token: str) -> jwt.PyJWK:
        try:
            return self._key_of(token)
        except _UNREACHABLE:
            telemetry.count("IdentityKeysUnreachable")
            telemetry.logger().error("keys of the identity provider unreachable")
            raise IdentityUnavailableError from None


def _keys_at(jwks_url: str) -> Callable[[str], jwt.PyJWK]:
    """Return a function from tokens to the keys that signed them: the pool's published keys, or those of a file."""
    parts = urlsplit(jwks_url)
    if parts.scheme != "file":
        return jwt.PyJWKClient(
            jwks_url, cache_keys=True, lifespan=3600, timeout=_WAIT
        ).get_signing_key_from_jwt
    keys = jwt.PyJWKSet.from_json(Path(unquote(parts.path)).read_text("utf-8"))

    def key_of(token: str) -> jwt.PyJWK:
        try:
            return keys[str(jwt.get_unverified_header(token).get("kid"))]
        except KeyError:
            raise jwt.InvalidKeyError from None

    return key_of
