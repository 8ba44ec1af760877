"""If the ministry switches it on, petitioners learn which unit was given their petition; of conduct, no unit."""

from __future__ import annotations

import pytest

from shared.domain.calendar.terms import TERMS_2018
from tests.support.administration import put_confirmed
from tests.support.people import CITIZEN, Citizen, Officer
from tests.support.system import System

CONDUCT = "Cán bộ một cửa hẹn tôi bốn lần vẫn không trả kết quả, thái độ rất hách dịch."
UNIT = "Vụ Công chức - Viên chức"


def switch(system: System, *, tell: bool, on: str = "2026-11-03") -> None:
    edition = TERMS_2018.model_dump(mode="json", exclude_none=True)
    row = edition | {"valid_from": on, "tell_assignment": tell}
    answer = put_confirmed(system, "terms/petitions", row)
    assert answer.status == 200, answer.text


def assignment_texts(system: System, citizen: Citizen, words: str = "giao") -> list[str]:
    return [
        message.text
        for message in system.outbox(citizen.reference)
        if message.to in (CITIZEN["email"], "+84912345678") and words in f"{message.subject} {message.text}"
    ]


def test_by_default_nobody_is_notified(system: System) -> None:
    citizen = Citizen(system)
    citizen.send()

    assert assignment_texts(system, citizen) == []


def test_petitioner_learns_the_unit_once(system: System) -> None:
    switch(system, tell=True)
    citizen = Citizen(system)
    citizen.send()
    system.travel(days=1)

    (mail,) = assignment_texts(system, citizen)
    assert UNIT in mail
    assert "23/11/2026" in mail


def test_english_mail_names_the_unit_in_english(system: System) -> None:
    switch(system, tell=True)
    citizen = Citizen(system, language="en")
    citizen.send()

    (mail,) = assignment_texts(system, citizen, "was assigned to")
    assert UNIT not in mail
    assert "Department" in mail


def test_sms_names_it_shortly(system: System) -> None:
    switch(system, tell=True)
    citizen = Citizen(system, reply_by=["SMS"])
    citizen.send()

    (sms,) = assignment_texts(system, citizen, "da giao")
    assert "da giao Vu CCVC tra loi" in sms
    assert len(sms) <= 160


@pytest.mark.parametrize("channel", ["EMAIL", "SMS"])
def test_of_a_complaint_about_conduct_no_unit_is_named(system: System, channel: str) -> None:
    switch(system, tell=True)
    citizen = Citizen(system, content=CONDUCT, kind="CONDUCT", reply_by=[channel])
    citizen.send()

    (text,) = assignment_texts(system, citizen, "giao")
    assert "nơi có trách nhiệm" in text or "noi co trach nhiem" in text
    assert "Thanh tra" not in text
    assert "Vụ" not in text


def test_given_to_another_unit_the_petitioner_learns_of_that_one_and_not_twice_of_it(system: System) -> None:
    switch(system, tell=True)
    citizen = Citizen(system)
    citizen.send()
    handler, intake = Officer(system, "minh.ccvc"), Officer(system, "lan.tiepnhan")
    handler.do("return-to-intake", citizen.reference, reason="Không thuộc Vụ.")

    intake.do("assign", citizen.reference, unit="CTLBHXH", field="TL")
    intake.do("assign", citizen.reference, unit="CTLBHXH", field="TL")

    assert [UNIT in text for text in assignment_texts(system, citizen)] == [True, False]
    assert "Tiền lương" in assignment_texts(system, citizen)[-1]


def test_switched_off_again_what_was_written_still_tells_the_same(system: System) -> None:
    switch(system, tell=True)
    first = Citizen(system)
    first.send()
    before = assignment_texts(system, first)

    system.travel(days=1)
    switch(system, tell=False, on="2026-11-04")
    second = Citizen(system, content=f"{first.body['content']} Tôi hỏi lần nữa.")
    second.send()
    system.travel(days=2)

    assert assignment_texts(system, first) == before
    assert assignment_texts(system, second) == []
