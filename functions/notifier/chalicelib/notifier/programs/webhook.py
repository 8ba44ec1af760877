"""One program's address as a provider: requests signed as Standard Webhooks 1.0.0 says (standardwebhooks.com)."""

from __future__ import annotations

import urllib.request
from collections.abc import Sequence
from datetime import timedelta
from http import HTTPStatus

from chalicelib.notifier.attempts.back_off import WEBHOOK_BACK_OFF
from chalicelib.notifier.senders.post_json import post
from chalicelib.notifier.senders.sender import (
    Message,
    PermanentSendError,
    SendError,
    TemporarySendError,
    UnknownOutcomeError,
)
from shared.platform import clock
from shared.providers import standard_webhooks

GONE = f"http-{HTTPStatus.GONE.value}"
"""The reason of a delivery whose address wants no more events."""
_MEANING: dict[int, type[SendError]] = {
    **dict.fromkeys(range(300, 600), TemporarySendError),
    HTTPStatus.GONE: PermanentSendError,
}
"""Everything but 2xx is tried again, and 410 ends the subscription. So is a broken connection, or no answer in time: it
may have been taken, and a program recognises the id."""


class WebhookSender:
    """Posts events to one address. A program recognises a repeated event by its id, for as long as we repeat it."""

    deduplicates_for = sum(WEBHOOK_BACK_OFF, timedelta(days=1))
    proves = False

    def __init__(
        self, name: str, address: str, keys: Sequence[str], opener: urllib.request.OpenerDirector
    ) -> None:
        """Take the name of the subscription, its address, its keys (`whsec_…`), and what opens requests."""
        self.name = f"webhook-{name}"
        self._address = address
        self._keys = keys
        self._opener = opener

    def send(self, message: Message) -> str:
        """Post an event: `message.subject` is its id, `message.text` its body."""
        body, timestamp = message.text.encode(), int(clock.now().timestamp())
        signatures = [
            standard_webhooks.sign(
                standard_webhooks.key_of(key), webhook_id=message.subject, timestamp=timestamp, body=body
            )
            for key in self._keys
        ]
        headers = {
            "webhook-id": message.subject,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": " ".join(signatures),
            "User-Agent": "pakn-webhooks/1",
        }
        try:
            post(self._address, body, headers, _MEANING, self._opener)
        except UnknownOutcomeError as error:
            raise TemporarySendError(error.reason) from None
        return ""
