"""A petition's way from each of the three doors to the answer, through all functions."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.support.log_capture import Overheard
from tests.support.people import CONTENT, Citizen, Officer, Phone, answer_petition, citizen_of, reference_in
from tests.support.system import System
from tests.support.target import Target

PERSONAL = ("Trần Thị Mùa", "Đông Sơn", "912345678", "mua.tran@thu.example")


def recipients(system: Target, reference: str) -> list[tuple[str, str]]:
    """Return the recipients of the messages about a petition, in order: (channel, to)."""
    return [(message.channel, message.to) for message in system.outbox(reference)]


def to_petitioner(system: Target, reference: str) -> list[str]:
    """The texts that went to the petitioner, in order."""
    officers = {officer.email for officer in system.officers.values()}
    return [message.text for message in system.outbox(reference) if message.to not in officers]


@pytest.mark.cloud
def test_web_petition_is_answered_by_email_and_published(system: Target):
    citizen = Citizen(system, may_publish=True)

    received = citizen.send()

    assert received.status == 201
    assert received.json()["due_on"] == str(system.due_on)
    assert citizen.look()["state"] == "ASSIGNED"
    assert [card["reference"] for card in Officer(system, "minh.ccvc").queue()] == [citizen.reference]

    answer_petition(system, citizen.reference)

    seen = citizen.look()
    assert seen["state"] == "ANSWERED"
    assert seen["answer"]["text"] == "Kết quả công bố trước 30/11."
    receipt, answer = to_petitioner(system, citizen.reference)
    assert f"{system.due_on:%d/%m/%Y}" in receipt
    assert "Kết quả công bố trước 30/11." in answer

    public = {
        "subject": system.unique("Kết quả thi nâng ngạch"),
        "content": "Hỏi về kết quả thi.",
        "answer": "Trước 30/11.",
    }
    Officer(system, "binh.vanphong").do("publish", citizen.reference, **public)

    published = [item["subject"] for item in system.http("GET", "/v1/published").json()["items"]]
    assert published.count(public["subject"]) == 1
    assert citizen.reference not in system.http("GET", "/v1/published").text
    assert citizen.look()["state"] == "PUBLISHED"


@pytest.mark.cloud
def test_submission_sent_again_is_the_same_petition_and_tells_nobody_again(system: Target):
    citizen = Citizen(system)

    first, again = citizen.send(), citizen.send()

    assert (first.status, again.status) == (201, 200)
    assert {k: first.json()[k] for k in ("reference", "pin", "due_on")} == {
        k: again.json()[k] for k in ("reference", "pin", "due_on")
    }
    assert len(system.items("petitions")) == 1
    assert len(to_petitioner(system, citizen.reference)) == 1


@pytest.mark.cloud
def test_person_with_only_sms_sends_completes_tracks_and_hears_the_answer(system: Target):
    phone = Phone(system)

    reply = phone.send(
        "PAKN De nghi Bo cho biet ket qua thi nang ngach cong chuc chuyen vien chinh dot thang 9"
    )

    reference = reference_in(reply)
    assert f"{system.due_on:%d/%m/%Y}" in reply
    assert len(reply) <= 160
    assert reply.isascii()

    phone.send(f"pakn bs {reference} Tran Thi Mua, xa Dong Son, Thanh Hoa")
    assert reference in phone.send(f"PAKN TC {reference}").replace(" ", "")

    answer_petition(system, reference)

    (answer,) = to_petitioner(system, reference)
    assert len(answer) <= 160
    assert recipients(system, reference)[-1] == ("SMS", f"+{system.number}")
    assert "Dong Son" not in str(system.items("petitions"))


@pytest.mark.cloud
def test_message_delivered_again_makes_no_second_petition_and_gets_the_same_reply(system: Target):
    phone = Phone(system)

    first = phone.send("PAKN Thu tuc cap lai bang khen qua phuc tap", smsid="retry-1")
    again = phone.send("PAKN Thu tuc cap lai bang khen qua phuc tap", smsid="retry-1")

    assert first == again
    assert len(system.items("petitions")) == 1


@pytest.mark.cloud
def test_stranger_learns_nothing_about_a_petition_by_sms(system: Target):
    reference = reference_in(Phone(system).send("PAKN Thi nang ngach cong chuc bi cham ket qua"))
    stranger = Phone(system, system.other_number)

    assert stranger.send(f"PAKN TC {reference}") == stranger.send("PAKN TC 26000000000")


@pytest.mark.cloud
def test_caller_is_written_down_by_an_operator_and_called_back(system: Target):
    operator = Officer(system, "tong.dai")
    caller = {k: citizen_of(system)[k] for k in ("type", "name", "address", "phone")}

    entered = operator.enter_call("call-1", petitioner=caller, reply_by=["PHONE"])
    again = operator.enter_call("call-1", petitioner=caller, reply_by=["PHONE"])

    assert (entered.status, again.status) == (201, 200)
    reference = entered.json()["reference"]
    assert again.json()["reference"] == reference

    answer_petition(system, reference)

    (task,) = [message for message in system.outbox(reference) if message.channel == "PHONE"]
    assert task.to == f"+{system.number}"
    assert len(to_petitioner(system, reference)) == 1


@pytest.mark.cloud
def test_what_the_router_cannot_tell_goes_to_the_intake_desk(system: Target):
    citizen = Citizen(system, content="Tôi muốn hỏi một việc mà không biết gọi là gì, mong được giúp đỡ.")
    citizen.send()

    intake = Officer(system, "lan.tiepnhan")

    assert citizen.look()["state"] == "RECEIVED"
    assert [card["reference"] for card in intake.queue()] == [citizen.reference]

    intake.do("assign", citizen.reference, unit="VCCVC", field="CCVC")

    assert citizen.look()["state"] == "ASSIGNED"
    assert [card["reference"] for card in Officer(system, "minh.ccvc").queue()] == [citizen.reference]


@pytest.mark.cloud
def test_denunciation_leaves_the_ordinary_queues(system: Target):
    text = (
        "Tôi tố cáo ông Nguyễn Văn Tám, Chủ tịch xã, đã nhận hối lộ 50 triệu đồng của công ty Bình Minh "
        "để cấp phép khai thác cát trái phép. Tôi có bằng chứng."
    )
    citizen = Citizen(system, content=text)
    citizen.send()

    for username in ("minh.ccvc", "huong.ccvc", "lan.tiepnhan", "quan.thanhtra", "dung.cchc"):
        officer = Officer(system, username)
        assert citizen.reference not in [card["reference"] for card in officer.queue()]
        assert officer.get(f"/v1/petitions/{citizen.reference}").status in (403, 404)
    inspector = Officer(system, "khanh.tocongtac")
    assert inspector.petition(citizen.reference)["state"] == "RESTRICTED"

    inspector.do("return-to-intake", citizen.reference, reason="Không phải tố cáo.")

    assert [card["reference"] for card in Officer(system, "lan.tiepnhan").queue()] == [citizen.reference]


@pytest.mark.cloud
def test_draft_that_misses_the_point_comes_back_to_its_handler(system: Target):
    citizen = Citizen(system)
    citizen.send()
    handler, approver = Officer(system, "minh.ccvc"), Officer(system, "binh.vanphong")
    handler.do("accept", citizen.reference)
    handler.do("draft-answer", citizen.reference, text="Cảm ơn ông/bà.")

    approver.do("return-draft", citizen.reference, reason="Chưa trả lời về thời hạn công bố.")

    assert citizen.look()["state"] == "IN_PROGRESS"
    assert "Chưa trả lời" not in str(citizen.look())
    handler.do("draft-answer", citizen.reference, text="Trước ngày 30/11/2026.")
    approver.do("approve", citizen.reference)
    assert citizen.look()["answer"]["text"] == "Trước ngày 30/11/2026."


@pytest.mark.cloud
def test_petitioner_supplements_withdraws_and_rates(system: Target):
    withdrawing, rating = Citizen(system), Citizen(system)
    withdrawing.send()
    rating.send()

    assert withdrawing.add("supplements", content="Đợt thi ngày 12/9.").status in (200, 201)
    assert withdrawing.add("withdrawal", reason="Đã có kết quả.").status == 200
    answer_petition(system, rating.reference)
    assert rating.add("rating", score=4, comment="Trả lời rõ.").status in (200, 201)

    assert withdrawing.look()["state"] == "WITHDRAWN"
    assert any(entry["action"] == "rate" for entry in rating.look()["history"])


@pytest.mark.cloud
def test_question_to_the_petitioner_waits_for_the_supplement(system: Target):
    citizen = Citizen(system)
    citizen.send()
    handler = Officer(system, "minh.ccvc")
    handler.do("accept", citizen.reference)

    handler.do("request-information", citizen.reference, question="Xin cho biết số báo danh.")

    assert citizen.look()["state"] == "AWAITING_INFORMATION"
    assert "số báo danh" in to_petitioner(system, citizen.reference)[-1]
    citizen.add("supplements", content="Số báo danh 0123.")
    assert citizen.look()["state"] == "IN_PROGRESS"


@pytest.mark.parametrize("channel", ["web", "sms"])
def test_no_personal_data_stands_outside_the_seal(system: System, channel: str, overheard: Overheard):
    if channel == "web":
        citizen = Citizen(system)
        citizen.send()
        reference = citizen.reference
    else:
        reference = reference_in(Phone(system).send(f"PAKN {CONTENT}"))
    answer_petition(system, reference)
    system.travel(days=2)

    stored = str([system.items(table) for table in ("petitions", "deliveries", "statistics", "throttle")])
    output = "".join((*overheard.lines(), *system.local.functions.metrics))

    assert not [secret for secret in PERSONAL if secret in stored]
    assert not [secret for secret in (*PERSONAL, "thi nâng ngạch") if secret in output]


def test_everything_comes_through_without_a_failure(system: System):
    for _ in range(3):
        Citizen(system).send()
    system.travel(to=system.clock.now() + timedelta(days=40))

    assert system.dead_letters() == 0
    assert system.local.failures.count == 0
