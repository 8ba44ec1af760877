"""Notifies a petitioner: tries the channels in the order that they chose, and at last asks an operator to call."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from chalicelib.notifier.attempts.back_off import SHORT_HOLD, RetryLaterError, check_batch_again_at
from chalicelib.notifier.attempts.delivery_status import GIVEN_UP, is_address_current, is_receipt_overdue
from chalicelib.notifier.attempts.record_outcome import Outcomes
from chalicelib.notifier.contact_policy.contact_policy import ContactPolicy
from chalicelib.notifier.notices.addresses import Addresses
from chalicelib.notifier.notices.batches import Batches
from chalicelib.notifier.notices.deliver_over_channel import ChannelDelivery, ChannelStep
from chalicelib.notifier.notices.notice import Notice, is_closed
from shared.domain.promises.deliveries import NOTIFIED, Delivery, DeliveryChannel, DeliveryState
from shared.domain.promises.targets import Promise
from shared.platform import clock, telemetry
from shared.tables.deliveries import Deliveries


class PetitionerNotifier:
    """Notifies petitioners."""

    def __init__(
        self,
        *,
        deliveries: Deliveries,
        addresses: Addresses,
        contact_policy: ContactPolicy,
        batches: Batches,
        channel_delivery: ChannelDelivery,
        outcomes: Outcomes,
    ) -> None:
        self._deliveries = deliveries
        self._addresses = addresses
        self._contact_policy = contact_policy
        self._batches = batches
        self._channel_delivery = channel_delivery
        self._outcomes = outcomes

    def notify(self, notice: Notice, deliveries: Sequence[Delivery]) -> None:
        """Deliver a notice, as far as that has not been done: where each contact on file gets it, to each by itself.

        Args:
            notice: the notice.
            deliveries: its deliveries so far.

        Raises:
            RetryLaterError: when its message has to be received again.
        """
        for each in self._addresses.each(notice):
            own = each.own(deliveries)
            if not is_closed(own):
                self._notify(each, own)

    def _notify(self, notice: Notice, deliveries: Sequence[Delivery]) -> None:
        self._suppress_complained(notice, deliveries)
        now = clock.now()
        if any(delivery.state is DeliveryState.DELIVERED for delivery in deliveries):
            self._outcomes.cancel_calls(deliveries)
        elif any(d.state in NOTIFIED and not is_receipt_overdue(d, now) for d in deliveries):
            return
        elif not self._is_in_batch_of_another(deliveries):
            self._try_channels(notice, deliveries, self._held_until(notice, now))

    def _try_channels(
        self, notice: Notice, deliveries: Sequence[Delivery], held_until: datetime | None
    ) -> None:
        """Deliver over the first channel that is not given up."""
        channels = self._addresses.of(notice)
        for position in range(len(channels)):
            step = ChannelStep(notice, deliveries, channels, position, held_until)
            if step.before is not None and step.before.state in GIVEN_UP:
                if is_address_current(notice.petition, step.before):
                    self._contact_policy.suppress_if_permanent(step.before, step.address)
                continue
            if self._channel_delivery.deliver(step):
                return
            deliveries = notice.own(self._deliveries.of_name(notice.name))
        telemetry.count("NoticeUndeliverable")
        telemetry.count_promise(Promise.NOTIFIED, is_kept=False)
        self._outcomes.close(
            notice.delivery(DeliveryChannel.NONE, DeliveryState.FAILED, reason="no-way-left")
        )

    def _suppress_complained(self, notice: Notice, deliveries: Sequence[Delivery]) -> None:
        """Suppress an address whose owner called this notice unwanted; the notice itself arrived."""
        complained = [d for d in deliveries if d.complained_at and is_address_current(notice.petition, d)]
        addresses = dict(self._addresses.of(notice)) if complained else {}
        for delivery in complained:
            if delivery.channel in addresses:
                self._contact_policy.suppress_if_permanent(delivery, addresses[delivery.channel])

    def _is_in_batch_of_another(self, deliveries: Sequence[Delivery]) -> bool:
        """Return whether the message of another notice contains, or is still to contain, this one."""
        carried = next((d for d in deliveries if d.state is DeliveryState.CARRIED), None)
        if carried is None:
            return False
        is_sent = self._batches.is_sent(carried)
        if is_sent is None:
            self._outcomes.hold(carried, carried, check_batch_again_at(clock.now()))
        elif is_sent and carried.wake_at is not None:
            self._outcomes.stop_waiting(carried)
        return is_sent is not False

    def _held_until(self, notice: Notice, now: datetime) -> datetime | None:
        """Return until when a notice waits as a row; None when it may go out now.

        Raises:
            RetryLaterError: it waits so shortly that its message may wait instead.
        """
        held_until = self._contact_policy.held_until(notice.entry, now)
        if held_until is None:
            return None
        telemetry.count("NoticeHeld", kind=notice.request.kind)
        if held_until - now <= SHORT_HOLD:
            raise RetryLaterError("held", held_until)
        return held_until
