"""`/sms/{provider}`: takes what people sent to 8088 from its providers. A 2xx follows only the durable write."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from chalice.app import Request, Response

from chalicelib.intake.composition import Parts
from chalicelib.intake.sms.providers.catalogue import PROVIDERS
from chalicelib.intake.sms.webhook import (
    REFUSAL,
    UNAVAILABLE,
    ForgedWebhookError,
    InboundSms,
    MalformedWebhookError,
    ProviderUnreachableError,
    SmsWebhook,
    refuse_strange_address,
)
from chalicelib.intake.webhooks.late_arrivals import report_late
from chalicelib.intake.webhooks.requests import (
    malformed_input,
    read_as,
    refusal,
    taken,
    webhook_request,
    webhook_response,
)
from shared.domain.errors import IdempotencyKeyReusedError, InvalidInputError, PetitionError, UnavailableError
from shared.platform import clock
from shared.web.routes import Routes, answer_problem


def routes(parts: Callable[[], Parts]) -> Routes[Parts]:
    """Return the door of the SMS providers."""
    door = Routes(__name__, parts, _answer_error)
    door.get_or_post("/sms/{provider}", receive_sms)
    return door


def receive_sms(parts: Parts, request: Request, provider: str) -> Response:
    """Take a provider's messages; unknown providers and requests that nothing proves are refused alike.

    Raises:
        InvalidInputError: proven, and without what the provider documents; the other messages were taken.
    """
    if provider not in PROVIDERS:
        return refusal(REFUSAL, "unknown", "unknown")
    arrived = webhook_request(request, f"/sms/{provider}", parts.settings.public_url)

    def read(
        entry: Mapping[str, str],
    ) -> tuple[SmsWebhook, Sequence[InboundSms], MalformedWebhookError | None]:
        refuse_strange_address(arrived, entry.get("networks", "").split())
        webhook = PROVIDERS[provider].webhook(entry)
        try:
            return webhook, webhook.read(arrived, clock.now()), None
        except MalformedWebhookError as error:
            return webhook, error.others, error

    try:
        webhook, messages, malformed = read_as(parts.credentials, provider, read)
    except ForgedWebhookError as error:
        return refusal(REFUSAL, provider, error.rule)
    taken(provider)
    for sms in messages:
        report_late(sms.provider, sms.received_at)
    try:
        reply = parts.sms.receive(messages, is_answered_inline=webhook.replies_inline)
    except IdempotencyKeyReusedError:  # as if forged: where a scheme signs no sender, it may well be
        return webhook_response(REFUSAL)
    if malformed is not None:
        raise malformed_input(provider, malformed)
    return webhook_response(webhook.reply(messages, reply))


def _answer_error(parts: Parts, request: Request, error: PetitionError) -> Response:
    """Answer 503 where a request cannot be verified or taken now, 422 where a proven one is wrong.

    A provider repeats what is answered 503, and anything else, which fails.
    """
    if isinstance(error, ProviderUnreachableError | UnavailableError):
        return webhook_response(UNAVAILABLE)
    if isinstance(error, InvalidInputError):
        return answer_problem(parts, request, error)
    raise error
