"""The limit of petitions that one person may send in a day."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from infra.local.emulation.functions import HttpResponse
from tests.support.system import System

PER_DAY = 10
FORM = {
    "content": "Nội dung",
    "name": "Nguyễn Văn An",
    "address": "Huế",
    "phone": "0912 345 678",
    "email": "an@example.vn",
}


@pytest.fixture
def sending(intake: System, a_submission: Any) -> Any:
    """Sends a petition whose text and key are its number."""

    def send(number: int, **petitioner: Any) -> HttpResponse:
        body = a_submission(content=f"Việc thứ {number}.", petitioner=petitioner)
        return intake.http("POST", "/v1/petitions", json=body, headers={"Idempotency-Key": f"k{number}"})

    return send


@pytest.fixture
def enough(intake: System, sending: Any) -> None:
    """Somebody has sent as many petitions today as they may."""
    assert [sending(number).status for number in range(PER_DAY)] == [201] * PER_DAY


def test_one_more_than_ten_in_a_day_is_too_many(enough, intake, sending):
    answer = sending(PER_DAY)

    assert (answer.status, answer.json()["code"]) == (429, "too-many-requests")
    assert answer.json()["retry_after"] == 15 * 3600  # it is 09:00 in Vietnam
    assert answer.header("Retry-After") == str(15 * 3600)
    assert len(intake.items("petitions")) == PER_DAY


@pytest.mark.parametrize("number", [0, 5, PER_DAY - 1])
def test_a_retry_is_never_too_many(enough, intake, sending, number):
    assert sending(number).status == 200
    assert len(intake.items("petitions")) == PER_DAY


def test_a_used_key_with_another_text_is_still_refused_as_such(enough, intake, a_submission):
    answer = intake.http("POST", "/v1/petitions", json=a_submission(), headers={"Idempotency-Key": "k0"})

    assert (answer.status, answer.json()["code"]) == (422, "idempotency-key-reused")


def test_the_limit_ends_with_the_day_in_vietnam(enough, intake, sending):
    intake.clock.hold_at(datetime.fromisoformat("2026-11-03T23:59:59+07:00"))
    refused = sending(PER_DAY)
    intake.clock.hold_at(datetime.fromisoformat("2026-11-04T00:00:00+07:00"))

    assert (refused.status, refused.header("Retry-After")) == (429, "1")
    assert sending(PER_DAY).status == 201


@pytest.mark.parametrize(
    ("petitioner", "status"),
    [
        pytest.param(
            {"phone": "+84 912 345 678", "email": None}, 429, id="the same number written otherwise"
        ),
        pytest.param({"email": "other@example.vn"}, 429, id="the same number with another address"),
        pytest.param({"phone": "0912 345 679"}, 201, id="another number"),
        pytest.param({"phone": None}, 201, id="an e-mail address alone"),
    ],
)
def test_a_person_is_their_number_or_else_their_address(enough, sending, petitioner, status):
    assert sending(PER_DAY, **petitioner).status == status


def test_an_address_alone_has_a_limit_too(intake, sending):
    statuses = [sending(number, phone=None).status for number in range(PER_DAY + 1)]

    assert statuses == [201] * PER_DAY + [429]


def test_the_page_keeps_the_text_and_says_when_to_come_back(enough, intake):
    answer = intake.http("POST", "/gui", form=FORM | {"content": "Một việc quan trọng."})

    assert (answer.status, answer.header("Retry-After")) == (429, str(15 * 3600))
    assert "Một việc quan trọng." in answer.text
    assert "1900 1547" in answer.text
    assert "từ 00:00 thứ Tư 04/11/2026" in answer.text.replace("\xa0", " ")


def test_open311_has_the_same_limit_in_its_own_words(enough, intake):
    form = {
        "service_code": "CCVC",
        "description": "Nội dung",
        "last_name": "An",
        "address_string": "Huế",
        "phone": "0912 345 678",
    }

    answer = intake.http("POST", "/open311/v2/requests.json", form=form)

    assert (answer.status, answer.json()[0]["code"]) == (429, 429)
    assert answer.header("Retry-After") == str(15 * 3600)


def test_the_refusal_writes_and_seals_nothing(enough, intake, sending):
    with intake.faults.counting() as calls:
        sending(PER_DAY)

    assert [call.operation for call in calls] == ["Query"]


@pytest.mark.parametrize(
    ("limit", "statuses"),
    [
        pytest.param("2", [201, 201, 429], id="two"),
        pytest.param("0", [201, 201, 201], id="none"),
    ],
)
def test_the_limit_is_a_setting(intake, sending, monkeypatch, limit, statuses):
    monkeypatch.setenv("PETITIONS_PER_CONTACT", limit)
    intake.local.cold_start()

    assert [sending(number).status for number in range(3)] == statuses
