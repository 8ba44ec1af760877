"""Amazon SES's events about one e-mail, as its configuration set publishes them to SNS.

Source: SES Developer Guide, "Contents of event data that Amazon SES publishes to Amazon SNS". An address that
bounced for good or complained goes onto SES's own account-level suppression list, and a later mail to it comes
back as a bounce or a complaint that says so, so the next channel is taken; ours
(`shared/tables/throttle/suppressions.py`) spares us that mail.
"""

from __future__ import annotations

from typing import Any

from chalicelib.notifier.account import Account
from chalicelib.notifier.receipts.receipt import Receipt, ReceiptRefusedError, UnknownStatusError, json_object
from chalicelib.notifier.receipts.sns import SnsReceipts, topic_of
from chalicelib.notifier.senders.ses import notice_of
from shared.domain.promises.deliveries import DeliveryState
from shared.platform import telemetry

STATES: dict[str, DeliveryState | None] = {
    "Send": DeliveryState.SENT,
    "Delivery": DeliveryState.DELIVERED,
    "Bounce": DeliveryState.FAILED,
    "Reject": DeliveryState.FAILED,
    "Rendering Failure": DeliveryState.FAILED,
    "DeliveryDelay": None,
    "Complaint": DeliveryState.DELIVERED,
    "Open": None,
    "Click": None,
    "Subscription": None,
}
"""The documented events and the state that each proves; None: it changes nothing."""

_ON_SUPPRESSION_LIST = "OnAccountSuppressionList"
_NO_COMPLAINTS = frozenset({"not-spam", "auth-failure"})
"""Feedback types that call no mail unwanted: it was moved out of the junk folder, or its signature was broken."""
_AUTOMATIC_REPLY = ("Transient", "General")
"""The bounce that SES makes of an automatic reply ("out of the office"): the mail arrived, or its own Delivery or
another bounce says what became of it. Source: SES Developer Guide, "Bounce types"."""


class SesReceipts(SnsReceipts):
    """Reads the events of Amazon SES."""

    def __init__(self, account: Account) -> None:
        super().__init__(topic_of(account.settings.mail_events_topic, account), receipt_of)


def receipt_of(message: str) -> Receipt | None:
    """Return the receipt in an event, None when it proves nothing.

    Raises:
        ReceiptRefusedError: when it is no event about a delivery of ours.
        UnknownStatusError: when SES publishes an event that it does not document.
    """
    event = json_object(message)
    kind = event.get("eventType")
    if not isinstance(kind, str):
        raise ReceiptRefusedError
    if kind not in STATES:
        raise UnknownStatusError("ses")
    state = STATES[kind]
    if state is None:
        return None
    tags = _dict(_dict(event.get("mail")).get("tags"))
    reference, notice = _first(tags.get("reference")), _first(tags.get("notice"))
    if kind == "Complaint":
        return _complaint(reference, notice_of(notice), _dict(event.get("complaint")))
    if kind == "Bounce" and _is_automatic_reply(_dict(event.get("bounce"))):
        telemetry.count("MailAutomaticReply")
        state = DeliveryState.SENT
    return Receipt(reference, notice_of(notice), state, _reason(kind, event))


def _is_automatic_reply(bounce: dict[str, Any]) -> bool:
    return (bounce.get("bounceType"), bounce.get("bounceSubType")) == _AUTOMATIC_REPLY


def _complaint(reference: str, notice: str, complaint: dict[str, Any]) -> Receipt | None:
    """Return the receipt in a complaint: of its recipient, or of SES, which sent nothing after an earlier one."""
    if complaint.get("complaintSubType") == _ON_SUPPRESSION_LIST:
        return Receipt(reference, notice, DeliveryState.FAILED, f"ses-Complaint-{_ON_SUPPRESSION_LIST}")
    if complaint.get("complaintFeedbackType") in _NO_COMPLAINTS:
        return None
    telemetry.count("MailComplaint")
    return Receipt(reference, notice, DeliveryState.DELIVERED, "ses-Complaint", is_complaint=True)


def _reason(kind: str, event: dict[str, Any]) -> str:
    """Name the event and, of a bounce, its type; never the receiving server's text, which quotes the address."""
    if kind != "Bounce":
        return f"ses-{kind}"
    bounce = _dict(event.get("bounce"))
    words = (str(bounce.get(name, "")) for name in ("bounceType", "bounceSubType"))
    return "-".join(["ses-Bounce", *(word for word in words if word.isascii() and word.isalpha())])


def _dict(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ReceiptRefusedError
    return value


def _first(value: object) -> str:
    if not (isinstance(value, list) and value and isinstance(value[0], str)):
        raise ReceiptRefusedError
    return value[0]
