"""A text that may be a name and address or a new matter is sealed until its sender says which."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from chalicelib.intake import composition
from chalicelib.intake.sms import replies
from chalicelib.intake.sms.name_or_petition import choice_in, says_it_is_a_name
from shared.domain.identity.gsm7 import segments
from shared.domain.petition.petition import Petition
from shared.platform.seal import Seal
from shared.tables.throttle.held_texts import MOST, Meaning
from tests.functions.intake.sms.test_short_code import petitions, request, text
from tests.support.system import System

NAMES = [
    "H'Hen Nie, buon Sut Mdung, Dak Lak",
    "Y Thanh Nie, buon Ale, Dak Lak",
    "Thach Sa Ra, ap 3, Tra Vinh",
    "Lo Van Muon, ban Muong Lo, Yen Bai",
    "Phung Van Tien, xa Ba Vi, Ha Noi",
    "Kieu Oanh, 5 Hai Ba Trung, Hue",
    "Đoàn Văn Vươn, Tiên Lãng, Hải Phòng",
    "Vương Thị Mai 12 Lê Lợi Huế",
    "Giàng A Páo, bản Sín Chải, Lào Cai",
    "K'Sor Phước, làng Plei Ốp, Gia Lai",
    "Nguyễn Văn An, 12 Lê Lợi, Huế",
]
MATTERS = [
    "Nguyen Hung benh vien huyen voi tien 5 trieu cua me toi, toi co ghi am",
    "Tran Van B tram y te xa nhan 2 trieu",
    "Hung, khoa noi, voi tien toi 5 trieu",
    "Hùng vòi tiền",
]


@pytest.fixture
def reference(intake: System) -> str:
    """A petition by SMS whose receipt asked for name and address."""
    text(intake, "PAKN De nghi xem lai che do phu cap cho can bo thon ban vung cao", "m1")
    return petitions(intake)[0].reference


def seal_text(petition: Petition) -> str | None:
    seal = Seal(composition.parts().settings.seal_key_id)
    return seal.open(petition.petitioner.seal, petition.reference).text


def lies_in_the_open(system: System, words: str) -> bool:
    tables = ("petitions", "throttle", "directory", "deliveries")
    return any(words in json.dumps(system.items(table), ensure_ascii=False) for table in tables)


@pytest.mark.parametrize("words", [*NAMES, *MATTERS])
def test_what_can_be_both_is_sealed_and_asked_about_once(intake, reference, words):
    questions = {text(intake, f"PAKN BS {words}", "m2") for _ in range(3)}

    (petition,) = petitions(intake)
    assert questions == {replies.which(reference, Meaning.PETITION)}
    assert not petition.petitioner.is_named
    assert not lies_in_the_open(intake, words)
    assert seal_text(petition) == words


@pytest.mark.parametrize("reply", ["1", "PAKN 1", "pakn bs 1", "1.", "1 ho ten", "PAKN 1 la ho ten, dia chi"])
@pytest.mark.parametrize("words", NAMES[:2])
def test_one_makes_it_the_name(intake, reference, words, reply):
    text(intake, f"PAKN BS {words}", "m2")

    answers = {text(intake, reply, "m3") for _ in range(2)}

    (petition,) = petitions(intake)
    assert answers == {replies.identity_added(petition)}
    assert petition.petitioner.is_named
    assert petition.province == "66"
    assert seal_text(petition) == words
    assert not lies_in_the_open(intake, words)


@pytest.mark.parametrize("reply", ["2", "PAKN 2", "2 viec moi", "Viec moi", "PAKN 2 la viec moi"])
@pytest.mark.parametrize("words", MATTERS[:2])
def test_two_makes_it_a_petition_received_when_it_was_sent(intake, reference, words, reply):
    text(intake, f"PAKN BS {words}", "m2")
    sent_at = intake.clock.now()
    intake.clock.hold_at(sent_at + timedelta(hours=30))

    answers = {text(intake, reply, "m3") for _ in range(2)}

    first, new = sorted(petitions(intake), key=lambda petition: petition.reference != reference)
    assert len(answers) == 1
    assert new.reference in answers.pop()
    assert new.content == words
    assert new.received_at == sent_at
    assert not first.petitioner.is_named


def test_the_question_delivered_again_after_its_reply_makes_nothing_new(intake, reference):
    query = request(intake, f"PAKN BS {MATTERS[0]}", "m2")
    intake.http("GET", "/sms/esms", query=query)
    text(intake, "2", "m3")

    for _ in range(2):
        intake.http("GET", "/sms/esms", query=query)

    assert len(petitions(intake)) == 2


def test_one_reply_decides_about_all_that_waits(intake, reference):
    for number, words in enumerate(MATTERS[:2]):
        text(intake, f"PAKN BS {words}", f"q{number}")

    text(intake, "2", "m3")

    assert {petition.content for petition in petitions(intake)} >= set(MATTERS[:2])


def test_however_many_are_sent_nothing_is_lost_or_in_the_open(intake, reference):
    for number in range(MOST + 2):
        text(intake, f"PAKN BS Canary{number} Van Tien, xa Ba Vi", f"q{number}")

    (petition,) = petitions(intake)
    assert not lies_in_the_open(intake, "Canary")
    assert all(f"Canary{number} " in (seal_text(petition) or "") for number in range(MOST + 2))


def test_a_text_without_any_command_is_taken_for_the_name_and_can_be_taken_back(intake, reference):
    taken = text(intake, MATTERS[0], "m2")
    (named,) = petitions(intake)

    text(intake, "PAKN VIEC MOI", "m3")

    first, new = sorted(petitions(intake), key=lambda petition: petition.reference != reference)
    assert "PAKN VIEC MOI" in taken
    assert named.petitioner.is_named
    assert not first.petitioner.is_named
    assert new.content == MATTERS[0]


def test_a_figure_is_a_score_when_nothing_was_asked(intake, reference):
    assert "PAKN DG" in text(intake, "2", "m2")
    assert len(petitions(intake)) == 1


def test_a_figure_is_a_score_after_a_text_that_was_taken_for_the_name(intake, reference):
    text(intake, NAMES[0], "m2")

    text(intake, "2", "m3")

    (petition,) = petitions(intake)
    assert petition.petitioner.is_named


def test_a_stranger_decides_nothing(intake, reference):
    text(intake, f"PAKN BS {NAMES[0]}", "m2")

    text(intake, "2", "m3", sender="84987654321")

    (petition,) = petitions(intake)
    assert not petition.petitioner.is_named


def test_what_is_too_long_for_a_name_is_a_petition(intake, reference):
    story = "Hung voi tien " * 14

    text(intake, f"PAKN BS {story}", "m2")

    assert len(petitions(intake)) == 2


def test_what_is_too_long_for_a_name_is_a_supplement_where_the_reference_stands(intake, reference):
    story = ("Hung voi tien " * 14).strip()

    text(intake, f"PAKN BS {reference} {story}", "m2")

    (petition,) = petitions(intake)
    assert petition.history[-1].text == story
    assert not petition.petitioner.is_named


def test_name_is_asked_for_as_long_as_the_petition_is_open(intake, reference):
    intake.clock.hold_at(intake.clock.now() + timedelta(days=9))

    text(intake, f"PAKN BS {NAMES[0]}", "m2")

    assert len(petitions(intake)) == 1


@pytest.mark.parametrize("otherwise", [Meaning.PETITION, Meaning.SUPPLEMENT])
def test_the_question_is_one_sms(otherwise):
    assert segments(replies.which("26483190275", otherwise)) == 1


@pytest.mark.parametrize(
    "words",
    ["1 can bo xa nhan tien", "2 lan toi den deu khong gap", "12", "PAKN 1 2", "3", "", "ten toi la An"],
)
def test_other_texts_are_no_reply_to_the_question(words):
    assert choice_in(words) is None


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("ho ten: Phung Van Tien", True),
        ("Họ và tên Kiều Oanh, Huế", True),
        ("tên tôi là H'Hen Niê", True),
        ("toi la vien chuc truong X, bi cham luong", False),
        ("ten truom nha toi " * 8, False),
    ],
)
def test_only_plain_labels_say_that_it_is_a_name(words, expected):
    assert says_it_is_a_name(words) is expected


@pytest.mark.parametrize("words", [*NAMES, "Dinh Thi Blong lang Sitr xa Kbang Gia Lai"])
def test_name_without_bs_is_sealed_and_asked_about_when_it_was_just_asked_for(intake, reference, words):
    questions = {text(intake, f"PAKN {words}", "m2") for _ in range(2)}

    assert questions == {replies.which(reference, Meaning.PETITION)}
    (petition,) = petitions(intake)
    assert not petition.petitioner.is_named
    assert not lies_in_the_open(intake, words)

    text(intake, "PAKN 1", "m3")

    (petition,) = petitions(intake)
    assert petition.petitioner.is_named


def test_what_was_no_name_after_all_becomes_a_petition_of_its_own(intake, reference):
    text(intake, "PAKN Truong ban xa Ba Vi danh nguoi, Ha Noi", "m2")
    text(intake, "PAKN 2", "m3")

    assert {petition.content for petition in petitions(intake)} >= {"Truong ban xa Ba Vi danh nguoi, Ha Noi"}


@pytest.mark.parametrize(
    "words",
    [
        "De nghi xem lai luong can bo thon 3, xa Ba Vi",
        "Tai sao xa Ba Vi chua chi tra tro cap, Ha Noi",
        "Luong can bo khong chuyen trach thap",
    ],
)
def test_second_petition_that_asks_for_something_is_received_without_a_question(intake, reference, words):
    text(intake, f"PAKN {words}", "m2")

    assert {petition.content for petition in petitions(intake)} >= {words}


def test_name_without_bs_is_a_petition_for_somebody_who_was_not_asked(intake):
    text(intake, "PAKN H'Hen Nie, buon Sut Mdung, Dak Lak", "m1")

    assert len(petitions(intake)) == 1
