"""Notices that fall due together for one person are one message; each is sent once, whoever dies in between."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import cycle

import pytest

from infra.local.providers.sms_gateway import Trouble
from shared.domain.petition.change import Change
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.answer import Publication
from shared.domain.petition.values.petitioner import ReplyBy
from shared.domain.promises.deliveries import Delivery, DeliveryChannel, DeliveryState
from shared.domain.promises.notices import Audience, NoticeKind
from tests.campaigns.faults.injection import Fault
from tests.functions.notifier.conftest import EMAIL, PHONE, REFERENCE, PostRoom

OTHER = "26000000013"
LATE_AT_NIGHT = datetime(2026, 11, 3, 16, 30, tzinfo=UTC)
"""23:30 in Vietnam."""
ANSWERED, PUBLISHED = "4#ANSWERED#PETITIONER#", "5#PUBLISHED#PETITIONER#"
ANSWERED_AT, PUBLISHED_AT = 4, 5
FAULTS = (Fault.CRASH_BEFORE, Fault.CRASH_AFTER)


def answered_and_published(post_room: PostRoom, *reply_by: ReplyBy, reference: str = REFERENCE) -> Petition:
    """Return a petition that was answered and published late at night; its receipt was sent long ago."""
    post_room.clock.hold_at(LATE_AT_NIGHT)
    petition = post_room.a_petition(*reply_by, reference=reference)
    receipt = Delivery(
        reference=reference,
        notice="1#RECEIPT#PETITIONER#EMAIL",
        seq=1,
        kind=NoticeKind.RECEIPT,
        audience=Audience.PETITIONER,
        channel=DeliveryChannel.EMAIL,
        state=DeliveryState.SENT,
        at=LATE_AT_NIGHT,
    )
    post_room.deliveries.add(receipt)
    at = post_room.clock.now()
    changed = petition.assign(Change.by_officer("x", at, "assign"), "TL")
    changed = changed.accept(Change.by_officer("x", at, "accept"), handler="x")
    changed = changed.draft_answer(Change.by_officer("x", at, "draft"), "Đã tính lại.")
    changed = changed.approve(Change.by_officer("y", at, "approve"))
    changed = changed.model_copy(update={"may_publish": True})
    publication = Publication(subject="s", content="c", answer="a", published_at=at)
    changed = changed.publish(Change.by_officer("y", at, "publish"), publication)
    return post_room.save(petition, changed)


def ask_for_both(post_room: PostRoom, reference: str = REFERENCE) -> None:
    post_room.request(NoticeKind.ANSWERED, seq=ANSWERED_AT + 1, reference=reference)
    post_room.request(NoticeKind.PUBLISHED, seq=PUBLISHED_AT + 1, reference=reference)


def in_the_morning(post_room: PostRoom) -> None:
    post_room.work()
    post_room.wait(hours=7, minutes=31)
    for _ in range(4):
        if not post_room.is_done():
            post_room.wait(hours=1, minutes=1)


def states(post_room: PostRoom, reference: str = REFERENCE) -> list[str]:
    return sorted(state for name, state in post_room.rows(reference).items() if "RECEIPT" not in name)


def test_two_notices_of_half_past_eleven_at_night_are_one_mail_in_the_morning(post_room: PostRoom):
    answered_and_published(post_room, ReplyBy.EMAIL)
    ask_for_both(post_room)

    post_room.work()
    at_night = post_room.sent_to()
    in_the_morning(post_room)

    mails = post_room.out()
    assert at_night == []
    assert [mail.subject for mail in mails] == ["2 thông báo về phản ánh, kiến nghị mã 26 4831 9027 5"]
    assert "1. Kết quả trả lời" in mails[0].text
    assert "Đã tính lại." in mails[0].text
    assert "2. Kết quả phản ánh, kiến nghị mã 26 4831 9027 5 đã được công khai" in mails[0].text
    assert mails[0].text.count("/tra-cuu?ma=") == 1
    assert states(post_room) == ["CARRIED", "SENT"]
    assert post_room.is_done()


def test_two_notices_are_one_sms_that_names_both(post_room: PostRoom):
    answered_and_published(post_room, ReplyBy.SMS)
    ask_for_both(post_room)

    in_the_morning(post_room)

    assert [message.text for message in post_room.out()] == [
        "PAKN 26483190275: da co ket qua; da cong khai. Soan PAKN TC 26483190275 gui 8088 hoac goi 1900 1547."
    ]


def test_two_notices_are_one_call(post_room: PostRoom):
    answered_and_published(post_room, ReplyBy.PHONE)
    ask_for_both(post_room)

    in_the_morning(post_room)

    (call,) = post_room.out()
    assert "(1) Báo cho người gửi" in call.text
    assert "(2) Báo cho người gửi: như đã đồng ý" in call.text


def test_notices_about_several_petitions_of_one_person_are_one_message(post_room: PostRoom):
    for reference in (REFERENCE, OTHER):
        answered_and_published(post_room, ReplyBy.SMS, reference=reference)
        ask_for_both(post_room, reference)

    in_the_morning(post_room)

    sent = post_room.system.sms_gateway.sent
    assert [message.text for message in sent] == [
        f"4 tin moi ve PAKN {OTHER}, {REFERENCE}. Soan PAKN TC va ma so gui 8088, hoac goi 1900 1547."
    ]
    assert sorted(states(post_room) + states(post_room, OTHER)) == ["CARRIED"] * 3 + ["SENT"]
    assert post_room.is_done()


def test_petitions_of_others_and_other_addresses_stay_apart(post_room: PostRoom):
    answered_and_published(post_room, ReplyBy.SMS)
    answered_and_published(post_room, ReplyBy.EMAIL, reference=OTHER)
    ask_for_both(post_room)
    ask_for_both(post_room, OTHER)

    in_the_morning(post_room)

    everything = post_room.system.outbox()
    assert sorted((message.channel, message.to) for message in everything) == [
        ("EMAIL", EMAIL),
        ("SMS", PHONE),
    ]


def test_batch_that_did_not_arrive_goes_to_the_next_channel_as_a_whole(post_room: PostRoom):
    answered_and_published(post_room, ReplyBy.SMS, ReplyBy.EMAIL)
    ask_for_both(post_room)
    post_room.system.sms_gateway.trouble.append(Trouble.REFUSED)

    in_the_morning(post_room)

    (mail,) = post_room.out()
    assert mail.channel == "EMAIL"
    assert "1. Kết quả trả lời" in mail.text
    assert "2. Kết quả phản ánh" in mail.text
    assert states(post_room) == ["CARRIED", "FAILED", "SENT"]


FEWEST_CALLS = 8


def test_each_call_may_fail_once_and_both_are_sent_exactly_once(post_room: PostRoom):
    """The smoke of the campaign below: an e-mail, a crash before and a crash after its calls in turn."""
    number = 0
    for number, fault in enumerate(cycle(FAULTS), start=1):
        if not sent_once_with(post_room, ReplyBy.EMAIL, number, fault):
            break
    assert number > FEWEST_CALLS


@pytest.mark.campaign
@pytest.mark.parametrize("by", [ReplyBy.EMAIL, ReplyBy.SMS, ReplyBy.PHONE])
@pytest.mark.parametrize("fault", [pytest.param(fault, id=fault.value) for fault in FAULTS])
def test_every_call_may_fail_and_both_are_sent_exactly_once(post_room: PostRoom, by: ReplyBy, fault: Fault):
    number = 1
    while sent_once_with(post_room, by, number, fault):
        number += 1
    assert number > FEWEST_CALLS


def sent_once_with(post_room: PostRoom, by: ReplyBy, number: int, fault: Fault) -> bool:
    """Deliver a batch with a fault at one call; both notices arrive once. Return whether there was such a call."""
    post_room.system.reset()
    answered_and_published(post_room, by)
    post_room.clock.hold_at(LATE_AT_NIGHT + timedelta(hours=7, minutes=31))
    ask_for_both(post_room)
    post_room.system.local.cold_start()
    with post_room.system.faults.at({number: fault}):
        post_room.work()
        calls = [str(call) for call in post_room.system.faults.calls]
    for pause in ({"minutes": 7}, {"minutes": 61}, {"minutes": 61}, {"hours": 11}, {"hours": 12}):
        if post_room.is_done():
            break
        post_room.wait(**pause)
    if number > len(calls):
        return False
    where = f"{calls[number - 1]}, {fault}: {post_room.rows()}"
    text = " ".join(message.text.lower() for message in post_room.out())
    words = {
        ReplyBy.EMAIL: ("đã có kết quả trả lời.", "như ông/bà đã đồng ý"),
        ReplyBy.SMS: ("da co ket qua", "cong khai"),
        ReplyBy.PHONE: ("đã có kết quả trả lời", "như đã đồng ý"),
    }[by]
    times = [text.count(word) for word in words]
    is_ambiguous = "AMBIGUOUS" in states(post_room)
    assert times == [1, 1] or (is_ambiguous and max(times) <= 1), where
    assert post_room.is_done(), where
    return True
