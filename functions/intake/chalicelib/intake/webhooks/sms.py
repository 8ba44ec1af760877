"""`/sms/{provider}`: takes what people sent to 8088 from its providers. A 2xx follows only the durable write."""

from __future__ import annotations

from collections.abc import Callable

from chalice.app import Request, Response

from chalicelib.intake.composition import Parts
from chalicelib.intake.sms.providers.catalogue import sms_webhook
from chalicelib.intake.sms.webhook import (
    REFUSAL,
    UNAVAILABLE,
    ProviderUnreachableError,
    WebhookError,
    refuse_strange_address,
)
from chalicelib.intake.webhooks.late_arrivals import report_late
from chalicelib.intake.webhooks.requests import refused, webhook_request, webhook_response
from shared.domain.errors import IdempotencyKeyReusedError, PetitionError, UnavailableError
from shared.platform import clock
from shared.web.routes import Routes


def routes(parts: Callable[[], Parts]) -> Routes[Parts]:
    """Return the door of the SMS providers."""
    door = Routes(__name__, parts, _answer_error)
    door.get_or_post("/sms/{provider}", receive_sms)
    return door


def receive_sms(parts: Parts, request: Request, provider: str) -> Response:
    """Take a provider's messages; unknown providers, forged and malformed requests are refused alike."""
    credentials = parts.credentials()
    webhook = sms_webhook(provider, credentials)
    if webhook is None:
        return refused(REFUSAL, "unknown")
    try:
        arrived = webhook_request(request, f"/sms/{provider}", parts.settings.public_url)
        refuse_strange_address(arrived, credentials[provider].get("networks", "").split())
        messages = webhook.read(arrived, clock.now())
        for sms in messages:
            report_late(sms.provider, sms.received_at)
        reply = parts.sms.receive(messages, is_answered_inline=webhook.replies_inline)
    except WebhookError:
        return refused(webhook.refusal(), provider)
    except IdempotencyKeyReusedError:
        return webhook_response(webhook.refusal())
    return webhook_response(webhook.reply(messages, reply))


def _answer_error(_parts: Parts, _request: Request, error: PetitionError) -> Response:
    """Answer 503 where the request cannot be verified or taken now, so that its provider repeats it; else fail."""
    if isinstance(error, ProviderUnreachableError | UnavailableError):
        return webhook_response(UNAVAILABLE)
    raise error
