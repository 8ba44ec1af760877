"""Receives what a provider delivered: has each SMS answered, inline or through the notifier."""

from __future__ import annotations

from collections.abc import Iterable

from chalicelib.intake.sms.desk import SmsDesk
from chalicelib.intake.sms.later_replies import LaterReplies
from chalicelib.intake.sms.part_store import PartStore
from chalicelib.intake.sms.webhook import InboundSms
from shared.domain.errors import IdempotencyKeyReusedError
from shared.platform import telemetry
from shared.platform.messages import PartsRequest


class SmsReception:
    """Receives SMS, and long SMS whose parts have been waited for long enough."""

    def __init__(self, desk: SmsDesk, parts: PartStore, later_replies: LaterReplies) -> None:
        self.desk = desk
        self._parts = parts
        self._later_replies = later_replies

    def receive(self, messages: Iterable[InboundSms], *, is_answered_inline: bool) -> str:
        """Do what each SMS asks for; every reply that does not go inline is handed to the notifier.

        Returns:
            the inline reply to the first SMS, "" where there is none.

        Raises:
            IdempotencyKeyReusedError: a message id came before with another text or sender; the others were taken.
        """
        inline, reused = [], []
        for sms in messages:
            try:
                reply = self.desk.answer(sms, is_answered_inline=is_answered_inline)
            except IdempotencyKeyReusedError as error:
                _report_reused(sms)
                reused.append(error)
                continue
            if is_answered_inline:
                inline.append(reply)
            else:
                self._later_replies.send(sms, reply)
        if reused:
            raise reused[0]
        return inline[0] if inline else ""

    def take_parts(self, request: PartsRequest) -> None:
        """Take what has come of a long SMS whose other parts have been waited for long enough."""
        sms = self._parts.give_up(request.parts)
        if sms is not None:
            self._later_replies.send(sms, self.desk.answer_whole(sms, is_answered_inline=False))


def _report_reused(sms: InboundSms) -> None:
    """Count a message that nobody will take: its provider gave its id to another one before."""
    telemetry.count("SmsIdReused")
    telemetry.logger().warning("message id reused", provider=sms.provider, message_id=sms.message_id)
