"""One matter, three senders, three channels: each hears the answer once, under their own reference."""

from __future__ import annotations

import pytest

from chalicelib.casework import composition
from shared.domain.petition.change import Change
from shared.platform import clock
from shared.tables.petition_items import petition_of
from tests.support.desk_pages import Browser
from tests.support.people import CITIZEN, Citizen, Officer, Phone, answer_petition, reference_in
from tests.support.system import System
from tests.support.target import Target

ANSWER = "Kết quả công bố trước 30/11."


def petitioner_texts(system: Target, reference: str) -> list[str]:
    """Return the texts that went to the petitioner, in order."""
    officers = {officer.email for officer in system.officers.values()}
    return [message.text for message in system.outbox(reference) if message.to not in officers]


@pytest.fixture
def parent(system: Target) -> Citizen:
    citizen = Citizen(system, may_publish=True)
    citizen.send()
    return citizen


def another(system: Target, n: int = 1) -> Citizen:
    citizen = Citizen(system, petitioner=CITIZEN | system.contacts_of(n))
    citizen.send()
    return citizen


@pytest.mark.cloud
def test_three_senders_by_three_channels_are_each_notified_and_one_is_split(system: Target, parent: Citizen):
    intake = Officer(system, "lan.tiepnhan")
    phone = Phone(system, system.other_number)
    by_sms = reference_in(
        phone.send("PAKN Thi nang ngach chuyen vien chinh thang 9 chua co ket qua, xin cho biet")
    )
    called = Officer(system, "tong.dai").enter_call(
        "call-7",
        petitioner=CITIZEN | system.contacts_of(3),
        reply_by=["EMAIL"],
    )
    by_call = called.json()["reference"]
    other = another(system)
    for reference in (by_sms, by_call, other.reference):
        intake.do("merge", reference, parent=parent.reference)
    assert other.look()["state"] == "MERGED"
    assert {line["reference"] for line in Officer(system, "minh.ccvc").queue()} == {parent.reference}

    intake.do("split", other.reference, reason="Hỏi về đợt thi khác")
    answer_petition(system, parent.reference)

    assert [ANSWER in text for text in petitioner_texts(system, by_call)].count(True) == 1
    assert sum("da co ket qua" in text for text in petitioner_texts(system, by_sms)) == 1
    assert sum(ANSWER in text for text in petitioner_texts(system, parent.reference)) == 1
    assert not any(ANSWER in text for text in petitioner_texts(system, other.reference))
    assert sum("được xử lý riêng" in text for text in petitioner_texts(system, other.reference)) == 1
    assert not any("Hỏi về đợt thi khác" in text for text in petitioner_texts(system, other.reference))
    split = other.look()
    assert (split["state"], split["due_on"]) == ("ASSIGNED", str(system.due_on))
    answer_petition(system, other.reference, text="Đợt này công bố 15/12.")
    assert other.look()["answer"]["text"] == "Đợt này công bố 15/12."
    assert system.dead_letters() == 0


def test_merged_petition_is_updated_when_overdue_until_its_parent_is_answered(
    system: System, parent: Citizen
):
    child = another(system)
    Officer(system, "lan.tiepnhan").do("merge", child.reference, parent=parent.reference)

    system.travel(days=35)

    assert child.look()["overdue"]
    updates = [entry for entry in child.look()["history"] if entry["action"] == "update-petitioner"]
    assert updates
    answer_petition(system, parent.reference)
    system.travel(days=30)
    seen = child.look()
    assert seen["answer"]["text"] == ANSWER
    assert [entry for entry in seen["history"] if entry["action"] == "update-petitioner"] == updates
    assert {duty["kind"]: duty["standing"] for duty in seen["duties"]}["ANSWER"] == "LATE"


@pytest.mark.cloud
def test_merge_into_what_is_answered_already_tells_the_sender_at_once(system: Target, parent: Citizen):
    child = another(system)
    answer_petition(system, parent.reference)

    Officer(system, "lan.tiepnhan").do("merge", child.reference, parent=parent.reference)

    assert child.look()["answer"]["text"] == ANSWER
    assert sum(ANSWER in text for text in petitioner_texts(system, child.reference)) == 1


