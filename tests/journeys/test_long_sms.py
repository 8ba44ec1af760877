"""Long SMS whose parts come late, twice, in any order or never; replies where the provider takes none."""

from __future__ import annotations

from datetime import timedelta

import pytest

from infra.local.providers.sms_gateway import Trouble
from shared.domain.petition.petition import Petition
from shared.tables.petition_items import petition_of
from shared.tables.throttle.replies import Replies
from tests.campaigns.faults.injection import Fault
from tests.support.people import GatewayPhone, Phone, reference_in
from tests.support.system import System

WAIT = timedelta(minutes=15)


def petitions(system: System) -> list[Petition]:
    return [petition_of(item) for item in system.items("petitions")]


def texts(petition: Petition) -> list[str | None]:
    return [entry.text for entry in petition.history if entry.action == "supplement"]


# --- parts --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 1, 2), (2, 2, 3, 1, 1)], ids=str)
def test_parts_that_all_come_are_one_petition_and_one_receipt(system: System, order):
    phone = GatewayPhone(system)
    parts = {1: "PAKN Phong noi vu ", 2: "tra loi cham, ", 3: "de nghi xem lai"}

    for number in order:
        phone.send(parts[number], part=(number, 3), message_id=f"part-{number}")
    system.travel(minutes=60)

    (petition,) = petitions(system)
    assert petition.content == "Phong noi vu tra loi cham, de nghi xem lai"
    (receipt,) = phone.received_texts()
    assert "thieu phan" not in receipt


def test_what_has_come_is_a_petition_after_a_short_wait_and_its_sender_learns_what_is_missing(system: System):
    phone = GatewayPhone(system)
    arrived_at = system.clock.now()

    phone.send("PAKN Phong noi vu ", part=(1, 3))
    phone.send("de nghi xem lai", part=(3, 3))
    system.travel(minutes=14)
    assert petitions(system) == []
    system.travel(minutes=3)

    (petition,) = petitions(system)
    assert petition.content == "Phong noi vu [...] de nghi xem lai"
    assert petition.history[0].facts.stored()["missing_parts"] == "2/3"
    assert petition.received_at == arrived_at
    (text,) = phone.received_texts()
    assert "thieu phan 2/3" in text
    assert reference_in(text) == petition.reference


def test_the_clock_of_the_law_runs_from_the_first_part_also_over_midnight(system: System):
    system.travel("2026-11-03T23:55:00+07:00")
    phone = GatewayPhone(system)

    phone.send("PAKN Phong noi vu ", part=(1, 2))
    system.travel(minutes=20)

    (petition,) = petitions(system)
    assert petition.due_on.isoformat() == "2026-11-23"
    assert petition.history[0].at > petition.received_at
    assert petition.state == "ASSIGNED" or petition.unit is not None


@pytest.mark.parametrize("minutes", [16, 45, 24 * 60], ids=["soon", "later", "a day later"])
def test_a_late_part_is_added_to_the_same_petition(system: System, minutes):
    phone = GatewayPhone(system)
    phone.send("PAKN Phong noi vu ", part=(1, 2))
    system.travel(minutes=minutes)

    for _ in range(2):
        phone.send("tra loi cham", part=(2, 2), message_id="late")
    received = phone.received_texts()

    (petition,) = petitions(system)
    if petition.history[0].facts.has("missing_parts"):
        assert petition.content == "Phong noi vu [...]"
        assert texts(petition) == ["[2/2] tra loi cham"]
        assert len(received) == 2
    else:  # it died before it had decided, and the late part was in time
        assert petition.content == "Phong noi vu tra loi cham"
        assert len(received) == 1
    assert "Da nhan noi dung bo sung" in received[-1]


def test_an_addition_without_its_end_is_added_to_the_senders_own_petition(system: System):
    phone = GatewayPhone(system)
    phone.send("PAKN Phong noi vu tra loi cham")
    system.settle()

    phone.send("BS them ho so so 12, ", part=(1, 2))
    system.travel(minutes=20)

    (petition,) = petitions(system)
    assert len(texts(petition)) == 1


