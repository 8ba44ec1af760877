"""Hands the reply to an SMS to the notifier, where its provider takes none in its request (docs/adr 0019)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from chalicelib.intake.sms.webhook import InboundSms
from shared.domain.petition.values.petitioner import Identity
from shared.platform import clock
from shared.platform.messages import ReplyRequest
from shared.platform.seal import Seal
from shared.tables.throttle.replies import Replies, Reply, context_of


class LaterReplies:
    """Keeps replies sealed and asks the notifier to send them.

    Args:
        replies: where they lie meanwhile.
        seal: closes number and text.
        ask: puts a request on the notices queue.
    """

    def __init__(self, replies: Replies, seal: Seal, ask: Callable[[ReplyRequest], object]) -> None:
        self._replies = replies
        self._seal = seal
        self._ask = ask

    def send(self, sms: InboundSms, text: str) -> None:
        """Have `text` sent to the sender of an SMS, once however often its provider repeats the request.

        First the reply is written, then the notifier asked: if we die in between, the provider gets no 2xx and repeats.
        """
        if not text:
            return
        name = hashlib.sha256(f"{sms.provider}\x00{sms.replay_key}".encode()).hexdigest()[:32]
        now = clock.now()
        sealed = self._seal.close(Identity(phone=sms.sender, text=text), context_of(name), now)
        self._replies.add(Reply(id=name, asked_at=now, sealed=sealed))
        self._ask(ReplyRequest(reply=name))
