"""The notifier's settings: its environment variables."""

from __future__ import annotations

from datetime import time
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator

from chalicelib.notifier.provider_order import ProviderChoice, parse_choices
from shared.platform import settings


def _empty_is_none(value: object) -> object:
    return None if value == "" else value


def _choices(value: object) -> object:
    return parse_choices(value) if isinstance(value, str) else value


OptionalText = Annotated[str | None, BeforeValidator(_empty_is_none)]
OptionalTime = Annotated[time | None, BeforeValidator(_empty_is_none)]


class NotifierSettings(settings.LinkSettings, settings.SmsSettings):
    """The notifier's environment; each field is a variable in upper case."""

    deliveries_table: str
    throttle_table: str
    seal_key_id: str
    providers_secret: str
    attachments_bucket: str
    notices_queue_url: str
    mail_from: str
    """Sender of all e-mails, with or without a display name; its domain is verified with SES."""
    mail_configuration_set: OptionalText = None
    """SES configuration set that publishes events to SNS; without one nothing proves an e-mail's arrival."""
    mail_events_topic: OptionalText = None
    """ARN of that SNS topic; events from any other topic are refused, and without one all are."""
    mail_events_certificate: OptionalText = None
    """A file with the certificate that signs those events, instead of SNS's own: in the local stack only."""
    sms_events_topic: OptionalText = None
    """ARN of the SNS topic that AWS End User Messaging publishes events to; events from any other are refused."""
    sms_providers: Annotated[tuple[ProviderChoice, ...], BeforeValidator(_choices)] = (
        ProviderChoice("esms"),
    )
    """The SMS providers in the order to try them; those with a weight share the messages (`esms:3 http:1 aws`)."""
    sms_gateway_url: OptionalText = None
    """The endpoint of `esms` and `http`, unless the provider's credentials name a `url`."""
    receipt_within_hours: Annotated[int, Field(ge=0, le=336)] = 24
    """Without a receipt in this time, of a provider that sends them, the next channel is taken; 0: never."""
    quiet_from: OptionalTime = time(21, 0)
    """From this time of day in Vietnam citizens get only messages that they just requested; empty: no quiet hours."""
    quiet_until: time = time(7, 0)
    batch_for_seconds: int = 0
    """A notice that was not just requested is held for so long, so that others go out in the same message."""
    messages_per_address_per_day: int = 30
    """Further messages to an address wait for the morning and go out as one; 0: no limit."""

    @model_validator(mode="after")
    def _trusts_sns_alone(self) -> Self:
        if self.mail_events_certificate is not None and self.stage != "local":
            raise ValueError("only the local stack signs its own receipts")
        return self
