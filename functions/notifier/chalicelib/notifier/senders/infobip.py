"""SMS through Infobip's SMS API, version 3.

Sources: infobip.com/docs/api/channels/sms (`POST /sms/3/messages`) and infobip.com/docs/developer-resources/
api-fundamentals/message-status-codes: an accepted request can still hold a message of the group REJECTED, of which
nothing was sent. `callbackData` comes back in the report, which goes to the account's subscription: only that carries
credentials. No idempotency is promised, so a lost answer is an unknown outcome. How a text is coded, Infobip finds out.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from chalicelib.notifier.account import Account, Credentials
from chalicelib.notifier.senders.post_json import OUR_ACCOUNT, post_json
from chalicelib.notifier.senders.sender import (
    Message,
    RejectedByProviderError,
    TemporarySendError,
    UnknownOutcomeError,
)

_REJECTED = "REJECTED"
_OURS_TO_MEND = frozenset({"REJECTED_NOT_ENOUGH_CREDITS"})
"""Rejections that wait for an operator; after any other, known or not, nothing was sent and the next provider tries."""


def build(account: Account) -> InfobipSmsSender:
    """Return the sender of an account; Infobip proves its reports with the credentials of our subscription."""
    credentials = account.credentials
    return InfobipSmsSender(
        credentials.get("url", ""),
        api_key=credentials.get("api_key", ""),
        sender=credentials.get("sender", ""),
        proves=gives_receipts(credentials),
    )


def gives_receipts(credentials: Credentials) -> bool:
    """Return whether the credentials suffice to recognise Infobip's genuine reports: BASIC, HMAC, or both."""
    has_basic = bool(credentials.get("username") and credentials.get("password"))
    return has_basic or bool(credentials.get("hmac_secret") and credentials.get("hmac_header"))


class InfobipSmsSender:
    """Sends SMS through Infobip."""

    name = "infobip"
    deduplicates_for = timedelta(0)

    def __init__(self, url: str, *, api_key: str, sender: str, proves: bool = False) -> None:
        """Take `https://….api.infobip.com/sms/3/messages`, the API key, the sender, and whether reports are proven."""
        self._url = url
        self._api_key = api_key
        self._sender = sender
        self.proves = proves

    def send(self, message: Message) -> str:
        """Hand the SMS over; return Infobip's `messageId`."""
        sms = {
            "sender": self._sender,
            "destinations": [{"to": message.to.removeprefix("+")}],
            "content": {"text": message.text},
            "webhooks": {"contentType": "application/json", "callbackData": message.request_id},
        }
        headers = {"Authorization": f"App {self._api_key}"}
        return _taken(post_json(self._url, {"messages": [sms]}, headers, OUR_ACCOUNT))


def _taken(answer: dict[str, Any]) -> str:
    match answer.get("messages"):
        case [{"status": {"groupName": str(group), "name": str(name)}, **facts}]:
            if group != _REJECTED:
                return str(facts.get("messageId", ""))
            raise (TemporarySendError if name in _OURS_TO_MEND else RejectedByProviderError)(name[:60])
        case _:
            raise UnknownOutcomeError("no-status")
