"""Builds the notifier's parts, once per process, on first use."""

from __future__ import annotations

from functools import cache, partial

from shared import queues, secrets, settings
from shared.deliveries import Deliveries, DeliveryChannel
from shared.directory import Directory
from shared.messages import NoticeRequest
from shared.petitions import Petitions
from shared.seal import Seal
from shared.sns import SnsTopic

from .courier import Courier
from .handle_messages import MessageHandler
from .quiet_hours import QuietHours
from .receipts.doors import ReceiptDoors
from .receipts.esms_callback import token_of
from .receipts.receipt import Receipts
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


@cache
def receipts() -> ReceiptDoors:
    """Return what reads the providers' receipts."""
    told = settings.load(NotifierSettings)
    deliveries = Deliveries(told.deliveries_table)
    topic = SnsTopic(told.mail_events_topic) if told.mail_events_topic else None
    taking = Receipts(deliveries, lambda request: _ask_again(told.notices_queue_url, request))
    return ReceiptDoors(taking, topic, partial(secrets.identifiers_key, told.identifiers_secret))


def _ask_again(queue_url: str, request: NoticeRequest) -> None:
    queues.send(queue_url, [request])


def _sms_sender(told: NotifierSettings) -> Sender:
    account = secrets.providers(told.providers_secret).get("esms", {})
    key = secrets.identifiers_key(told.identifiers_secret)
    callbacks = f"{told.public_url.rstrip('/')}/receipts/esms"
    return EsmsSmsSender(
        told.sms_gateway_url or "",
        api_key=account.get("api_key", ""),
        secret_key=account.get("secret_key", ""),
        brandname=account.get("brandname", ""),
        callback_url=lambda request_id: f"{callbacks}/{token_of(key, request_id)}",
    )


def forget() -> None:
    """Build everything anew on next use (tests)."""
    handler.cache_clear()
    receipts.cache_clear()
