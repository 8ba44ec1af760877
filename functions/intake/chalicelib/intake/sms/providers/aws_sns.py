"""AWS End User Messaging: two-way SMS through an Amazon SNS topic with an HTTPS subscription.

Source: docs.aws.amazon.com/sms-voice/latest/userguide/two-way-sms-payload.html (the message). That a request is our
topic's is verified by `shared.providers.sns`, which the notifier uses as well. The reply goes out through the notifier.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import ClassVar

from typing_extensions import override

from chalicelib.intake.sms import payload
from chalicelib.intake.sms.webhook import (
    ForgedWebhookError,
    InboundSms,
    MalformedWebhookError,
    ProviderUnreachableError,
    SmsWebhook,
    WebhookRequest,
    replay_key,
    required_secret,
    sender_number,
)
from shared.providers.sns import SnsMessage, SnsRefusedError, SnsTopic, SnsUnreachableError, fetch


class AwsSnsWebhook(SmsWebhook):
    """The adapter for `POST /sms/aws`. It also confirms its own topic's subscription, once the signature holds."""

    name: ClassVar[str] = "aws"

    def __init__(
        self,
        topic_arn: str,
        *,
        certificate: str = "",
        fetch: Callable[[str], bytes] = fetch,
        accept_within: timedelta = timedelta(days=1),
    ) -> None:
        """Take our topic, how to fetch an address (certificate, confirmation), and how old a message may be.

        With a `certificate` (PEM) nothing is fetched: for the local stack, which signs with a key of its own.
        """
        pinned = certificate.encode()
        self._topic = SnsTopic(required_secret(topic_arn), (lambda _url: pinned) if pinned else fetch)
        self._accept_within = accept_within

    @override
    def _read(self, request: WebhookRequest, at: datetime) -> list[InboundSms]:
        """Return the one message of a genuine notification; none for SNS's own business."""
        try:
            payload.json_object(request.body)  # no name twice: SNS signs the values, not how often they come
        except MalformedWebhookError as error:
            raise ForgedWebhookError(error.rule) from None
        message = self._genuine(request.body, at)
        return self._messages(message) if message.type == "Notification" else []

    def _genuine(self, body: bytes, at: datetime) -> SnsMessage:
        try:
            message = self._topic.read(body, at)
            sent_at = payload.instant({"Timestamp": message.timestamp}, "Timestamp")
            if sent_at is None or abs(at - sent_at) > self._accept_within:
                raise ForgedWebhookError("age")
            self._topic.confirm(message)
        except SnsRefusedError as error:
            raise ForgedWebhookError(error.rule) from None
        except SnsUnreachableError:
            raise ProviderUnreachableError from None
        return message

    def _messages(self, notification: SnsMessage) -> list[InboundSms]:
        message = payload.json_object(notification.message.encode())
        message_id = payload.message_id(message, "inboundMessageId")
        content = payload.text(message, "messageBody")
        sent_at = payload.instant({"Timestamp": notification.timestamp}, "Timestamp")
        number = sender_number(payload.text(message, "originationNumber"))
        key = replay_key(self.name, notification.signed)
        return [] if number is None else [InboundSms(self.name, message_id, number, content, sent_at, key)]
