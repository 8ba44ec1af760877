"""Sends the reply to an SMS whose provider takes none in its request: claimed like a notice, sent once.

A reply is not a notice: whoever asked waits for it now, no other channel is tried, and half a day later it is
worth nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from chalicelib.notifier.attempts.retry_policy import LEASE, ComeBackError
from chalicelib.notifier.contact_policy.quiet_hours import JUST_NOW, QuietHours
from chalicelib.notifier.senders.sender import (
    Message,
    PermanentSendError,
    Sender,
    TemporarySendError,
    UnknownOutcomeError,
)
from shared.platform import clock, telemetry
from shared.platform.messages import ReplyRequest
from shared.platform.seal import Seal
from shared.tables.deliveries import DeliveryState
from shared.tables.throttle.replies import ENDED, Replies, Reply, ReplyClaimLostError, context_of

WORTH_SENDING_FOR = timedelta(hours=12)


class Replier:
    """Sends replies to SMS."""

    def __init__(
        self, replies: Replies, seal: Seal, sender: Callable[[], Sender], quiet_hours: QuietHours
    ) -> None:
        self._replies = replies
        self._seal = seal
        self._sender = sender
        self._quiet_hours = quiet_hours

    def carry(self, request: ReplyRequest) -> None:
        """Send a reply, if that has not been done.

        Raises:
            ComeBackError: when the message has to be received again.
        """
        reply = self._replies.get(request.reply)
        if reply is None or reply.state in ENDED:
            return
        self._wait_if_it_must(reply)
        sender = self._sender()
        now = clock.now()
        try:
            claimed = self._replies.claim(reply, now)
        except ReplyClaimLostError:
            raise ComeBackError("claimed-by-another", now + LEASE) from None
        doubt = claimed.in_doubt_since
        if doubt is not None and now - doubt >= sender.deduplicates_for:
            self._end(claimed, DeliveryState.AMBIGUOUS, "worker-died-or-answer-lost")
        elif now - reply.asked_at > WORTH_SENDING_FOR:
            self._end(claimed, DeliveryState.FAILED, "too-late")
        else:
            self._send(claimed, sender)

    def _wait_if_it_must(self, reply: Reply) -> None:
        """Leave a living worker its claim, and at night whoever has not asked just now their sleep."""
        now = clock.now()
        if reply.state is DeliveryState.SENDING and reply.claimed_at and now < reply.claimed_at + LEASE:
            raise ComeBackError("claimed-by-another", reply.claimed_at + LEASE)
        held_until = self._quiet_hours.end_of(now) if now - reply.asked_at > JUST_NOW else None
        if held_until is not None:
            raise ComeBackError("quiet-hours", held_until)

    def _send(self, claimed: Reply, sender: Sender) -> None:
        assert claimed.sealed is not None  # noqa: S101 - only what has ended is without
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
            raise ComeBackError(error.reason) from None
        except UnknownOutcomeError as error:
            if not sender.deduplicates_for:
                self._end(claimed, DeliveryState.AMBIGUOUS, error.reason)
                return
            raise ComeBackError(error.reason, clock.now() + LEASE) from None
        else:
            self._end(claimed, DeliveryState.SENT, None)

    def _end(self, claimed: Reply, state: DeliveryState, reason: str | None) -> None:
        self._replies.settle(claimed, state, reason=reason)
        telemetry.count(f"Reply{state.capitalize()}")
