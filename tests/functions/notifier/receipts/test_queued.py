"""Receipts that come through SNS and a queue are recorded once, whatever fails; what is not recorded is kept."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from infra.local.emulation import moto_insides
from infra.local.emulation.cloud import MAIL_EVENTS_TOPIC
from shared.platform.messages import TopicNotification
from tests.campaigns.faults.injection import Fault
from tests.support.log_capture import Overheard
from tests.support.people import CITIZEN, Citizen, answer_petition
from tests.support.system import System

PERMANENT = {"bounceType": "Permanent", "bounceSubType": "General"}


@pytest.fixture
def mail(system: System) -> str:
    """The raw e-mail with an answer, of which nothing was said yet."""
    system.local.pumps.receipts.is_silent = True
    citizen = Citizen(system)
    citizen.send()
    answer_petition(system, citizen.reference)
    return next(raw for raw in moto_insides.sent_mails_from(0) if "ANSWERED" in raw)


def publish(system: System, notification: bytes) -> None:
    """Let SNS put a message on the queue."""
    url = system.local.cloud.queue_url("receipts")
    system.local.cloud.client("sqs").send_message(QueueUrl=url, MessageBody=notification.decode())


def about(system: System, raw: str, kind: str = "Delivery", **details: Any) -> bytes:
    return system.local.pumps.receipts.notification_of(raw, kind, **details)


def states(system: System) -> Counter[str]:
    """Count the deliveries of the answer by state."""
    rows = [row for row in system.items("deliveries") if row.get("kind", {}).get("S") == "ANSWERED"]
    return Counter(row["state"]["S"] for row in rows)


def pass_time(system: System, minutes: int) -> None:
    """Let time pass, and hidden messages come into sight."""
    for _ in range(minutes // 5):
        system.clock.hold_at(system.clock.now() + timedelta(minutes=5))
        system.settle()


def test_receipt_of_an_e_mail_comes_through_the_queue_by_itself(system: System):
    citizen = Citizen(system)
    citizen.send()

    answer_petition(system, citizen.reference)

    assert states(system) == Counter(DELIVERED=1)
    assert system.local.functions.batch_size("notifier", "on_receipt", 0) == 10


@pytest.mark.parametrize("times", [1, 3])
def test_bounce_leads_to_the_next_channel_once(system: System, mail: str, times: int):
    for _ in range(times):
        publish(system, about(system, mail, "Bounce", bounce=PERMANENT))

    system.settle()

    assert states(system) == Counter(FAILED=1, OPEN=1)
    assert system.dead_letters() == 0


@pytest.mark.parametrize("fault", [Fault.THROTTLE, Fault.SERVER_ERROR, Fault.CRASH_BEFORE], ids=str)
def test_outage_of_minutes_loses_no_receipt(system: System, mail: str, fault: Fault):
    publish(system, about(system, mail))

    with system.faults.broken("UpdateItem", fault):
        system.settle()
        pass_time(system, 15)
        during = states(system)
    pass_time(system, 15)

    assert during == Counter(SENT=1)
    assert states(system) == Counter(DELIVERED=1)
    assert system.dead_letters() == 0


@pytest.mark.parametrize(
    "fault", [Fault.CRASH_BEFORE, Fault.CRASH_AFTER, Fault.LOST_REPLY, Fault.SERVER_ERROR], ids=str
)
def test_bounce_is_recorded_and_followed_up_whichever_call_fails(system: System, mail: str, fault: Fault):
    before = system.keep()
    publish(system, about(system, mail, "Bounce", bounce=PERMANENT))
    with system.faults.counting() as calls:
        system.settle()
    numbers = [call.number for call in calls if "on_receipt" in call.where]
    expected = states(system)

    for number in numbers:
        system.put_back(before)
        system.local.pumps.receipts.is_silent = True
        publish(system, about(system, mail, "Bounce", bounce=PERMANENT))
        with system.faults.at({number: fault}):
            system.settle()
            pass_time(system, 15)

        assert states(system) == expected, f"after {fault} at call {number}"
    assert len(numbers) >= 2


UNRECORDED = [
    pytest.param({"eventType": "Teleported"}, id="a status that SES does not document"),
    pytest.param({"eventType": "Delivery", "mail": {"tags": {}}}, id="a mail of somebody else"),
    pytest.param("no event", id="no event at all"),
]


@pytest.mark.parametrize("event", UNRECORDED)
def test_event_that_cannot_be_recorded_is_a_dead_letter_and_nothing_of_it_is_logged(
    system: System, mail: str, event: Any
):
    body = event if isinstance(event, str) else {**event, "destination": [CITIZEN["email"]]}
    envelope = {"Type": "Notification", "TopicArn": MAIL_EVENTS_TOPIC, "Message": json.dumps(body)}

    with Overheard() as log:
        publish(system, json.dumps(envelope).encode())
        publish(system, about(system, mail))
        system.settle()
        pass_time(system, 140)

    assert system.dead_letters() == 1
    assert states(system) == Counter(DELIVERED=1), "the one behind it was recorded"
    assert CITIZEN["email"] not in str(log.lines())


def test_message_of_another_topic_is_recorded_nowhere(system: System, mail: str):
    envelope = json.loads(about(system, mail)) | {"TopicArn": f"{MAIL_EVENTS_TOPIC}-of-somebody-else"}

    publish(system, json.dumps(envelope).encode())
    system.settle()

    assert states(system) == Counter(SENT=1)


def test_message_shows_its_content_nowhere():
    shown = {"Type": "Notification", "TopicArn": "t", "Message": CITIZEN["email"]}

    assert CITIZEN["email"] not in repr(TopicNotification.model_validate(shown))
    with pytest.raises(ValueError, match="type") as error:
        TopicNotification.model_validate({**shown, "Type": CITIZEN["email"]})
    assert CITIZEN["email"] not in str(error.value)
