"""The generic gateway's receipts: events signed as Standard Webhooks, about the `id` that each message was sent with.

Contract (docs/notices.md): `{"type": "sms.delivered" | "sms.failed" | "sms.sent", "data": {"id", "reason"?}}`.
"""

from __future__ import annotations

import json
import re

from shared.deliveries import DeliveryChannel, DeliveryState, notice_prefix
from shared.domain.notices import Audience, NoticeKind

from .receipt import Receipt, ReceiptRefusedError, UnknownStatusError

STATES = {
    "sms.delivered": DeliveryState.DELIVERED,
    "sms.failed": DeliveryState.FAILED,
    "sms.sent": DeliveryState.SENT,
}
_REQUEST_ID = re.compile(r"(\d{11})-(\d{1,4})-([A-Z_]{1,30})", re.ASCII)
_REPLY_ID = re.compile(r"sms-[0-9a-f]{32}-REPLY", re.ASCII)
_REASON = re.compile(r"[a-zA-Z0-9_-]{1,40}", re.ASCII)


def receipt_in(body: bytes) -> Receipt | None:
    """Return what a genuine event proves, None when it is about a mere reply.

    Raises:
        ReceiptRefusedError: when it is about no message of ours.
        UnknownStatusError: when the contract has no such event.
    """
    try:
        event = json.loads(body)
    except (ValueError, RecursionError):
        raise ReceiptRefusedError from None
    data = event.get("data") if isinstance(event, dict) else None
    if not isinstance(data, dict) or not isinstance(data.get("id"), str):
        raise ReceiptRefusedError
    if _REPLY_ID.fullmatch(data["id"]):
        return None
    found = _REQUEST_ID.fullmatch(data["id"])
    if found is None or found[3] not in NoticeKind.__members__:
        raise ReceiptRefusedError
    if event.get("type") not in STATES:
        raise UnknownStatusError("http")
    prefix = notice_prefix(int(found[2]), NoticeKind(found[3]), Audience.PETITIONER)
    reason = data.get("reason")
    told = reason if isinstance(reason, str) and _REASON.fullmatch(reason) else "told"
    return Receipt(found[1], f"{prefix}{DeliveryChannel.SMS}", STATES[event["type"]], f"http-{told}")
