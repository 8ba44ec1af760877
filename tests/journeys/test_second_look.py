"""A petitioner who is not helped by the answer: rating, asking again, a second answer from above, and then it rests."""

from __future__ import annotations

import pytest

from tests.support.people import Citizen, Officer, answer_petition
from tests.support.target import Target


@pytest.mark.cloud
def test_second_look_goes_above_and_is_approved_by_somebody_else(system: Target):
    citizen = Citizen(system)
    citizen.send()
    answer_petition(system, citizen.reference, text="Liên hệ hội đồng thi.")
    citizen.add("rating", score=1)

    reopened = citizen.add("reopening", reason="Tôi hỏi thời hạn, không hỏi liên hệ ai.").json()

    assert (reopened["state"], reopened["unit"]) == ("REOPENED", "TTRA")
    assert reopened["due_on"] == str(system.due_on)
    answering = Officer(system, "quan.thanhtra")
    answering.do("accept", citizen.reference)
    answering.do("draft-answer", citizen.reference, text="Thời hạn là 30 ngày theo Nghị định.")
    assert Officer(system, "binh.vanphong").try_to("approve", citizen.reference).status == 403
    Officer(system, "khanh.tocongtac").do("approve", citizen.reference)

    seen = citizen.look()
    assert (seen["state"], seen["answer"]["text"]) == ("ANSWERED", "Thời hạn là 30 ngày theo Nghị định.")
    assert {duty["kind"] for duty in seen["duties"]} >= {"ANSWER", "SECOND_ANSWER"}
    mails = [mail for mail in system.outbox(citizen.reference) if mail.to == system.email]
    assert sum("Thời hạn là 30 ngày" in mail.text for mail in mails) == 1


@pytest.mark.cloud
def test_those_above_are_notified_and_nobody_twice(system: Target):
    citizen = Citizen(system)
    citizen.send()
    answer_petition(system, citizen.reference)
    citizen.add("rating", score=2)
    before = len(system.outbox(citizen.reference))

    citizen.add("reopening", reason="Chưa rõ.")
    citizen.add("reopening", reason="Chưa rõ lắm.")

    recipients = sorted(message.to for message in system.outbox(citizen.reference)[before:])
    superiors = [
        officer.email
        for officer in system.officers.values()
        if officer.unit == "TTRA" and "unit-head" in officer.roles
    ]
    assert set(superiors) <= set(recipients)
    assert system.email in recipients
    assert len(recipients) == len(set(recipients))


@pytest.mark.cloud
def test_conduct_case_that_the_inspectorate_answered_goes_to_the_task_force(system: Target):
    citizen = Citizen(system, kind="CONDUCT", field="TTRA")
    citizen.send()
    if citizen.look()["unit"] != "TTRA":
        Officer(system, "lan.tiepnhan").do("assign", citizen.reference, unit="TTRA")
    answer_petition(system, citizen.reference, handler="quan.thanhtra")
    citizen.add("rating", score=1)

    reopened = citizen.add("reopening", reason="Chưa đúng.").json()

    assert reopened["unit"] == "TCT"
    inspector = Officer(system, "khanh.tocongtac")
    inspector.do("accept", citizen.reference)
    inspector.do("draft-answer", citizen.reference, text="Đã làm rõ.")
    assert inspector.try_to("approve", citizen.reference).status == 403
    Officer(system, "ngoc.tocongtac").do("approve", citizen.reference)
    assert citizen.look()["answer"]["text"] == "Đã làm rõ."
