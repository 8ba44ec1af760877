"""The clock of the law, through all functions: dates on the receipt, warnings, updates, publication, closing."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from shared.domain.calendar.terms import TERMS_2018
from shared.domain.calendar.working_calendar import VIETNAM
from shared.domain.identity.reference import spaced
from tests.support.administration import put_confirmed
from tests.support.builders import CALENDAR, vietnam
from tests.support.people import Citizen, Officer, answer_petition
from tests.support.system import System
from tests.support.webhooks import signed_post


def notified_at(system: System, reference: str, address: str, words: str = "") -> list[str]:
    """Return the minutes at which an address was notified, in Vietnam's time."""
    return [
        datetime.fromisoformat(str(mail.at)).astimezone(VIETNAM).strftime("%Y-%m-%d %H:%M")
        for mail in system.outbox(reference)
        if mail.to == address and words in f"{mail.subject} {mail.text}"
    ]


def reminded_on(system: System, reference: str, address: str) -> list[str]:
    """Return the days on which the morning's mail to an officer named a petition."""
    return [
        datetime.fromisoformat(str(mail.at)).astimezone(VIETNAM).strftime("%Y-%m-%d")
        for mail in system.outbox()
        if mail.to == address and spaced(reference) in mail.text and "Việc trong ngày" in (mail.subject or "")
    ]


@pytest.mark.parametrize(
    ("received", "due_on"),
    [
        pytest.param(vietnam("2026-01-28"), "2026-02-23", id="over Tết"),
        pytest.param(vietnam("2025-12-21"), "2026-01-10", id="ends on a Saturday that is worked"),
        pytest.param(vietnam("2026-08-13"), "2026-09-03", id="ends on the National Day"),
        pytest.param(vietnam("2026-11-03", "23:59"), "2026-11-23", id="last minute of the day"),
        pytest.param(vietnam("2026-11-04", "00:00"), "2026-11-25", id="a minute later, 24 November is off"),
    ],
)
def test_receipt_and_tracking_say_the_due_date(system: System, received: datetime, due_on: str):
    system.travel(to=received)
    citizen = Citizen(system)

    assert citizen.send().json()["due_on"] == due_on
    assert citizen.look()["due_on"] == due_on


def test_late_report_of_a_call_is_dated_by_the_call_and_shown_to_those_who_may_see_it(system: System):
    """The call was on Friday 27 November; its report comes on Sunday, twenty minutes after midnight."""
    system.travel(to=vietnam("2026-11-29", "00:20"))
    call = {
        "callId": "late-1",
        "caller": "0901234567",
        "start": "2026-11-27T10:00:00+07:00",
        "end": "2026-11-27T10:12:00+07:00",
        "agent": "tongdai.lan",
        "recording": "https://calls.example.vn/r/1",
        "summary": "Đề nghị xem lại lương của viên chức y tế",
        "petitioner": {"name": "Trần Thị Hoa", "address": "Xã Tân Phú, tỉnh Đồng Nai"},
    }
    reference = signed_post(system, "/hotline/calls", "hotline", call).json()["reference"]
    system.travel(minutes=15)
    inspector = Officer(system, "khanh.tocongtac")

    view = inspector.get(f"/v1/petitions/{reference}").json()
    opened = inspector.do("open-seal", reference, reason="Nghe lại cuộc gọi.")

    assert (view["due_on"], view["derivation"]["received_on"]) == ("2026-12-17", "2026-11-27")
    assert (view["call_agent"], view["call_started_at"]) == ("tongdai.lan", "2026-11-27T03:00:00Z")
    assert view["stored_at"] == "2026-11-28T17:20:00Z"
    assert "calls.example.vn" not in str(view)
    assert opened["identity"]["recording"] == "https://calls.example.vn/r/1"


def test_clock_pauses_while_the_petitioner_is_awaited_where_the_terms_say_so(system: System):
    """Received on 3 November and due on the 23rd; asked on the 9th, replied on the 16th: due on the 30th."""
    edition = TERMS_2018.model_dump(mode="json", exclude_none=True)
    row = edition | {"valid_from": "2026-11-03", "clock_pauses_while_awaiting": True}
    assert put_confirmed(system, "terms/petitions", row).status == 200
    citizen, handler = Citizen(system), Officer(system, "minh.ccvc")
    citizen.send()
    handler.do("accept", citizen.reference)
    system.travel(to=vietnam("2026-11-09"))
    handler.do("request-information", citizen.reference, question="Ông/Bà thi năm nào?")
    system.travel(to=vietnam("2026-11-16"))

    before = citizen.look()["due_on"]
    citizen.add("supplements", content="Năm 2026.")
    system.travel(minutes=3)

    seen = citizen.look()
    assert (before, seen["due_on"]) == ("2026-11-23", "2026-11-30")
    assert seen["derivation"]["pauses"] == [["2026-11-09", "2026-11-16"]]
    (moved,) = notified_at(system, citizen.reference, "mua.tran@thu.example", "những ngày chờ Ông/Bà bổ sung")
    assert moved.startswith("2026-11-16")


