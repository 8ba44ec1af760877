"""Writes the outcome of an attempt, or of a delivery that needs none, into its row, and counts it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from chalicelib.notifier.attempts.back_off import retry_at
from shared.domain.promises.deliveries import Delivery, DeliveryState
from shared.domain.promises.notices import Audience
from shared.domain.promises.targets import Promise
from shared.platform import clock, telemetry
from shared.tables.deliveries import AMBIGUOUS, CALLS, ClaimLostError, Deliveries

_ON_THE_OPERATORS_LIST = frozenset({DeliveryState.OPEN, DeliveryState.LETTER})


class Outcomes:
    """Records outcomes in the table `deliveries`.

    `before` is always the row as it was read or claimed, None where there is no row; a row that changed meanwhile is
    left as it is by `Deliveries.settle` and `Deliveries.add`. A retry, and a failure, for which there was none, raise
    `ClaimLostError` where there is one by now.
    """

    def __init__(self, deliveries: Deliveries, receipt_within: timedelta) -> None:
        """Take the table, and how long a receipt may take; zero waits for none."""
        self._deliveries = deliveries
        self._receipt_within = receipt_within

    # --- outcomes of attempts ------------------------------------------------------------------------

    def sent(self, claimed: Delivery, provider_id: str) -> None:
        """Record that the provider took the message."""
        self._settle(
            claimed,
            claimed,
            state=DeliveryState.SENT,
            provider_id=provider_id or claimed.provider_id,
            wake_at=self._receipt_due_at(claimed),
        )

    def retry(self, delivery: Delivery, before: Delivery | None, reason: str) -> None:
        """Leave a delivery for another round."""
        self._settle(
            before or delivery,
            before,
            state=DeliveryState.PREPARED,
            attempt=delivery.attempt,
            ambiguous_since=delivery.ambiguous_since,
            reason=reason,
            wake_at=retry_at(delivery.attempt, clock.now(), delivery.channel),
        )

    def failed(self, delivery: Delivery, before: Delivery | None, reason: str) -> None:
        """Record that a channel is given up."""
        self._settle(before or delivery, before, state=DeliveryState.FAILED, reason=reason, wake_at=None)

    def ambiguous(self, before: Delivery, reason: str, *, awaits_receipt: bool) -> None:
        """Record that nobody can know whether the message was sent: it is listed for people and never sent again."""
        self._settle(
            before,
            before,
            state=DeliveryState.AMBIGUOUS,
            reason=reason,
            listed=AMBIGUOUS,
            listed_at=clock.now(),
            wake_at=self._receipt_due_at(before) if awaits_receipt else None,
        )
        telemetry.count("AmbiguousDelivery")
        if before.audience is Audience.PETITIONER:
            telemetry.count_promise(Promise.PROVEN, is_kept=False)

    # --- without an attempt --------------------------------------------------------------------------

    def hold(self, delivery: Delivery, before: Delivery | None, until: datetime) -> None:
        """Let a delivery wait, in the state that it has."""
        held = (before or delivery).model_copy(update={"wake_at": until})
        if before is None:
            self._deliveries.add(held)
        else:
            self._deliveries.settle(held, before)

    def stop_waiting(self, delivery: Delivery) -> None:
        """Let a delivery wait no longer, in the state that it has."""
        self._deliveries.settle(delivery.model_copy(update={"wake_at": None}), delivery)

    def receipt_missing(self, sent: Delivery, *, is_last: bool) -> None:
        """Record that no receipt came in time: the delivery is unproven, unless there is no other channel."""
        telemetry.count_promise(Promise.PROVEN, is_kept=False)
        if is_last:
            telemetry.count("NoticeUnproven")
            self.stop_waiting(sent)
            return
        telemetry.count("DeliveryUnproven", channel=sent.channel)
        unproven = {
            "wake_at": None,
            "state": DeliveryState.UNPROVEN,
            "reason": f"{sent.state.lower()}-without-receipt",
        }
        self._deliveries.settle(sent.model_copy(update=unproven), sent)

    def call(self, delivery: Delivery, before: Delivery | None, text: str | None) -> None:
        """Put a call on the operators' list: a row of our own, which cannot be ambiguous.

        Raises:
            ClaimLostError: another worker changed the row meanwhile.
        """
        listed = {"text": text, "listed": CALLS, "listed_at": clock.now()}
        self._claim(delivery.model_copy(update=listed), before, DeliveryState.OPEN)
        telemetry.count("CallTaskOpened", kind=delivery.kind)

    def refused(self, delivery: Delivery, before: Delivery | None, reason: str) -> None:
        """Record that a channel is given up without an attempt.

        Raises:
            ClaimLostError: another worker changed the row meanwhile.
        """
        self._claim(delivery.model_copy(update={"reason": reason}), before, DeliveryState.FAILED)

    def cancel_calls(self, deliveries: Sequence[Delivery]) -> None:
        """Take calls off the operators' list that a late receipt has made needless."""
        cancelled = {"state": DeliveryState.SUPERSEDED, "reason": "receipt-came-late"}
        for delivery in deliveries:
            if delivery.state in _ON_THE_OPERATORS_LIST:
                unlisted = {**cancelled, "listed": None, "listed_at": None}
                self._deliveries.settle(delivery.model_copy(update=unlisted), delivery)

    def close(self, closing: Delivery, deliveries: Sequence[Delivery] = ()) -> None:
        """Record in a row `…#NONE` that nothing carries a notice; its deliveries wait no longer."""
        for delivery in deliveries:
            if delivery.wake_at is not None:
                ended = delivery.model_copy(update={"state": closing.state, "wake_at": None})
                self._deliveries.settle(ended, delivery)
        self._deliveries.add(closing)

    # --- how they are written ------------------------------------------------------------------------

    def _claim(self, delivery: Delivery, before: Delivery | None, state: DeliveryState) -> None:
        claimed = delivery.model_copy(update={"state": state, "claim": state.value})
        self._deliveries.claim(claimed, before)

    def _settle(self, delivery: Delivery, before: Delivery | None, **facts: object) -> None:
        settled = delivery.model_copy(update={"at": clock.now(), **facts})
        if before is not None:
            self._deliveries.settle(settled, before)
        elif (other := self._deliveries.add(settled)) is not None:
            raise ClaimLostError(other)
        telemetry.count(f"Delivery{settled.state.capitalize()}", channel=settled.channel, kind=settled.kind)

    def _receipt_due_at(self, claimed: Delivery) -> datetime | None:
        """Return by when a receipt of a petitioner's message is due; None where the provider gives none."""
        if not claimed.proves or claimed.audience is not Audience.PETITIONER or not self._receipt_within:
            return None
        return clock.now() + self._receipt_within
