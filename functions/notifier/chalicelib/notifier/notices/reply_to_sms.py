"""Sends the reply to an SMS whose provider takes none in its own request: claimed like a notice, sent once.

A reply is not a notice: its recipient waits for it now, no other channel is tried, and it expires after half a day.
"""

from __future__ import annotations

from datetime import timedelta

from chalicelib.notifier.attempts.back_off import LEASE, RetryLaterError
from chalicelib.notifier.attempts.send_attempt import SendersOf
from chalicelib.notifier.contact_policy.quiet_hours import JUST_NOW, QuietHours
from chalicelib.notifier.senders.sender import (
    Message,
    PermanentSendError,
    Sender,
    TemporarySendError,
    UnknownOutcomeError,
)
from shared.domain.promises.deliveries import DeliveryChannel, DeliveryState
from shared.platform import clock, telemetry
from shared.platform.messages import ReplyRequest
from shared.platform.seal import Seal
from shared.tables.throttle.replies import ENDED, Replies, Reply, ReplyClaimLostError, context_of

EXPIRES_AFTER = timedelta(hours=12)


class SmsReplies:
    """Sends replies to SMS."""

    def __init__(self, replies: Replies, seal: Seal, senders_of: SendersOf, quiet_hours: QuietHours) -> None:
        self._replies = replies
        self._seal = seal
        self._senders_of = senders_of
        self._quiet_hours = quiet_hours

    def send(self, request: ReplyRequest) -> None:
        """Send a reply, if that has not been done.

        Raises:
            RetryLaterError: when the message has to be received again.
        """
        reply = self._replies.get(request.reply)
        if reply is None or reply.state in ENDED:
            return
        _wait_if_claimed(reply)
        self._wait_if_quiet(reply)
        sender = self._senders_of(DeliveryChannel.SMS, "")[0]
        now = clock.now()
        try:
            claimed = self._replies.claim(reply, now)
        except ReplyClaimLostError:
            raise RetryLaterError("claimed-by-another", now + LEASE) from None
        since = claimed.ambiguous_since
        if since is not None and now - since >= sender.deduplicates_for:
            self._end(claimed, DeliveryState.AMBIGUOUS, "worker-died-or-answer-lost")
        elif now - reply.asked_at > EXPIRES_AFTER:
            self._end(claimed, DeliveryState.FAILED, "too-late")
        else:
            self._call(claimed, sender)

    def _wait_if_quiet(self, reply: Reply) -> None:
        """Wait for the end of the quiet hours with a reply that was not requested just now.

        Raises:
            RetryLaterError: when it is quiet.
        """
        now = clock.now()
        held_until = self._quiet_hours.end_of(now) if now - reply.asked_at > JUST_NOW else None
        if held_until is not None:
            raise RetryLaterError("quiet-hours", held_until)

    def _call(self, claimed: Reply, sender: Sender) -> None:
        assert claimed.sealed is not None  # noqa: S101 - only a reply that has ended has none
        opened = self._seal.open([claimed.sealed], context_of(claimed.id))
        message = Message(
            reference="sms", notice=f"{claimed.id}#REPLY", to=opened.phone or "", text=opened.text or ""
        )
        try:
            sender.send(message)
        except PermanentSendError as error:
            self._end(claimed, DeliveryState.FAILED, error.reason)
        except TemporarySendError as error:
            self._replies.settle(claimed, DeliveryState.PREPARED, reason=error.reason)
            raise RetryLaterError(error.reason) from None
        except UnknownOutcomeError as error:
            if not sender.deduplicates_for:
                self._end(claimed, DeliveryState.AMBIGUOUS, error.reason)
                return
            raise RetryLaterError(error.reason, clock.now() + LEASE) from None
        else:
            self._end(claimed, DeliveryState.SENT, None)

    def _end(self, claimed: Reply, state: DeliveryState, reason: str | None) -> None:
        self._replies.settle(claimed, state, reason=reason)
        telemetry.count(f"Reply{state.capitalize()}")


def _wait_if_claimed(reply: Reply) -> None:
    """Leave a reply to the living worker that has claimed it.

    Raises:
        RetryLaterError: when a worker has claimed it and may still be alive.
    """
    if reply.state is DeliveryState.SENDING and reply.claimed_at and clock.now() < reply.claimed_at + LEASE:
        raise RetryLaterError("claimed-by-another", reply.claimed_at + LEASE)
