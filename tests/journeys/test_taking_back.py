"""Ten minutes to undo: a decision takes effect at once, and word of it leaves only when nobody can take it back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from infra.local.emulation.cloud import WORD_IS_HELD
from shared.domain.petition.notice_kinds import Audience, NoticeKind
from shared.platform import queues
from shared.platform.messages import NoticeRequest
from tests.support.desk_pages import Browser
from tests.support.files import picture
from tests.support.people import CITIZEN, CONTENT, Citizen, Officer, Phone, reference_in
from tests.support.programs import Receiver, subscribe
from tests.support.system import System

ANSWER = "Kết quả công bố trước 30/11."
MORE = "Tôi gửi thêm số của quyết định: 123."
Act = Callable[[System, Citizen], bool]
DECISIONS = [
    pytest.param("refuse", "REFUSED", {"reason": "SPAM"}, id="refuse"),
    pytest.param("forward", "FORWARDED", {"body": "UBND tỉnh A"}, id="forward"),
    pytest.param("guide", "GUIDED", {"text": "Mời gửi đơn khiếu nại."}, id="guide"),
    pytest.param("restrict", "RESTRICTED", {}, id="restrict"),
]


@pytest.fixture
def held(system: System) -> Iterator[System]:
    """The system with the setting that the cloud has."""
    system.local.change_settings(WORD_IS_HELD[True])
    yield system
    system.local.change_settings(WORD_IS_HELD[False])


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


def sent(system: System, reference: str) -> list[str]:
    """Return the texts that went out about a petition, to whomever."""
    return [message.text for message in system.outbox(reference)]


def mails(system: System, reference: str, word: str) -> list[str]:
    """Return the mails to officers about a petition in which a word stands."""
    return [
        message.text
        for message in system.outbox()
        if reference in message.text.replace(" ", "") and word in message.text
    ]


def awaiting_approval(system: System, *, may_publish: bool = False) -> Citizen:
    citizen = Citizen(system, may_publish=may_publish)
    citizen.send()
    minh = Officer(system, "minh.ccvc")
    minh.do("accept", citizen.reference)
    minh.do("draft-answer", citizen.reference, text=ANSWER)
    return citizen


@pytest.mark.parametrize(("action", "state", "body"), DECISIONS)
def test_decision_holds_at_the_desk_and_leaves_after_ten_minutes(
    held: System, action: str, state: str, body: dict[str, str]
):
    citizen = Citizen(held)
    citizen.send()
    before, messages = citizen.look(), len(sent(held, citizen.reference))

    done = Officer(held, "lan.tiepnhan").do(action, citizen.reference, **body)
    held.travel(minutes=9)
    during, messages_during = citizen.look(), len(sent(held, citizen.reference))
    held.travel(minutes=1)

    assert done["state"] == state
    assert (during["state"], during["history"]) == (before["state"], before["history"])
    assert messages_during == messages
    assert len(sent(held, citizen.reference)) > messages
    assert (citizen.look()["state"] == state) or state == "RESTRICTED"


@pytest.mark.parametrize(("action", "state", "body"), DECISIONS)
def test_taken_back_nobody_ever_hears_of_it(held: System, action: str, state: str, body: dict[str, str]):
    citizen = Citizen(held)
    citizen.send()
    before, messages = citizen.look(), len(sent(held, citizen.reference))
    lan = Officer(held, "lan.tiepnhan")
    decided = lan.do(action, citizen.reference, **body)

    held.travel(minutes=5)
    back = lan.try_to("take-back", citizen.reference, version=decided["version"])
    held.travel(minutes=30)
    after = citizen.look()

    assert (decided["state"], back.status) == (state, 200)
    assert [entry["action"] for entry in back.json()["history"][-2:]] == [action, "take-back"]
    assert (after["state"], after["due_on"], after["duties"]) == (
        before["state"],
        before["due_on"],
        before["duties"],
    )
    assert after["history"] == before["history"]
    assert len(sent(held, citizen.reference)) == messages
    assert not held.dead_letters()


def test_approval_is_taken_back_by_its_officer_alone_and_made_again(held: System):
    citizen = awaiting_approval(held)
    reference = citizen.reference
    binh, lan = Officer(held, "binh.vanphong"), Officer(held, "lan.tiepnhan")
    approved = binh.do("approve", reference)

    theirs = lan.try_to("take-back", reference, version=approved["version"])
    first = binh.try_to("take-back", reference, version=approved["version"])
    again = binh.try_to("take-back", reference, version=approved["version"])
    binh.do("return-draft", reference, reason="Sửa ngày.")
    minh = Officer(held, "minh.ccvc")
    minh.do("draft-answer", reference, text=f"{ANSWER} Đã sửa.")
    binh.do("approve", reference)
    held.travel(minutes=10)

    assert (theirs.status, first.status, again.status) == (403, 200, 200)
    assert first.json()["version"] == again.json()["version"], "the repeated request changes nothing"
    assert [ANSWER in text for text in sent(held, reference)].count(True) == 1
    assert citizen.look()["answer"]["text"] == f"{ANSWER} Đã sửa."


def test_who_approves_reads_for_how_long_the_answer_waits(held: System):
    reference = awaiting_approval(held).reference
    address = f"/desk/petitions/{reference}"
    waits = Browser(held, "binh.vanphong").get(address).text

    held.local.change_settings(WORD_IS_HELD[False])
    leaves = Browser(held, "binh.vanphong").get(f"{address}?lang=en").text

    assert "Câu trả lời được gửi sau 9 phút qua Email; trước đó bạn hoàn tác được." in waits
    assert "Duyệt là gửi ngay" not in waits
    assert "sends it at once" in leaves


def test_once_word_has_left_nothing_is_taken_back(held: System):
    citizen = awaiting_approval(held)
    binh = Officer(held, "binh.vanphong")
    approved = binh.do("approve", citizen.reference)
    held.travel(minutes=10)

    late = binh.try_to("take-back", citizen.reference, version=approved["version"])

    assert (late.status, late.json()["code"]) == (409, "too-late-to-take-back")
    assert citizen.look()["answer"]["text"] == ANSWER


def test_publication_waits_and_events_leave_with_the_notice(held: System, receiver: Receiver):
    subscribe(held, receiver)
    citizen = awaiting_approval(held, may_publish=True)
    binh = Officer(held, "binh.vanphong")
    binh.do("approve", citizen.reference)
    public: dict[str, Any] = {"subject": "Thi nâng ngạch", "content": "Hỏi ngày thi.", "answer": ANSWER}

    early = binh.try_to("publish", citizen.reference, **public)
    events = [event["type"] for event in receiver.events]
    held.travel(minutes=10)
    later = binh.try_to("publish", citizen.reference, **public)

    assert (early.status, early.json()["code"]) == (409, "word-held")
    assert "answer.approved" not in events
    assert [event["type"] for event in receiver.events].count("answer.approved") == 1
    assert later.status == 200, later.text


def test_events_of_what_was_taken_back_never_leave(held: System, receiver: Receiver):
    subscribe(held, receiver)
    citizen = awaiting_approval(held)
    binh = Officer(held, "binh.vanphong")
    approved = binh.do("approve", citizen.reference)
    seen = len(receiver.events)

    binh.try_to("take-back", citizen.reference, version=approved["version"])
    held.travel(minutes=30)

    assert len(receiver.events) == seen


def test_messages_that_come_early_twice_and_late_tell_each_reader_once_or_never(held: System):
    approved_one, undone = awaiting_approval(held), awaiting_approval(held)
    binh = Officer(held, "binh.vanphong")
    seqs = [binh.do("approve", each.reference)["version"] for each in (approved_one, undone)]
    queue = held.local.cloud.queue_url("notices")
    requests = [
        NoticeRequest(
            reference=each.reference, seq=seq, kind=NoticeKind.ANSWERED, audience=Audience.PETITIONER
        )
        for each, seq in zip((approved_one, undone), seqs, strict=True)
    ]

    queues.send(queue, [*requests, *requests])  # a relay of the version before, which knows of no delay
    held.settle()
    early = [ANSWER in text for each in (approved_one, undone) for text in sent(held, each.reference)]
    binh.try_to("take-back", undone.reference, version=seqs[1])
    held.travel(minutes=10)
    queues.send(queue, [*requests, *requests])
    held.travel(minutes=30)

    assert not any(early)
    assert sum(ANSWER in text for text in sent(held, approved_one.reference)) == 1
    assert not any(ANSWER in text for text in sent(held, undone.reference))
    assert not held.dead_letters()


def test_merged_petitions_follow_when_word_has_left(held: System):
    parent = awaiting_approval(held)
    child = Citizen(held, petitioner=CITIZEN | held.contacts_of(1))
    child.send()
    Officer(held, "lan.tiepnhan").do("merge", child.reference, parent=parent.reference)

    Officer(held, "binh.vanphong").do("approve", parent.reference)
    held.travel(minutes=9)
    during = child.look()["state"]
    held.travel(minutes=2)

    assert (during, child.look()["state"]) == ("MERGED", "ANSWERED")


def test_on_the_evening_of_the_due_day_word_leaves_at_once(held: System):
    citizen = awaiting_approval(held)
    due_on = citizen.look()["due_on"]
    held.travel(to=f"{due_on}T21:00:00+07:00")
    binh = Officer(held, "binh.vanphong")

    approved = binh.do("approve", citizen.reference)
    late = binh.try_to("take-back", citizen.reference, version=approved["version"])

    assert citizen.look()["state"] == "ANSWERED"
    assert late.status in (403, 409)


def test_page_offers_one_click_and_says_until_when(held: System):
    citizen = awaiting_approval(held)
    address = f"/desk/petitions/{citizen.reference}"
    binh, minh = Browser(held, "binh.vanphong"), Browser(held, "minh.ccvc")
    binh.fill(binh.get(address), f"{address}/approve")

    page, colleagues = binh.get(address), minh.get(address)
    back = binh.fill(page, f"{address}/take-back")
    shown = binh.get(back.header("Location"))

    assert "Hoàn tác được đến" in page.text
    assert "Hoàn tác được đến" in colleagues.text
    assert f"{address}/take-back" not in colleagues.text
    assert back.status == 303
    assert "Hoàn tác: Phê duyệt trả lời" in " ".join(
        shown.text.replace("<strong>", "").replace("</strong>", "").split()
    )
    assert "đã hoàn tác" in shown.text
    assert Officer(held, "binh.vanphong").petition(citizen.reference)["state"] == "AWAITING_APPROVAL"


def test_queue_offers_it_where_the_decision_put_the_petition_out_of_sight(held: System):
    citizen = Citizen(held)
    citizen.send()
    address = f"/desk/petitions/{citizen.reference}"
    lan = Browser(held, "lan.tiepnhan")
    question = lan.fill(lan.get(address), f"{address}/restrict")
    gone = lan.fill(question, f"{address}/restrict", confirmed="true")

    queue = lan.get(gone.header("Location"))
    back = lan.fill(queue, f"{address}/take-back")

    assert lan.get(address).status == 200, "it is there again"
    assert back.header("Location").startswith(address)
    assert gone.header("Location").startswith("/desk/queue?")


def added_by_web(system: System, citizen: Citizen) -> bool:
    return citizen.add("supplements", content=MORE).status in (200, 201)


def added_by_page(system: System, citizen: Citizen) -> bool:
    form = {"ma": citizen.reference, "pin": citizen.pin, "content": MORE}
    page = system.http("POST", "/tra-cuu/bo-sung", form=form)
    system.settle()
    return page.status == 200


def attached(system: System, citizen: Citizen) -> bool:
    return bool(citizen.attach(picture())["id"])


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(added_by_web, id="a program adds a text"),
        pytest.param(added_by_page, id="a page adds a text"),
        pytest.param(attached, id="a file comes"),
    ],
)
def test_what_the_petitioner_adds_meanwhile_is_read_before_the_answer_leaves(held: System, act: Act):
    citizen = awaiting_approval(held)
    binh = Officer(held, "binh.vanphong")
    binh.do("approve", citizen.reference)
    waiting = len(mails(held, citizen.reference, "chờ phê duyệt"))
    held.travel(minutes=5)

    assert act(held, citizen)
    held.travel(minutes=30)

    petition = binh.petition(citizen.reference)
    assert petition["state"] == "AWAITING_APPROVAL"
    assert "take-back" in [entry["action"] for entry in petition["history"]]
    assert not any(ANSWER in text for text in sent(held, citizen.reference))
    assert len(mails(held, citizen.reference, "chờ phê duyệt")) == waiting + 1
    binh.do("approve", citizen.reference)
    held.travel(minutes=10)
    assert [ANSWER in text for text in sent(held, citizen.reference)].count(True) == 1


def test_petition_that_is_withdrawn_by_sms_meanwhile_gets_no_answer(held: System):
    phone = Phone(held)
    reference = reference_in(phone.send(f"PAKN {CONTENT}"))
    Officer(held, "lan.tiepnhan").do("refuse", reference, reason="SPAM")

    reply = phone.send(f"PAKN RUT {reference}")
    held.travel(minutes=30)

    assert "rút" in reply.lower() or "rut" in reply.lower()
    actions = [entry["action"] for entry in Officer(held, "lan.tiepnhan").petition(reference)["history"]]
    assert actions[-3:] == ["refuse", "take-back", "withdraw"]
    assert not any("không thụ lý" in text for text in sent(held, reference))


def test_while_the_result_is_leaving_the_page_keeps_what_its_petitioner_wrote(held: System):
    citizen = awaiting_approval(held)
    Officer(held, "binh.vanphong").do("approve", citizen.reference)
    held.clock.hold_at(held.clock.now() + timedelta(minutes=9, seconds=45))
    form = {"ma": citizen.reference, "pin": citizen.pin, "content": MORE}

    page = held.http("POST", "/tra-cuu/bo-sung", form=form)
    program = citizen.add("supplements", content=MORE)

    assert page.status == 409
    assert MORE in page.text
    assert "đọc kết quả sau một phút" in page.text
    assert (program.status, program.json()["code"]) == (409, "result-being-sent")
    held.travel(minutes=1)
    assert [ANSWER in text for text in sent(held, citizen.reference)].count(True) == 1


def test_repeats_that_were_to_be_answered_together_stand_where_they_stood(held: System):
    first = awaiting_approval(held)
    repeat = Citizen(held, petitioner=CITIZEN | held.contacts_of(1))
    repeat.send()
    binh = Officer(held, "binh.vanphong")
    before, messages = binh.petition(repeat.reference), sent(held, repeat.reference)
    approved = binh.do("approve", first.reference, also=[repeat.reference])
    joined = binh.petition(repeat.reference)["state"]

    binh.try_to("take-back", first.reference, version=approved["version"])
    held.travel(minutes=30)
    after = binh.petition(repeat.reference)
    quiet = sent(held, repeat.reference) == messages
    binh.do("approve", first.reference, also=[repeat.reference])
    held.travel(minutes=11)

    assert joined == "MERGED"
    assert [after[name] for name in ("state", "unit", "handler", "parent")] == [
        before[name] for name in ("state", "unit", "handler", "parent")
    ]
    assert quiet
    assert repeat.look()["state"] == "ANSWERED"
    assert [ANSWER in text for text in sent(held, repeat.reference)].count(True) == 1
    assert not held.dead_letters()


def merged_count(system: System, reference: str) -> int:
    """Return the number of petitions merged into another, as its handler's queue tells it."""
    lines = Officer(system, "minh.ccvc").queue()
    return next(int(line["merged_count"]) for line in lines if line["reference"] == reference)


