"""Records the receipts that come through SNS and the queue `receipts`: of Amazon SES and AWS End User Messaging.

The queue outlasts an outage of the notifier, which a post over HTTPS does not. Its policy lets SNS alone write, and of
our two topics alone, so no signature is checked here and no certificate fetched (`/receipts/<provider>` does both).
Each message names recipients: nothing of it is logged.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from chalicelib.notifier.receipts import aws, ses
from chalicelib.notifier.receipts.receipt import Receipt, ReceiptRefusedError, UnknownStatusError
from chalicelib.notifier.receipts.record_receipt import ReceiptRecorder
from chalicelib.notifier.settings import NotifierSettings
from shared.platform import telemetry
from shared.platform.messages import TopicNotification

ReceiptOf = Callable[[str], Receipt | None]


class QueuedReceipts:
    """The receipts of the queue; one that is not recorded comes again, and is a dead letter in the end, never lost."""

    def __init__(self, recorder: ReceiptRecorder, topics: Mapping[str, ReceiptOf]) -> None:
        """Take what records receipts, and how to read the events of each topic, by its ARN."""
        self._recorder = recorder
        self._topics = topics

    def record(self, notification: TopicNotification) -> None:
        """Record the receipt in one message; an event that proves nothing is done with.

        Raises:
            ReceiptRefusedError: it is of no topic of ours, or about no delivery of ours.
            UnknownStatusError: the provider does not document its status.
        """
        receipt_of = self._topics.get(notification.topic)
        if receipt_of is None:
            raise ReceiptRefusedError
        try:
            receipt = receipt_of(notification.message)
        except UnknownStatusError as error:
            telemetry.count("ReceiptStatusUnknown", provider=error.status)
            raise
        if receipt is not None:
            self._recorder.record(receipt)


def topics_of(settings: NotifierSettings) -> dict[str, ReceiptOf]:
    """Return how to read the events of each topic that is set, by its ARN."""
    topics = {settings.mail_events_topic: ses.receipt_of, settings.sms_events_topic: aws.receipt_of}
    return {arn: receipt_of for arn, receipt_of in topics.items() if arn is not None}
