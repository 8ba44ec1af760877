"""The events of AWS End User Messaging about one SMS, as its configuration set publishes them to SNS.

Source: AWS End User Messaging User Guide, "Messaging events" and "Event types". The delivery is found again by the
`context` that the message was sent with.
"""

from __future__ import annotations

from typing import Any

from chalicelib.notifier.account import Account
from chalicelib.notifier.receipts.receipt import (
    PERMANENT,
    Receipt,
    ReceiptRefusedError,
    UnknownStatusError,
    json_object,
)
from chalicelib.notifier.receipts.sns import SnsReceipts, topic_of
from shared.domain.promises.deliveries import DeliveryState

STATES: dict[str, DeliveryState | None] = {
    "TEXT_DELIVERED": DeliveryState.DELIVERED,
    "TEXT_SUCCESSFUL": DeliveryState.DELIVERED,  # used interchangeably, depending on the country; only when final
    "TEXT_QUEUED": DeliveryState.SENT,
    "TEXT_PENDING": DeliveryState.SENT,
    "TEXT_SENT": DeliveryState.SENT,
    "TEXT_INVALID": DeliveryState.FAILED,
    "TEXT_INVALID_MESSAGE": DeliveryState.FAILED,
    "TEXT_UNREACHABLE": DeliveryState.FAILED,
    "TEXT_CARRIER_UNREACHABLE": DeliveryState.FAILED,
    "TEXT_BLOCKED": DeliveryState.FAILED,
    "TEXT_CARRIER_BLOCKED": DeliveryState.FAILED,
    "TEXT_SPAM": DeliveryState.FAILED,
    "TEXT_TTL_EXPIRED": DeliveryState.FAILED,
    "TEXT_PROTECT_BLOCKED": DeliveryState.FAILED,
    "TEXT_UNKNOWN": None,
}
"""The documented events and the state that each proves; None: it changes nothing."""
_NO_SUCH_NUMBER = frozenset({"TEXT_INVALID"})
"""Events that say of the number, not of the message or the moment, that nothing can be sent to it."""


class AwsReceipts(SnsReceipts):
    """Reads the events of AWS End User Messaging."""

    def __init__(self, account: Account) -> None:
        super().__init__(topic_of(account.settings.sms_events_topic, account), receipt_of)


def receipt_of(message: str) -> Receipt | None:
    """Return the receipt in an event, None when it proves nothing.

    Raises:
        ReceiptRefusedError: when it is no event about a delivery of ours.
        UnknownStatusError: when AWS publishes an event that it does not document.
    """
    event = json_object(message)
    kind = event.get("eventType")
    if not isinstance(kind, str):
        raise ReceiptRefusedError
    if kind not in STATES:
        raise UnknownStatusError("aws")
    state = STATES[kind]
    if kind == "TEXT_SUCCESSFUL" and event.get("isFinal") is not True:
        state = DeliveryState.SENT
    if state is None:
        return None
    reason = f"aws-{kind}{PERMANENT if kind in _NO_SUCH_NUMBER else ''}"
    return Receipt(_named(event, "reference"), _named(event, "notice"), state, reason)


def _named(event: dict[str, Any], name: str) -> str:
    context = event.get("context")
    value = context.get(name) if isinstance(context, dict) else None
    if not isinstance(value, str) or not value:
        raise ReceiptRefusedError
    return value
