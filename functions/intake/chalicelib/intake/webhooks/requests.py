"""Webhooks as Chalice brings and answers them: to and from the contract of `sms.webhook`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from chalice.app import Request, Response

from chalicelib.intake.sms.webhook import (
    ForgedWebhookError,
    MalformedWebhookError,
    ProviderUnreachableError,
    WebhookReply,
    WebhookRequest,
)
from shared.domain.errors import InvalidInputError
from shared.platform import telemetry
from shared.platform.provider_credentials import (
    ProviderCredentials,
    UnusableCredentialsError,
    report_unusable,
)
from shared.web.requests import source_address

Read = TypeVar("Read")


def webhook_request(request: Request, path: str, public_url: str) -> WebhookRequest:
    """Return a request as its sender signed it; `path` is the one that the sender was given."""
    query = request.query_params
    raw: str | bytes = request.raw_body or b""
    return WebhookRequest(
        method=request.method,
        path=path,
        query={name: query.getlist(name) for name in query} if query else {},
        headers=dict(request.headers),
        body=raw.encode() if isinstance(raw, str) else raw,
        source_ip=source_address(request),
        public_url=public_url,
    )


def read_as(
    credentials: ProviderCredentials, provider: str, read: Callable[[Mapping[str, str]], Read]
) -> Read:
    """Read a request with the credentials that prove it.

    Args:
        credentials: of all providers.
        provider: the one whose request it is said to be.
        read: reads the request with an entry of the secret.

    Raises:
        ForgedWebhookError: none of them proves it, or there are none; `rule` is that of the first.
        MalformedWebhookError: proven, but not as the provider documents it.
        ProviderUnreachableError: nobody can tell now; also where an entry cannot be used and no other proves it.
    """
    refused: ForgedWebhookError | None = None
    unusable: UnusableCredentialsError | None = None
    for entry in credentials.of(provider):
        try:
            return read(entry)
        except ForgedWebhookError as error:
            refused = refused or error
        except UnusableCredentialsError as error:
            unusable = error
    if unusable is not None:
        report_unusable(provider, unusable)
        raise ProviderUnreachableError
    raise refused or ForgedWebhookError("not-configured")


def malformed_input(provider: str, error: MalformedWebhookError) -> InvalidInputError:
    """Return the error that names the field to a sender whose request is proven, and count it."""
    telemetry.count("WebhookMalformed", by={"provider": provider})
    return InvalidInputError((error.rule, "invalid"))


def taken(provider: str) -> None:
    """Count a request that was proven: an alarm watches for a provider of which all are refused."""
    telemetry.count("WebhookTaken", by={"provider": provider})


def refusal(reply: WebhookReply, provider: str, rule: str) -> Response:
    """Answer a request that is not proven to be its sender's, and count it by the rule that it broke.

    Args:
        reply: the one answer to all of them.
        provider: a name of our catalogue, `unknown` for any other.
        rule: of the adapter; it never holds anything of the request.
    """
    telemetry.count("WebhookRefused", by={"provider": provider})
    telemetry.count("WebhookRefusedBy", provider=provider, rule=rule)
    return webhook_response(reply)


def webhook_response(reply: WebhookReply) -> Response:
    """Answer with a reply."""
    return Response(body=reply.body, status_code=reply.status, headers=dict(reply.headers))
