"""What every provider's receipt is brought to, and what follows from it; called by the doors under `/receipts`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from shared.domain.errors import PetitionError
from shared.domain.promises.notices import Audience, NoticeKind
from shared.platform import clock, telemetry
from shared.platform.messages import NoticeRequest
from shared.tables.deliveries import (
    PROVABLE,
    Deliveries,
    Delivery,
    DeliveryChannel,
    DeliveryState,
    notice_prefix,
)


class ReceiptRefusedError(PetitionError):
    """A request that is no genuine receipt."""

    code = "receipt-refused"


class UnknownStatusError(PetitionError):
    """A genuine receipt with a status that the provider did not document: never taken for an arrival."""

    code = "receipt-status-unknown"

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status


_REQUEST_ID = re.compile(r"(\d{11})-(\d{1,4})-([A-Z_]{1,30})", re.ASCII)
_REPLY_ID = re.compile(r"sms-[0-9a-f]{32}-REPLY", re.ASCII)
"""A reply (`replying.py`) has no delivery that a receipt could prove."""

_AFTER_SILENCE = frozenset({DeliveryState.UNPROVEN, DeliveryState.DELIVERED})
"""What a proof that came late finds: the first time, and when it is repeated."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a provider says of one delivery: DELIVERED, FAILED, or merely SENT (which settles a doubt)."""

    reference: str
    notice: str
    state: DeliveryState
    reason: str
    is_complaint: bool = False
    """Whether the reader calls the message unwanted, which says nothing against its arrival."""


def about_sms(request_id: object, state: DeliveryState, reason: str) -> Receipt | None:
    """Return the receipt of the SMS that was sent with this id (`Message.request_id`), None for a mere reply.

    Raises:
        ReceiptRefusedError: when it is no id of ours.
    """
    if not isinstance(request_id, str):
        raise ReceiptRefusedError
    if _REPLY_ID.fullmatch(request_id):
        return None
    found = _REQUEST_ID.fullmatch(request_id)
    if found is None or found[3] not in NoticeKind.__members__:
        raise ReceiptRefusedError
    prefix = notice_prefix(int(found[2]), NoticeKind(found[3]), Audience.PETITIONER)
    return Receipt(found[1], f"{prefix}{DeliveryChannel.SMS}", state, reason)


def object_in(body: bytes) -> dict[str, Any]:
    """Return the JSON object that a provider posted.

    Raises:
        ReceiptRefusedError: when it posted something else.
    """
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise ReceiptRefusedError from None
    if not isinstance(value, dict):
        raise ReceiptRefusedError
    return value


class Receipts:
    """Takes receipts. State moves only forward: the first receipt to say DELIVERED or FAILED counts."""

    def __init__(self, deliveries: Deliveries, ask_again: Callable[[NoticeRequest], None]) -> None:
        """Take the table, and how to put a notice back on its queue so that the next channel is tried."""
        self._deliveries = deliveries
        self._ask_again = ask_again

    def take(self, receipt: Receipt) -> None:
        """Record a receipt; a petitioner whom a notice did not reach is told over the next channel.

        One whose receipt comes after the next channel was taken need not be called any more. A receipt that arrives
        twice puts the notice back twice, which is harmless: the courier finds what was done.
        """
        if receipt.is_complaint:
            self._take_complaint(receipt)
            return
        settles_doubt_only = receipt.state is DeliveryState.SENT
        proven = self._deliveries.prove(
            receipt.reference,
            receipt.notice,
            receipt.state,
            at=clock.now(),
            reason=receipt.reason,
            only_from=frozenset({DeliveryState.AMBIGUOUS}) if settles_doubt_only else PROVABLE,
        )
        if proven is None:
            telemetry.count("ReceiptWithoutDelivery")
            return
        delivery = proven.after
        telemetry.count(f"Receipt{receipt.state.capitalize()}", channel=delivery.channel)
        if delivery.state is not receipt.state and not settles_doubt_only:
            telemetry.count("ReceiptContradicted", channel=delivery.channel)
        is_late_proof = delivery.state is DeliveryState.DELIVERED and proven.before.state in _AFTER_SILENCE
        is_failure = delivery.state is DeliveryState.FAILED
        if (is_failure or is_late_proof) and delivery.audience is Audience.PETITIONER:
            self._ask_again(_request_of(delivery))

    def _take_complaint(self, receipt: Receipt) -> None:
        """Record a complaint; the courier, who may open the seal, learns the address that it is about."""
        delivery = self._deliveries.record_complaint(receipt.reference, receipt.notice, clock.now())
        if delivery is None:
            telemetry.count("ReceiptWithoutDelivery")
        elif delivery.audience is Audience.PETITIONER:
            self._ask_again(_request_of(delivery))


def _request_of(delivery: Delivery) -> NoticeRequest:
    return NoticeRequest(
        reference=delivery.reference,
        seq=delivery.seq,
        kind=delivery.kind,
        audience=delivery.audience,
    )
