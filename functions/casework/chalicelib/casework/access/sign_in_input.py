"""Models of signing in: credentials, tokens and challenges, for pages and API."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from shared.domain.base_model import BaseModel


class SignInInput(BaseModel):
    """A user name with a password, a password and a code, or the answer to a challenge."""

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
    refresh_token: str = ""
    """Gives new tokens at `/v1/token` while the session holds; "" at pages, which renew by themselves."""


class Challenge(BaseModel):
    """A question of Cognito's before it gives tokens; `session` goes back with the answer."""

    model_config = ConfigDict(frozen=True)

    challenge: str
    session: str
