"""Records receipts in the table `deliveries`, and lets a notice that did not arrive take the next channel."""

from __future__ import annotations

from chalicelib.notifier.receipts.receipt import Receipt
from shared.domain.promises.deliveries import Delivery, DeliveryState
from shared.domain.promises.notices import Audience
from shared.platform import clock, correlation, queues, telemetry
from shared.platform.messages import NoticeRequest
from shared.tables.deliveries import Deliveries, Proven

_LATE_PROOF_AFTER = frozenset({DeliveryState.UNPROVEN, DeliveryState.DELIVERED})
"""The states in which a late proof finds a delivery: the first time, and when the proof is repeated."""


class ReceiptRecorder:
    """Records receipts. What is known only grows, in whatever order they come: a failure contradicts an arrival."""

    def __init__(self, deliveries: Deliveries, notices_queue_url: str) -> None:
        self._deliveries = deliveries
        self._notices_queue_url = notices_queue_url

    def record(self, receipt: Receipt) -> None:
        """Record a receipt; a notice that did not reach its petitioner goes back on the queue for the next channel.

        A failure after a proven arrival is counted and listed for the desk: nothing that it proved holds any more.
        After a late proof the notice goes back too, so that an operator's call that is no longer needed is cancelled. A
        repeated receipt puts the notice back again, which is harmless: delivering a delivered notice does nothing.
        """
        if receipt.is_complaint:
            self._record_complaint(receipt)
            return
        proven = self._deliveries.prove(
            receipt.reference, receipt.notice, receipt.state, at=clock.now(), reason=receipt.reason
        )
        if proven is None:
            telemetry.count("ReceiptWithoutDelivery")
            return
        delivery = proven.after
        correlation.follow(delivery.correlation)
        telemetry.count(f"Receipt{receipt.state.capitalize()}", channel=delivery.channel)
        if _is_contradiction(proven, receipt):
            telemetry.count("ReceiptContradicted", channel=delivery.channel)
        is_late_proof = delivery.state is DeliveryState.DELIVERED and proven.before.state in _LATE_PROOF_AFTER
        if is_late_proof or delivery.state is DeliveryState.FAILED:
            self._put_back(delivery)

    def _record_complaint(self, receipt: Receipt) -> None:
        """Record a complaint; only the delivery of the notice may open the seal and suppress the address."""
        delivery = self._deliveries.record_complaint(receipt.reference, receipt.notice, clock.now())
        if delivery is None:
            telemetry.count("ReceiptWithoutDelivery")
        else:
            correlation.follow(delivery.correlation)
            self._put_back(delivery)

    def _put_back(self, delivery: Delivery) -> None:
        """Put a petitioner's notice back on its queue."""
        if delivery.audience is not Audience.PETITIONER:
            return
        request = NoticeRequest(
            reference=delivery.reference,
            seq=delivery.seq,
            kind=delivery.kind,
            audience=delivery.audience,
        )
        queues.send(self._notices_queue_url, [request])


def _is_contradiction(proven: Proven, receipt: Receipt) -> bool:
    """Return whether a receipt says DELIVERED of what failed, or FAILED of what was delivered."""
    states = {proven.before.state, proven.after.state, receipt.state}
    return states >= {DeliveryState.DELIVERED, DeliveryState.FAILED}
