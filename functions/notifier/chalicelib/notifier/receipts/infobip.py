"""Infobip's delivery reports about SMS, several in one request; each delivery is found again by `callbackData`.

Sources: infobip.com/docs/api/channels/sms/sms-messaging/logs-and-status-reports/receive-outbound-sms-message-report
and …/docs/developer-resources/api-fundamentals/message-status-codes: `DELIVERED_TO_OPERATOR` belongs to the group
DELIVERED and is no arrival. How Infobip authenticates itself: `shared/providers/infobip.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from chalicelib.notifier.account import Account
from chalicelib.notifier.receipts.receipt import (
    PERMANENT,
    Reading,
    Receipt,
    ReceiptRefusedError,
    ReceiptRequest,
    UnknownStatusError,
    json_object,
    receipt_of_sms,
)
from chalicelib.notifier.senders.infobip import gives_receipts
from shared.domain.promises.deliveries import DeliveryState
from shared.platform.provider_credentials import refusing_unusable
from shared.providers.infobip import InfobipCredentials

GROUPS = {
    "PENDING": DeliveryState.SENT,
    "DELIVERED": DeliveryState.DELIVERED,
    "UNDELIVERABLE": DeliveryState.FAILED,
    "EXPIRED": DeliveryState.FAILED,
    "REJECTED": DeliveryState.FAILED,
}
_PENDING_NAMES = frozenset({"DELIVERED_TO_OPERATOR"})


LARGEST_REQUEST = 128 * 1024
"""Bytes: Infobip posts up to a hundred reports at once."""


class InfobipReceipts:
    """Reads the delivery reports of Infobip."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def read(self, request: ReceiptRequest) -> Sequence[Reading]:
        """Return a reading for each report of a request that shows the credentials of our subscription.

        Raises:
            ReceiptRefusedError: when it does not, or the account has no such credentials.
            UnusableCredentialsError: when half of a pair of them is missing.
        """
        request.refuse_larger_than(LARGEST_REQUEST)
        credentials = self._account.credentials
        if not gives_receipts(credentials):
            raise ReceiptRefusedError("not-configured")
        with refusing_unusable():
            ours = InfobipCredentials.of(credentials)
        rule = ours.broken_rule(request.header, request.body)
        if rule is not None:
            raise ReceiptRefusedError(rule)
        return [partial(receipt_of, report) for report in reports_in(request.body)]


def reports_in(body: bytes) -> list[dict[str, Any]]:
    """Return the reports of a genuine request.

    Raises:
        ReceiptRefusedError: when it holds something else.
    """
    results = json_object(body).get("results")
    if not isinstance(results, list) or not all(isinstance(result, dict) for result in results):
        raise ReceiptRefusedError
    return results


def receipt_of(report: dict[str, Any]) -> Receipt | None:
    """Return the receipt in one report, None for a reply to an SMS and for other messages of the account.

    Raises:
        ReceiptRefusedError: when its data are none of ours.
        UnknownStatusError: when Infobip reports a group of statuses that it does not document.
    """
    if not report.get("callbackData"):
        return None
    receipt = receipt_of_sms(report["callbackData"], DeliveryState.SENT, "infobip")
    if receipt is None:
        return None
    status = report.get("status")
    group = status.get("groupName") if isinstance(status, dict) else None
    if not isinstance(group, str) or group not in GROUPS:
        raise UnknownStatusError("infobip")
    error = report.get("error")
    is_permanent = group != "DELIVERED" and isinstance(error, dict) and error.get("permanent") is True
    is_pending = isinstance(status, dict) and status.get("name") in _PENDING_NAMES
    state = DeliveryState.SENT if is_pending else GROUPS[group]
    return replace(receipt, state=state, reason=f"infobip-{group}{PERMANENT if is_permanent else ''}")
