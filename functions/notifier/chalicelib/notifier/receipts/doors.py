"""Reads receipts as HTTP requests: genuine ones are recorded before they are acknowledged, all others look alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from shared import clock, telemetry
from shared.sns import SnsRefusedError, SnsTopic
from shared.standard_webhooks import broken_rule, key_of

from . import aws_events, esms_callback, gateway_events, ses_events
from .receipt import Receipt, ReceiptRefusedError, Receipts, UnknownStatusError

OK, REFUSED, UNKNOWN = 200, 403, 422
LARGEST_EVENT = 16 * 1024


class ReceiptDoors:
    """One method for each provider; each returns the HTTP status to answer."""

    def __init__(
        self,
        receipts: Receipts,
        topics: Mapping[str, SnsTopic],
        key: Callable[[], bytes],
        gateway_secret: Callable[[], str] = lambda: "",
    ) -> None:
        """Take what records receipts, our topics by provider, the key of tokens, and the gateway's secret."""
        self._receipts = receipts
        self._topics = topics
        self._key = key
        self._gateway_secret = gateway_secret

    def ses(self, body: bytes) -> int:
        """Take what SNS posts about an e-mail."""
        return self._from_sns("ses", body, ses_events.receipt_in)

    def aws(self, body: bytes) -> int:
        """Take what SNS posts about an SMS of AWS End User Messaging."""
        return self._from_sns("aws", body, aws_events.receipt_in)

    def http(self, headers: Mapping[str, str], body: bytes) -> int:
        """Take what the generic gateway says about an SMS."""
        secret = self._gateway_secret()
        if not secret or len(body) > LARGEST_EVENT:
            return _refuse("http")
        rule = broken_rule(
            key_of(secret),
            webhook_id=headers.get("webhook-id", ""),
            timestamp=headers.get("webhook-timestamp", ""),
            signatures=headers.get("webhook-signature", ""),
            body=body,
            at=clock.now(),
        )
        if rule is not None:
            return _refuse("http")
        return self._take("http", lambda: gateway_events.receipt_in(body))

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