def test_unanswered_petition_warns_escalates_and_updates_until_it_is_answered(system: System):
    citizen = Citizen(system)
    citizen.send()
    Officer(system, "minh.ccvc").do("accept", citizen.reference)
    head, handler = "huong.ccvc@pakn.example", "minh.ccvc@pakn.example"

    system.travel(to=vietnam("2026-12-30"))

    assert "2026-11-18" in reminded_on(system, citizen.reference, handler)
    assert "2026-11-20" in reminded_on(system, citizen.reference, head)  # the 21st is a Saturday
    assert "2026-11-25" in reminded_on(system, citizen.reference, head)  # one working day overdue
    history = Officer(system, "binh.vanphong").petition(citizen.reference)["history"]
    assert [entry["action"] for entry in history].count("escalate") == 3
    updates = notified_at(system, citizen.reference, "mua.tran@thu.example")[1:]
    assert updates == ["2026-12-03 08:00", "2026-12-14 08:00", "2026-12-23 08:00"]
    due_on = datetime.fromisoformat("2026-11-23").date()
    for number, notified in enumerate(updates, start=1):
        assert CALENDAR.working_days_between(due_on, datetime.fromisoformat(notified).date()) == 7 * number
    assert citizen.look()["overdue"] is True

    Officer(system, "minh.ccvc").do("draft-answer", citizen.reference, text="Trước 30/1/2027.")
    Officer(system, "binh.vanphong").do("approve", citizen.reference)
    system.travel(days=40)

    later = [
        day
        for day in notified_at(system, citizen.reference, "mua.tran@thu.example")
        if day > "2026-12-30 09:00"
    ]
    assert len(later) == 1  # closed after 30 silent days


def test_handlers_word_and_expected_date_go_into_the_next_update(system: System):
    citizen = Citizen(system)
    citizen.send()
    handler = Officer(system, "minh.ccvc")
    handler.do("accept", citizen.reference)
    handler.do(
        "note",
        citizen.reference,
        note="Chờ Vụ Tổ chức.",
        progress="Đang lấy ý kiến hội đồng thi.",
        expected_on="2026-12-15",
    )

    system.travel(to=vietnam("2026-12-03", "12:00"))

    update = system.outbox(citizen.reference, channel="EMAIL")[-1].text
    assert "Đang lấy ý kiến hội đồng thi." in update
    assert "15/12/2026" in update
    assert "Chờ Vụ Tổ chức" not in update


def test_publication_is_asked_for_two_working_days_after_the_approval(system: System):
    citizen = Citizen(system, may_publish=True)
    citizen.send()
    answer_petition(system, citizen.reference)

    system.travel(days=4)

    assert "2026-11-05" in reminded_on(system, citizen.reference, "binh.vanphong@pakn.example")


def test_day_declared_off_moves_what_was_due_and_ending_it_moves_it_back(system: System):
    due, later = Citizen(system), Citizen(system)
    due.send()
    system.travel(to=vietnam("2026-11-05"))
    later.send()
    administrator = Officer(system, "quantri")

    def declare(**facts: str):
        answer = system.http(
            "PUT",
            "/desk/v1/directory/calendar/2026-11-23",
            json={
                "valid_from": "2026-11-05",
                "on": "2026-11-23",
                "kind": "OFF",
                "document": "99/QĐ-TTg",
                **facts,
            },
            headers=administrator._bearer,
        )
        assert answer.status in (200, 201), answer.text
        system.travel(minutes=5)

    declare()

    assert due.look()["due_on"] == "2026-11-25"  # the 24th is off as well
    assert later.look()["due_on"] == "2026-11-25"
    moved = notified_at(system, due.reference, "mua.tran@thu.example", "25/11/2026")
    assert len(moved) == 1

    system.travel(minutes=30)
    assert len(notified_at(system, due.reference, "mua.tran@thu.example", "25/11/2026")) == 1

    declare(kind="WORK", document="100/QĐ-TTg")
    assert due.look()["due_on"] == "2026-11-23"


def test_sixty_days_are_travelled_with_nothing_lost_and_nothing_doubled(system: System):
    citizens = [Citizen(system) for _ in range(5)]
    for citizen in citizens:
        citizen.send()
        system.travel(days=1)

    system.travel(days=60)

    for citizen in citizens:
        days = notified_at(system, citizen.reference, "mua.tran@thu.example")
        assert len(days) == len(set(days))
        assert len(days) == 1 + 4
    assert system.clock.now() - vietnam("2026-11-03") == timedelta(days=65)
    assert system.dead_letters() == 0
