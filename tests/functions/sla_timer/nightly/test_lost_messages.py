"""The nightly round finds what each lost message was for, and it is done once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from chalicelib.sla_timer import rounds
from infra.local.emulation import moto_insides
from shared.domain.petition.lifecycle import Action
from shared.domain.promises.consequences import Consequence
from tests.campaigns.faults.injection import Fault
from tests.support import files
from tests.support.administration import put_confirmed
from tests.support.builders import vietnam
from tests.support.people import CITIZEN, Citizen, Officer, answer_petition
from tests.support.system import System

Done = Callable[[], int]
"""Counts how often something was done."""


def entries(system: System, reference: str, action: Action) -> int:
    """Count the entries of an action."""
    history = Officer(system, "lan.tiepnhan").petition(reference)["history"]
    return sum(entry["action"] == action for entry in history)


def send_without_pumping(system: System, name: str) -> Citizen:
    """Send a petition whose change is lost."""
    citizen = Citizen(system)
    answer = system.http("POST", "/v1/petitions", json=citizen.body, headers={"Idempotency-Key": name})
    citizen.reference, citizen.pin = answer.json()["reference"], answer.json()["pin"]
    system.lose_changes()
    return citizen


def another(system: System) -> Citizen:
    """Send a petition of somebody else."""
    petitioner = CITIZEN | {"phone": "0912 000 777", "email": "khac@thu.example"}
    citizen = Citizen(system, petitioner=petitioner, may_publish=True)
    citizen.send()
    return citizen


def lost_routing(system: System) -> Done:
    citizen = send_without_pumping(system, "lost-route")
    return lambda: entries(system, citizen.reference, Action.ROUTE)


def lost_notice(system: System) -> Done:
    send_without_pumping(system, "lost-notice")
    return lambda: len(
        [mail for mail in system.outbox() if mail.to == CITIZEN["email"] and "23/11/2026" in mail.text]
    )


def lost_screening(system: System) -> Done:
    citizen = Citizen(system)
    citizen.send()
    path = f"/v1/petitions/{citizen.reference}/supplements"
    headers = {"X-Petition-Pin": citizen.pin, "Idempotency-Key": "lost-addition"}
    answer = system.http("POST", path, json={"content": "Tôi xin bổ sung số báo danh 123"}, headers=headers)
    assert answer.status < 300, answer.text
    system.lose_changes()
    return lambda: entries(system, citizen.reference, Action.SCREEN)


def merged(system: System) -> tuple[Citizen, Citizen]:
    """Two petitions of which the second was merged into the first."""
    parent = Citizen(system, may_publish=True)
    parent.send()
    child = another(system)
    Officer(system, "lan.tiepnhan").do("merge", child.reference, parent=parent.reference)
    return parent, child


def lost_following(system: System) -> Done:
    """The parent was answered while the child was merged, and the child's message is lost."""
    parent = Citizen(system, may_publish=True)
    parent.send()
    child = another(system)
    handler, clerk = Officer(system, "minh.ccvc"), Officer(system, "lan.tiepnhan")
    handler.do("accept", parent.reference)
    version = clerk.petition(child.reference)["version"]
    path = f"/v1/petitions/{child.reference}/merge"
    assert clerk.post(path, version=version, parent=parent.reference).status == 200
    handler.post(
        f"/v1/petitions/{parent.reference}/draft-answer",
        version=handler.petition(parent.reference)["version"],
        text="Kết quả công bố trước 30/11.",
    )
    approver = Officer(system, "binh.vanphong")
    approver.post(
        f"/v1/petitions/{parent.reference}/approve",
        version=approver.petition(parent.reference)["version"],
    )
    system.lose_changes()
    return lambda: entries(system, child.reference, Action.ANSWER_WITH_PARENT)


def lost_lead(system: System) -> Done:
    """The child shares its parent's answer; that the answer was published does not come through."""
    parent, child = merged(system)
    answer_petition(system, parent.reference)
    approver = Officer(system, "binh.vanphong")
    petition = approver.petition(parent.reference)
    answer = approver.post(
        f"/v1/petitions/{parent.reference}/publish",
        version=petition["version"],
        subject="Kết quả thi nâng ngạch",
        content="Hỏi về kết quả thi nâng ngạch.",
        answer="Kết quả công bố trước 30/11.",
    )
    assert answer.status == 200, answer.text
    system.lose_changes()
    return lambda: entries(system, child.reference, Action.PUBLISH_WITH_PARENT)


def lost_lead_of_a_merged_parent(system: System) -> Done:
    """The parent was itself merged, and the message to its child is lost."""
    parent, child = merged(system)
    grandparent = Citizen(system, petitioner=CITIZEN | {"phone": "0912 000 888", "email": "ba@thu.example"})
    grandparent.send()
    clerk = Officer(system, "lan.tiepnhan")
    path = f"/v1/petitions/{parent.reference}/merge"
    version = clerk.petition(parent.reference)["version"]
    assert clerk.post(path, version=version, parent=grandparent.reference).status == 200
    system.lose_changes()
    return lambda: entries(system, child.reference, Action.MERGE) - 1


