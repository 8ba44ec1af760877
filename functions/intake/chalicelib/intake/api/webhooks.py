"""The doors for machines that call us: SMS providers and the call centre. A 2xx follows only the durable write."""

from __future__ import annotations

from chalice.app import Request, Response

from chalicelib.intake import composition
from chalicelib.intake.api.petitions import address_of
from chalicelib.intake.hotline.hotline_webhook import HotlineWebhook
from chalicelib.intake.hotline.record_call import record_call
from chalicelib.intake.sms.providers.catalogue import sms_webhook, unknown_provider
from chalicelib.intake.sms.webhook import WebhookError, WebhookReply, WebhookRequest, refuse_strange_address
from shared.domain.errors import IdempotencyKeyReusedError
from shared.platform import clock, secrets
from shared.platform.messages import PartsRequest

_NOT_WRITTEN_DOWN = WebhookReply(
    201,
    {"Content-Type": "application/json", "Cache-Control": "no-store"},
    '{"reference": null, "missing": ["summary"]}',
)
"""The call was recorded; there is no petition before somebody writes down what the caller said."""


def receive_sms(request: Request, provider: str) -> Response:
    """Take a provider's messages; unknown providers, forged and malformed requests are refused alike."""
    credentials = _credentials()
    webhook = sms_webhook(provider, credentials)
    if webhook is None:
        return _response(unknown_provider())
    try:
        arrived = _as_it_arrived(request, f"/sms/{provider}")
        refuse_strange_address(arrived, credentials[provider].get("networks", "").split())
        messages = webhook.read(arrived, clock.now())
        desk = composition.sms_desk()
        texts = [desk.answer(sms, is_answered_inline=webhook.replies_inline) for sms in messages]
        if not webhook.replies_inline:
            for sms, text in zip(messages, texts, strict=True):
                composition.later_replies().send(sms, text)
    except (WebhookError, IdempotencyKeyReusedError):
        return _response(webhook.refusal())
    return _response(webhook.reply(messages, texts[0] if texts else ""))


def take_parts(request: PartsRequest) -> None:
    """Take what has come of a long SMS whose other parts have been waited for long enough."""
    sms = composition.part_store().give_up(request.parts)
    if sms is not None:
        text = composition.sms_desk().answer_whole(sms, is_answered_inline=False)
        composition.later_replies().send(sms, text)


def receive_call(request: Request) -> Response:
    """Take the call centre's report of one call.

    Raises:
        InvalidInputError: it is the call centre's, and a field breaks a rule.
        IdempotencyKeyReusedError: the call came before with another summary.
    """
    credentials = _credentials().get("hotline", {})
    if not credentials.get("secret"):
        return _response(unknown_provider())
    webhook = HotlineWebhook(credentials["secret"])
    try:
        arrived = _as_it_arrived(request, "/hotline/calls")
        refuse_strange_address(arrived, credentials.get("networks", "").split())
        call = webhook.read(arrived, clock.now())
    except WebhookError:
        return _response(webhook.refusal())
    reference = record_call(composition.reception(), call)
    return _response(webhook.reply(reference) if reference else _NOT_WRITTEN_DOWN)


def _credentials() -> dict[str, dict[str, str]]:
    return secrets.providers(composition.configuration().providers_secret)


def _as_it_arrived(request: Request, path: str) -> WebhookRequest:
    query = request.query_params
    raw: str | bytes = request.raw_body or b""
    return WebhookRequest(
        method=request.method,
        path=path,
        query={name: query.getlist(name) for name in query} if query else {},
        headers=dict(request.headers),
        body=raw.encode() if isinstance(raw, str) else raw,
        source_ip=address_of(request),
        public_url=composition.configuration().public_url,
    )


def _response(reply: WebhookReply) -> Response:
    return Response(body=reply.body, status_code=reply.status, headers=dict(reply.headers))
