"""A call brings the answer itself: shown to whoever dials, recorded as an opening; score and words are kept."""

from __future__ import annotations

from typing import Any

import pytest

from shared.tables.petition_items import petition_of
from tests.support.desk_pages import Browser
from tests.support.people import CONTENT, Citizen, Officer, answer_petition
from tests.support.system import System

NUMBER = "+84912345678"
PERSON = {"name": "Lò Thị Mai", "address": "Bản Khẩu Cắm, Điện Biên", "phone": "0912345678"}
ANSWER = "Kết quả thi nâng ngạch được công bố trước ngày 30/11/2026."


def a_caller(system: System, **facts: Any) -> Citizen:
    caller = Citizen(system, petitioner=PERSON, reply_by=["PHONE"], **facts)
    caller.send()
    operator = Officer(system, "tong.dai")
    for call in operator.get("/v1/calls").json()["calls"]:
        if call["reference"] == caller.reference:
            report(operator, call)
    return caller


def report(operator: Officer, call: dict[str, Any], outcome: str = "REACHED", **facts: Any) -> Any:
    body = {"notice": call["notice"], "attempt": call["attempt"], "outcome": outcome, **facts}
    return operator.post(f"/v1/calls/{call['reference']}/outcome", **body)


def calls_of(operator: Officer, *references: str) -> list[dict[str, Any]]:
    calls = operator.get("/v1/calls").json()["calls"]
    return [call for call in calls if call["reference"] in references]


def dial(operator: Officer, call: dict[str, Any]) -> dict[str, Any]:
    answer = operator.post(f"/v1/calls/{call['reference']}/dial", notice=call["notice"])
    assert answer.status == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def stored(system: System, reference: str) -> Any:
    return next(
        p for p in (petition_of(item) for item in system.items("petitions")) if p.reference == reference
    )


@pytest.fixture
def answered(system: System) -> Citizen:
    """A petitioner who chose the telephone, and whose petition was just answered."""
    caller = a_caller(system)
    answer_petition(system, caller.reference, text=ANSWER)
    system.settle()
    return caller


def test_operator_reads_the_answer_out_after_the_number_was_shown_and_recorded(
    system: System, answered: Citizen
):
    operator = Officer(system, "tong.dai")
    assert operator.get(f"/v1/petitions/{answered.reference}").status == 403
    (call,) = calls_of(operator, answered.reference)
    assert ANSWER not in str(call)

    callee = dial(operator, call)

    (reading,) = callee["readings"]
    assert callee["phone"] == NUMBER
    assert ANSWER in reading["answer"]
    assert reading["question"] == stored(system, answered.reference).subject
    assert f"PAKN XL {answered.reference}" in reading["where_to_turn"]
    assert reading["may_rate"]
    opening = stored(system, answered.reference).history[-1]
    assert (opening.action, opening.by) == ("open-seal", "officer:tong.dai")
    assert "đọc nội dung" in (opening.note or "")
    dial(operator, call)
    assert stored(system, answered.reference).history[-1] == opening


@pytest.mark.parametrize(
    ("username", "status"),
    [("minh.ccvc", 403), ("yen.bcd", 403), ("quantri", 403), ("lan.tiepnhan", 403), ("khanh.tocongtac", 200)],
)
def test_only_who_makes_calls_is_shown_what_to_read(
    system: System, answered: Citizen, username: str, status: int
):
    (call,) = calls_of(Officer(system, "tong.dai"), answered.reference)

    answer = Officer(system, username).post(f"/v1/calls/{answered.reference}/dial", notice=call["notice"])

    assert answer.status == status
    assert (ANSWER in answer.text) is (status == 200)


def test_score_and_words_of_the_listener_are_recorded_once(system: System, answered: Citizen):
    operator = Officer(system, "tong.dai")
    (call,) = calls_of(operator, answered.reference)
    dial(operator, call)

    for _ in range(2):
        assert report(operator, call, score=4, words="Tháng 8 cũng chưa được nhận.").status == 200

    petition = stored(system, answered.reference)
    assert (petition.rating.score, petition.rating.comment) == (4, "Tháng 8 cũng chưa được nhận.")
    assert [entry.by for entry in petition.history if entry.action == "rate"] == ["officer:tong.dai"]
    assert calls_of(operator, answered.reference) == []
    statuses = {duty["kind"]: duty["standing"] for duty in answered.look()["duties"]}
    assert statuses["ANSWER"] == "KEPT"


def test_listener_asks_for_a_second_look_in_the_same_call(system: System, answered: Citizen):
    operator = Officer(system, "tong.dai")
    (call,) = calls_of(operator, answered.reference)
    refused = [
        report(operator, call, score=2, second_look=True),
        report(operator, call, score=5, words="Chưa rõ.", second_look=True),
    ]
    assert [answer.json()["errors"][0]["field"] for answer in refused] == ["words", "second_look"]

    for _ in range(2):
        assert report(operator, call, score=1, words="Chưa nói rõ ngày.", second_look=True).status == 200

    petition = stored(system, answered.reference)
    assert (petition.state, petition.rating.score) == ("REOPENED", 1)
    assert petition.history[-1].text == "Chưa nói rõ ngày."


