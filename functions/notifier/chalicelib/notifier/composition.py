"""Builds the notifier's parts, once per process, on first use."""

from __future__ import annotations

from datetime import timedelta
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from chalicelib.notifier.attempts.send_attempt import Attempts
from chalicelib.notifier.contact_policy.contact_policy import Manners
from chalicelib.notifier.contact_policy.daily_limit import DailyLimit
from chalicelib.notifier.contact_policy.quiet_hours import QuietHours
from chalicelib.notifier.handle_messages import MessageHandler
from chalicelib.notifier.notices.batching import Bunches
from chalicelib.notifier.notices.deliver_notice import Courier
from chalicelib.notifier.notices.reply_to_sms import Replier
from chalicelib.notifier.officers.digests import Digests
from chalicelib.notifier.senders.circuits import Circuits
from chalicelib.notifier.senders.routes import in_order
from chalicelib.notifier.senders.sender import Sender
from chalicelib.notifier.settings import NotifierSettings
from shared.platform import queues, secrets, settings
from shared.platform.messages import NoticeRequest
from shared.platform.seal import Seal
from shared.tables.deliveries import Deliveries, DeliveryChannel
from shared.tables.directory import Directory
from shared.tables.opt_outs import OptOuts
from shared.tables.petitions import Petitions
from shared.tables.replies import Replies
from shared.tables.suppressions import Suppressions
from shared.wording.texts import Texts

if TYPE_CHECKING:
    from chalicelib.notifier.receipts.doors import ReceiptDoors


@cache
def handler() -> MessageHandler:
    """Return what handles the notices queue."""
    told = settings.load(NotifierSettings)
    directory = Directory(told.directory_table)
    petitions, deliveries = Petitions(told.petitions_table, directory), Deliveries(told.deliveries_table)
    key = partial(secrets.identifiers_key, told.identifiers_secret)
    quiet_hours = QuietHours(told.quiet_from, told.quiet_until)
    manners = Manners(
        quiet_hours=quiet_hours,
        bunch_for=timedelta(seconds=told.bunch_for_seconds),
        daily_limit=DailyLimit(told.throttle_table, told.messages_per_address_per_day),
        opt_outs=OptOuts(told.throttle_table),
        suppressions=Suppressions(told.throttle_table),
        identifiers_key=key,
    )
    attempts = Attempts(
        deliveries,
        Circuits(told.throttle_table),
        senders_of,
        timedelta(hours=told.receipt_within_hours),
    )
    digests = Digests(
        petitions=petitions,
        directory=directory,
        deliveries=deliveries,
        texts=Texts(directory),
        attempts=attempts,
        public_url=told.public_url,
        identifiers_key=key,
    )
    courier = Courier(
        petitions=petitions,
        directory=directory,
        deliveries=deliveries,
        seal=Seal(told.seal_key_id),
        texts=Texts(directory),
        attempts=attempts,
        manners=manners,
        bunches=Bunches(petitions, deliveries, manners),
        public_url=told.public_url,
        identifiers_key=key,
    )
    replier = Replier(
        Replies(told.throttle_table),
        Seal(told.seal_key_id),
        lambda: senders_of(DeliveryChannel.SMS, "")[0],
        quiet_hours,
    )
    return MessageHandler(courier, replier, digests, told.notices_queue_url)


@cache
def receipts() -> ReceiptDoors:
    """Return what reads the providers' receipts."""
    from chalicelib.notifier.receipts.doors import ReceiptDoors as Doors  # noqa: PLC0415
    from chalicelib.notifier.receipts.receipt import Receipts  # noqa: PLC0415
    from shared.providers.sns import SnsTopic, fetch  # noqa: PLC0415 - the queue's worker needs none of this

    told = settings.load(NotifierSettings)
    deliveries = Deliveries(told.deliveries_table)
    certificate = told.mail_events_certificate
    get = fetch if certificate is None else lambda _url: Path(certificate).read_bytes()
    topics = {
        name: SnsTopic(arn, get)
        for name, arn in (("ses", told.mail_events_topic), ("aws", told.sms_events_topic))
        if arn
    }
    taking = Receipts(deliveries, lambda request: _ask_again(told.notices_queue_url, request))
    return Doors(
        taking,
        topics,
        partial(secrets.identifiers_key, told.identifiers_secret),
        partial(secrets.providers, told.providers_secret),
    )


