"""Requests for the PIN again: the owner gets it, and nobody learns anything by asking."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from infra.local.emulation.functions import HttpResponse
from tests.support.answers import constant_headers
from tests.support.system import System

UNKNOWN = "26483190274"
PHONE, EMAIL = "0912 345 678", "an@example.vn"


def ask_for_pin(intake: System, reference: str, contact: str, **sent: Any) -> HttpResponse:
    return intake.http("POST", f"/v1/petitions/{reference}/unlock", json={"contact": contact}, **sent)


def history(intake: System, receipt: dict[str, Any]) -> list[str]:
    path, headers = f"/v1/petitions/{receipt['reference']}", {"X-Petition-Pin": receipt["pin"]}
    answer = intake.http("GET", path, headers=headers)
    assert answer.status == 200, answer.text
    return [entry["action"] for entry in answer.json()["history"]]


def guess_until_slowed(intake: System, reference: str) -> None:
    for _ in range(50):
        intake.http("GET", f"/v1/petitions/{reference}", headers={"X-Petition-Pin": "0"})


@pytest.mark.parametrize(
    "contact",
    [
        pytest.param("0912345678", id="number"),
        pytest.param("+84 912.345.678", id="number written otherwise"),
        pytest.param("an@EXAMPLE.vn ", id="address written otherwise"),
    ],
)
def test_contact_on_file_has_the_pin_sent(intake, sent, contact):
    answer = ask_for_pin(intake, sent["reference"], contact)

    assert answer.status == 202
    assert history(intake, sent) == ["receive", "send-pin"]
    assert "SMS" not in answer.text
    assert "EMAIL" not in answer.text


def test_right_wrong_and_unknown_get_one_answer(intake, sent):
    answers = [
        ask_for_pin(intake, sent["reference"], PHONE),
        ask_for_pin(intake, sent["reference"], "0987 654 321"),
        ask_for_pin(intake, sent["reference"], "khong phai so"),
        ask_for_pin(intake, sent["reference"], "khac@example.vn"),
        ask_for_pin(intake, UNKNOWN, PHONE),
        ask_for_pin(intake, "26000000000", PHONE),
    ]

    assert {answer.status for answer in answers} == {202}
    assert len({answer.body for answer in answers}) == 1
    assert len({constant_headers(answer) for answer in answers}) == 1
    assert history(intake, sent) == ["receive", "send-pin"]


def test_right_wrong_and_unknown_cost_one_read_and_one_write(intake, sent):
    def calls_of(reference: str, contact: str) -> list[str]:
        with intake.faults.counting() as calls:
            ask_for_pin(intake, reference, contact)
        return [
            {"GetItem": "read", "PutItem": "write", "UpdateItem": "write"}[call.operation] for call in calls
        ]

    ask_for_pin(intake, UNKNOWN, PHONE)
    calls = {
        "wrong": calls_of(sent["reference"], "0987 654 321"),
        "no contact": calls_of(sent["reference"], "x"),
        "unknown": calls_of(UNKNOWN, PHONE),
        "right": calls_of(sent["reference"], PHONE),
        "right again at once": calls_of(sent["reference"], PHONE),
    }

    assert set(map(tuple, calls.values())) == {("read", "write")}, calls


def test_owner_whose_pin_was_slowed_tries_again_at_once(intake, sent):
    guess_until_slowed(intake, sent["reference"])
    ask_for_pin(intake, sent["reference"], PHONE)

    assert history(intake, sent) == ["receive", "send-pin"]


def test_whoever_guesses_after_that_is_slowed_after_fifty_tries_again(intake, sent):
    ask_for_pin(intake, sent["reference"], PHONE)
    guess_until_slowed(intake, sent["reference"])

    path, headers = f"/v1/petitions/{sent['reference']}", {"X-Petition-Pin": sent["pin"]}
    assert intake.http("GET", path, headers=headers).status == 429


def test_stranger_lifts_nothing(intake, sent):
    guess_until_slowed(intake, sent["reference"])
    ask_for_pin(intake, sent["reference"], "0987 654 321")

    path, headers = f"/v1/petitions/{sent['reference']}", {"X-Petition-Pin": sent["pin"]}
    assert intake.http("GET", path, headers=headers).status == 429


def test_second_click_sends_nothing_more_and_a_day_has_three(intake, sent):
    ask_for_pin(intake, sent["reference"], PHONE)
    ask_for_pin(intake, sent["reference"], PHONE)
    assert history(intake, sent).count("send-pin") == 1

    for _ in range(5):
        intake.clock.hold_at(intake.clock.now() + timedelta(minutes=3))
        ask_for_pin(intake, sent["reference"], EMAIL)
    assert history(intake, sent).count("send-pin") == 3

    intake.clock.hold_at(intake.clock.now() + timedelta(days=1))
    ask_for_pin(intake, sent["reference"], EMAIL)
    assert history(intake, sent).count("send-pin") == 4


@pytest.mark.parametrize(
    "body", [{}, {"contact": ""}, {"contact": PHONE, "pin": "1"}, {"contact": "x" * 300}]
)
def test_what_is_no_request_is_refused_alike_for_known_and_unknown(intake, sent, body):
    of_known, unknown = (
        intake.http("POST", f"/v1/petitions/{number}/unlock", json=body)
        for number in (sent["reference"], UNKNOWN)
    )

    assert of_known.status == 422
    assert of_known.body == unknown.body


def test_page_says_the_same_to_everybody(intake, sent):
    def answer_to(reference: str, contact: str) -> tuple[int, str]:
        form = {"reference": reference, "contact": contact}
        answer: HttpResponse = intake.http("POST", "/tra-cuu/cap-lai", form=form)
        return answer.status, answer.text.replace(reference, "the reference that was typed")

    right = answer_to(sent["reference"], EMAIL)
    wrong = answer_to(sent["reference"], "x")
    unknown = answer_to(UNKNOWN, EMAIL)

    assert right[0] == 200
    assert right == wrong == unknown
    assert history(intake, sent) == ["receive", "send-pin"]


def test_empty_form_says_what_is_missing_and_keeps_the_rest(intake):
    answer = intake.http("POST", "/tra-cuu/cap-lai", form={"reference": "26 4831 9027 4"})

    assert answer.status == 422
    assert '<a href="#contact">' in answer.text
    assert 'value="26 4831 9027 4"' in answer.text
