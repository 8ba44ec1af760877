"""Webhooks as Chalice brings and answers them: to and from the contract of `sms.webhook`."""

from __future__ import annotations

from chalice.app import Request, Response

from chalicelib.intake.sms.webhook import WebhookReply, WebhookRequest
from shared.platform import telemetry
from shared.web.requests import source_address


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


def refused(reply: WebhookReply, provider: str) -> Response:
    """Answer a request that is not proven to be its sender's, and count it.

    Args:
        reply: the one answer to all of them.
        provider: a name of our catalogue, `unknown` for any other.
    """
    telemetry.count("WebhookRefused", by={"provider": provider})
    return webhook_response(reply)


def webhook_response(reply: WebhookReply) -> Response:
    """Answer with a reply."""
    return Response(body=reply.body, status_code=reply.status, headers=dict(reply.headers))
