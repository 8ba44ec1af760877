"""Items of a newer version of the code are not touched by this one: messages come back, people are asked to wait."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.router import composition as router
from chalicelib.sla_timer import composition as timer
from infra.local.emulation import events
from shared.domain.errors import NewerItemError
from shared.platform.messages import RoutingRequest, TaskType
from shared.tables.directory import Directory
from shared.tables.documents import PETITION
from shared.tables.jobs import Rounds
from shared.tables.petitions import Petitions
from tests.support.people import Citizen, Officer, Phone, answer_petition
from tests.support.system import System

NEWER = PETITION.understood + 1
"""The number of a schema that this code does not know."""
PARKED = f'{{"state": "PARKED", "schema": {NEWER}}}'
NEWER_ALREADY = {"body": PARKED, "outline": PARKED}


@pytest.fixture
def citizen(system: System) -> Citizen:
    """Somebody whose petition a unit has."""
    citizen = Citizen(system)
    citizen.send()
    return citizen


@contextmanager
def written_by_newer_code(system: System, reference: str) -> Iterator[None]:
    """Let a petition be of a newer schema for a while, as in a rollout."""
    table, dynamodb = system.local.cloud.outputs["PetitionsTable"], system.local.cloud.client("dynamodb")
    key = {"reference": {"S": reference}}
    before = dynamodb.get_item(TableName=table, Key=key)["Item"]
    newer = {name: {"S": value} for name, value in NEWER_ALREADY.items()}
    dynamodb.put_item(TableName=table, Item={**before, **newer, "schema": {"N": str(NEWER)}})
    system.local.pumps.stream.restart()
    yield
    now = dynamodb.get_item(TableName=table, Key=key)["Item"]
    assert now["body"] == newer["body"], "nothing was written"
    dynamodb.put_item(TableName=table, Item=before)
    system.local.pumps.stream.restart()


def test_a_person_is_asked_to_come_back(system: System, citizen: Citizen):
    pin = {"X-Petition-Pin": citizen.pin}
    form = {"ma": citizen.reference, "pin": citizen.pin}
    written = form | {"content": "Tôi bổ sung <b>biên lai</b> hôm nay.", "key": "page-" + "a" * 32}

    with written_by_newer_code(system, citizen.reference):
        api = system.http("GET", f"/v1/petitions/{citizen.reference}", headers=pin)
        english = system.http(
            "GET", f"/v1/petitions/{citizen.reference}", headers=pin | {"Accept-Language": "en"}
        )
        page = system.http("POST", "/tra-cuu", form=form)
        supplement = system.http("POST", "/tra-cuu/bo-sung?lang=en", form=written)

    for answer in (api, english, page, supplement):
        assert (answer.status, answer.header("Retry-After")) == (503, "60")
    assert api.json()["code"] == "newer-item"
    assert api.json()["title"] == "Hệ thống đang được nâng cấp"
    assert english.json()["title"] == "The system is being updated"
    assert "Hệ thống đang được nâng cấp" in page.text
    assert "The system is being updated" in supplement.text
    assert "Tôi bổ sung &lt;b&gt;biên lai&lt;/b&gt; hôm nay." in supplement.text, "nothing typed is lost"
    assert 'action="/tra-cuu/bo-sung?lang=en"' in supplement.text
    assert 'action="/giao-dien"' not in supplement.text, "choosing light or dark would lose it"


def test_an_officer_sees_the_others_and_is_asked_to_come_back(system: System, citizen: Citizen):
    other = Citizen(system)
    other.send()
    officer = Officer(system, "minh.ccvc")
    version = officer.petition(citizen.reference)["version"]

    with written_by_newer_code(system, citizen.reference):
        shown = officer.get(f"/v1/petitions/{citizen.reference}")
        accepted = officer.try_to("accept", citizen.reference, version=version)
        listed = {line["reference"] for line in officer.queue()}

    assert (shown.status, accepted.status) == (503, 503)
    assert accepted.header("Retry-After") == "60"
    assert other.reference in listed
    assert officer.do("accept", citizen.reference)["state"] == "IN_PROGRESS"


def test_a_desk_full_of_newer_petitions_shows_the_others_behind_them(system: System, citizen: Citizen):
    last = Citizen(system)
    last.send()
    names = system.local.cloud.outputs
    petitions = Petitions(names["PetitionsTable"], Directory(names["DirectoryTable"]))
    of_desk = next(item for item in system.items("petitions") if item["reference"]["S"] == citizen.reference)
    for n in range(3):  # all due before the two
        early = {"reference": {"S": f"2699999999{n}"}, "due_on": {"S": f"2026-11-01~2699999999{n}"}}
        card = {"card": {"S": PARKED}, "schema": {"N": str(NEWER)}}
        system.local.cloud.client("dynamodb").put_item(
            TableName=names["PetitionsTable"], Item=of_desk | early | card
        )
    system.local.pumps.stream.restart()
    unit = of_desk["unit"]["S"]

    shown, after = petitions.desk(unit, limit=2)
    shown = list(shown)
    while after is not None:
        cards, after = petitions.desk(unit, after=after, limit=2)
        shown += cards

    assert {card.reference for card in shown} == {citizen.reference, last.reference}
    with pytest.raises(NewerItemError):
        petitions.desk(unit, limit=2, is_whole=True)


def test_a_newer_answer_leaves_the_public_page_to_the_others(system: System):
    for subject in ("Kết quả thi", "Lịch thi"):
        sender = Citizen(system, may_publish=True)
        sender.send()
        answer_petition(system, sender.reference)
        Officer(system, "binh.vanphong").do(
            "publish", sender.reference, subject=subject, content="Hỏi.", answer="Trước 30/11."
        )
    table, dynamodb = system.local.cloud.outputs["PetitionsTable"], system.local.cloud.client("dynamodb")
    item = next(item for item in system.items("petitions") if "Lịch thi" in item["public"]["S"])
    dynamodb.put_item(
        TableName=table,
        Item=item
        | {"public": {"S": f'{{"topics": ["thi"], "schema": {NEWER}}}'}, "schema": {"N": str(NEWER)}},
    )
    system.local.pumps.stream.restart()

    page = system.http("GET", "/cong-khai")

    assert page.status == 200
    assert "Kết quả thi" in page.text
    assert "Lịch thi" not in page.text


def test_an_sms_is_sent_again_by_its_provider(system: System):
    sender = Phone(system)
    sender.send("PAKN TDKT nop ho so 3 thang chua co giay hen, de nghi tra loi. Tran Thi Mua, 12 Le Loi, Hue")
    reference = system.items("petitions")[0]["reference"]["S"]

    with written_by_newer_code(system, reference):
        answer = sender.request(f"PAKN BS {reference} them bien lai", smsid="newer-1")

    assert answer.status == 503


@pytest.mark.parametrize(
    ("function", "handler", "queue", "body"),
    [
        pytest.param("router", "on_route", "routing", {"task": "screen"}, id="to be routed"),
        pytest.param("sla_timer", "on_wake", "timers", {"wake_at": "2026-11-30T00:00:00Z"}, id="to be woken"),
        pytest.param(
            "notifier",
            "on_notice",
            "notices",
            {"seq": 2, "kind": "ASSIGNED", "audience": "HANDLER"},
            id="to be notified",
        ),
    ],
)
def test_a_message_goes_back_and_is_done_by_the_newer_code(
    system: System, citizen: Citizen, function: str, handler: str, queue: str, body: dict[str, Any]
):
    message = {
        "MessageId": "m",
        "ReceiptHandle": "r",
        "Body": json.dumps({"reference": citizen.reference, **body}),
        "Attributes": {"ApproximateReceiveCount": "1"},
    }
    event = events.queue_event([message], f"arn:aws:sqs:ap-southeast-1:123456789012:pakn-local-{queue}")

    with written_by_newer_code(system, citizen.reference):
        during = system.local.functions.invoke(function, handler, event)
    after = system.local.functions.invoke(function, handler, event)

    assert during == {"batchItemFailures": [{"itemIdentifier": "m"}]}
    assert after == {"batchItemFailures": []}


def test_a_change_by_newer_code_is_relayed_by_it(system: System, citizen: Citizen):
    with written_by_newer_code(system, citizen.reference):
        (image,) = (i for i in system.items("petitions") if i["reference"]["S"] == citizen.reference)
        record = {
            "Keys": {"reference": {"S": citizen.reference}},
            "SequenceNumber": "1",
            "NewImage": image,
        }
        answer = router.parts().relay.relay({"Records": [{"dynamodb": record}]})

    assert answer == {"batchItemFailures": []}, "the shard goes on"
    sqs, url = system.local.cloud.client("sqs"), system.local.cloud.queue_url("routing")
    (message,) = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    aside = RoutingRequest.model_validate_json(message["Body"])
    assert (aside.reference, aside.task) == (citizen.reference, TaskType.RELAY)


def test_the_reconciliation_goes_on_past_the_child_of_a_newer_parent(system: System, citizen: Citizen):
    child = Citizen(system)
    child.send()
    Officer(system, "lan.tiepnhan").do("merge", child.reference, parent=citizen.reference)
    system.clock.hold_at(system.clock.now() + timedelta(hours=8))
    rounds = timer.parts().rounds

    with written_by_newer_code(system, citizen.reference):
        rounds.run("reconciliation", system.clock.now())

    latest = Rounds(system.local.cloud.outputs["StatisticsTable"]).current("reconciliation")
    assert latest is not None
    assert latest.completed_at is not None


def test_figures_are_whole_or_not_at_all(system: System, citizen: Citizen):
    with written_by_newer_code(system, citizen.reference):
        report = Officer(system, "khanh.tocongtac").get("/v1/reports/task-force")
        system.clock.hold_at(system.clock.now() + timedelta(hours=1))
        with pytest.raises(Exception, match="JobsFailedError"):
            system.local.functions.invoke(
                "sla_timer", "hourly", events.schedule_event("hourly", system.clock.now())
            )

    assert report.status == 503
    assert {row["period"]["S"] for row in system.items("statistics")} == {"jobs"}
