"""The catalogue of SMS providers: for each one its adapter, and the credentials that the adapter takes.

To add one: a module beside this one, a row here, and its parts of docs/webhooks.md (a test compares them).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from chalicelib.intake.sms.providers.aws_sns import AwsSnsWebhook
from chalicelib.intake.sms.providers.esms import EsmsWebhook
from chalicelib.intake.sms.providers.infobip import InfobipWebhook
from chalicelib.intake.sms.providers.standard_webhooks import StandardSmsWebhook
from chalicelib.intake.sms.providers.twilio import TwilioWebhook
from chalicelib.intake.sms.providers.vonage import VonageWebhook
from chalicelib.intake.sms.webhook import ForgedWebhookError, SmsWebhook
from shared.platform.provider_credentials import refusing_unusable


class Provider(NamedTuple):
    """One SMS provider. The adapter's arguments are named as the secret names the credentials."""

    adapter: Callable[..., SmsWebhook]
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()

    def webhook(self, credentials: Mapping[str, Any]) -> SmsWebhook:
        """Return the adapter with its credentials: an entry of the secret `pakn-{stage}/providers`.

        Raises:
            ForgedWebhookError: it has none of them, because we only send through this provider.
            UnusableCredentialsError: a required one is missing, or one has the wrong form.
        """
        if not any(credentials.get(name) for name in self.required or self.optional):
            raise ForgedWebhookError("not-configured")
        optional = [name for name in self.optional if name in credentials]
        with refusing_unusable():
            return self.adapter(**{name: credentials[name] for name in (*self.required, *optional)})


PROVIDERS: dict[str, Provider] = {
    "esms": Provider(EsmsWebhook, ("cpid", "private_key")),
    "twilio": Provider(TwilioWebhook, ("auth_token",), ("account_sid",)),
    "standard": Provider(StandardSmsWebhook, ("secret",)),
    "infobip": Provider(InfobipWebhook, (), ("username", "password", "hmac_secret", "hmac_header")),
    "vonage": Provider(VonageWebhook, ("signature_secret",), ("api_key",)),
    "aws": Provider(AwsSnsWebhook, ("topic_arn",), ("certificate",)),
}
"""By name: as the path `/sms/{provider}` and the providers' secret have it."""
