"""JSON API of programs: tokens of machine accounts and of sessions that go on (OAuth 2.0), secrets, subscriptions."""

from __future__ import annotations

from base64 import b64decode
from datetime import date
from typing import Annotated, Any
from urllib.parse import unquote_plus

from chalice.app import Request, Response
from pydantic import ConfigDict, Field, RootModel, ValidationError

from chalicelib.casework.access.machines import CLIENT_CREDENTIALS, MachineTokenView, TokenInput
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.access.sign_in_input import Tokens
from chalicelib.casework.administration.machine_secrets import issue_secret
from chalicelib.casework.api.proposals import WAITS
from chalicelib.casework.api.routes import ApiRoutes
from chalicelib.casework.composition import Parts
from chalicelib.casework.programs.look_after import (
    EventDeliveryList,
    ResumedSubscription,
    SigningKeys,
    SubscriptionList,
    SubscriptionView,
)
from shared.domain.base_model import BaseModel
from shared.domain.errors import TokenRefusedError, UnknownClientError
from shared.tables.proposals import Proposal
from shared.web.answers import json_answer, rate_limits
from shared.web.i18n import gettext
from shared.web.openapi import Operation
from shared.web.requests import form_body, json_body, language_of, query_parameter

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
    api.get("/v1/subscriptions", list_subscriptions)
    api.get("/v1/subscriptions/{subscription}/keys", show_keys)
    api.get("/v1/subscriptions/{subscription}/deliveries", list_deliveries)
    api.post("/v1/subscriptions/{subscription}/deliveries", repeat_delivery)
    api.post("/v1/subscriptions/{subscription}/test", send_test)
    api.post("/v1/subscriptions/{subscription}/resumption", resume)


def give_token(parts: Parts, request: Request) -> Response:
    """Answer with an access token for a machine's secret, or for an officer's refresh token (routed by `session`)."""
    wanted = _token_input(request)
    if wanted.grant_type == CLIENT_CREDENTIALS:
        client_id, secret = _credentials(request, wanted)
        view, quota = parts.machines.give(client_id, secret, wanted.scope)
        return json_answer(view.model_dump(), headers=NEVER_STORED | rate_limits([quota]))
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


class RepeatInput(BaseModel):
    """The delivery to repeat, as the list of deliveries names it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reference: Annotated[str, Field(min_length=1, max_length=100)]
    delivery: Annotated[str, Field(min_length=1, max_length=200)]


def list_subscriptions(parts: Parts, _request: Request, officer: DeskOfficer) -> Response:
    """List the programs that are notified of events."""
    return json_answer(SubscriptionList(subscriptions=parts.programs.all(officer)))


def show_keys(parts: Parts, _request: Request, officer: DeskOfficer, subscription: str) -> Response:
    """Answer with the keys that sign what a program is sent."""
    return json_answer(parts.programs.keys(officer, subscription), headers=NEVER_STORED)


def list_deliveries(parts: Parts, request: Request, officer: DeskOfficer, subscription: str) -> Response:
    """List what was sent to a program, or waits."""
    cursor = query_parameter(request, "cursor")
    return json_answer(parts.programs.deliveries(officer, subscription, cursor))


def repeat_delivery(parts: Parts, request: Request, officer: DeskOfficer, subscription: str) -> Response:
    """Send an event again."""
    wanted = json_body(request, RepeatInput)
    parts.programs.repeat(officer, subscription, wanted.reference, wanted.delivery)
    return json_answer(parts.programs.subscription(officer, subscription), 202)


def send_test(parts: Parts, _request: Request, officer: DeskOfficer, subscription: str) -> Response:
    """Send a test event."""
    parts.programs.test(officer, subscription)
    return json_answer(parts.programs.subscription(officer, subscription), 202)


def resume(parts: Parts, request: Request, officer: DeskOfficer, subscription: str) -> Response:
    """Switch a program on again, or go on with sending again what it missed."""
    cursor = query_parameter(request, "cursor")
    return json_answer(parts.programs.switch_on(officer, subscription, cursor))


_OF_SUBSCRIPTION = ("subscription", "Authorization", "lang")
OPERATIONS = (
    Operation(
        "GET",
        "/v1/subscriptions",
        "listSubscriptions",
        "The programs that are notified of events, and which of them are switched off",
        {200: SubscriptionList},
        None,
        ("Authorization", "lang"),
        (401, 403),
    ),
    Operation(
        "GET",
        "/v1/subscriptions/{subscription}/keys",
        "showSigningKeys",
        "The keys that sign what a program is sent; the second one holds until the next change",
        {200: SigningKeys},
        None,
        _OF_SUBSCRIPTION,
        (401, 403, 404),
    ),
    Operation(
        "GET",
        "/v1/subscriptions/{subscription}/deliveries",
        "listEventDeliveries",
        "What was sent to a program, or waits, the latest event first",
        {200: EventDeliveryList},
        None,
        ("subscription", "Authorization", "cursor", "lang"),
        (401, 403, 404, 422),
    ),
    Operation(
        "POST",
        "/v1/subscriptions/{subscription}/deliveries",
        "repeatEventDelivery",
        "Send an event again, under the same id",
        {202: SubscriptionView},
        RepeatInput,
        _OF_SUBSCRIPTION,
        (400, 401, 403, 404, 422),
    ),
    Operation(
        "POST",
        "/v1/subscriptions/{subscription}/test",
        "sendTestEvent",
        "Send a test event",
        {202: SubscriptionView},
        None,
        _OF_SUBSCRIPTION,
        (401, 403, 404),
    ),
    Operation(
        "POST",
        "/v1/subscriptions/{subscription}/resumption",
        "resumeSubscription",
        "Switch a program on again; what it did not take is sent again",
        {200: ResumedSubscription},
        None,
        ("subscription", "Authorization", "cursor", "lang"),
        (401, 403, 404, 422),
    ),
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
        quotas=("tokens",),
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
