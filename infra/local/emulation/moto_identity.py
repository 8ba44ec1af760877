"""Completes moto's Cognito: tokens that can be revoked, and codes that are really checked.

API: docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_RevokeToken.html.
"""

from __future__ import annotations

import os
import time
from typing import Any

from moto.cognitoidp.models import COGNITO_TOTP_MFA_SECRET, cognitoidp_backends
from moto.cognitoidp.responses import CognitoIdpResponse
from moto.cognitoidp.utils import cognito_totp
from moto.core.responses import ActionResult, EmptyResult

from infra.local.emulation.moto_insides import ACCOUNT, REGION


def complete() -> None:
    """Let moto revoke tokens, and check the codes of authenticator applications."""
    os.environ["MOTO_COGNITO_IDP_USER_POOL_ENABLE_TOTP"] = "true"
    CognitoIdpResponse.revoke_token = _revoke_token  # type: ignore[attr-defined]


def current_code() -> str:
    """Return the code that an authenticator application shows now: moto has one secret for everybody."""
    return cognito_totp(COGNITO_TOTP_MFA_SECRET).generate(int(time.time())).decode()


def pool(pool_id: str) -> Any:
    """Return moto's user pool."""
    return cognitoidp_backends[ACCOUNT][REGION].user_pools[pool_id]


def forget_second_factor(pool_id: str, username: str) -> None:
    """Let an account be as before it enrolled."""
    user = pool(pool_id).users[username]
    user.software_token_mfa_enabled = user.token_verified = False
    user.preferred_mfa_setting = ""


def _revoke_token(response: Any) -> ActionResult:
    """Revoke a refresh token with the access tokens of its client and user; an unknown one is no error."""
    token = response._get_param("Token")  # noqa: SLF001 - as moto's own methods do
    for pool in response.backend.user_pools.values():
        if pool.refresh_tokens.get(token) is not None:
            pool.refresh_tokens[token] = None
    return EmptyResult()
