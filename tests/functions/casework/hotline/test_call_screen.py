"""The operator's one screen for a call: proofs and what they open, typed text that stays, a new matter read back."""

from __future__ import annotations

import re

import pytest

from infra.local.emulation.functions import HttpResponse
from tests.support.desk_pages import Browser
from tests.support.people import CONTENT, Citizen, Officer, answer_petition
from tests.support.system import System

NUMBER = "0912 345 678"
ANSWER = "Kết quả thi được công bố trong 15 ngày kể từ ngày chấm xong."
TYPED = {"content": "Con tôi muốn xin về trạm y tế xã.", "name": "Lò Thị Mai", "text": "Tháng 8 chưa nhận."}


@pytest.fixture
def system(running_system: System) -> System:
    running_system.reset()
    return running_system


@pytest.fixture
def caller(system: System) -> Citizen:
    citizen = Citizen(system, reply_by=["PHONE"])
    citizen.send()
    return citizen


@pytest.fixture
def operator(system: System) -> Browser:
    return Browser(system, "tong.dai")


def step(browser: Browser, button: str, **fields: str) -> HttpResponse:
    return browser.post("/desk/call", {"call_id": "call-1", "matter": "0", **fields, "step": button})


def answered(system: System, caller: Citizen) -> None:
    answer_petition(system, caller.reference, text=ANSWER)


def test_the_number_shows_what_was_sent_from_it_and_its_state_alone(operator, caller):
    page = step(operator, "find", phone=NUMBER)

    assert caller.reference[2:6] in page.text
    assert "Đã phân công" in page.text
    assert CONTENT[:30] not in page.text


def test_by_number_alone_the_caller_hears_the_state_and_by_pin_the_answer(system, operator, caller):
    answered(system, caller)

    by_number = step(operator, "hear", phone=NUMBER, looked_up="true", pick=caller.reference)
    by_pin = step(operator, "hear", reference=caller.reference, pin=caller.pin)

    assert by_number.status == by_pin.status == 200
    assert ANSWER not in by_number.text
    assert ANSWER in by_pin.text
    reasons = [entry["note"] for entry in Officer(system, "kiemtoan").petition(caller.reference)["history"]]
    assert "Đọc nội dung cho người gọi, đã xác nhận là người gửi" in reasons


def test_who_was_called_back_hears_the_answer_too(system, operator, caller):
    answered(system, caller)

    page = step(operator, "hear", phone=NUMBER, looked_up="true", pick=caller.reference, called_back="true")

    assert ANSWER in page.text


@pytest.mark.parametrize("name", ["find", "hear", "add", "check", "second-look"])
def test_whatever_goes_wrong_nothing_that_was_typed_is_lost(operator, caller, name):
    page = step(operator, name, phone="12", reference="26000000000", pin="0", **TYPED, address="")

    assert page.status in {404, 422}
    assert all(text in page.text for text in TYPED.values())


def test_a_score_and_the_callers_words_are_recorded_and_the_new_matter_stays(system, operator, caller):
    answered(system, caller)

    page = step(operator, "add", reference=caller.reference, pin=caller.pin, score="4", **TYPED)

    assert "Đánh giá câu trả lời" in page.text
    assert TYPED["content"] in page.text
    assert TYPED["text"] not in page.text, "recorded, so the field is empty for the next"
    assert caller.look()["rating"]["score"] == 4


def test_a_call_that_we_owe_is_shown_with_its_age_and_settled_in_passing(system, operator, caller):
    answered(system, caller)
    system.travel(minutes=200)
    listed = step(operator, "find", phone=NUMBER)
    heard = step(operator, "hear", reference=caller.reference, pin=caller.pin)
    (value,) = re.findall(r'name="step" value="(settle [^"]+)"', heard.text)

    settled = step(operator, value, reference=caller.reference, pin=caller.pin)

    assert "Có việc gọi lại" in listed.text
    assert "chờ 3 giờ" in listed.text
    assert "không phải gọi lại" in settled.text
    references = [call["reference"] for call in Officer(system, "tong.dai").get("/v1/calls").json()["calls"]]
    assert caller.reference not in references


def test_a_call_is_not_settled_by_whoever_shows_no_more_than_a_number(system, operator, caller):
    answered(system, caller)
    (task,) = Officer(system, "tong.dai").get("/v1/calls").json()["calls"]

    page = step(
        operator,
        f"settle 0 {task['notice']}",
        phone=NUMBER,
        looked_up="true",
        pick=caller.reference,
    )

    assert page.status == 404
    assert len(Officer(system, "tong.dai").get("/v1/calls").json()["calls"]) == 1


