"""SMS go only where the ministry sends them, and within what a day may cost; duties leave all the same."""

from __future__ import annotations

from datetime import date

import pytest

from shared.domain.petition.values.petitioner import ReplyBy
from shared.domain.promises.notices import NoticeKind
from shared.tables.throttle.sms_budget import SmsBudget
from tests.functions.notifier.conftest import EMAIL, PHONE, PostRoom

SATELLITE = "+8816123456789"
DAY = date(2026, 11, 3)


def use_up_the_budget(post_room: PostRoom) -> None:
    SmsBudget(post_room.system.local.cloud.outputs["ThrottleTable"], 20_000).spend(20_000, DAY)


@pytest.mark.parametrize(
    ("phone", "reply_by", "sent_to"),
    [
        pytest.param(SATELLITE, (ReplyBy.SMS, ReplyBy.EMAIL), [("EMAIL", EMAIL)], id="an e-mail follows"),
        pytest.param(SATELLITE, (ReplyBy.SMS,), [("PHONE", SATELLITE)], id="a call follows"),
        pytest.param("+842438220000", (ReplyBy.SMS,), [("PHONE", "+842438220000")], id="a landline"),
        pytest.param("+61412345678", (ReplyBy.SMS,), [("PHONE", "+61412345678")], id="not opened"),
        pytest.param(PHONE, (ReplyBy.SMS,), [("SMS", PHONE)], id="a mobile of Vietnam"),
    ],
)
def test_number_that_gets_no_sms_is_reached_another_way(
    post_room: PostRoom, phone: str, reply_by: tuple[ReplyBy, ...], sent_to: list[tuple[str, str]]
):
    post_room.a_petition(*reply_by, phone=phone)

    post_room.notify(NoticeKind.RECEIPT)

    assert post_room.sent_to() == sent_to


def test_receipt_waits_for_the_morning_when_the_budget_is_used_up(post_room: PostRoom):
    post_room.a_petition(ReplyBy.SMS)
    use_up_the_budget(post_room)

    post_room.notify(NoticeKind.RECEIPT)
    today = post_room.sent_to()
    for _ in range(3):
        post_room.wait(hours=8)

    assert today == []
    assert post_room.sent_to() == [("SMS", PHONE)]


def test_answer_leaves_although_the_budget_is_used_up(post_room: PostRoom):
    petition = post_room.answered(post_room.at_work(post_room.a_petition(ReplyBy.SMS)))
    use_up_the_budget(post_room)

    post_room.notify(NoticeKind.ANSWERED, seq=petition.version)

    assert post_room.sent_to() == [("SMS", PHONE)]