def test_a_message_whose_beginning_never_came_is_not_lost_either(system: System):
    phone = GatewayPhone(system)

    phone.send("tra loi cham, de nghi xem lai", part=(2, 2))
    system.travel(minutes=20)

    (petition,) = petitions(system)
    assert petition.content == "[...] tra loi cham, de nghi xem lai"

    phone.send("PAKN Phong noi vu ", part=(1, 2))
    system.settle()
    assert texts(petitions(system)[0]) == ["[1/2] PAKN Phong noi vu"]


def test_a_long_name_and_address_stays_sealed_when_its_second_half_is_late(system: System):
    phone = GatewayPhone(system)
    phone.send("PAKN Phong noi vu tra loi cham")
    (petition,) = petitions(system)

    phone.send(f"PAKN BS {petition.reference} Nguyen Van Canary, ", part=(1, 2))
    system.travel(minutes=20)
    phone.send("thon Canary, xa Dong Son", part=(2, 2))
    system.settle()

    (petition,) = petitions(system)
    assert petition.petitioner.is_named
    assert texts(petition) == [None, None]
    assert "Canary" not in str(system.items("petitions"))


def test_two_long_messages_under_one_number_of_the_phone_are_two_petitions(system: System):
    phone = GatewayPhone(system)

    for topic in ("luong", "tuyen dung"):
        phone.send(f"PAKN Hoi ve {topic} ", part=(1, 2), long="1")
        phone.send(f"cua vien chuc {topic}", part=(2, 2), long="1")
    system.travel(minutes=30)

    assert sorted(p.content for p in petitions(system)) == [
        "Hoi ve luong cua vien chuc luong",
        "Hoi ve tuyen dung cua vien chuc tuyen dung",
    ]


def test_somebody_elses_part_is_never_joined(system: System):
    GatewayPhone(system).send("PAKN Phong noi vu ", part=(1, 2))
    GatewayPhone(system, "+84987654321").send("tra loi cham", part=(2, 2))
    system.travel(minutes=20)

    assert {p.content for p in petitions(system)} == {"Phong noi vu [...]", "[...] tra loi cham"}


def test_the_number_of_who_sent_a_part_lies_nowhere_in_the_clear(system: System):
    GatewayPhone(system, "+84987654321").send("PAKN Phong noi vu ", part=(1, 2))
    before = str(system.items("throttle"))
    system.travel(minutes=20)

    assert "987654321" not in before + str([system.items(t) for t in ("throttle", "petitions", "deliveries")])


@pytest.mark.parametrize("fault", [Fault.CRASH_BEFORE, Fault.CRASH_AFTER, Fault.LOST_REPLY])
@pytest.mark.parametrize("call", range(1, 7))
def test_a_worker_that_dies_while_it_takes_the_parts_loses_and_doubles_nothing(system: System, call, fault):
    phone = GatewayPhone(system)
    phone.send("PAKN Phong noi vu ", part=(1, 2))
    system.clock.hold_at(system.clock.now() + WAIT)

    with system.faults.at({call: fault}) as faults:
        system.settle()
    phone.send("tra loi cham", part=(2, 2))
    system.clock.hold_at(system.clock.now() + WAIT)
    received = phone.received_texts()

    assert faults.injected
    (petition,) = petitions(system)
    if petition.history[0].facts.has("missing_parts"):
        assert petition.content == "Phong noi vu [...]"
        assert texts(petition) == ["[2/2] tra loi cham"]
        assert len(received) == 2
    else:  # it died before it had decided, and the late part was in time
        assert petition.content == "Phong noi vu tra loi cham"
        assert len(received) == 1


# --- replies through the notifier ---------------------------------------------------------------------


def test_a_question_is_answered_by_the_notifier_where_the_provider_takes_no_reply(system: System):
    phone = GatewayPhone(system)
    phone.send("PAKN Phong noi vu tra loi cham")
    (receipt,) = phone.received_texts()
    reference = reference_in(receipt)
    assert "<ho ten, dia chi>" in receipt

    phone.send(f"PAKN BS {reference} Nguyen Van An, 12 Le Loi, Hue")
    phone.send(f"PAKN TC {reference}")
    phone.send("xin chao")

    _, named, status, help_ = phone.received_texts()
    assert "Da nhan ho ten, dia chi" in named
    assert status.startswith(f"PAKN {reference}:")
    assert f"PAKN BS {reference} <noi dung>" in help_