def new_matter(browser: Browser, button: str, matter: str = "0") -> HttpResponse:
    fields = {"phone": NUMBER, "address": "Xã Mường Phăng, Điện Biên", "reply_by": "PHONE", "matter": matter}
    return step(browser, button, **{**TYPED, "text": "", **fields})


def test_a_new_matter_is_read_back_then_received_with_reference_and_pin_in_groups(operator):
    read_back = new_matter(operator, "check")
    received = new_matter(operator, "confirm")
    again = new_matter(operator, "confirm")
    second = new_matter(operator, "confirm", matter="1")

    assert 'id="read-back"' in read_back.text
    assert f'">{TYPED["content"]}</textarea>' in read_back.text, "still there to be mended"
    reference = re.findall(r'id="new-reference">([^<]+)<', received.text)
    assert re.fullmatch(r"\d\d \d{4} \d{4} \d", reference[0])
    assert re.search(r'id="new-pin">\d{4} \d{4}<', received.text)
    assert re.findall(r'id="new-reference">([^<]+)<', again.text) == reference, "sent twice, received once"
    assert re.findall(r'id="new-reference">([^<]+)<', second.text) != reference
    assert TYPED["content"] not in received.text
    assert TYPED["name"] in received.text, "the same person goes on talking"


@pytest.mark.parametrize(
    ("name", "typed", "status", "says"),
    [
        pytest.param("hear", {"pin": "1"}, 404, "mã PIN không đúng", id="a wrong PIN"),
        pytest.param("add", {"pin": "{pin}", "score": "3"}, 409, "không cho phép", id="rated too early"),
        pytest.param("hear", {}, 422, "Mã PIN</a>", id="no proof"),
        pytest.param("add", {"pin": "{pin}"}, 422, "Người gọi nói thêm</a>", id="no words"),
        pytest.param("", {"pin": "{pin}"}, 422, "việc mà người gọi muốn", id="no button"),
    ],
)
def test_the_screen_says_what_to_do_next(operator, caller, name, typed, status, says):
    fields = {key: value.format(pin=caller.pin) for key, value in typed.items()}

    page = step(operator, name, reference=caller.reference, **fields)

    assert page.status == status
    assert says in page.text


def test_the_screen_is_for_who_takes_calls_and_says_so_in_the_menu(system, operator):
    assert 'href="/desk/call" aria-current="page"' in operator.get("/desk/call").text
    assert Browser(system, "minh.ccvc").get("/desk/call").status == 403
    assert Browser(system, "minh.ccvc").get("/desk/callers").status == 403


@pytest.mark.parametrize("former", ["/desk/calls/new", "/desk/callers"])
def test_the_addresses_of_before_lead_to_the_screen_with_their_query(operator, former):
    assert operator.get(f"{former}?lang=en").header("location") == "/desk/call?lang=en"
    assert operator.get(former).header("location") == "/desk/call"


def test_a_form_of_a_call_that_lay_open_is_taken(system, operator):
    call = {"call_id": "c-1", "content": CONTENT, "type": "CITIZEN", "name": "Lê Văn Tư", "phone": NUMBER}
    call |= {"address": "Bản Mường, Sơn La", "reply_by": "PHONE"}

    read_back = operator.post("/desk/calls", {**call, "step": "check"})
    received = operator.post("/desk/calls", {**call, "step": "confirm"})
    again = operator.post("/desk/calls", {**call, "step": "confirm"})

    assert 'id="read-back"' in read_back.text
    assert (received.status, again.status) == (201, 200)
    assert len(system.items("petitions")) == 1


def test_a_form_of_a_caller_that_lay_open_is_taken(operator, caller):
    wish = {"call_id": "c-1", "reference": caller.reference, "pin": caller.pin, "step": "serve"}

    listed = operator.post("/desk/callers", {"call_id": "c-1", "phone": NUMBER, "step": "find"})
    done = operator.post("/desk/callers", {**wish, "wish": "supplement", "text": "Thêm giấy tờ."})
    unrated = operator.post("/desk/callers", {**wish, "wish": "rate", "text": "Tốt."})

    assert caller.reference in listed.text.replace(" ", "")
    assert "Bổ sung nội dung" in done.text
    assert "Thêm giấy tờ." in str(caller.look())
    assert unrated.status == 422
