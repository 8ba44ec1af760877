"""Builds the notifier's parts, once per process, on first use."""

from __future__ import annotations

from functools import cache, partial

from shared import secrets, settings
from shared.deliveries import Deliveries, DeliveryChannel
from shared.directory import Directory
from shared.petitions import Petitions
from shared.seal import Seal

from .courier import Courier
from .handle_messages import MessageHandler
from .quiet_hours import QuietHours
from .senders.esms import EsmsSmsSender
from .senders.sender import Sender
from .senders.ses import SesEmailSender
from .settings import NotifierSettings
from .texts import Texts


@cache
def handler() -> MessageHandler:
    """Return what handles the notices queue."""
    told = settings.load(NotifierSettings)
    directory = Directory(told.directory_table)
    courier = Courier(
        petitions=Petitions(told.petitions_table, directory),
        directory=directory,
        deliveries=Deliveries(told.deliveries_table),
        seal=Seal(told.seal_key_id),
        texts=Texts(directory),
        senders={
            DeliveryChannel.EMAIL: SesEmailSender(told.mail_from, told.mail_configuration_set),
            DeliveryChannel.SMS: _sms_sender(told),
        },
        quiet_hours=QuietHours(told.quiet_from, told.quiet_until),
        public_url=told.public_url,
        identifiers_key=partial(secrets.identifiers_key, told.identifiers_secret),
    )
    return MessageHandler(courier, told.notices_queue_url)


def _sms_sender(told: NotifierSettings) -> Sender:
    account = secrets.providers(told.providers_secret).get("esms", {})
    return EsmsSmsSender(
        told.sms_gateway_url or "",
        api_key=account.get("api_key", ""),
        secret_key=account.get("secret_key", ""),
        brandname=account.get("brandname", ""),
    )


def forget() -> None:
    """Build everything anew on next use (tests)."""
    handler.cache_clear()