def test_answer_for_all_repeats_that_is_taken_back_reaches_none_and_leaves_their_number_true(held: System):
    first = awaiting_approval(held)
    repeats = [Citizen(held, petitioner=CITIZEN | held.contacts_of(n)) for n in (1, 2, 3)]
    for repeat in repeats:
        repeat.send()
    merged, *chosen = repeats
    Officer(held, "lan.tiepnhan").do("merge", merged.reference, parent=first.reference)
    held.travel(minutes=1)
    people = [first, *repeats]
    before, looked = [sent(held, sender.reference) for sender in people], [sender.look() for sender in people]
    assert merged_count(held, first.reference) == 1

    binh = Officer(held, "binh.vanphong")
    approved = binh.do("approve", first.reference, also=[sender.reference for sender in chosen])
    during = {sender.reference: binh.petition(sender.reference)["state"] for sender in people}
    held.travel(minutes=5)
    binh.try_to("take-back", first.reference, version=approved["version"])
    held.travel(minutes=30)

    assert during == {
        first.reference: "ANSWERED",
        merged.reference: "MERGED",
        **{sender.reference: "MERGED" for sender in chosen},
    }
    assert [sent(held, sender.reference) for sender in people] == before, "nobody was notified of anything"
    assert [sender.look()["state"] for sender in people] == [sender["state"] for sender in looked]
    assert [sender.look()["due_on"] for sender in people] == [sender["due_on"] for sender in looked]
    assert merged_count(held, first.reference) == 1

    binh.do("approve", first.reference, also=[sender.reference for sender in chosen])
    held.travel(minutes=11)
    for sender in people:
        assert sender.look()["answer"]["text"] == ANSWER
        assert [ANSWER in text for text in sent(held, sender.reference)].count(True) == 1
    assert not held.dead_letters()


