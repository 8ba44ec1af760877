"""The generic gateway's receipts: events signed as Standard Webhooks, about the `id` that each message was sent with.

Contract (docs/notices.md): `{"type": "sms.delivered" | "sms.failed" | "sms.sent", "data": {"id", "reason"?}}`.
"""

from __future__ import annotations

import re
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
from shared.platform.provider_credentials import refusing_unusable
from shared.providers.standard_webhooks import broken_rule, key_of

STATES = {
    "sms.delivered": DeliveryState.DELIVERED,
    "sms.failed": DeliveryState.FAILED,
    "sms.sent": DeliveryState.SENT,
}
_REASON = re.compile(r"[a-zA-Z0-9_-]{1,40}", re.ASCII)


class GatewayReceipts:
    """Reads the events of the generic gateway."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def read(self, request: ReceiptRequest) -> Sequence[Reading]:
        """Return the reading of an event that is signed with the account's `secret`.

        Raises:
            ReceiptRefusedError: when it is not signed so, or the account has no secret.
            UnusableCredentialsError: when the secret is none of Standard Webhooks.
        """
        request.refuse_larger_than(LARGEST_EVENT)
        secret = self._account.credentials.get("secret")
        if not secret:
            raise ReceiptRefusedError("not-configured")
        with refusing_unusable():
            key = key_of(secret)
        rule = broken_rule(
            key,
            webhook_id=request.header("webhook-id"),
            timestamp=request.header("webhook-timestamp"),
            signatures=request.header("webhook-signature"),
            body=request.body,
            at=request.at,
        )
        if rule is not None:
            raise ReceiptRefusedError(rule)
        return [partial(receipt_of, request.body)]


def receipt_of(body: bytes) -> Receipt | None:
    """Return the receipt in a genuine event, None for a reply to an SMS.

    Raises:
        ReceiptRefusedError: when it is about no message of ours.
        UnknownStatusError: when the contract has no such event.
    """
    event = json_object(body)
    data = event.get("data")
    if not isinstance(data, dict):
        raise ReceiptRefusedError
    reason = data.get("reason")
    has_reason = isinstance(reason, str) and _REASON.fullmatch(reason)
    code = reason if has_reason else "told"
    receipt = receipt_of_sms(data.get("id"), DeliveryState.SENT, f"http-{code}")
    if receipt is None:
        return None
    if event.get("type") not in STATES:
        raise UnknownStatusError("http")
    return replace(receipt, state=STATES[event["type"]])