def test_a_repeated_request_gets_no_second_reply_even_if_the_answer_would_differ_now(system: System):
    phone = GatewayPhone(system)
    phone.send("PAKN Phong noi vu tra loi cham")
    reference = reference_in(phone.received_texts()[0])
    phone.send(f"PAKN TC {reference}", message_id="twice")
    phone.send(f"PAKN RUT {reference}")
    phone.send(f"PAKN TC {reference}", message_id="twice")

    replies = [text for text in phone.received_texts() if "Tra cuu" in text or text.startswith("PAKN")]
    notices = [text for text in replies if "Khong phai" in text]
    assert len(notices) == 1
    assert len(replies) - len(notices) == 2


def test_a_reply_crosses_the_queue_and_lies_in_the_table_without_number_and_text(system: System):
    phone = GatewayPhone(system, "+84987654321")
    phone.send("xin chao")

    (message,) = system.local.cloud.client("sqs").receive_message(
        QueueUrl=system.local.cloud.queue_url("notices"), VisibilityTimeout=0
    )["Messages"]
    stored = str(system.items("throttle"))
    assert "987654321" not in message["Body"] + stored
    assert "PAKN" not in message["Body"]
    assert "noi dung" not in stored

    phone.received_texts()
    assert "ciphertext" not in str(system.items("throttle"))


@pytest.mark.parametrize("trouble", list(Trouble), ids=lambda trouble: trouble.name.lower())
def test_a_reply_is_sent_once_whatever_the_provider_does(system: System, trouble):
    phone = GatewayPhone(system)
    phone.send("xin chao")
    system.sms_gateway.trouble.append(trouble)

    phone.received_texts()
    system.travel(minutes=30)

    assert len(phone.received_texts()) == (0 if trouble is Trouble.REFUSED else 1)
    assert system.dead_letters() == 0


def test_a_reply_that_could_not_be_sent_for_half_a_day_is_worth_nothing_any_more(system: System):
    phone = GatewayPhone(system)
    phone.send("xin chao")
    system.sms_gateway.trouble.append(Trouble.UNAVAILABLE)
    assert phone.received_texts() == []

    system.clock.hold_at(system.clock.now() + timedelta(hours=13))

    assert phone.received_texts() == []
    assert system.dead_letters() == 0


def test_at_night_a_late_reply_waits_for_the_morning_and_a_fresh_one_does_not(system: System):
    system.travel("2026-11-03T23:00:00+07:00")
    phone = GatewayPhone(system)
    phone.send("xin chao")
    assert len(phone.received_texts()) == 1

    phone.send("xin chao ban")
    system.sms_gateway.trouble.extend([Trouble.UNAVAILABLE] * 2)
    system.travel(minutes=90)
    assert len(phone.received_texts()) == 1
    system.travel("2026-11-04T07:30:00+07:00")
    assert len(phone.received_texts()) == 2


def test_an_unknown_reply_is_no_error(system: System):
    assert Replies(system.local.cloud.outputs["ThrottleTable"]).get("0" * 32) is None


# --- what a flood costs -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inline", "replied"),
    [
        pytest.param(True, 40, id="reply in the answer: as many as a number may cause"),
        pytest.param(False, 30, id="reply through the notifier: as many as an address is sent in a day"),
    ],
)
def test_flooding_costs_a_bounded_number_of_sms_and_loses_no_petition(system: System, inline, replied):
    sent = 50
    if inline:
        phone = Phone(system)
        replies = [phone.send(f"PAKN Viec thu {n}") for n in range(sent)]
    else:
        gateway = GatewayPhone(system)
        for n in range(sent):
            gateway.send(f"PAKN Viec thu {n}")
        replies = gateway.received_texts()

    assert len([reply for reply in replies if reply]) == replied
    assert len(petitions(system)) == sent
