"""Which SMS provider's webhook answers `/sms/{provider}`; called by intake's door with the secret's credentials."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from chalicelib.intake.sms.providers.aws_sns import AwsSnsWebhook
from chalicelib.intake.sms.providers.esms import EsmsWebhook
from chalicelib.intake.sms.providers.infobip import InfobipWebhook
from chalicelib.intake.sms.providers.standard_webhooks import StandardSmsWebhook
from chalicelib.intake.sms.providers.twilio import TwilioWebhook
from chalicelib.intake.sms.providers.vonage import VonageWebhook
from chalicelib.intake.sms.webhook import REFUSAL, SmsWebhook, WebhookReply

Credentials = Mapping[str, Mapping[str, Any]]
"""The secret `pakn-{stage}/providers`: a provider's name → its credentials. A provider that is not named is closed."""

_BUILD: dict[str, Callable[[Mapping[str, Any]], SmsWebhook]] = {
    "esms": lambda c: EsmsWebhook(c["cpid"], c["private_key"]),
    "twilio": lambda c: TwilioWebhook(c["auth_token"], account_sid=c.get("account_sid", "")),
    "standard": lambda c: StandardSmsWebhook(c["secret"]),
    "infobip": lambda c: InfobipWebhook(
        c.get("username", ""),
        c.get("password", ""),
        hmac_secret=c.get("hmac_secret", ""),
        hmac_header=c.get("hmac_header", ""),
    ),
    "vonage": lambda c: VonageWebhook(c["signature_secret"], api_key=c.get("api_key", "")),
    "aws": lambda c: AwsSnsWebhook(c["topic_arn"]),
}

SMS_PROVIDERS = frozenset(_BUILD)


def sms_webhook(provider: str, credentials: Credentials) -> SmsWebhook | None:
    """Return a provider's webhook, None where it is unknown or not configured (answer: `unknown_provider`)."""
    if provider not in _BUILD or provider not in credentials:
        return None
    return _BUILD[provider](credentials[provider])


def unknown_provider() -> WebhookReply:
    """Return the answer to a provider that we do not have: the one that forgers get."""
    return REFUSAL
