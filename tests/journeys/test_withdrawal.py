"""A withdrawal in somebody's name is undone by its link, by SMS or by telephone; no end without an answer is final."""

from __future__ import annotations

import re

import pytest

from tests.support.people import Citizen, Officer, Phone
from tests.support.system import System
from tests.support.target import Target


@pytest.fixture
def citizen(system: Target) -> Citizen:
    """A petitioner with an e-mail address and a number, whose petition was withdrawn with its PIN."""
    sender = Citizen(system)
    sender.send()
    system.settle()
    sender.add("withdrawal")
    system.settle()
    return sender


def notices_of_withdrawal(system: Target, citizen: Citizen) -> dict[str, str]:
    return {
        message.channel: message.text
        for message in system.outbox(citizen.reference)
        if "PAKN TIEP" in message.text
    }


def test_every_contact_is_notified_with_the_date_and_the_ways_to_undo_it(system: System, citizen: Citizen):
    texts = notices_of_withdrawal(system, citizen)

    assert set(texts) == {"EMAIL", "SMS"}
    assert all("06/11/2026" in text and "1900 1547" in text for text in texts.values())


@pytest.mark.cloud
def test_link_in_the_mail_leads_to_a_button_that_undoes_it_without_script(system: Target, citizen: Citizen):
    mail = notices_of_withdrawal(system, citizen)["EMAIL"]
    link = re.search(r"/tra-cuu\?ma=(\d{11})&t=(\w+)", mail)
    assert link is not None
    page = system.http("GET", "/tra-cuu", query={"ma": link[1], "t": link[2]}).text
    assert 'action="/tra-cuu/khong-rut"' in page
    assert (
        citizen.look()["state"] == "WITHDRAWN"
    )  # reading the link alone undoes nothing: machines read it too

    form = {"ma": link[1], "pin": link[2]}
    for _ in range(2):
        answer = system.http("POST", "/tra-cuu/khong-rut", form=form)
        assert answer.status == 200

    seen = citizen.look()
    assert seen["state"] == "ASSIGNED"
    assert [entry["action"] for entry in seen["history"]].count("undo-withdrawal") == 1
    system.settle()
    assert any("xử lý tiếp" in mail.text for mail in system.outbox(citizen.reference))


@pytest.mark.cloud
def test_sms_from_a_number_on_file_undoes_it(system: Target, citizen: Citizen):
    reply = Phone(system).send(f"PAKN TIEP {citizen.reference}")

    assert "duoc xu ly tiep" in str(reply)
    assert citizen.look()["state"] == "ASSIGNED"


def test_api_undoes_it_and_says_until_when(system: System, citizen: Citizen):
    assert citizen.look()["undo_withdrawal_until"] == "2026-11-06"

    undone = citizen.add("withdrawal/undo")

    assert (undone.status, undone.json()["state"]) == (200, "ASSIGNED")
    assert "undo_withdrawal_until" not in undone.json()
    assert undone.json()["due_on"] == str(system.due_on)
    assert citizen.add("withdrawal").json()["state"] == "WITHDRAWN"


def test_after_three_working_days_only_the_approver_leads_out(system: System, citizen: Citizen):
    system.travel(days=6)

    assert citizen.add("withdrawal/undo").status == 409
    assert "undo-withdrawal" not in citizen.look()["possible_actions"]
    assert Officer(system, "khanh.tocongtac").try_to("reopen", citizen.reference, reason="x").status == 403
    Officer(system, "binh.vanphong").do("reopen", citizen.reference, reason="Người gửi không rút.")

    assert citizen.look()["state"] == "REOPENED"


@pytest.mark.cloud
@pytest.mark.parametrize(
    ("action", "facts"),
    [
        pytest.param("refuse", {"reason": "UNCLEAR"}, id="refused"),
        pytest.param("forward", {"body": "Bộ Y tế"}, id="forwarded"),
        pytest.param("guide", {"text": "Mời gửi đơn khiếu nại."}, id="guided"),
    ],
)
def test_what_ended_by_mistake_is_taken_up_again_answered_and_notified(system: Target, action, facts):
    sender = Citizen(system)
    sender.send()
    Officer(system, "lan.tiepnhan").do(action, sender.reference, **facts)
    approver = Officer(system, "binh.vanphong")
    assert "reopen" in approver.petition(sender.reference)["possible_actions"]
    assert approver.try_to("reopen", sender.reference).status == 422

    reopened = approver.do("reopen", sender.reference, reason="Đã xem lại: thuộc thẩm quyền của Bộ.")
    system.settle()

    assert (reopened["state"], reopened["due_on"]) == ("REOPENED", str(system.due_on))
    mails = [mail.text for mail in system.outbox(sender.reference) if mail.to == system.email]
    assert any("Đã xem lại: thuộc thẩm quyền của Bộ." in mail and "xử lý tiếp" in mail for mail in mails)
    handler = Officer(system, "minh.ccvc")
    if approver.petition(sender.reference)["unit"] != "VCCVC":
        approver.do("assign", sender.reference, unit="VCCVC")
    handler.do("accept", sender.reference)
    handler.do("draft-answer", sender.reference, text="Kết quả công bố trước 30/11.")
    approver.do("approve", sender.reference)
    assert sender.look()["state"] == "ANSWERED"
