"""The week's new answers by e-mail: asked for, confirmed, sent once, ended by one click."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from infra.local.emulation import moto_insides
from infra.local.emulation.functions import HttpResponse
from tests.campaigns.faults.injection import Fault
from tests.support.people import CITIZEN, CONTENT, Citizen, Officer, answer_petition
from tests.support.system import System

HOME = "/cau-tra-loi-moi"
READER = "ban.doc@thu.example"
MONDAY = datetime(2026, 11, 9, 0, 30, tzinfo=UTC)
"""07:30 in Vietnam, on the Monday after the system's own Tuesday."""
_LINK = re.compile(rf"http://localhost:8088({HOME}/[^\s\"<>]+)")


def subscribe(system: System, email: str = READER, field: str = "", **query: str) -> HttpResponse:
    answer = system.http("POST", HOME, form={"email": email, "field": field}, query=query)
    system.settle()
    return answer


def mails(system: System, to: str = READER) -> list[str]:
    return [message.text for message in system.outbox(channel="EMAIL") if message.to == to]


def link_in(mail: str) -> str:
    match = _LINK.search(mail)
    assert match, mail
    return match[1]


def confirmed(system: System, email: str = READER, field: str = "") -> None:
    subscribe(system, email, field)
    answer = system.http("POST", link_in(mails(system, email)[-1]))
    assert answer.header("Location") == f"{HOME}?xong=nhan"


def publish_an_answer(system: System) -> str:
    """Have a petition answered and published, as officers do; return its reference."""
    citizen = Citizen(system, petitioner=CITIZEN, may_publish=True, reply_by=["SMS"])
    citizen.send()
    answer_petition(system, citizen.reference)
    Officer(system, "binh.vanphong").do(
        "publish",
        citizen.reference,
        subject="Bao giờ có kết quả thi nâng ngạch?",
        content=CONTENT,
        answer="Trước ngày 30/11.",
    )
    return citizen.reference


def weekly(system: System, to: str = READER) -> list[str]:
    return [mail for mail in mails(system, to) if "Đọc tất cả" in mail or "Read them all" in mail]


def test_who_confirmed_gets_one_mail_a_week_with_what_is_new(system: System):
    confirmed(system)
    reference = publish_an_answer(system)

    system.travel(MONDAY.isoformat())
    system.travel(MONDAY.replace(hour=3).isoformat())

    (mail,) = weekly(system)
    assert "Bao giờ có kết quả thi nâng ngạch?" in mail
    assert reference not in mail
    page = re.search(r"http://localhost:8088(/cong-khai/[0-9a-z]+)", mail)
    assert page
    shown = system.http("GET", page[1])
    assert "Bao giờ có kết quả thi nâng ngạch?" in (
        shown.text or system.http("GET", shown.header("Location")).text
    )
    system.travel((MONDAY + timedelta(days=7)).isoformat())
    assert len(weekly(system)) == 1, "nothing is sent in a week without new answers"


def test_nothing_is_sent_before_the_link_of_the_confirmation_was_used(system: System):
    subscribe(system)
    publish_an_answer(system)

    system.travel(MONDAY.isoformat())

    assert len(mails(system)) == 1
    late = system.http("POST", link_in(mails(system)[0]))
    assert late.header("Location") == f"{HOME}?xong=het-han"


def test_opening_a_link_changes_nothing_and_shows_a_button(system: System):
    subscribe(system)
    link = link_in(mails(system)[0])

    page = system.http("GET", link)

    assert (page.status, "Xác nhận" in page.text) == (200, True)
    assert system.http("POST", link).header("Location") == f"{HOME}?xong=nhan"
    assert system.http("POST", link).header("Location") == f"{HOME}?xong=nhan"


def test_one_click_of_a_mail_program_ends_it_and_the_address_is_gone(system: System):
    confirmed(system)
    publish_an_answer(system)
    system.travel(MONDAY.isoformat())
    sent = moto_insides.sent_mails_from(0)
    (raw,) = [
        mail for mail in sent if HOME in mail and "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in mail
    ]
    match = re.search(r"List-Unsubscribe: <http://localhost:8088([^>]+)>", raw)
    assert match

    assert system.http("GET", match[1]).status == 200
    assert [row for row in system.items("throttle") if row["key"]["S"].startswith("subscriber#")]
    ended = system.http("POST", match[1], form={"List-Unsubscribe": "One-Click"})

    assert ended.header("Location") == f"{HOME}?xong=thoi"
    assert [row for row in system.items("throttle") if row["key"]["S"].startswith("subscriber#")] == []
    assert system.http("POST", match[1]).status == 303


