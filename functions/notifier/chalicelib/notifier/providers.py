"""The catalogue of providers: for each one its channel, how to build its sender, and how to build its receipt reader.

To add one: `senders/<name>.py`, `receipts/<name>.py`, a row here, and its row in docs/notices.md.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from chalicelib.notifier.account import Account, account_with
from chalicelib.notifier.provider_order import in_order
from chalicelib.notifier.receipts.aws import AwsReceipts
from chalicelib.notifier.receipts.changing_key import ChangingKeyReceipts
from chalicelib.notifier.receipts.esms import EsmsReceipts
from chalicelib.notifier.receipts.http import GatewayReceipts
from chalicelib.notifier.receipts.infobip import InfobipReceipts
from chalicelib.notifier.receipts.receipt import ReceiptReader
from chalicelib.notifier.receipts.ses import SesReceipts
from chalicelib.notifier.receipts.vonage import VonageReceipts
from chalicelib.notifier.receipts.zalo import ZaloReceipts
from chalicelib.notifier.senders import aws, esms, http, infobip, ses, vonage, zalo
from chalicelib.notifier.senders.sender import Sender
from chalicelib.notifier.settings import NotifierSettings
from shared.domain.promises.deliveries import DeliveryChannel
from shared.platform.provider_credentials import ProviderCredentials
from shared.platform.settings import SettingsError


class Provider(NamedTuple):
    """One provider; both builders only keep the account, its credentials are read with the first message."""

    channel: DeliveryChannel
    build_sender: Callable[[Account], Sender]
    build_receipts: Callable[[Account], ReceiptReader]
    has_receipt_address_per_message: bool = False
    """Receipts come by GET to `/receipts/<name>/<token>`, an address that only one message was sent with."""
    has_shared_secret: bool = False
    """Receipts are proven by a secret of the provider's entry, which may change."""


PROVIDERS: dict[str, Provider] = {
    "aws": Provider(DeliveryChannel.SMS, aws.build, AwsReceipts),
    "esms": Provider(DeliveryChannel.SMS, esms.build, EsmsReceipts, has_receipt_address_per_message=True),
    "http": Provider(DeliveryChannel.SMS, http.build, GatewayReceipts, has_shared_secret=True),
    "infobip": Provider(DeliveryChannel.SMS, infobip.build, InfobipReceipts, has_shared_secret=True),
    "ses": Provider(DeliveryChannel.EMAIL, ses.build, SesReceipts),
    "vonage": Provider(DeliveryChannel.SMS, vonage.build, VonageReceipts, has_shared_secret=True),
    "zalo": Provider(DeliveryChannel.SMS, zalo.build, ZaloReceipts, has_shared_secret=True),
}
"""By name: as `SMS_PROVIDERS`, the providers' secret and the path `/receipts/<name>` have it."""


class Senders:
    """Chooses the providers of a channel."""

    def __init__(self, configuration: NotifierSettings) -> None:
        """Take the settings.

        Raises:
            SettingsError: `SMS_PROVIDERS` names one that does not exist or does not send SMS.
        """
        self._configuration = configuration
        names = [choice.provider for choice in configuration.sms_providers]
        unknown = [name for name in names if name not in _of_channel(DeliveryChannel.SMS)]
        if unknown:
            raise SettingsError(f"SMS_PROVIDERS ({', '.join(unknown)})")

    def of(self, channel: DeliveryChannel, request_id: str) -> Sequence[Sender]:
        """Return a channel's senders, in the order to try them for the message with this id."""
        if channel is DeliveryChannel.SMS:
            names = in_order(self._configuration.sms_providers, request_id)
        else:
            names = _of_channel(channel)
        return [PROVIDERS[name].build_sender(account_with(name, self._configuration)) for name in names]


def receipt_readers(configuration: NotifierSettings) -> dict[str, ReceiptReader]:
    """Return the reader of each provider's receipts, by the provider's name."""
    credentials = ProviderCredentials(configuration.providers_secret)
    readers: dict[str, ReceiptReader] = {}
    for name, provider in PROVIDERS.items():
        build, account = provider.build_receipts, account_with(name, configuration)
        readers[name] = (
            ChangingKeyReceipts(build, account, credentials) if provider.has_shared_secret else build(account)
        )
    return readers


def _of_channel(channel: DeliveryChannel) -> tuple[str, ...]:
    return tuple(name for name, provider in PROVIDERS.items() if provider.channel is channel)
