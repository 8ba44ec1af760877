"""`/hotline/calls`: takes the call centre's reports of calls to 1900 1547. A 2xx follows only the durable write."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from chalice.app import Request, Response

from chalicelib.intake.composition import Parts
from chalicelib.intake.hotline.hotline_webhook import HotlineCall, HotlineWebhook, reply_to_call
from chalicelib.intake.hotline.record_call import record_call
from chalicelib.intake.sms.webhook import (
    REFUSAL,
    UNAVAILABLE,
    ForgedWebhookError,
    ProviderUnreachableError,
    WebhookReply,
    refuse_strange_address,
)
from chalicelib.intake.webhooks.late_arrivals import report_late
from chalicelib.intake.webhooks.requests import read_as, refusal, taken, webhook_request, webhook_response
from shared.domain.errors import PetitionError
from shared.platform import clock
from shared.platform.provider_credentials import refusing_unusable
from shared.web.routes import Routes, answer_problem

_NO_PETITION_YET = WebhookReply(
    201,
    {"Content-Type": "application/json", "Cache-Control": "no-store"},
    '{"reference": null, "missing": ["summary"]}',
)
"""The call was recorded; it becomes a petition when somebody writes down what the caller said."""


def routes(parts: Callable[[], Parts]) -> Routes[Parts]:
    """Return the door of the call centre."""
    door = Routes(__name__, parts, _answer_error)
    door.post("/hotline/calls", receive_call)
    return door


def receive_call(parts: Parts, request: Request) -> Response:
    """Take the report of one call.

    Raises:
        InvalidInputError: it is the call centre's, and a field breaks a rule.
        IdempotencyKeyReusedError: the call came before with another summary.
    """
    arrived = webhook_request(request, "/hotline/calls", parts.settings.public_url)

    def read(entry: Mapping[str, str]) -> HotlineCall:
        if not entry.get("secret"):
            raise ForgedWebhookError("not-configured")
        refuse_strange_address(arrived, entry.get("networks", "").split())
        with refusing_unusable():
            webhook = HotlineWebhook(entry["secret"])
        return webhook.read(arrived, clock.now())

    try:
        call = read_as(parts.credentials, "hotline", read)
    except ForgedWebhookError as error:
        return refusal(REFUSAL, "hotline", error.rule)
    taken("hotline")
    report_late("hotline", call.ended_at)
    if call.caller:
        parts.calls.report(call.call_id, call.caller, call.ended_at)
    reference = record_call(parts.reception, call)
    return webhook_response(reply_to_call(reference) if reference else _NO_PETITION_YET)


def _answer_error(parts: Parts, request: Request, error: PetitionError) -> Response:
    """Answer 503 where nobody can tell now whether the report is the call centre's, else a problem document."""
    if isinstance(error, ProviderUnreachableError):
        return webhook_response(UNAVAILABLE)
    return answer_problem(parts, request, error)
