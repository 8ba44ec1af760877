"""Reads receipts as HTTP requests: genuine ones are recorded before they are acknowledged, all others look alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from chalicelib.notifier.receipts import (
    aws_events,
    esms_callback,
    gateway_events,
    infobip_reports,
    ses_events,
    vonage_status,
    zalo_events,
)
from chalicelib.notifier.receipts.accounts import PROOFS, Account, proves_receipts
from chalicelib.notifier.receipts.receipt import Receipt, ReceiptRefusedError, Receipts, UnknownStatusError
from shared.platform import clock, telemetry
from shared.providers.sns import SnsRefusedError, SnsTopic

OK, REFUSED, UNKNOWN = 200, 403, 422
LARGEST_EVENT = 16 * 1024
LARGEST_BATCH = 128 * 1024
"""Infobip posts up to a hundred reports at once."""

Reading = Callable[[], Receipt | None]


class ReceiptDoors:
    """One method for each way to prove a receipt; each returns the HTTP status to answer."""

    def __init__(
        self,
        receipts: Receipts,
        topics: Mapping[str, SnsTopic],
        key: Callable[[], bytes],
        accounts: Callable[[], Mapping[str, Account]] = dict,
    ) -> None:
        """Take what records receipts, our topics by provider, the key of tokens, and the providers' credentials."""
        self._receipts = receipts
        self._topics = topics
        self._key = key
        self._accounts = accounts

    def ses(self, body: bytes) -> int:
        """Take what SNS posts about an e-mail."""
        return self._from_sns("ses", body, ses_events.receipt_in)

    def aws(self, body: bytes) -> int:
        """Take what SNS posts about an SMS of AWS End User Messaging."""
        return self._from_sns("aws", body, aws_events.receipt_in)

    def signed(self, provider: str, headers: Mapping[str, str], body: bytes) -> int:
        """Take what `http`, `vonage`, `infobip` or `zalo` says about messages, proven by our account with it."""
        account = self._accounts().get(provider, {})
        largest = LARGEST_BATCH if provider == "infobip" else LARGEST_EVENT
        if len(body) > largest or not proves_receipts(provider, account):
            return _refuse(provider)
        named = {name.lower(): value for name, value in headers.items()}
        try:
            is_genuine = PROOFS[provider](account, named, body, clock.now())
            readings = _readings(provider, body) if is_genuine else []
        except ReceiptRefusedError:
            is_genuine = False
        if not is_genuine:
            return _refuse(provider)
        return max((self._take(provider, reading) for reading in readings), default=OK)

    def _from_sns(self, provider: str, body: bytes, read: Callable[[str], Receipt | None]) -> int:
        """Read a message of our own topic; confirm that topic's subscription."""
        topic = self._topics.get(provider)
        if topic is None:
            return _refuse(provider)
        try:
            message = topic.read(body, clock.now())
        except SnsRefusedError:
            return _refuse(provider)
        topic.confirm(message)
        if message.type != "Notification":
            return OK
        return self._take(provider, lambda: read(message.message))

    def esms(self, token: str, query: Mapping[str, str]) -> int:
        """Take what eSMS says about an SMS."""
        return self._take("esms", lambda: esms_callback.receipt_in(self._key(), token, query))

    def _take(self, provider: str, read: Reading) -> int:
        try:
            receipt = read()
        except ReceiptRefusedError:
            return _refuse(provider)
        except UnknownStatusError:
            telemetry.count("ReceiptStatusUnknown", provider=provider)
            telemetry.logger().error("receipt with an undocumented status", provider=provider)
            return UNKNOWN
        if receipt is not None:
            self._receipts.take(receipt)
        return OK


def _readings(provider: str, body: bytes) -> list[Reading]:
    """Return what is to be read of a genuine request: one receipt, of Infobip one for each report."""
    if provider == "infobip":
        return [partial(infobip_reports.receipt_in, report) for report in infobip_reports.reports_in(body)]
    readers = {"http": gateway_events, "vonage": vonage_status, "zalo": zalo_events}
    return [partial(readers[provider].receipt_in, body)]


def _refuse(provider: str) -> int:
    telemetry.count("ReceiptRefused", provider=provider)
    return REFUSED
