"""Zalo's events about ZNS messages; the delivery is found again by `tracking_id`.

Zalo posts all events of an official account to one address: messages of users, followers, messages seen. The arrival of
a ZNS message on the phone is `user_received_message` with a `delivery_time`; the same event without one is about an
ordinary message of the account. All other events prove nothing and are acknowledged, because Zalo closes a webhook that
does not answer 200. No event reports a failure, so silence counts (`RECEIPT_WITHIN_HOURS`).

Source: developers.zalo.me, "Webhook", as quoted at hainh.me/zalo-api-php-webhook-callback-official-account.html:
`X-ZEvent-Signature` is the SHA-256 of application id, body, the body's `timestamp`, and the official account's secret
key; Zalo repeats for 12 hours, so an age would refuse its own repetitions (a repeated receipt has no second effect).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from functools import partial

from chalicelib.notifier.account import Account
from chalicelib.notifier.receipts.receipt import (
    LARGEST_EVENT,
    Reading,
    Receipt,
    ReceiptRefusedError,
    ReceiptRequest,
    json_object,
    receipt_of_sms,
)
from shared.domain.promises.deliveries import DeliveryState

_RECEIVED = "user_received_message"


class ZaloReceipts:
    """Reads the events of Zalo."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def read(self, request: ReceiptRequest) -> Sequence[Reading]:
        """Return the reading of an event that is signed with our official account's key.

        Raises:
            ReceiptRefusedError: when it is not, or the account has no such key.
        """
        request.refuse_larger_than(LARGEST_EVENT)
        app_id = self._account.credentials.get("app_id")
        secret_key = self._account.credentials.get("oa_secret_key")
        if not app_id or not secret_key:
            raise ReceiptRefusedError("not-configured")
        signature = request.header("x-zevent-signature")
        if not is_genuine(request.body, signature, app_id=app_id, secret_key=secret_key):
            raise ReceiptRefusedError("signature" if signature else "headers")
        return [partial(receipt_of, request.body)]


def is_genuine(body: bytes, signature: str, *, app_id: str, secret_key: str) -> bool:
    """Return whether Zalo signed a body with our official account's key, for our application.

    Raises:
        ReceiptRefusedError: when the body is no event.
    """
    event = json_object(body)
    timestamp = str(event.get("timestamp", ""))
    if str(event.get("app_id", "")) != app_id or not (timestamp.isascii() and timestamp.isdigit()):
        return False
    signed = app_id.encode() + body + f"{timestamp}{secret_key}".encode()
    expected = hashlib.sha256(signed).hexdigest()
    lower = signature.strip().removeprefix("mac=").lower()
    return hmac.compare_digest(expected.encode(), lower.encode("utf-8", "replace"))


def receipt_of(body: bytes) -> Receipt | None:
    """Return the receipt in a genuine event, None when it is about something else.

    Raises:
        ReceiptRefusedError: when it is about no message of ours.
    """
    event = json_object(body)
    if event.get("event_name") != _RECEIVED:
        return None
    message = event.get("message")
    if not isinstance(message, dict):
        raise ReceiptRefusedError
    if not message.get("delivery_time") or not message.get("tracking_id"):
        return None
    return receipt_of_sms(message["tracking_id"], DeliveryState.DELIVERED, "zalo-received")
