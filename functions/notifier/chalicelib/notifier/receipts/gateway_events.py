"""The generic gateway's receipts: events signed as Standard Webhooks, about the `id` that each message was sent with.

Contract (docs/notices.md): `{"type": "sms.delivered" | "sms.failed" | "sms.sent", "data": {"id", "reason"?}}`.
"""

from __future__ import annotations

import re
from dataclasses import replace

from chalicelib.notifier.receipts.receipt import (
    Receipt,
    ReceiptRefusedError,
    UnknownStatusError,
    about_sms,
    object_in,
)
from shared.tables.deliveries import DeliveryState

STATES = {
    "sms.delivered": DeliveryState.DELIVERED,
    "sms.failed": DeliveryState.FAILED,
    "sms.sent": DeliveryState.SENT,
}
_REASON = re.compile(r"[a-zA-Z0-9_-]{1,40}", re.ASCII)


def receipt_in(body: bytes) -> Receipt | None:
    """Return what a genuine event proves, None when it is about a mere reply.

    Raises:
        ReceiptRefusedError: when it is about no message of ours.
        UnknownStatusError: when the contract has no such event.
    """
    event = object_in(body)
    data = event.get("data")
    if not isinstance(data, dict):
        raise ReceiptRefusedError
    reason = data.get("reason")
    told = reason if isinstance(reason, str) and _REASON.fullmatch(reason) else "told"
    receipt = about_sms(data.get("id"), DeliveryState.SENT, f"http-{told}")
    if receipt is None:
        return None
    if event.get("type") not in STATES:
        raise UnknownStatusError("http")
    return replace(receipt, state=STATES[event["type"]])