def test_messages_that_come_again_tell_nobody_again(system: System, parent: Citizen):
    child = another(system)
    Officer(system, "lan.tiepnhan").do("merge", child.reference, parent=parent.reference)
    answer_petition(system, parent.reference)

    system.local.pumps.stream.restart()
    system.settle()

    assert sum(ANSWER in text for text in petitioner_texts(system, child.reference)) == 1


@pytest.mark.cloud
def test_petitions_merged_into_one_that_is_merged_follow_it(system: Target, parent: Citizen):
    intake = Officer(system, "lan.tiepnhan")
    first, second = another(system, 1), another(system, 2)
    intake.do("merge", second.reference, parent=first.reference)
    intake.do("merge", first.reference, parent=parent.reference)
    third = another(system, 3)
    intake.do("merge", third.reference, parent=second.reference)

    answer_petition(system, parent.reference)

    for sender in (first, second, third):
        assert sender.look()["answer"]["text"] == ANSWER
        assert sum(ANSWER in text for text in petitioner_texts(system, sender.reference)) == 1


@pytest.mark.cloud
def test_withdrawing_the_parent_puts_the_others_back_to_work(system: Target, parent: Citizen):
    child = another(system)
    Officer(system, "lan.tiepnhan").do("merge", child.reference, parent=parent.reference)

    assert parent.add("withdrawal").status == 200

    assert child.look()["state"] == "ASSIGNED"
    answer_petition(system, child.reference)
    assert child.look()["state"] == "ANSWERED"


@pytest.mark.cloud
@pytest.mark.parametrize("which", ["itself", "circle", "ended"])
def test_petition_joins_neither_itself_nor_a_circle_nor_what_ended(
    system: Target, parent: Citizen, which: str
):
    intake = Officer(system, "lan.tiepnhan")
    child = another(system)
    if which == "circle":
        intake.do("merge", child.reference, parent=parent.reference)
        answer = intake.try_to("merge", parent.reference, parent=child.reference)
    elif which == "ended":
        intake.do("refuse", parent.reference, reason="SPAM")
        answer = intake.try_to("merge", child.reference, parent=parent.reference)
    else:
        answer = intake.try_to("merge", child.reference, parent=child.reference)

    assert answer.status == 422


def test_hundreds_of_merged_petitions_are_led_a_page_at_a_time(system: System, parent: Citizen, monkeypatch):
    monkeypatch.setattr("chalicelib.router.follow_parent.PAGE", 2)
    intake = Officer(system, "lan.tiepnhan")
    children = [another(system, n) for n in range(1, 6)]
    for child in children:
        intake.do("merge", child.reference, parent=parent.reference)

    answer_petition(system, parent.reference)

    states = {p.reference: p.state for p in map(petition_of, system.items("petitions"))}
    assert {states[child.reference] for child in children} == {"ANSWERED"}


@pytest.mark.cloud
def test_desk_says_how_many_will_read_the_answer(system: Target, parent: Citizen):
    child = another(system)
    Officer(system, "lan.tiepnhan").do("merge", child.reference, parent=parent.reference)

    page = Browser(system, "minh.ccvc").get(f"/desk/petitions/{parent.reference}").text

    assert 'id="merged"' in page
    assert f"/desk/petitions/{child.reference}" in page


def merged_count(system: Target, reference: str) -> int:
    """Return the number of petitions merged into one, as the queue of its unit tells it."""
    queue = Officer(system, "minh.ccvc").queue()
    return next(int(line["merged_count"]) for line in queue if line["reference"] == reference)


