"""SMS through any gateway that speaks plain HTTP and JSON: for providers without an adapter of their own.

Contract (docs/notices.md): POST `{to, text, from, id}` with `Authorization: Bearer <token>` and `Idempotency-Key`;
2xx with `{"id": …}` means taken, and the same key again within a day is answered alike and not sent again.
"""

from __future__ import annotations

from datetime import timedelta

from chalicelib.notifier.account import Account
from chalicelib.notifier.senders.post_json import post_json
from chalicelib.notifier.senders.sender import Message


def build(account: Account) -> GatewaySmsSender:
    """Return the sender of an account; the gateway proves its receipts with a `secret`."""
    credentials = account.credentials
    return GatewaySmsSender(
        credentials.get("url") or account.settings.sms_gateway_url or "",
        token=credentials.get("token", ""),
        sender=credentials.get("sender", ""),
        proves=bool(credentials.get("secret")),
    )


class GatewaySmsSender:
    """Sends SMS to a gateway of the ministry's or its provider's own."""

    name = "http"
    deduplicates_for = timedelta(hours=23)

    def __init__(self, url: str, *, token: str, sender: str, proves: bool = False) -> None:
        """Take the endpoint, its bearer token, the name or number to send from, and whether it posts receipts."""
        self._url = url
        self._token = token
        self._sender = sender
        self.proves = proves

    def send(self, message: Message) -> str:
        """Hand the SMS over; return the gateway's id of it."""
        answer = post_json(
            self._url,
            {"to": message.to, "text": message.text, "from": self._sender, "id": message.request_id},
            {"Authorization": f"Bearer {self._token}", "Idempotency-Key": message.request_id},
        )
        return str(answer.get("id", ""))
