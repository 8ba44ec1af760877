"""The leaders' page: never empty where there is something, each number the number of petitions that it leads to."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.casework import composition
from shared.domain.identity import reference
from shared.domain.petition.change import Change
from shared.domain.petition.lifecycle import State
from shared.domain.petition.values.answer import Rating
from shared.domain.petition.values.classification import Kind
from shared.domain.promises.deliveries import Delivery, DeliveryChannel, DeliveryState
from shared.domain.promises.notices import Audience, NoticeKind
from shared.tables.deliveries import CALLS, CONTRADICTED
from tests.support.builders import a_petition
from tests.support.desk_pages import Browser
from tests.support.people import Officer
from tests.support.system import START, System

NUMBER = re.compile(r'<a href="([^"]*/desk/reports/cases\?[^"]+)"[^>]*>([\d.,]+)</a>')
MONTHS = ("2026-10-01", "2026-10-31")


@pytest.fixture(scope="module")
def october(running_system: System) -> System:
    """Petitions that fell due in October, looked at on 3 November: answered in time, late, and not."""
    running_system.reset()
    Officer(running_system, "minh.ccvc").queue()  # loads the function
    table = composition.parts().petitions
    states = [State.ANSWERED, State.IN_PROGRESS, State.PUBLISHED, State.ANSWERED]
    for number in range(24):
        petition = a_petition(
            states[number % 4],
            received_at=START - timedelta(days=25 + number % 7),
            reference=next(reference.candidates(b"desk" * 16, str(number), 2026)),
            subject=f"Nâng ngạch {number}",
            kind=Kind.INITIATIVE if number % 6 == 0 else Kind.REGULATION,
            sketch=("same",) if number % 5 == 0 else (),
        )
        if number % 4 == 3:
            petition = petition.model_copy(update={"rating": Rating(score=2 + number % 3, at=START)})
        table.add(petition)
    stream = running_system.local.pumps.stream
    stream.go_on_from(stream.position + stream.lag)
    return running_system


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


def test_page_opens_on_the_last_full_month(october: System):
    page = Browser(october, "yen.bcd").get("/desk/leaders")

    assert page.status == 200
    words = text_of(page.text)
    assert "Tháng 10/2026" in words
    assert "75 %" in words
    assert "18 trong 24" in words


def test_home_of_the_committee_is_this_page(october: System):
    assert Browser(october, "yen.bcd").get("/desk/").header("location") == "/desk/leaders"


def test_each_number_leads_to_as_many_petitions_with_their_subjects(october: System):
    browser = Browser(october, "binh.vanphong")
    numbers = NUMBER.findall(browser.get("/desk/leaders").text)
    counts = {
        html.unescape(address): number
        for address, number in numbers
        if not re.search(r"average|percent", address)
    }

    assert len(counts) > 15
    for address, number in counts.items():
        listed = browser.get(address)
        assert listed.status == 200, address
        assert listed.text.count('<th scope="row"') == int(number), address
        assert "Nâng ngạch" in listed.text, address


def test_who_may_not_read_petitions_gets_to_the_reports_instead(october: System):
    page = Browser(october, "yen.bcd").get("/desk/leaders")

    assert "/desk/reports/cases" not in page.text
    assert "/desk/reports?name=timeliness&amp;from=2026-10-01&amp;to=2026-10-31" in page.text
    assert "Nâng ngạch 0" not in page.text


def test_matter_bears_the_subject_of_its_earliest_petition_for_who_may_read_it(october: System):
    written = text_of(Browser(october, "binh.vanphong").get("/desk/leaders").text)
    unread = text_of(Browser(october, "yen.bcd").get("/desk/leaders").text)

    assert re.search(r"Nhiều người cùng viết .* Nâng ngạch \d+ 5", written)
    assert "Nhiều hồ sơ gần giống nhau về lĩnh vực" in unread


def test_head_of_a_unit_reads_of_the_own_unit(october: System):
    page = Browser(october, "huong.ccvc").get("/desk/leaders")

    assert "Vụ Công chức - Viên chức" in text_of(page.text)
    assert "Toàn Bộ" not in page.text


def test_other_period_and_other_language(october: System):
    browser = Browser(october, "binh.vanphong")

    empty = browser.get("/desk/leaders?from=2026-01-01&to=2026-01-31&lang=en")
    wrong = browser.get("/desk/leaders?from=2026-02-01&to=2026-01-01")

    assert "No answer fell due in the period" in empty.text
    assert "January 2026" in empty.text
    assert wrong.status == 422
    assert "Tháng 10/2026" in wrong.text


def test_page_is_small_and_reads_each_outline_once(october: System):
    browser = Browser(october, "binh.vanphong")
    browser.get("/desk/leaders")

    with october.faults.counting() as calls:
        page = browser.get("/desk/leaders")

    assert len(page.body) < 40_000
    operations = [call.operation for call in calls]
    assert operations.count("Scan") == 1
    assert operations.count("Query") == 2  # the lists of calls and of contradicted receipts; no petition


def test_undelivered_notices_and_complaints_about_one_unit_are_alarms(running_system: System):
    running_system.reset()
    Officer(running_system, "minh.ccvc").queue()
    parts = composition.parts()
    about = [next(reference.candidates(b"desk" * 16, f"conduct {number}", 2026)) for number in range(3)]
    for each in about:
        complaint: dict[str, Any] = {
            "kind": Kind.CONDUCT,
            "complained_unit": "CTLBHXH",
            "unit": "TTRA",
            "subject": "Thái độ",
        }
        parts.petitions.add(
            a_petition(State.IN_PROGRESS, received_at=START - timedelta(days=9), reference=each, **complaint)
        )
    waiting: dict[str, Any] = {
        "state": DeliveryState.LETTER,
        "listed": CALLS,
        "listed_at": START - timedelta(days=1),
    }
    denied: dict[str, Any] = {
        "state": DeliveryState.FAILED,
        "listed": CONTRADICTED,
        "listed_at": START - timedelta(days=1),
    }
    for seq, where in enumerate((waiting, denied)):
        parts.deliveries.add(
            Delivery(
                reference=about[seq],
                notice=f"{seq}#RECEIPT#petitioner#PHONE",
                seq=seq,
                kind=NoticeKind.RECEIPT,
                audience=Audience.PETITIONER,
                channel=DeliveryChannel.PHONE,
                at=START,
                **where,
            )
        )

    browser = Browser(running_system, "binh.vanphong")
    page = browser.get("/desk/leaders").text
    committee = Browser(running_system, "yen.bcd").get("/desk/leaders").text
    complained_of = Browser(running_system, "nga.tienluong").get("/desk/leaders")

    words = text_of(page)
    assert (
        "2 thông báo không đến được người gửi 1 phải gửi thư · 1 báo đã nhận rồi bị bác trong 7 ngày" in words
    )
    assert "3 phản ánh về hành vi ở một đơn vị Cục Tiền lương và Bảo hiểm xã hội · trong 90 ngày" in words
    assert re.search(r'aria-current="page">Giữ lời hứa <span class="count">2<', page)
    (leads,) = re.findall(r'<a href="([^"]+)"><strong>3 phản ánh', page)
    assert browser.get(html.unescape(leads)).text.count('<th scope="row"') == 3
    assert "2 thông báo không đến được người gửi" in text_of(committee)
    assert "/desk/contradicted-receipts" not in committee
    assert "phản ánh về hành vi" not in text_of(complained_of.text)


def test_new_system_opens_on_this_month_rather_than_on_nothing(running_system: System):
    running_system.reset()
    Officer(running_system, "minh.ccvc").queue()
    answered = a_petition(State.ANSWERED, received_at=START - timedelta(days=2))
    composition.parts().petitions.add(answered.close(Change.by_timer(START, "close")))

    page = Browser(running_system, "yen.bcd").get("/desk/leaders")

    assert "Tháng 11/2026" in page.text
    assert "100 %" in text_of(page.text)
