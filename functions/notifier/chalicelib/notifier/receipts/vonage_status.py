"""Vonage's status callback about one SMS of its Messages API; the delivery is found again by `client_ref`.

Source: developer.vonage.com/en/messages/concepts/messages-status-callbacks. How it is signed:
`shared/providers/vonage.py`.
"""

from __future__ import annotations

from dataclasses import replace

from chalicelib.notifier.receipts.receipt import Receipt, UnknownStatusError, about_sms, object_in
from shared.tables.deliveries import DeliveryState

STATES = {
    "submitted": DeliveryState.SENT,
    "delivered": DeliveryState.DELIVERED,
    "read": DeliveryState.DELIVERED,
    "rejected": DeliveryState.FAILED,
    "undeliverable": DeliveryState.FAILED,
}


def receipt_in(body: bytes) -> Receipt | None:
    """Return what a genuine callback proves, None for a reply and for messages that the account sent elsewhere.

    Raises:
        ReceiptRefusedError: when its reference is none of ours.
        UnknownStatusError: when Vonage tells a status that it did not document.
    """
    status = object_in(body)
    if status.get("client_ref") is None or status.get("channel") != "sms":
        return None
    receipt = about_sms(status["client_ref"], DeliveryState.SENT, "vonage")
    if receipt is None:
        return None
    word = status.get("status")
    if not isinstance(word, str) or word not in STATES:
        raise UnknownStatusError("vonage")
    return replace(receipt, state=STATES[word], reason=f"vonage-{word}")
