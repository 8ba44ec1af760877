"""The petitioner is notified over the channel they chose, once, whatever happens to messages, workers and providers."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from infra.local.providers.sms_gateway import Trouble
from shared.domain.petition.change import Change
from shared.domain.petition.facts import PetitionerUpdated, TimeLimitReached
from shared.domain.petition.lifecycle import Action, State
from shared.domain.petition.values.classification import Kind
from shared.domain.petition.values.petitioner import ReplyBy
from shared.domain.promises.notices import NoticeKind
from tests.campaigns.faults.injection import Fault
from tests.functions.notifier.conftest import ADDRESS, EMAIL, NAME, PHONE, REFERENCE, PostRoom
from tests.support.log_capture import Overheard

RECEIPT = NoticeKind.RECEIPT
MAIL_ROW, SMS_ROW, CALL_ROW = (f"1#RECEIPT#PETITIONER#{channel}" for channel in ("EMAIL", "SMS", "PHONE"))
HALF_PAST_SEVEN = datetime(2026, 11, 3, 0, 30, tzinfo=UTC)
"""In Vietnam; a day from then, rest at night is never in the way."""


@pytest.mark.parametrize(
    ("reply_by", "expected"),
    [
        pytest.param((ReplyBy.EMAIL,), [("EMAIL", EMAIL)], id="by e-mail"),
        pytest.param((ReplyBy.SMS,), [("SMS", PHONE)], id="by SMS"),
        pytest.param((ReplyBy.SMS, ReplyBy.EMAIL), [("SMS", PHONE)], id="over the first of several choices"),
    ],
)
def test_petitioner_is_notified_over_the_chosen_channel(post_room: PostRoom, reply_by, expected):
    post_room.a_petition(*reply_by)

    post_room.notify(RECEIPT)

    assert post_room.sent_to() == expected
    assert list(post_room.rows().values()) == ["SENT"]
    assert post_room.is_done()


def test_petitioner_who_wants_a_call_gets_a_task_for_the_operators(post_room: PostRoom):
    post_room.a_petition(ReplyBy.PHONE)

    post_room.notify(RECEIPT)

    assert post_room.rows() == {CALL_ROW: "OPEN"}
    assert [message.channel for message in post_room.out()] == ["PHONE"]
    assert "26 4831 9027 5" in post_room.out()[0].text


def test_receipt_states_reference_due_date_with_weekday_link_and_number_to_call(post_room: PostRoom):
    post_room.a_petition()

    post_room.notify(RECEIPT)

    mail = post_room.out()[0]
    assert mail.subject == "Đã tiếp nhận phản ánh, kiến nghị mã 26 4831 9027 5"
    for part in ("thứ Hai, 23/11/2026", f"/tra-cuu?ma={REFERENCE}&t=", "1900 1547", "PAKN TC 26483190275"):
        assert part in mail.text
        assert part.replace("&", "&amp;") in (mail.html or "")


def test_receipt_in_english_for_who_wrote_in_english(post_room: PostRoom):
    post_room.a_petition(language="en")

    post_room.notify(RECEIPT)

    assert post_room.out()[0].subject == "Your petition 26 4831 9027 5 was received"
    assert "Monday, 23 November 2026" in post_room.out()[0].text


def test_message_that_arrives_three_times_tells_once(post_room: PostRoom):
    post_room.a_petition()
    post_room.request(RECEIPT, times=3)

    post_room.work()
    post_room.wait(minutes=10)

    assert post_room.sent_to() == [("EMAIL", EMAIL)]
    assert post_room.is_done()


# --- answers ----------------------------------------------------------------------------------------


def test_mail_about_the_answer_carries_it_in_full_and_the_sms_only_says_that_it_is_there(post_room: PostRoom):
    petition = post_room.answered(post_room.at_work(post_room.a_petition(ReplyBy.EMAIL)))

    post_room.notify(NoticeKind.ANSWERED, seq=petition.version)

    assert "Phụ cấp đã được tính lại." in post_room.out()[0].text


def test_sms_about_the_answer_says_where_to_read_it(post_room: PostRoom):
    petition = post_room.answered(post_room.at_work(post_room.a_petition(ReplyBy.SMS)))

    post_room.notify(NoticeKind.ANSWERED, seq=petition.version)

    assert re.fullmatch(
        r"PAKN 26483190275 da co ket qua: localhost:8088/h/26483190275[\w-]{22} hoac 1900 1547\. "
        r"Diem: PAKN DG 26483190275 <1-5> gui 8088",
        post_room.out()[0].text,
    )


def test_conduct_case_is_answered_neutrally(post_room: PostRoom):
    petition = post_room.a_petition(kind=Kind.CONDUCT)
    petition = post_room.answered(
        post_room.at_work(petition, unit="TTRA"), "Ông Nguyễn Văn X đã bị nhắc nhở."
    )

    post_room.notify(NoticeKind.ANSWERED, seq=petition.version)

    mail = post_room.out()[0]
    assert "Nguyễn Văn X" not in f"{mail.subject}{mail.text}{mail.html}"
    assert "tại đường dẫn dưới đây" in mail.text


# --- overdue ----------------------------------------------------------------------------------------


def overdue(post_room: PostRoom, n: int = 1):
    petition = post_room.at_work(post_room.a_petition())
    post_room.clock.hold_at(datetime(2026, 12, 3, 1, 0, tzinfo=UTC))
    facts = PetitionerUpdated(n=n, anchor=petition.due_on.isoformat())
    return post_room.save(
        petition,
        petition.record(
            Action.UPDATE_PETITIONER, Change.by_timer(post_room.clock.now(), f"t{n}"), facts=facts
        ),
    )


def test_overdue_update_says_truthfully_that_nothing_new_is_known(post_room: PostRoom):
    petition = overdue(post_room)

    post_room.notify(NoticeKind.OVERDUE_UPDATE, seq=petition.version)

    text = post_room.out()[0].text
    assert "đã quá hạn 7 ngày làm việc" in text
    assert "thông báo lần 1" in text
    assert "chưa ghi thêm tiến độ mới" in text
    assert "báo lên cấp trên" not in text
    assert "thứ Hai, 14/12/2026" in text


@pytest.mark.parametrize(
    ("state", "text"),
    [
        pytest.param(State.IN_PROGRESS, "đang xử lý và chưa ghi thêm tiến độ mới", id="at work"),
        pytest.param(State.AWAITING_APPROVAL, "đang chờ phê duyệt", id="before the approver"),
        pytest.param(State.AWAITING_INFORMATION, "đang chờ Ông/Bà bổ sung", id="waiting for the petitioner"),
        pytest.param(State.ASSIGNED, "chưa có đơn vị nhận xử lý", id="not taken on by the unit"),
        pytest.param(State.RECEIVED, "chưa có đơn vị nhận xử lý", id="not even routed"),
    ],
)
def test_overdue_update_without_progress_says_where_it_really_stands(post_room: PostRoom, state, text):
    petition = overdue(post_room)
    petition = petition.record(
        Action.ESCALATE, Change.by_timer(post_room.clock.now(), "e"), facts=TimeLimitReached(n=1)
    ).model_copy(update={"state": state})
    post_room.petitions.save(petition, petition.version - 1)

    post_room.notify(NoticeKind.OVERDUE_UPDATE, seq=petition.version - 1)

    assert text in post_room.out()[0].text
    assert "Việc chậm trễ đã được báo lên cấp trên." in post_room.out()[0].text


def test_overdue_update_carries_the_handlers_progress_and_expected_date(post_room: PostRoom):
    petition = overdue(post_room)
    noted = petition.add_note(
        Change.by_officer("x", post_room.clock.now(), "note"),
        "nội bộ",
        progress="Đã lấy ý kiến Bộ Tài chính.",
        expected_on=datetime(2026, 12, 10, tzinfo=UTC).date(),
    )
    post_room.save(petition, noted)

    post_room.notify(NoticeKind.OVERDUE_UPDATE, seq=petition.version)

    text = post_room.out()[0].text
    assert "Đã lấy ý kiến Bộ Tài chính." in text
    assert "Ngày dự kiến trả lời: thứ Năm, 10/12/2026" in text
    assert "nội bộ" not in text


def test_overdue_update_is_void_once_the_answer_is_there(post_room: PostRoom):
    petition = overdue(post_room)
    post_room.answered(petition)

    post_room.notify(NoticeKind.OVERDUE_UPDATE, seq=petition.version)

    assert post_room.sent_to() == []
    assert post_room.rows() == {f"{petition.version}#OVERDUE_UPDATE#PETITIONER#NONE": "SUPERSEDED"}
    assert post_room.is_done()


# --- quiet hours ------------------------------------------------------------------------------------


def test_answer_given_late_in_the_evening_is_sent_in_the_morning(post_room: PostRoom):
    petition = post_room.at_work(post_room.a_petition())
    post_room.clock.hold_at(datetime(2026, 11, 3, 16, 30, tzinfo=UTC))  # 23:30 in Vietnam
    petition = post_room.answered(petition)

    post_room.notify(NoticeKind.ANSWERED, seq=petition.version)
    post_room.wait(hours=7)
    assert post_room.sent_to() == []
    post_room.wait(minutes=31)

    assert post_room.sent_to() == [("EMAIL", EMAIL)]
    assert post_room.out()[0].at == datetime(2026, 11, 4, 0, 1, tzinfo=UTC)
    assert post_room.is_done()


def test_who_sends_a_petition_at_night_gets_the_receipt_at_once(post_room: PostRoom):
    post_room.clock.hold_at(datetime(2026, 11, 3, 16, 30, tzinfo=UTC))
    post_room.a_petition()

    post_room.notify(RECEIPT)

    assert post_room.sent_to() == [("EMAIL", EMAIL)]


# --- providers that fail ----------------------------------------------------------------------------


def test_sms_that_is_refused_for_good_becomes_an_e_mail(post_room: PostRoom):
    post_room.a_petition(ReplyBy.SMS, ReplyBy.EMAIL)
    post_room.system.sms_gateway.trouble.append(Trouble.REFUSED)

    post_room.notify(RECEIPT)

    assert post_room.sent_to() == [("EMAIL", EMAIL)]
    assert post_room.rows() == {SMS_ROW: "FAILED", MAIL_ROW: "SENT"}
    assert post_room.row(SMS_ROW).reason == "99"


def test_sms_that_is_refused_with_nothing_else_chosen_becomes_a_call(post_room: PostRoom):
    post_room.a_petition(ReplyBy.SMS, email=None)
    post_room.system.sms_gateway.trouble.append(Trouble.REFUSED)

    post_room.notify(RECEIPT)

    assert post_room.rows() == {SMS_ROW: "FAILED", CALL_ROW: "OPEN"}


def test_who_said_stop_gets_no_sms_but_the_next_channel(post_room: PostRoom):
    post_room.a_petition(ReplyBy.SMS, ReplyBy.EMAIL)
    post_room.say_stop(PHONE)

    post_room.notify(RECEIPT)

    assert post_room.sent_to() == [("EMAIL", EMAIL)]
    assert post_room.row(SMS_ROW).reason == "said-stop"


def test_who_took_the_stop_back_gets_sms_again(post_room: PostRoom):
    post_room.a_petition(ReplyBy.SMS, ReplyBy.EMAIL)
    post_room.say_stop(PHONE)
    post_room.take_stop_back(PHONE)

    post_room.notify(RECEIPT)

    assert post_room.sent_to() == [("SMS", PHONE)]


def test_petitioner_without_any_contact_left_is_counted_not_retried(post_room: PostRoom, capsys):
    post_room.a_petition(ReplyBy.EMAIL, email=None, phone=None)

    post_room.notify(RECEIPT)

    assert post_room.rows() == {"1#RECEIPT#PETITIONER#NONE": "FAILED"}
    assert post_room.is_done()


def test_sms_whose_answer_was_lost_is_asked_for_again_and_reaches_the_phone_once(post_room: PostRoom):
    post_room.a_petition(ReplyBy.SMS)
    post_room.system.sms_gateway.trouble.append(Trouble.LOST_REPLY)

    post_room.notify(RECEIPT)
    assert post_room.row(SMS_ROW).state == "PREPARED"
    assert post_room.row(SMS_ROW).ambiguous_since is not None
    post_room.wait(minutes=6)

    assert post_room.sent_to() == [("SMS", PHONE)]
    assert post_room.rows() == {SMS_ROW: "SENT"}
    assert post_room.is_done()


def test_provider_that_is_down_for_a_day_loses_nothing(post_room: PostRoom):
    post_room.a_petition(ReplyBy.SMS, email=None)
    # Nobody to call either, so that the SMS is the last channel: the phone is a mobile, the operators are another way.
    post_room.system.sms_gateway.trouble.extend([Trouble.UNAVAILABLE] * 2)

    post_room.notify(RECEIPT)
    post_room.wait(minutes=6)
    post_room.wait(hours=1, minutes=1)

    assert post_room.sent_to() == [("SMS", PHONE)]
    assert post_room.row(SMS_ROW).attempt == 3
    assert post_room.is_done()


def test_after_three_vain_attempts_the_next_channel_is_taken(post_room: PostRoom):
    post_room.a_petition(ReplyBy.SMS, ReplyBy.EMAIL)
    post_room.system.sms_gateway.trouble.extend([Trouble.UNAVAILABLE] * 3)

    post_room.notify(RECEIPT)
    post_room.wait(minutes=6)
    post_room.wait(hours=1, minutes=1)

    assert post_room.sent_to() == [("EMAIL", EMAIL)]
    assert post_room.rows() == {SMS_ROW: "FAILED", MAIL_ROW: "SENT"}


def test_e_mail_whose_provider_is_down_for_two_days_goes_out_in_the_end(post_room: PostRoom):
    """A queue would have given the message up; a row waits for as long as it takes."""
    post_room.a_petition(ReplyBy.EMAIL, phone=None)

    with post_room.system.faults.broken("SendEmail", Fault.THROTTLE):
        post_room.notify(RECEIPT)
        for _ in range(48):
            post_room.wait(hours=1)
    assert post_room.sent_to() == []
    assert post_room.row(MAIL_ROW).state == "PREPARED"
    post_room.wait(hours=1)

    assert post_room.sent_to() == [("EMAIL", EMAIL)]
    assert post_room.is_done()


# --- personal data ------------------------------------------------------------------------------------


def test_no_personal_data_stands_in_deliveries_or_log(post_room: PostRoom, overheard: Overheard):
    secret = "Bí mật gia đình tôi"
    petition = post_room.a_petition(ReplyBy.SMS, ReplyBy.EMAIL, ReplyBy.PHONE, content=secret)
    post_room.system.sms_gateway.trouble.append(Trouble.REFUSED)
    petition = post_room.answered(post_room.at_work(petition), "Kính gửi bà Trần Thị Bình Minh")
    post_room.notify(RECEIPT)
    post_room.notify(NoticeKind.ANSWERED, seq=petition.version)

    stored = post_room.system.items("deliveries")
    everything = f"{stored}{overheard.lines()}{post_room.system.local.functions.metrics}"
    assert petition.reference in everything
    for word in (EMAIL, PHONE, PHONE[3:], NAME, ADDRESS, secret, "Kính gửi bà"):
        assert word not in everything