def lost_count_of_merged(system: System) -> Done:
    """The parent is not notified that a petition was merged into it."""
    parent = Citizen(system, may_publish=True)
    parent.send()
    child, clerk = another(system), Officer(system, "lan.tiepnhan")
    version = clerk.petition(child.reference)["version"]
    path = f"/v1/petitions/{child.reference}/merge"
    assert clerk.post(path, version=version, parent=parent.reference).status == 200
    system.lose_changes()
    return lambda: sum(int(item.get("merged_count", {"N": "0"})["N"]) for item in system.items("petitions"))


def lost_upload(system: System) -> Done:
    citizen = Citizen(system)
    citizen.send()
    content = files.picture()
    body = {"filename": "anh.jpg", "content_type": "image/jpeg", "size": len(content)}
    declared = citizen.add("attachments", **body)
    assert system.upload(declared.json()["upload"], content).status == 204
    moto_insides.empty_queue(system.local.cloud.queue_name("uploads"))
    return lambda: entries(system, citizen.reference, Action.KEEP_ATTACHMENT)


def lost_wake_up(system: System) -> Done:
    citizen = Citizen(system)
    citizen.send()
    system.local.cloud.client("dynamodb").update_item(
        TableName=system.local.cloud.outputs["PetitionsTable"],
        Key={"reference": {"S": citizen.reference}},
        UpdateExpression="REMOVE wake_at, wake_shard",
    )
    return lambda: sum("wake_at" in item for item in system.items("petitions"))


def lost_event(system: System) -> Done:
    citizen = Citizen(system)
    citizen.send()  # nobody had subscribed: no message was sent
    row = {
        "valid_from": "2026-11-03",
        "name": "Quy trình",
        "address": "http://127.0.0.1:9/events",
        "events": ["petition.received"],
        "contact": "van-hanh@bnv.example",
    }
    assert put_confirmed(system, "subscription/quy-trinh", row).status == 200
    return lambda: sum("#EVENT#PROGRAM#WEBHOOK" in item["notice"]["S"] for item in system.items("deliveries"))


LOSSES = [
    pytest.param(Consequence.ROUTE, lost_routing, id="route"),
    pytest.param(Consequence.TELL, lost_notice, id="tell"),
    pytest.param(Consequence.SCREEN, lost_screening, id="screen"),
    pytest.param(Consequence.FOLLOW, lost_following, id="follow"),
    pytest.param(Consequence.LEAD, lost_lead, id="lead"),
    pytest.param(Consequence.LEAD, lost_lead_of_a_merged_parent, id="lead, where the parent was merged"),
    pytest.param(Consequence.COUNT_MERGED, lost_count_of_merged, id="count-merged"),
    pytest.param(Consequence.CHECK_FILE, lost_upload, id="check-file"),
    pytest.param(Consequence.WAKE, lost_wake_up, id="wake"),
    pytest.param(Consequence.ANNOUNCE, lost_event, id="announce"),
]


@pytest.fixture(params=[rounds.SCHEDULE_WORKS, timedelta(0)], ids=["the schedule", "the queue"])
def night_shift(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The round is worked through by the schedule, or has no time there and is left to the queue."""
    monkeypatch.setattr(rounds, "SCHEDULE_WORKS", request.param)


@pytest.mark.usefixtures("night_shift")
@pytest.mark.parametrize(("_consequence", "lose"), LOSSES)
def test_what_was_lost_is_found_at_night_and_done_once(
    system: System, _consequence: Consequence, lose: Callable[[System], Done]
):
    done = lose(system)
    system.settle()
    assert done() == 0

    system.clock.hold_at(system.clock.now() + timedelta(hours=7))
    system.local.pumps.hourly.fire()
    system.settle()
    first_night = done()
    system.clock.hold_at(vietnam("2026-11-04", "18:00"))
    system.local.pumps.hourly.fire()
    system.settle()

    assert (first_night, done()) == (1, 1)
    assert system.dead_letters() == 0


@pytest.mark.parametrize(
    "fault", [Fault.SERVER_ERROR, Fault.THROTTLE, Fault.PARTIAL_BATCH, Fault.CRASH_AFTER], ids=str
)
def test_night_in_which_the_queues_take_nothing_is_made_up_for_in_the_next_hour(system: System, fault: Fault):
    done = lost_routing(system)
    system.clock.hold_at(system.clock.now() + timedelta(hours=7))

    with system.faults.broken("SendMessageBatch", fault):
        system.local.pumps.hourly.fire()
    system.settle()
    system.clock.hold_at(system.clock.now() + timedelta(hours=1))
    system.local.pumps.hourly.fire()
    system.settle()

    assert done() == 1


def test_every_consequence_that_can_be_lost_is_lost_here():
    tested = {param.values[0] for param in LOSSES}

    assert tested == set(Consequence) - {Consequence.COUNT, Consequence.SIGN}


def test_what_jobs_find_by_themselves_needs_no_message(system: System):
    citizen = send_without_pumping(system, "no-message")
    system.clock.hold_at(vietnam("2026-11-04", "02:00"))

    system.local.pumps.hourly.fire()

    counted = [item for item in system.items("statistics") if item["period"]["S"] != "jobs"]
    signed = [item for item in system.items("roots") if citizen.reference in str(item)]
    assert counted
    assert signed
