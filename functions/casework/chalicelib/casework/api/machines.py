"""JSON API: tokens of machine accounts and of officers' sessions that go on (OAuth 2.0), and new secrets."""

from __future__ import annotations

from base64 import b64decode
from datetime import date
from typing import Any
from urllib.parse import unquote_plus

from chalice.app import Request, Response
from pydantic import ConfigDict, RootModel, ValidationError

from chalicelib.casework.access.machines import CLIENT_CREDENTIALS, MachineTokenView, TokenInput
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.access.sign_in_input import Tokens
from chalicelib.casework.administration.machine_secrets import issue_secret
from chalicelib.casework.api.proposals import WAITS
from chalicelib.casework.api.routes import ApiRoutes
from chalicelib.casework.composition import Parts
from shared.domain.base_model import BaseModel
from shared.domain.errors import TokenRefusedError, UnknownClientError
from shared.tables.proposals import Proposal
from shared.web.answers import json_answer
from shared.web.i18n import gettext
from shared.web.openapi import Operation
from shared.web.requests import form_body, language_of

NEVER_STORED = {"Cache-Control": "no-store"}


class IssuedSecret(BaseModel):
    """A new secret of a machine account: it stands here and nowhere else."""

    model_config = ConfigDict(frozen=True)

    client_id: str
    client_secret: str
    secret_id: str
    """The id of the row `machine-secret` that ends it."""
    valid_from: date
    detail: str
    proposal_id: str | None = None
    """The proposal that a second person has to confirm before the secret holds."""


class TokenView(RootModel[MachineTokenView | Tokens]):
    """A token of a machine account, or the new tokens of an officer's session."""

    model_config = ConfigDict(hide_input_in_errors=True)


def add_routes(api: ApiRoutes) -> None:
    """Add the routes of administrators to those of the directory."""
    api.post("/v1/machines/{machine}/secrets", add_secret)


def give_token(parts: Parts, request: Request) -> Response:
    """Answer with an access token for a machine's secret, or for an officer's refresh token (routed by `session`)."""
    wanted = _token_input(request)
    if wanted.grant_type == CLIENT_CREDENTIALS:
        client_id, secret = _credentials(request, wanted)
        return json_answer(
            parts.machines.give(client_id, secret, wanted.scope).model_dump(), headers=NEVER_STORED
        )
    return json_answer(parts.refresh_tokens.renew(wanted.refresh_token).model_dump(), headers=NEVER_STORED)


def _token_input(request: Request) -> TokenInput:
    form = form_body(request)
    if "grant_type" not in form:
        raise TokenRefusedError("invalid_request", "grant_type")
    try:
        return TokenInput.model_validate(form)
    except ValidationError as error:
        place = str(error.errors(include_input=False)[0]["loc"][0])
        reason = "unsupported_grant_type" if place == "grant_type" else "invalid_request"
        raise TokenRefusedError(reason, place) from None


def _credentials(request: Request, wanted: TokenInput) -> tuple[str, str]:
    """Return client id and secret: from `Authorization: Basic`, else from the form (RFC 6749, 2.3.1)."""
    scheme, _, encoded = str(request.headers.get("authorization", "")).partition(" ")
    if scheme.lower() != "basic":
        return wanted.client_id, wanted.client_secret
    try:
        name, _, secret = b64decode(encoded.strip(), validate=True).decode("utf-8").partition(":")
    except ValueError:
        raise UnknownClientError from None
    return unquote_plus(name), unquote_plus(secret)


def add_secret(parts: Parts, request: Request, officer: DeskOfficer, machine: str) -> Response:
    """Answer with a new secret; it holds once a second person has confirmed it."""
    new = issue_secret(parts.changes, parts.directory, officer, machine)
    waits = isinstance(new.row, Proposal)
    row: dict[str, Any] = new.row.row
    issued = IssuedSecret(
        client_id=new.client_id,
        client_secret=new.client_secret,
        secret_id=new.secret_id,
        valid_from=date.fromisoformat(row["valid_from"]),
        detail=gettext(language_of(request))(WAITS) if waits else "",
        proposal_id=new.row.id if isinstance(new.row, Proposal) else None,
    )
    return json_answer(issued, 202 if waits else 201, NEVER_STORED)


OPERATIONS = (
    Operation(
        "POST",
        "/v1/token",
        "giveToken",
        "An access token for a machine account's secret, or for the refresh token of your session",
        {200: TokenView},
        TokenInput,
        ("Authorization-Basic", "lang"),
        (400, 401, 403, 422, 429),
        body_media="application/x-www-form-urlencoded",
    ),
    Operation(
        "POST",
        "/v1/machines/{machine}/secrets",
        "addMachineSecret",
        "A new secret of a machine account, shown once; it holds when a second person has confirmed it",
        {201: IssuedSecret, 202: IssuedSecret},
        None,
        ("machine", "Authorization", "lang"),
        (401, 403, 404, 422),
    ),
)
"""The operations of this module in the OpenAPI document."""
