"""`RateLimit` and `RateLimit-Policy`: callers learn what is left of their own limits, and nothing of other people."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from infra.local.emulation.functions import HttpResponse
from tests.support.system import System

PERSON, ADDRESS = '"person";q=10;w=86400', '"address";q=2;w=3600'
FORM = {
    "service_code": "CCVC",
    "description": "Chậm trả lời",
    "last_name": "Nguyễn",
    "first_name": "Văn An",
    "address_string": "Huế",
    "phone": "0912345678",
}


@pytest.fixture
def counted(intake: System, monkeypatch: pytest.MonkeyPatch) -> System:
    """Intake that counts network addresses: two petitions of programs without a key in an hour."""
    monkeypatch.setenv("ADDRESSES_ARE_COUNTED", "true")
    monkeypatch.setenv("UNPROVEN_PER_ADDRESS", "2")
    intake.local.cold_start()
    return intake


@pytest.fixture
def send(intake: System, a_submission: Any) -> Callable[..., HttpResponse]:
    """Sends a petition whose text and key are its number."""

    def to_send(number: int, phone: str = "0912 345 678", **headers: str) -> HttpResponse:
        body = a_submission(content=f"Việc thứ {number}.", petitioner={"phone": phone})
        answer: HttpResponse = intake.http(
            "POST", "/v1/petitions", json=body, headers={"Idempotency-Key": f"k{number}", **headers}
        )
        return answer

    return to_send


def limits(answer: HttpResponse) -> tuple[int, str, str]:
    return answer.status, answer.header("RateLimit-Policy"), answer.header("RateLimit")


def test_a_network_address_sees_what_is_left_of_its_hour(counted: System, send: Any):
    answers = [send(1), send(2), send(3)]

    assert [limits(answer) for answer in answers] == [
        (201, f"{PERSON}, {ADDRESS}", '"address";r=1;t=3600'),
        (201, f"{PERSON}, {ADDRESS}", '"address";r=0;t=3600'),
        (429, ADDRESS, '"address";r=0;t=3600'),
    ]
    assert answers[-1].header("Retry-After") == "3600"


def test_the_time_runs_and_a_retry_takes_nothing_more(counted: System, send: Any):
    send(1)
    counted.clock.hold_at(datetime.fromisoformat("2026-11-03T09:50:00+07:00"))

    again = send(1)

    assert limits(again) == (200, f"{PERSON}, {ADDRESS}", '"address";r=1;t=600')


def test_a_limit_of_another_kind_of_caller_is_not_shown(
    counted: System, send: Any, with_clients: Callable[[dict[str, str]], None]
):
    with_clients({"hue": "khoa-cua-hue"})

    answer = send(1, **{"X-Api-Key": "khoa-cua-hue"})

    assert limits(answer) == (201, PERSON, "")


def test_nobody_learns_how_many_petitions_a_telephone_number_has_sent(intake: System, send: Any):
    shown = {limits(send(number)) for number in range(10)}

    assert shown == {(201, PERSON, "")}


def test_a_person_who_sent_enough_sees_when_the_day_ends(intake: System, send: Any):
    for number in range(10):
        send(number)

    refused = send(10)

    assert limits(refused) == (429, PERSON, f'"person";r=0;t={15 * 3600}')
    assert refused.header("Retry-After") == str(15 * 3600)


def test_open311_says_the_same(intake: System):
    sent = [
        intake.http("POST", "/open311/v2/requests.json", form=FORM | {"description": f"Việc {number}"})
        for number in range(11)
    ]

    assert limits(sent[0]) == (201, PERSON, "")
    assert limits(sent[-1]) == (429, PERSON, f'"person";r=0;t={15 * 3600}')


def test_where_there_is_no_limit_nothing_is_said(intake: System, send: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PETITIONS_PER_CONTACT", "0")
    intake.local.cold_start()

    assert limits(send(1)) == (201, "", "")
    assert limits(intake.http("GET", "/v1/fields")) == (200, "", "")
