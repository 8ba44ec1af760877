"""One round of attempts to send one message over one channel: each provider in turn, until one has the message.

    claim (conditional write) → provider → record the outcome (conditional write)

A row is claimed before each call of a provider, so that a worker that dies leaves behind which provider it called. A
provider that did not take the message is followed by the next one at once. A provider that may have taken it is asked
again, if it recognises repetitions, and no other ever is; otherwise the delivery stays AMBIGUOUS.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from chalicelib.notifier.attempts.back_off import LEASE
from chalicelib.notifier.attempts.delivery_status import ambiguous_since, is_waiting
from chalicelib.notifier.attempts.record_outcome import Outcomes
from chalicelib.notifier.senders.circuits import Circuits
from chalicelib.notifier.senders.sender import (
    Message,
    PermanentSendError,
    RejectedByProviderError,
    Sender,
    TemporarySendError,
    UnknownOutcomeError,
)
from shared.domain.promises.deliveries import Delivery, DeliveryChannel, DeliveryState
from shared.domain.promises.targets import Promise, is_notified_in_time
from shared.platform import clock, telemetry
from shared.tables.deliveries import ClaimLostError, Deliveries

SendersOf = Callable[[DeliveryChannel, str], Sequence[Sender]]
"""Returns a channel's senders, in the order to try them for the message with this id."""


class _Round(NamedTuple):
    """One round of attempts."""

    delivery: Delivery
    """The row as it is to be, with the number of this round."""
    message: Message
    max_rounds: int
    promised_from: datetime | None
    """The instant from which a promised message might go out; None for others, and once one was sent."""

    @property
    def is_last(self) -> bool:
        """The channel is given up after this round; never while the message may have been sent."""
        return self.delivery.attempt >= self.max_rounds and self.delivery.ambiguous_since is None


