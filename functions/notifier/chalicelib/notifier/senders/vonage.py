"""SMS through Vonage's Messages API; called by the courier.

Source: developer.vonage.com/en/api/messages: `client_ref` comes back in each status callback, `webhook_url` leads it to
our door; errors are told by HTTP status. The API knows no idempotency key, so a lost answer is told as
unknown. Vietnam takes a registered sender name only. How a text is coded Vonage finds out itself.
"""

from __future__ import annotations

import base64
from datetime import timedelta

from chalicelib.notifier.senders.http import OUR_ACCOUNT, post_json
from chalicelib.notifier.senders.sender import Message

URL = "https://api.nexmo.com/v1/messages"


class VonageSmsSender:
    """Sends SMS through Vonage."""

    name = "vonage"
    deduplicates_for = timedelta(0)

    def __init__(
        self, url: str, *, api_key: str, api_secret: str, sender: str, callback_url: str | None = None
    ) -> None:
        """Take the endpoint, the account, the name to send from, and our door for its status callbacks."""
        self._url = url
        self._basic = base64.b64encode(f"{api_key}:{api_secret}".encode()).decode()
        self._sender = sender
        self._callback_url = callback_url

    @property
    def proves(self) -> bool:
        """Whether its callbacks can be proven."""
        return self._callback_url is not None

    def send(self, message: Message) -> str:
        """Hand the SMS over; return Vonage's `message_uuid`."""
        body = {
            "channel": "sms",
            "message_type": "text",
            "to": message.to.removeprefix("+"),
            "from": self._sender,
            "text": message.text,
            "client_ref": message.request_id,
        }
        if self._callback_url is not None:
            body |= {"webhook_url": self._callback_url, "webhook_version": "v1"}
        answer = post_json(self._url, body, {"Authorization": f"Basic {self._basic}"}, OUR_ACCOUNT)
        return str(answer.get("message_uuid", ""))
