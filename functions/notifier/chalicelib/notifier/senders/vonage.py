"""SMS through Vonage's Messages API.

Source: developer.vonage.com/en/api/messages: each status callback returns `client_ref` and goes to
`webhook_url`; the HTTP status names the error. The API has no idempotency key, so a lost answer is an unknown outcome.
Vietnam takes a registered sender name only. Vonage chooses the encoding of a text itself.
"""

from __future__ import annotations

import base64
from datetime import timedelta

from chalicelib.notifier.account import Account
from chalicelib.notifier.senders.post_json import OUR_ACCOUNT, post_json
from chalicelib.notifier.senders.sender import Message

URL = "https://api.nexmo.com/v1/messages"


def build(account: Account) -> VonageSmsSender:
    """Return the sender of an account; Vonage signs its callbacks with the account's `signature_secret`."""
    credentials = account.credentials
    return VonageSmsSender(
        credentials.get("url", URL),
        api_key=credentials.get("api_key", ""),
        api_secret=credentials.get("api_secret", ""),
        sender=credentials.get("sender", ""),
        callback_url=account.receipts_url if credentials.get("signature_secret") else None,
    )


class VonageSmsSender:
    """Sends SMS through Vonage."""

    name = "vonage"
    deduplicates_for = timedelta(0)

    def __init__(
        self, url: str, *, api_key: str, api_secret: str, sender: str, callback_url: str | None = None
    ) -> None:
        """Take the endpoint, the account, the name to send from, and the address for its status callbacks."""
        self._url = url
        self._basic = base64.b64encode(f"{api_key}:{api_secret}".encode()).decode()
        self._sender = sender
        self._callback_url = callback_url

    @property
    def proves(self) -> bool:
        """Genuine callbacks can be recognised."""
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
