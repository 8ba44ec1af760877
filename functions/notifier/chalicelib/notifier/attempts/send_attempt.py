"""One round of tries to get one message to one reader over one channel; called by the courier.

    claim (conditional write) → provider → record (conditional write)

A row is claimed anew before each provider is called, so that whoever dies in between leaves behind whom they called. A
provider that did not take a message is followed by the next one at once. One that may have taken it is asked again,
if it recognises repetitions, and no other ever is; where nobody can know, the delivery stays AMBIGUOUS.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from chalicelib.notifier.attempts.retry_policy import LEASE, retry_at
from chalicelib.notifier.senders.circuits import Circuits
from chalicelib.notifier.senders.sender import (
    Message,
    PermanentSendError,
    RejectedByProviderError,
    Sender,
    TemporarySendError,
    UnknownOutcomeError,
)
from shared.domain.promises.notices import Audience
from shared.platform import clock, telemetry
from shared.tables.deliveries import (
    IN_DOUBT,
    ClaimLostError,
    Deliveries,
    Delivery,
    DeliveryChannel,
    DeliveryState,
)

SendersOf = Callable[[DeliveryChannel, str], Sequence[Sender]]
"""A channel's providers, in the order to try them for a message of this id."""


class Attempts:
    """Makes attempts, one round at a time."""

    def __init__(
        self, deliveries: Deliveries, circuits: Circuits, senders_of: SendersOf, receipt_within: timedelta
    ) -> None:
        """Take the table, the providers' circuits, the providers, and how long a receipt may take."""
        self._deliveries = deliveries
        self._circuits = circuits
        self._senders_of = senders_of
        self._receipt_within = receipt_within

    def make(self, delivery: Delivery, message: Message, before: Delivery | None, *, patience: int) -> bool:
        """Make one round of tries, unless one is to be waited for.

        Args:
            delivery: the row as it is to be.
            message: what to send.
            before: the row as it is; None when there is none.
            patience: rounds of tries after which the channel is given up, unless the message may have gone out.

        Returns:
            False when this channel is given up; True when the reader is told, may have been, or still will be.
        """
        now = clock.now()
        if before is not None and _waits(before, now):
            return True
        doubt = _in_doubt_since(before)
        delivery = delivery.model_copy(
            update={"attempt": (before.attempt if before else 0) + 1, "in_doubt_since": doubt}
        )
        senders = self._senders_of(delivery.channel, message.request_id)
        try:
            if doubt is not None and before is not None:
                return self._ask_the_same_again(delivery, message, before, senders, patience=patience)
            return self._try_each(delivery, message, before, senders, patience=patience)
        except ClaimLostError:
            return True  # another worker is at it, and its row wakes by itself

    def hold(self, delivery: Delivery, before: Delivery | None, until: datetime) -> None:
        """Let a delivery wait without a try, whatever became of it so far."""
        held = (before or delivery).model_copy(update={"wake_at": until})
        if before is None:
            self._deliveries.add(held)
        else:
            self._deliveries.settle(held, before)

    def give_up_waiting(self, sent: Delivery, *, is_last: bool) -> bool:
        """Settle a delivery whose receipt stays out; False when the next channel is to be taken."""
        facts: dict[str, object] = {"wake_at": None}
        if is_last:
            telemetry.count("NoticeUnproven")
        else:
            facts |= {"state": DeliveryState.UNPROVEN, "reason": f"{sent.state.lower()}-without-receipt"}
            telemetry.count("DeliveryUnproven", channel=sent.channel)
        self._deliveries.settle(sent.model_copy(update=facts), sent)
        return is_last

    # --- one round ---------------------------------------------------------------------------------------

    def _try_each(
        self,
        delivery: Delivery,
        message: Message,
        before: Delivery | None,
        senders: Sequence[Sender],
        *,
        patience: int,
    ) -> bool:
        """Let each provider try whose circuit allows it, until one has the message or may have it."""
        seen, reason, is_here = before, "circuit-open", False
        for sender in senders:
            if not self._circuits.admits(sender.name, clock.now()):
                is_here = True
                continue
            claimed = self._claim(delivery, seen, sender)
            try:
                return self._hand_over(claimed, message, sender, patience=patience)
            except TemporarySendError as error:
                seen, reason, is_here = claimed, error.reason, True
                self._circuits.report(sender.name, clock.now(), worked=False)
            except RejectedByProviderError as error:
                seen, reason = claimed, error.reason
                self._circuits.report(sender.name, clock.now(), worked=True)
        if not is_here:
            return self._fail(seen or delivery, seen, reason)
        return self._come_back(delivery, seen, reason, patience=patience)

    def _ask_the_same_again(
        self,
        delivery: Delivery,
        message: Message,
        before: Delivery,
        senders: Sequence[Sender],
        *,
        patience: int,
    ) -> bool:
        """Ask the provider that may have the message, for as long as it recognises it."""
        sender = next((one for one in senders if one.name == before.provider), None)
        doubt = delivery.in_doubt_since or clock.now()
        if sender is None or clock.now() - doubt >= sender.deduplicates_for:
            return self._leave_in_doubt(before, "worker-died-or-answer-lost", sender)
        if not self._circuits.admits(sender.name, clock.now()):
            return self._come_back(delivery, before, "circuit-open", patience=patience)
        claimed = self._claim(delivery, before, sender)
        try:
            return self._hand_over(claimed, message, sender, patience=patience)
        except (TemporarySendError, RejectedByProviderError) as error:
            self._circuits.report(sender.name, clock.now(), worked=False)
            return self._come_back(delivery, claimed, error.reason, patience=patience)

    def _hand_over(self, claimed: Delivery, message: Message, sender: Sender, *, patience: int) -> bool:
        """Call the provider and record what it said; that it took nothing is for the caller to settle."""
        try:
            provider_id = sender.send(message)
        except PermanentSendError as error:
            is_told = self._fail(claimed, claimed, error.reason)
            self._circuits.report(sender.name, clock.now(), worked=True)
            return is_told
        except UnknownOutcomeError as error:
            is_told = self._doubt(claimed, sender, error.reason, patience=patience)
            self._circuits.report(sender.name, clock.now(), worked=False)
            return is_told
        self._settle(
            claimed,
            claimed,
            state=DeliveryState.SENT,
            provider_id=provider_id or claimed.provider_id,
            wake_at=self._receipt_expected_at(claimed),
        )
        self._circuits.report(sender.name, clock.now(), worked=True)
        if claimed.segments:
            telemetry.count("SmsSegments", claimed.segments, provider=sender.name)
        return True

    def _claim(self, delivery: Delivery, seen: Delivery | None, sender: Sender) -> Delivery:
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
        self._deliveries.claim(claimed, seen)
        return claimed

    # --- how it ends -------------------------------------------------------------------------------------

    def _come_back(self, delivery: Delivery, seen: Delivery | None, reason: str, *, patience: int) -> bool:
        """Leave the delivery for a later round, or give the channel up."""
        tries, is_in_doubt = delivery.attempt, delivery.in_doubt_since is not None
        row = seen or delivery
        if tries >= patience and not is_in_doubt:
            return self._fail(row, seen, f"gave-up-after-{reason}")
        self._settle(
            row,
            seen,
            state=DeliveryState.PREPARED,
            attempt=tries,
            in_doubt_since=delivery.in_doubt_since,
            reason=reason,
            wake_at=retry_at(tries, clock.now()),
        )
        return True

    def _doubt(self, claimed: Delivery, sender: Sender, reason: str, *, patience: int) -> bool:
        if not sender.deduplicates_for:
            return self._leave_in_doubt(claimed, reason, sender)
        doubt = claimed.in_doubt_since or clock.now()
        in_doubt = claimed.model_copy(update={"in_doubt_since": doubt})
        return self._come_back(in_doubt, claimed, reason, patience=patience)

    def _leave_in_doubt(self, seen: Delivery, reason: str, sender: Sender | None) -> bool:
        proves = sender is not None and sender.proves
        self._settle(
            seen,
            seen,
            state=DeliveryState.AMBIGUOUS,
            reason=reason,
            listed=IN_DOUBT,
            listed_at=clock.now(),
            wake_at=self._receipt_expected_at(seen) if proves else None,
        )
        telemetry.count("SendInDoubt")
        return True

    def _receipt_expected_at(self, claimed: Delivery) -> datetime | None:
        """Return by when a petitioner's arrival ought to be proven; None when nobody will tell."""
        if not claimed.proves or claimed.audience is not Audience.PETITIONER or not self._receipt_within:
            return None
        return clock.now() + self._receipt_within

    def _fail(self, row: Delivery, seen: Delivery | None, reason: str) -> bool:
        self._settle(row, seen, state=DeliveryState.FAILED, reason=reason, wake_at=None)
        return False

    def _settle(self, row: Delivery, seen: Delivery | None, **facts: object) -> None:
        ended = row.model_copy(update={"at": clock.now(), **facts})
        if seen is None:
            self._deliveries.add(ended)
        else:
            self._deliveries.settle(ended, seen)
        telemetry.count(f"Delivery{ended.state.capitalize()}", channel=ended.channel, kind=ended.kind)


def _waits(before: Delivery, now: datetime) -> bool:
    """Tell whether a row is to be left alone: it waits for its time, or a living worker has it."""
    if before.state is DeliveryState.SENDING:
        return now < (before.claimed_at or now) + LEASE
    return before.wake_at is not None and now < before.wake_at


def _in_doubt_since(before: Delivery | None) -> datetime | None:
    """A claim that ran out leaves doubt from its beginning; doubt once there stays."""
    if before is None:
        return None
    if before.in_doubt_since is not None:
        return before.in_doubt_since
    return before.claimed_at if before.state is DeliveryState.SENDING else None