def test_feed_of_the_desk_shows_a_decision_at_once_and_says_when_its_word_leaves(held: System):
    citizen = awaiting_approval(held)
    binh = Officer(held, "binh.vanphong")
    begin = f"{held.clock.now().astimezone(UTC) - timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"

    def latest() -> dict[str, Any]:
        held.travel(
            minutes=3
        )  # what is younger than two minutes may still be overtaken: it is not in the feed
        feed = held.http("GET", "/desk/v1/changes", query={"after": begin}, headers=binh._bearer)
        changes = feed.json()["changes"]
        change: dict[str, Any] = next(c for c in changes if c["reference"] == citizen.reference)
        return change

    before = latest()
    binh.do("approve", citizen.reference)
    at, during = held.clock.now(), latest()
    held.travel(minutes=10)
    after = latest()

    assert "word_at" not in before
    assert (during["state"], datetime.fromisoformat(during["word_at"])) == (
        "ANSWERED",
        at + timedelta(minutes=10),
    )
    assert "word_at" not in after


def test_setting_of_zero_leaves_everything_as_it_was(system: System):
    citizen = awaiting_approval(system)
    binh = Officer(system, "binh.vanphong")

    approved = binh.do("approve", citizen.reference)

    assert citizen.look()["answer"]["text"] == ANSWER
    assert sum(ANSWER in text for text in sent(system, citizen.reference)) == 1
    assert binh.try_to("take-back", citizen.reference, version=approved["version"]).status == 403
