"""Receipts that Amazon SNS posts for another AWS service; used for SES and End User Messaging."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from chalicelib.notifier.account import Account
from chalicelib.notifier.receipts.receipt import (
    Reading,
    Receipt,
    ReceiptRefusedError,
    ReceiptRequest,
    ReceiptUnverifiableError,
)
from shared.providers.sns import SnsRefusedError, SnsTopic, SnsUnreachableError, fetch


def topic_of(arn: str | None, account: Account) -> SnsTopic | None:
    """Return the topic with this ARN, None for no ARN; the local stack signs with a certificate of its own."""
    certificate = account.settings.mail_events_certificate
    read_url = fetch if certificate is None else lambda _url: Path(certificate).read_bytes()
    return SnsTopic(arn, read_url) if arn else None


class SnsReceipts:
    """Reads the messages of one topic of ours; without a topic every request is refused."""

    def __init__(self, topic: SnsTopic | None, receipt_of: Callable[[str], Receipt | None]) -> None:
        """Take the topic, and how to read the event that a message carries."""
        self._topic = topic
        self._receipt_of = receipt_of

    def read(self, request: ReceiptRequest) -> Sequence[Reading]:
        """Return the reading of a notification; confirm the topic's subscription, which reports nothing.

        Raises:
            ReceiptRefusedError: when the request is no genuine message of the topic.
            ReceiptUnverifiableError: when SNS cannot be asked for its certificate, or to confirm, now.
        """
        if self._topic is None:
            raise ReceiptRefusedError("not-configured")
        try:
            message = self._topic.read(request.body, request.at)
            self._topic.confirm(message)
        except SnsRefusedError as error:
            raise ReceiptRefusedError(error.rule) from None
        except SnsUnreachableError:
            raise ReceiptUnverifiableError from None
        return [partial(self._receipt_of, message.message)] if message.type == "Notification" else []
