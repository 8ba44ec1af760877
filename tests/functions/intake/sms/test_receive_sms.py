"""Several SMS in one request of a provider: each is taken by itself."""

from __future__ import annotations

from typing import Any, cast

import pytest

from chalicelib.intake.sms.desk import SmsDesk
from chalicelib.intake.sms.later_replies import LaterReplies
from chalicelib.intake.sms.part_store import PartStore
from chalicelib.intake.sms.receive_sms import SmsReception
from chalicelib.intake.sms.webhook import InboundSms
from shared.domain.errors import IdempotencyKeyReusedError


class Desk:
    """Answers every SMS but those whose id was used before."""

    def answer(self, sms: InboundSms, **_: Any) -> str:
        if sms.message_id == "used":
            raise IdempotencyKeyReusedError
        return f"reply to {sms.message_id}"


class Replies:
    """Keeps what was handed to the notifier."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    def send(self, _sms: InboundSms, reply: str) -> None:
        self.sent.append(reply)


def sms(message_id: str) -> InboundSms:
    return InboundSms("infobip", message_id, "+84912345678", "PAKN", None, message_id)


def test_reused_message_id_costs_the_other_messages_of_its_request_nothing() -> None:
    replies = Replies()
    reception = SmsReception(cast("SmsDesk", Desk()), cast("PartStore", None), cast("LaterReplies", replies))

    with pytest.raises(IdempotencyKeyReusedError):
        reception.receive([sms("one"), sms("used"), sms("two")], is_answered_inline=False)

    assert replies.sent == ["reply to one", "reply to two"]