@pytest.mark.cloud
def test_queue_tells_how_many_are_merged_into_one_until_they_are_split_or_withdrawn(
    system: Target, parent: Citizen
):
    intake = Officer(system, "lan.tiepnhan")
    before = parent.look()["history"]
    first, second, third = (another(system, n) for n in (1, 2, 3))

    for child in (first, second, third):
        intake.do("merge", child.reference, parent=parent.reference)
    assert merged_count(system, parent.reference) == 3
    intake.do("split", first.reference, reason="Hỏi về đợt thi khác")
    assert merged_count(system, parent.reference) == 2
    intake.do("merge", first.reference, parent=parent.reference)
    assert merged_count(system, parent.reference) == 3
    assert second.add("withdrawal").status == 200
    assert merged_count(system, parent.reference) == 2

    assert "gộp 2" in Browser(system, "minh.ccvc").get("/desk/queue").text
    assert "2 merged" in Browser(system, "minh.ccvc").get("/desk/queue?lang=en").text
    assert parent.look()["history"] == before, "nothing happened to the petition that stays"


def test_number_leaves_out_what_a_reader_of_the_parent_must_not_know_of(system: System, parent: Citizen):
    intake = Officer(system, "lan.tiepnhan")
    repeat, complaint = another(system, 1), another(system, 2)
    intake.do("assign", complaint.reference, unit="TTRA")
    intake.do("classify", complaint.reference, kind="CONDUCT", complained_unit="VCCVC")
    for child in (repeat, complaint):
        intake.do("merge", child.reference, parent=parent.reference)

    about_his_unit = Browser(system, "minh.ccvc")
    queue = about_his_unit.get("/desk/queue").text
    page = about_his_unit.get(f"/desk/petitions/{parent.reference}").text
    others = Browser(system, "khanh.tocongtac").get(f"/desk/petitions/{parent.reference}").text

    assert merged_count(system, parent.reference) == 1
    assert "gộp 1<" in queue
    assert "1 hồ sơ gộp vào đây" in page
    assert f"/desk/petitions/{repeat.reference}" in page
    assert complaint.reference not in page
    assert f"/desk/petitions/{complaint.reference}" in others, "who may know of it opens it from there"

    intake.do("classify", parent.reference, kind="CONDUCT", complained_unit="CTLBHXH")
    assert merged_count(system, parent.reference) == 1, "counted anew, the same"


def test_complaints_about_one_unit_are_counted_on_the_complaint_that_they_were_merged_into(system: System):
    intake, complaints = Officer(system, "lan.tiepnhan"), [Citizen(system), another(system, 1)]
    complaints[0].send()
    for complaint in complaints:
        intake.do("assign", complaint.reference, unit="TTRA")
        intake.do("classify", complaint.reference, kind="CONDUCT", complained_unit="VCCVC")
    first, repeat = (complaint.reference for complaint in complaints)

    intake.do("merge", repeat, parent=first)
    counts = {p.reference: p.merged_count for p in map(petition_of, system.items("petitions"))}
    assert counts == {first: 1, repeat: 0}

    intake.do("classify", first, complained_unit="CTLBHXH")
    counts = {p.reference: p.merged_count for p in map(petition_of, system.items("petitions"))}
    assert counts == {first: 0, repeat: 0}, "the unit first complained of may read this one now"


def test_number_of_the_merged_follows_them_into_another_and_comes_to_the_same_twice(
    system: System, parent: Citizen
):
    intake = Officer(system, "lan.tiepnhan")
    first, second = another(system, 1), another(system, 2)
    intake.do("merge", second.reference, parent=first.reference)
    assert merged_count(system, first.reference) == 1
    intake.do("merge", first.reference, parent=parent.reference)

    system.local.pumps.stream.restart()
    system.settle()

    assert merged_count(system, parent.reference) == 2
    counts = {p.reference: p.merged_count for p in map(petition_of, system.items("petitions"))}
    assert counts == {parent.reference: 2, first.reference: 0, second.reference: 0}


def test_number_of_the_merged_comes_back_where_a_change_that_began_before_it_overwrote_it(
    system: System, parent: Citizen
):
    child = another(system)
    petitions = composition.parts().petitions
    read_before = petitions.get(parent.reference)
    assert read_before is not None
    Officer(system, "lan.tiepnhan").do("merge", child.reference, parent=parent.reference)

    noted = read_before.add_note(Change.by_officer("minh.ccvc", clock.now(), "note"), "Đã gọi điện.")
    petitions.save(noted, read_before.version)
    system.settle()

    assert merged_count(system, parent.reference) == 1