def test_a_field_is_a_subscription_of_its_own_and_gets_its_answers_alone(system: System):
    confirmed(system, field="CCVC")
    confirmed(system, "khac@thu.example", field="TL")
    publish_an_answer(system)

    system.travel(MONDAY.isoformat())

    assert len(weekly(system)) == 1
    assert weekly(system, "khac@thu.example") == []


def test_the_answer_is_the_same_whether_or_not_the_address_is_subscribed(system: System):
    confirmed(system)

    again, new = subscribe(system), subscribe(system, "moi@thu.example")

    assert (again.status, again.header("Location")) == (new.status, new.header("Location"))


@pytest.mark.parametrize("forged", ["0" * 32, "x", ""], ids=repr)
def test_a_forged_link_confirms_and_ends_nothing(system: System, forged: str):
    confirmed(system)
    (row,) = [row for row in system.items("throttle") if row["key"]["S"].startswith("subscriber#")]
    name = row["key"]["S"].partition("#")[2]

    for path in (f"{HOME}/{name}/{forged or 'y'}", f"{HOME}/xac-nhan/{name}/{forged or 'y'}"):
        assert system.http("POST", path).header("Location") == f"{HOME}?xong=het-han"
        assert system.http("GET", path).header("Location") == f"{HOME}?xong=het-han"

    assert [row for row in system.items("throttle") if row["key"]["S"].startswith("subscriber#")]


def test_one_address_is_sent_three_confirmations_a_day(system: System):
    for _ in range(3):
        assert subscribe(system).status == 303
        system.travel(minutes=2)

    enough = subscribe(system)

    assert enough.status == 429
    assert int(enough.header("Retry-After")) > 3600
    assert len(mails(system)) == 3


@pytest.mark.parametrize("email", ["", "abc", "a@b", "ß@thu.example"], ids=repr)
def test_what_can_be_no_address_is_an_error_beside_the_field(system: System, email: str):
    page = subscribe(system, email)

    assert page.status == 422
    assert 'id="email-error"' in page.text


def test_the_mails_are_in_the_language_of_the_page(system: System):
    subscribe(system, lang="en")

    assert "within 48 hours" in mails(system)[0]
    assert "lang=en" in link_in(mails(system)[0])


def test_the_address_stands_in_the_seal_alone(system: System):
    confirmed(system)

    held = str(system.items("throttle")) + str(system.items("deliveries"))

    assert READER not in held
    assert "ban.doc" not in held


def test_it_ends_by_itself_after_a_year(system: System):
    confirmed(system)
    system.clock.hold_at(MONDAY + timedelta(days=371))

    subscribe(system)

    (row,) = [row for row in system.items("throttle") if row["key"]["S"].startswith("subscriber#")]
    assert row["is_confirmed"] == {"BOOL": False}


@pytest.mark.parametrize("fault", [Fault.CRASH_BEFORE, Fault.CRASH_AFTER], ids=str)
def test_the_confirmation_is_sent_once_whichever_call_of_the_notifier_fails(system: System, fault: Fault):
    before = system.keep()
    system.http("POST", HOME, form={"email": READER})
    with system.faults.counting() as calls:
        system.settle()
    numbers = [call.number for call in calls if "on_notice" in call.where]
    assert len(mails(system)) == 1

    for number in numbers:
        system.put_back(before)
        system.http("POST", HOME, form={"email": READER})
        with system.faults.at({number: fault}):
            system.settle()
            for _ in range(8):
                system.travel(minutes=1)

        states = [row["state"]["S"] for row in system.items("deliveries")]
        assert len(mails(system)) <= 1, f"after {fault} at call {number}"
        assert mails(system) or "AMBIGUOUS" in states, f"after {fault} at call {number}"
    assert len(numbers) >= 5
