"""Vonage's status callback about one SMS of its Messages API; the delivery is found again by `client_ref`.

Source: developer.vonage.com/en/messages/concepts/messages-status-callbacks. How it is signed:
`shared/providers/vonage.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from chalicelib.notifier.account import Account
from chalicelib.notifier.receipts.receipt import (
    LARGEST_EVENT,
    Reading,
    Receipt,
    ReceiptRefusedError,
    ReceiptRequest,
    UnknownStatusError,
    json_object,
    receipt_of_sms,
)
from shared.domain.promises.deliveries import DeliveryState
from shared.providers.vonage import broken_rule

STATES = {
    "submitted": DeliveryState.SENT,
    "delivered": DeliveryState.DELIVERED,
    "read": DeliveryState.DELIVERED,
    "rejected": DeliveryState.FAILED,
    "undeliverable": DeliveryState.FAILED,
}


class VonageReceipts:
    """Reads the status callbacks of Vonage."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def read(self, request: ReceiptRequest) -> Sequence[Reading]:
        """Return the reading of a callback that is signed for our account.

        Raises:
            ReceiptRefusedError: when it is not, or the account has no signature secret.
        """
        request.refuse_larger_than(LARGEST_EVENT)
        credentials = self._account.credentials
        secret = credentials.get("signature_secret")
        if not secret:
            raise ReceiptRefusedError("not-configured")
        rule = broken_rule(
            secret,
            authorization=request.header("authorization"),
            body=request.body,
            at=request.at,
            api_key=credentials.get("api_key", ""),
        )
        if rule is not None:
            raise ReceiptRefusedError(rule)
        return [partial(receipt_of, request.body)]


def receipt_of(body: bytes) -> Receipt | None:
    """Return the receipt in a genuine callback, None for a reply to an SMS and for other messages of the account.

    Raises:
        ReceiptRefusedError: when its reference is none of ours.
        UnknownStatusError: when Vonage reports a status that it does not document.
    """
    status = json_object(body)
    if status.get("client_ref") is None or status.get("channel") != "sms":
        return None
    receipt = receipt_of_sms(status["client_ref"], DeliveryState.SENT, "vonage")
    if receipt is None:
        return None
    word = status.get("status")
    if not isinstance(word, str) or word not in STATES:
        raise UnknownStatusError("vonage")
    return replace(receipt, state=STATES[word], reason=f"vonage-{word}")