class Attempts:
    """Makes attempts, one round at a time."""

    def __init__(
        self, deliveries: Deliveries, circuits: Circuits, senders_of: SendersOf, outcomes: Outcomes
    ) -> None:
        self._deliveries = deliveries
        self._circuits = circuits
        self._senders_of = senders_of
        self._outcomes = outcomes

    def send(
        self,
        delivery: Delivery,
        message: Message,
        before: Delivery | None,
        *,
        max_rounds: int,
        promised_from: datetime | None = None,
        is_unread: bool = False,
    ) -> bool:
        """Make one round of attempts, unless the next one is not due yet or another worker makes it.

        Args:
            delivery: the row as it is to be.
            message: what to send.
            before: the row as it is; None when there is none.
            is_unread: whether `before` is None because nobody looked for a row.
            max_rounds: after how many rounds the channel is given up, unless the message may have been sent.
            promised_from: when the message might go out; its waiting, and whether it left in time, are counted. None
                counts neither.

        Returns:
            whether the channel is kept: the message was sent, may have been, or is tried again later; False when the
            channel is given up.

        Raises:
            ClaimLostError: there is a row for which nobody looked (`is_unread`).
        """
        if before is not None and is_waiting(before, clock.now()):
            return True
        since = ambiguous_since(before)
        attempt = (before.attempt if before else 0) + 1
        row = delivery.model_copy(update={"attempt": attempt, "ambiguous_since": since})
        this = _Round(row, message, max_rounds, promised_from)
        senders = self._senders_of(delivery.channel, message.request_id)
        try:
            if since is not None and before is not None:
                return self._repeat(this, before, senders)
            return self._try_each(this, before, senders)
        except ClaimLostError:
            if is_unread:
                raise
            return True  # another worker has the row, which wakes by itself

    def _try_each(self, this: _Round, before: Delivery | None, senders: Sequence[Sender]) -> bool:
        """Call each provider whose circuit admits it, until one has the message or may have it."""
        row, reason, may_work_later = before, "circuit-open", False
        for sender in senders:
            if not self._circuits.admits(sender.name, clock.now()):
                may_work_later = True
                continue
            claimed = self._claim(this.delivery, row, sender)
            try:
                return self._call(claimed, this, sender)
            except TemporarySendError as error:
                row, reason, may_work_later = claimed, error.reason, True
                self._circuits.report(sender.name, clock.now(), worked=False)
            except RejectedByProviderError as error:
                row, reason = claimed, error.reason
                self._circuits.report(sender.name, clock.now(), worked=True)
        if may_work_later:
            return self._retry(this, row, reason)
        self._outcomes.failed(this.delivery, row, reason)
        return False

    def _repeat(self, this: _Round, before: Delivery, senders: Sequence[Sender]) -> bool:
        """Call the provider that may have the message again, for as long as it recognises repetitions."""
        sender = next((sender for sender in senders if sender.name == before.provider), None)
        since = this.delivery.ambiguous_since or clock.now()
        if sender is None or clock.now() - since >= sender.deduplicates_for:
            awaits_receipt = sender is not None and sender.proves
            self._outcomes.ambiguous(before, "worker-died-or-answer-lost", awaits_receipt=awaits_receipt)
            return True
        if not self._circuits.admits(sender.name, clock.now()):
            return self._retry(this, before, "circuit-open")
        claimed = self._claim(this.delivery, before, sender)
        try:
            return self._call(claimed, this, sender)
        except (TemporarySendError, RejectedByProviderError) as error:
            self._circuits.report(sender.name, clock.now(), worked=False)
            return self._retry(this, claimed, error.reason)

    def _call(self, claimed: Delivery, this: _Round, sender: Sender) -> bool:
        """Call the provider and record its answer.

        Raises:
            TemporarySendError, RejectedByProviderError: nothing was sent, and nothing is recorded yet.
        """
        try:
            provider_id = sender.send(this.message)
        except PermanentSendError as error:
            self._outcomes.failed(claimed, claimed, error.reason)
            self._circuits.report(sender.name, clock.now(), worked=True)
            return False
        except UnknownOutcomeError as error:
            self._record_unknown(claimed, sender, error.reason)
            self._circuits.report(sender.name, clock.now(), worked=False)
            return True
        self._outcomes.sent(claimed, provider_id)
        self._circuits.report(sender.name, clock.now(), worked=True)
        if this.promised_from is not None:
            is_kept = is_notified_in_time(this.promised_from, clock.now())
            telemetry.count_promise(Promise.NOTIFIED, is_kept=is_kept)
        if claimed.segments:
            telemetry.count("SmsSegments", claimed.segments, provider=sender.name)
        return True

    def _claim(self, delivery: Delivery, before: Delivery | None, sender: Sender) -> Delivery:
        now = clock.now()
        claimed = delivery.model_copy(
            update={
                "state": DeliveryState.SENDING,
                "at": now,
                "claim": uuid.uuid4().hex,
                "claimed_at": now,
                "wake_at": now + LEASE,
                "provider": sender.name,
                "proves": sender.proves,
            }
        )
        self._deliveries.claim(claimed, before)
        return claimed

    def _retry(self, this: _Round, before: Delivery | None, reason: str) -> bool:
        """Leave the delivery for another round, or give the channel up after the last one."""
        if this.is_last:
            self._outcomes.failed(this.delivery, before, f"gave-up-after-{reason}")
            return False
        self._outcomes.retry(this.delivery, before, reason)
        if this.promised_from is not None:
            telemetry.measure("NoticeWaits", clock.now() - this.promised_from)
        return True

    def _record_unknown(self, claimed: Delivery, sender: Sender, reason: str) -> None:
        """Leave a message that may have been sent to a repetition, or to nobody where the provider knows none."""
        if not sender.deduplicates_for:
            self._outcomes.ambiguous(claimed, reason, awaits_receipt=sender.proves)
            return
        since = claimed.ambiguous_since or clock.now()
        self._outcomes.retry(claimed.model_copy(update={"ambiguous_since": since}), claimed, reason)