def _ask_again(queue_url: str, request: NoticeRequest) -> None:
    queues.send(queue_url, [request])


def senders_of(channel: DeliveryChannel, message: str) -> tuple[Sender, ...]:
    """Return a channel's providers, in the order to try them for this message."""
    if channel is DeliveryChannel.EMAIL:
        return (_sender("ses"),)
    routes = settings.load(NotifierSettings).sms_providers
    return tuple(_sender(name) for name in in_order(routes, message))


@cache
def _sender(name: str) -> Sender:
    """Return one provider; only what is needed is imported, and its credentials read."""
    told = settings.load(NotifierSettings)
    if name == "ses":
        from chalicelib.notifier.senders.ses import SesEmailSender  # noqa: PLC0415

        return SesEmailSender(told.mail_from, told.mail_configuration_set)
    account = secrets.providers(told.providers_secret).get(name, {})
    url = account.get("url") or told.sms_gateway_url or ""
    match name:
        case "aws":
            from chalicelib.notifier.senders.end_user_messaging import EndUserMessagingSmsSender  # noqa: PLC0415

            return EndUserMessagingSmsSender(
                account.get("origination_identity", ""), account.get("configuration_set")
            )
        case "http":
            from chalicelib.notifier.senders.gateway import GatewaySmsSender  # noqa: PLC0415

            return GatewaySmsSender(
                url,
                token=account.get("token", ""),
                sender=account.get("sender", ""),
                proves=_proves(name, account),
            )
        case "esms":
            from chalicelib.notifier.senders.esms import EsmsSmsSender  # noqa: PLC0415

            return EsmsSmsSender(
                url,
                api_key=account.get("api_key", ""),
                secret_key=account.get("secret_key", ""),
                brandname=account.get("brandname", ""),
                callback_url=partial(_callback_url, told),
            )
        case "zalo":
            from chalicelib.notifier.senders.zalo import URL, ZaloSender  # noqa: PLC0415

            return ZaloSender(
                account.get("url", URL),
                template_id=account.get("template_id", ""),
                access_token=lambda: (
                    secrets.providers(told.providers_secret).get("zalo", {}).get("access_token", "")
                ),
                forget=secrets.providers.cache_clear,
                proves=_proves(name, account),
            )
        case "vonage":
            from chalicelib.notifier.senders.vonage import URL as VONAGE  # noqa: PLC0415
            from chalicelib.notifier.senders.vonage import VonageSmsSender  # noqa: PLC0415

            return VonageSmsSender(
                account.get("url", VONAGE),
                api_key=account.get("api_key", ""),
                api_secret=account.get("api_secret", ""),
                sender=account.get("sender", ""),
                callback_url=_door(told, name) if _proves(name, account) else None,
            )
        case "infobip":
            from chalicelib.notifier.senders.infobip import InfobipSmsSender  # noqa: PLC0415

            return InfobipSmsSender(
                account.get("url", ""),
                api_key=account.get("api_key", ""),
                sender=account.get("sender", ""),
                proves=_proves(name, account),
            )
        case _:
            raise settings.SettingsError(f"SMS_PROVIDERS ({name})")


def _proves(name: str, account: dict[str, str]) -> bool:
    from chalicelib.notifier.receipts.accounts import proves_receipts  # noqa: PLC0415

    return proves_receipts(name, account)


def _door(told: NotifierSettings, name: str) -> str:
    return f"{told.public_url.rstrip('/')}/receipts/{name}"


def _callback_url(told: NotifierSettings, request_id: str) -> str:
    from chalicelib.notifier.receipts.esms_callback import token_of  # noqa: PLC0415

    token = token_of(secrets.identifiers_key(told.identifiers_secret), request_id)
    return f"{_door(told, 'esms')}/{token}"


def forget() -> None:
    """Build everything anew on next use (tests)."""
    handler.cache_clear()
    receipts.cache_clear()
    _sender.cache_clear()
