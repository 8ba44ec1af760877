"""Delivers a notice to a petitioner over one channel, as far as that is possible now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.notifier.attempts.back_off import RetryLaterError, max_rounds_before
from chalicelib.notifier.attempts.record_outcome import Outcomes
from chalicelib.notifier.attempts.send_attempt import Attempts
from chalicelib.notifier.contact_policy.contact_policy import ContactPolicy
from chalicelib.notifier.notices.batches import Batches
from chalicelib.notifier.notices.channels import ChannelAddress, is_requested
from chalicelib.notifier.notices.notice import Notice, message_of
from chalicelib.notifier.notices.render_notice import NoticeRenderer
from shared.domain.promises.deliveries import NOTIFIED, Delivery, DeliveryChannel, DeliveryState
from shared.platform import clock
from shared.tables.deliveries import ClaimLostError
from shared.wording.rendering import Rendered


@dataclass(frozen=True, slots=True)
class ChannelStep:
    """One channel among those of a notice."""

    notice: Notice
    deliveries: Sequence[Delivery]
    """The deliveries of the notice so far, over all channels."""
    channels: Sequence[ChannelAddress]
    """All channels of the notice, in the order to try them."""
    position: int
    """Which of them this one is."""
    held_until: datetime | None
    """The notice may go out from then on; None when it may go out now."""

    @property
    def channel(self) -> DeliveryChannel:
        """The channel."""
        return self.channels[self.position].channel

    @property
    def address(self) -> str:
        """The address to use on it."""
        return self.channels[self.position].address

    @property
    def next_channel(self) -> DeliveryChannel | None:
        """The channel to try when this one is given up; None when there is no other."""
        following = self.position + 1
        return self.channels[following].channel if following < len(self.channels) else None

    @property
    def before(self) -> Delivery | None:
        """The delivery over this channel so far."""
        return next((d for d in self.deliveries if d.channel is self.channel), None)


class ChannelDelivery:
    """Delivers notices over single channels."""

    def __init__(
        self,
        *,
        contact_policy: ContactPolicy,
        batches: Batches,
        renderer: NoticeRenderer,
        attempts: Attempts,
        outcomes: Outcomes,
    ) -> None:
        self._contact_policy = contact_policy
        self._batches = batches
        self._renderer = renderer
        self._attempts = attempts
        self._outcomes = outcomes

    def deliver(self, step: ChannelStep) -> bool:
        """Deliver a notice over one channel that is not given up yet, or let it wait.

        Returns:
            whether the channel is kept: the message was sent, may have been, or waits; False when the channel is given
            up and the next one follows.

        Raises:
            RetryLaterError: another worker delivers over this channel.
        """
        before = step.before
        if before is not None and before.state in NOTIFIED:
            return self._wait_for_receipt_no_longer(step, before)
        if not self._may_use(step, before):
            return False
        wait_until = step.held_until or self._postponed_until(step)
        if wait_until is not None:
            held = step.notice.delivery(step.channel, DeliveryState.PREPARED, reason="held")
            self._outcomes.hold(held, before, wait_until)
            return True
        return self._send(step, before)

    def _wait_for_receipt_no_longer(self, step: ChannelStep, sent: Delivery) -> bool:
        """Give up a channel whose receipt is overdue, unless it is the last one; not while the notice is held."""
        if step.held_until is not None:
            self._outcomes.hold(sent, sent, step.held_until)
            return True
        is_last = step.next_channel is None
        self._outcomes.receipt_missing(sent, is_last=is_last)
        return is_last

    def _may_use(self, step: ChannelStep, before: Delivery | None) -> bool:
        """Return whether a channel may be used; it is given up after a stop word, and for a suppressed address."""
        reason = self._contact_policy.refusal(
            step.channel, step.address, is_requested=is_requested(step.notice.entry)
        )
        if reason is None:
            return True
        try:
            self._outcomes.refused(step.notice.delivery(step.channel, DeliveryState.FAILED), before, reason)
        except ClaimLostError:
            raise RetryLaterError("claimed-by-another") from None
        return False

    def _postponed_until(self, step: ChannelStep) -> datetime | None:
        """Return when to send the message, if its address has reached the limit of the day."""
        if is_requested(step.notice.entry):
            return None
        return self._contact_policy.postponed_until(step.channel, step.address, step.notice.name, clock.now())

    def _unpaid_until(self, step: ChannelStep, rendered: Rendered) -> datetime | None:
        """Return when to send an SMS, if those of today are used up."""
        if step.channel is not DeliveryChannel.SMS or rendered.segments is None:
            return None
        return self._contact_policy.unpaid_until(step.notice.request.kind, rendered.segments, clock.now())

    def _promised_from(self, step: ChannelStep) -> datetime | None:
        """Return when a notice might go out; None once any provider took it, be it over another channel."""
        if any(delivery.provider_id for delivery in step.deliveries):
            return None
        entry = step.notice.entry
        return self._contact_policy.held_until(entry, entry.at) or entry.at

    def _send(self, step: ChannelStep, before: Delivery | None) -> bool:
        """Send a notice and those that are due with it, or put the call on the operators' list."""
        others = self._batches.others_with(step.notice, step.deliveries, step.channels[0])
        rendered = self._renderer.for_petitioner([step.notice, *others], step.channel)
        if wait_until := self._unpaid_until(step, rendered):
            held = step.notice.delivery(step.channel, DeliveryState.PREPARED, reason="budget")
            self._outcomes.hold(held, before, wait_until)
            return True
        delivery = step.notice.delivery(
            step.channel,
            DeliveryState.SENDING,
            rendered,
            carries=" ".join(other.name for other in others) or None,
        )
        if step.channel is not DeliveryChannel.PHONE:
            message = message_of(delivery, step.address, rendered)
            return self._attempts.send(
                delivery,
                message,
                before,
                max_rounds=max_rounds_before(step.next_channel),
                promised_from=self._promised_from(step),
            )
        try:
            self._outcomes.call(delivery, before, rendered.text)
        except ClaimLostError:
            raise RetryLaterError("claimed-by-another") from None
        return True
