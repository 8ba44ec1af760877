"""Reads receipts as HTTP requests: genuine ones are recorded before they are acknowledged, all others look alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from shared import clock, telemetry
from shared.sns import SnsRefusedError, SnsTopic

from . import esms_callback, ses_events
from .receipt import Receipt, ReceiptRefusedError, Receipts, UnknownStatusError

OK, REFUSED, UNKNOWN = 200, 403, 422


class ReceiptDoors:
    """One method for each provider; each returns the HTTP status to answer."""

    def __init__(self, receipts: Receipts, mail_events: SnsTopic | None, key: Callable[[], bytes]) -> None:
        self._receipts = receipts
        self._mail_events = mail_events
        self._key = key

    def ses(self, body: bytes) -> int:
        """Take what SNS posts about an e-mail; confirm our topic's subscription."""
        if self._mail_events is None:
            return _refuse("ses")
        try:
            message = self._mail_events.read(body, clock.now())
        except SnsRefusedError:
            return _refuse("ses")
        self._mail_events.confirm(message)
        if message.type != "Notification":
            return OK
        return self._take("ses", lambda: ses_events.receipt_in(message.message))

    def esms(self, token: str, query: Mapping[str, str]) -> int:
        """Take what eSMS says about an SMS."""
        return self._take("esms", lambda: esms_callback.receipt_in(self._key(), token, query))

    def _take(self, provider: str, read: Callable[[], Receipt | None]) -> int:
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


def _refuse(provider: str) -> int:
    telemetry.count("ReceiptRefused", provider=provider)
    return REFUSED
