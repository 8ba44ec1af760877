"""Infobip's delivery reports about SMS, several in one request; each delivery is found again by `callbackData`.

Sources: infobip.com/docs/api/channels/sms/sms-messaging/logs-and-status-reports/receive-outbound-sms-message-report
and …/docs/developer-resources/api-fundamentals/message-status-codes: `DELIVERED_TO_OPERATOR` belongs to the group
DELIVERED and is no arrival. How Infobip proves who calls: `shared/providers/infobip.py`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chalicelib.notifier.receipts.receipt import (
    Receipt,
    ReceiptRefusedError,
    UnknownStatusError,
    about_sms,
    object_in,
)
from shared.tables.deliveries import DeliveryState

GROUPS = {
    "PENDING": DeliveryState.SENT,
    "DELIVERED": DeliveryState.DELIVERED,
    "UNDELIVERABLE": DeliveryState.FAILED,
    "EXPIRED": DeliveryState.FAILED,
    "REJECTED": DeliveryState.FAILED,
}
ON_THE_WAY = frozenset({"DELIVERED_TO_OPERATOR"})


def reports_in(body: bytes) -> list[dict[str, Any]]:
    """Return the reports of a genuine request.

    Raises:
        ReceiptRefusedError: when it holds something else.
    """
    results = object_in(body).get("results")
    if not isinstance(results, list) or not all(isinstance(result, dict) for result in results):
        raise ReceiptRefusedError
    return results


def receipt_in(report: dict[str, Any]) -> Receipt | None:
    """Return what one report proves, None for a reply and for messages that the account sent elsewhere.

    Raises:
        ReceiptRefusedError: when its data are none of ours.
        UnknownStatusError: when Infobip tells a group of statuses that it did not document.
    """
    if not report.get("callbackData"):
        return None
    receipt = about_sms(report["callbackData"], DeliveryState.SENT, "infobip")
    if receipt is None:
        return None
    status = report.get("status")
    group = status.get("groupName") if isinstance(status, dict) else None
    if not isinstance(group, str) or group not in GROUPS:
        raise UnknownStatusError("infobip")
    is_on_the_way = isinstance(status, dict) and status.get("name") in ON_THE_WAY
    state = DeliveryState.SENT if is_on_the_way else GROUPS[group]
    return replace(receipt, state=state, reason=f"infobip-{group}")