def test_after_the_call_nothing_is_shown_any_more(system: System, answered: Citizen):
    operator = Officer(system, "tong.dai")
    (call,) = calls_of(operator, answered.reference)
    report(operator, call)

    assert operator.post(f"/v1/calls/{answered.reference}/dial", notice=call["notice"]).status == 404


@pytest.mark.parametrize(
    ("facts", "status", "field"),
    [
        pytest.param({"score": 6}, 422, "score", id="a score that there is not"),
        pytest.param({"words": "Cảm ơn."}, 422, "words", id="words without a score, on an answered petition"),
        pytest.param({"outcome": "CALL_LATER"}, 422, "call_at", id="called again at no time"),
    ],
)
def test_what_cannot_be_recorded_leaves_the_call_on_the_list(
    system: System, answered: Citizen, facts, status, field
):
    operator = Officer(system, "tong.dai")
    (call,) = calls_of(operator, answered.reference)

    answer = report(operator, call, **facts)

    assert (answer.status, answer.json()["errors"][0]["field"]) == (status, field)
    assert len(calls_of(operator, answered.reference)) == 1


@pytest.mark.parametrize("outcome", ["NO_ANSWER", "WRONG_NUMBER"])
def test_other_outcomes_stay_and_take_no_score(system: System, answered: Citizen, outcome: str):
    operator = Officer(system, "tong.dai")
    (call,) = calls_of(operator, answered.reference)

    assert report(operator, call, outcome, score=1, words="x").status == 200
    assert stored(system, answered.reference).rating is None


def test_question_of_the_ministry_is_read_out_and_its_answer_taken_down(system: System):
    caller = a_caller(system)
    handler = Officer(system, "minh.ccvc")
    handler.do("accept", caller.reference)
    handler.do("request-information", caller.reference, question="Bà thi ở hội đồng nào?")
    operator = Officer(system, "tong.dai")
    (call,) = calls_of(operator, caller.reference)

    (reading,) = dial(operator, call)["readings"]
    assert report(operator, call, words="Hội đồng thi Điện Biên.").status == 200

    assert reading["request"] == "Bà thi ở hội đồng nào?"
    assert (reading["answer"], reading["may_rate"], reading["may_add"]) == (None, False, True)
    petition = stored(system, caller.reference)
    assert petition.state == "IN_PROGRESS"
    assert any(entry.text == "Hội đồng thi Điện Biên." for entry in petition.history)


def test_body_and_reason_are_read_out(system: System):
    caller = a_caller(system)
    Officer(system, "lan.tiepnhan").do(
        "forward", caller.reference, body="Bộ Y tế", text="Thuộc thẩm quyền Bộ Y tế."
    )
    operator = Officer(system, "tong.dai")
    (call,) = calls_of(operator, caller.reference)

    (reading,) = dial(operator, call)["readings"]

    assert (reading["body"], reading["text"]) == ("Bộ Y tế", "Thuộc thẩm quyền Bộ Y tế.")


def test_calls_to_one_person_are_one_card_with_age_and_lateness(system: System):
    first, second = a_caller(system), a_caller(system, content=f"{CONTENT} Đây là lần hai.")
    other = Citizen(system, petitioner={**PERSON, "phone": "0987654321"}, reply_by=["PHONE"])
    other.send()
    for caller in (first, second, other):
        answer_petition(system, caller.reference, text=ANSWER)
    system.settle()
    operator = Officer(system, "tong.dai")
    people = {call["reference"]: call["person"] for call in operator.get("/v1/calls").json()["calls"]}
    assert people[first.reference] == people[second.reference] != people[other.reference]
    system.travel(days=4)

    browser = Browser(system, "tong.dai")
    listed = browser.get("/desk/calls")
    assert "Một người, 2 việc" in listed.text
    assert "chờ 4 ngày" in listed.text
    assert "lẽ ra phải báo trước hết ngày 05/11/2026" in listed.text
    leading, other_one = (call["reference"] for call in calls_of(operator, first.reference, second.reference))
    shown = browser.fill(listed, f"/desk/calls/{leading}", outcome="")
    assert shown.text.count(ANSWER) == 2
    assert shown.text.count(f"tel:{NUMBER}") == 1
    browser.fill(shown, f"/desk/calls/{leading}", outcome="REACHED", score="5", score1="2", words1="Chưa rõ.")

    assert calls_of(operator, first.reference, second.reference) == []
    assert [stored(system, name).rating.score for name in (leading, other_one)] == [5, 2]
    assert stored(system, other_one).rating.comment == "Chưa rõ."


def test_page_keeps_what_was_typed_when_it_cannot_be_recorded(system: System, answered: Citizen):
    browser = Browser(system, "tong.dai")
    path = f"/desk/calls/{answered.reference}"
    shown = browser.fill(browser.get("/desk/calls"), path, outcome="")

    refused = browser.fill(shown, path, outcome="REACHED", words="Bà Mai cảm ơn.")

    assert refused.status == 422
    assert "Bà Mai cảm ơn." in refused.text
    assert ANSWER in refused.text
