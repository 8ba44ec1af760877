"""A PIN that was lost comes back to its owner, and to nobody else."""

from __future__ import annotations

import re

import pytest

from tests.support.people import Citizen
from tests.support.system import System
from tests.support.target import Target


def ask(system: Target, reference: str, contact: str) -> None:
    answer = system.http("POST", f"/v1/petitions/{reference}/unlock", json={"contact": contact})
    assert answer.status == 202
    system.settle()


def petitioner_messages(system: Target, citizen: Citizen) -> list[tuple[str, str]]:
    officers = {officer.email for officer in system.officers.values()}
    return [
        (message.channel, message.text)
        for message in system.outbox(citizen.reference)
        if message.to not in officers
    ]


@pytest.mark.cloud
def test_number_on_file_gets_the_pin_by_sms_though_email_was_chosen(system: Target):
    citizen = Citizen(system, reply_by=["EMAIL"])
    citizen.send()

    ask(system, citizen.reference, system.own_number)

    messages = petitioner_messages(system, citizen)
    assert {channel for channel, _ in messages} == {"EMAIL", "SMS"}
    with_pin = [(channel, text) for channel, text in messages if citizen.pin in text]
    assert [channel for channel, _ in with_pin] == ["SMS"]
    assert len(with_pin[0][1]) <= 160


@pytest.mark.cloud
def test_address_on_file_gets_the_link_by_email_and_never_the_pin(system: Target):
    citizen = Citizen(system, reply_by=["SMS"])
    citizen.send()

    ask(system, citizen.reference, system.email)

    messages = petitioner_messages(system, citizen)
    assert not [text for _, text in messages if citizen.pin in text]
    (mail,) = [text for channel, text in messages if channel == "EMAIL"]
    token = re.search(r"[?&]t=([0-9a-f]{32})", mail)
    assert token
    page = system.http("GET", "/tra-cuu", query={"ma": citizen.reference, "t": token[1]})
    assert "Gửi lại mã PIN theo yêu cầu" in page.text


def test_another_contact_gets_nothing(system: System):
    citizen = Citizen(system)
    citizen.send()

    ask(system, citizen.reference, "khac@thu.example")
    ask(system, citizen.reference, "0987 654 321")

    assert len(petitioner_messages(system, citizen)) == 1
