"""The id of a request leads through all functions: changes, messages, deliveries, calls of providers, log lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from infra.local.emulation.functions import HttpRequest, Outcome
from infra.local.providers.sms_gateway import Trouble
from shared.domain.petition.facts import FileDeclared
from shared.domain.petition.history import Entry
from shared.platform import correlation
from shared.tables.petition_items import petition_of
from tests.support.log_capture import Lines
from tests.support.people import CITIZEN, Citizen, Officer, Phone, answer_petition
from tests.support.programs import Receiver, subscribe
from tests.support.system import System

OWN = "0d3f1c9e-5b1a-4f57-9c0e-6a1b2c3d4e5f"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A program's address."""
    running = Receiver()
    yield running
    running.close()


@pytest.fixture
def handed(system: System) -> list[tuple[str, str, str]]:
    """Trigger, message id and correlation id of every message that a function was handed."""
    seen: list[tuple[str, str, str]] = []

    @contextmanager
    def watch(name: str, event: HttpRequest | Mapping[str, Any]) -> Iterator[Outcome]:
        records = [] if isinstance(event, HttpRequest) else event.get("Records", [])
        for record in records:
            if record.get("eventSource") == "aws:sqs":
                attribute = record["messageAttributes"].get(correlation.ATTRIBUTE, {})
                seen.append((name, record["messageId"], attribute.get("stringValue", "")))
        yield Outcome()

    system.local.functions.watch = watch
    return seen


def history(system: System, reference: str) -> tuple[Entry, ...]:
    (item,) = [item for item in system.items("petitions") if item["reference"]["S"] == reference]
    return petition_of(item).history


def rows(system: System, reference: str) -> dict[str, str]:
    """Return the id of each delivery of a petition, by its name; views of the petitioner are none."""
    return {
        item["notice"]["S"]: item.get("correlation", {}).get("S", "")
        for item in system.items("deliveries")
        if item["reference"]["S"] == reference and not item["notice"]["S"].startswith("SEEN")
    }


def test_id_of_a_request_leads_to_its_notices_and_to_the_programs(
    system: System, receiver: Receiver, handed: list[tuple[str, str, str]]
):
    subscribe(system, receiver)
    handed.clear()
    citizen = Citizen(system)

    sent = citizen.send()

    name = sent.header("X-Correlation-Id")
    assert correlation.is_id(name)
    assert {entry.action: entry.correlation for entry in history(system, citizen.reference)} == {
        "receive": name,
        "route": name,
    }
    ours = [message for message in handed if message[0] != "notifier.on_receipt"]
    assert {trigger for trigger, *_ in ours} == {"router.on_route", "notifier.on_notice"}
    assert {passed for *_, passed in ours} == {name}
    deliveries = rows(system, citizen.reference)
    assert {notice.split("#")[1] for notice in deliveries} >= {"RECEIPT", "ASSIGNED", "EVENT"}
    assert set(deliveries.values()) == {name}
    assert {headers["x-correlation-id"] for headers, _ in receiver.requests} == {name}


def test_each_request_of_an_officer_begins_a_trail_of_its_own(system: System):
    citizen = Citizen(system)
    first = citizen.send().header("X-Correlation-Id")
    officer = Officer(system, "minh.ccvc")
    accepted = officer.try_to("accept", citizen.reference).header("X-Correlation-Id")
    drafted = officer.try_to("draft-answer", citizen.reference, text="Kết quả công bố trước 30/11.").header(
        "X-Correlation-Id"
    )

    approved = (
        Officer(system, "binh.vanphong").try_to("approve", citizen.reference).header("X-Correlation-Id")
    )

    by_action = {str(entry.action): entry.correlation for entry in history(system, citizen.reference)}
    assert by_action == {
        "receive": first,
        "route": first,
        "accept": accepted,
        "draft-answer": drafted,
        "approve": approved,
    }
    assert len({first, accepted, drafted, approved}) == 4
    answers = {name for notice, name in rows(system, citizen.reference).items() if "ANSWERED" in notice}
    assert answers == {approved}


def test_what_falls_due_begins_with_the_message_that_wakes_the_petition(
    system: System, handed: list[tuple[str, str, str]]
):
    citizen = Citizen(system)
    citizen.send()
    handed.clear()

    system.travel(days=12)

    by_timer = [entry for entry in history(system, citizen.reference) if entry.by == "timer"]
    woken = {message: passed for trigger, message, passed in handed if trigger == "sla_timer.on_wake"}
    assert by_timer
    assert {entry.correlation for entry in by_timer} <= set(woken)
    assert set(woken.values()) == {""}, "a sweep is for many petitions: each wake-up begins a trail"
    notices = rows(system, citizen.reference)
    for entry in by_timer:
        assert {name for notice, name in notices.items() if notice.split("#")[0] == str(entry.seq)} <= {
            entry.correlation
        }


def test_file_is_checked_under_the_id_of_the_request_that_announced_it(system: System):
    citizen = Citizen(system)
    citizen.send()
    citizen.attach(b"%PDF-1.4 none", "don.pdf", "application/pdf")

    entries = history(system, citizen.reference)
    (declared,) = [entry for entry in entries if isinstance(entry.facts, FileDeclared)]
    (checked,) = [entry for entry in entries if entry.change_id.startswith("checked:")]
    assert declared.correlation
    assert checked.correlation == declared.correlation


def test_another_attempt_in_the_morning_bears_the_id_of_the_first(system: System):
    system.sms_gateway.trouble.extend([Trouble.UNAVAILABLE] * 4)
    phone = Phone(system)
    phone.send("PAKN De nghi Bo cho biet ket qua thi nang ngach cong chuc chuyen vien chinh dot thang 9")
    reference = next(item["reference"]["S"] for item in system.items("petitions"))
    answer_petition(system, reference)

    system.travel(days=2)

    approved = history(system, reference)[-1].correlation
    answers = {name for notice, name in rows(system, reference).items() if "ANSWERED" in notice}
    assert answers == {approved}


def test_id_of_a_caller_is_taken_over_and_one_that_is_none_is_not(system: System):
    citizen = Citizen(system)

    def send(key: str, **headers: str) -> str:
        answer = system.http(
            "POST",
            "/v1/petitions",
            json=citizen.body,
            headers={"Idempotency-Key": key, **system.as_program, **headers},
        )
        assert answer.status in (200, 201), answer.text
        return answer.header("X-Correlation-Id")

    assert send("a", **{"X-Correlation-Id": OWN}) == OWN
    stranger = send("b", **{"X-Correlation-Id": "Trần Thị Mùa"})

    assert correlation.is_id(stranger)
    assert stranger != OWN


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        pytest.param("GET", "/gui", 200, id="page"),
        pytest.param("GET", "/v1/nothing", 404, id="no such address"),
        pytest.param("DELETE", "/v1/petitions", 405, id="another method"),
        pytest.param("OPTIONS", "/v1/petitions", 204, id="options"),
        pytest.param("HEAD", "/gui", 200, id="head"),
        pytest.param("GET", "/desk/v1/petitions", 401, id="nobody"),
        pytest.param("POST", "/receipts/infobip", 403, id="forged receipt"),
    ],
)
def test_each_answer_names_the_id(system: System, method: str, path: str, status: int):
    answer = system.http(method, path)

    assert answer.status == status
    assert correlation.is_id(answer.header("X-Correlation-Id"))


def test_no_log_line_lacks_the_id_or_names_anybody(system: System):
    broken = {"reference": {"S": "26483190274"}, "version": {"N": "1"}, "body": {"S": CITIZEN["name"]}}
    on_a_desk = {"unit": {"S": "VCCVC"}, "due_on": {"S": "2026-12-01~26483190274"}, "card": {"S": "{}"}}
    with Lines() as lines:
        citizen = Citizen(system)
        citizen.send()
        system.sms_gateway.trouble.extend([Trouble.UNAVAILABLE] * 9)
        Phone(system).send("PAKN De nghi Bo cho biet ket qua thi nang ngach cong chuc chuyen vien chinh")
        system.local.cloud.client("dynamodb").put_item(
            TableName=system.local.cloud.outputs["PetitionsTable"], Item=broken | on_a_desk
        )
        for queue in ("timers", "notices", "parts", "uploads"):
            system.local.cloud.client("sqs").send_message(
                QueueUrl=system.local.cloud.queue_url(queue), MessageBody=f'{{"name": "{CITIZEN["name"]}"}}'
            )
        system.settle()
        Officer(system, "minh.ccvc").queue()
        answer_petition(system, citizen.reference)
        system.travel(days=1)

    facts = lines.facts()
    assert {line["message"] for line in facts} >= {"message failed", "change set aside", "item skipped"}
    assert {line["job"] for line in facts if "job" in line} >= {"relay", "desk"}
    assert [line for line in facts if not correlation.is_id(line.get("correlation_id"))] == []
    assert [line for line in facts if not line.get("function_request_id")] == []
    for word in (*CITIZEN.values(), "912345678", "mua.tran"):
        assert word not in str(facts)


def test_message_and_item_of_older_code_still_work(system: System, handed: list[tuple[str, str, str]]):
    citizen = Citizen(system)
    citizen.send()
    client = system.local.cloud.client("dynamodb")
    table = system.local.cloud.outputs["PetitionsTable"]
    (item,) = system.items("petitions")
    name = history(system, citizen.reference)[0].correlation
    item["body"]["S"] = item["body"]["S"].replace(f',"correlation":"{name}"', "")
    client.put_item(TableName=table, Item=item)
    system.settle()
    handed.clear()
    system.local.cloud.client("sqs").send_message(
        QueueUrl=system.local.cloud.queue_url("routing"),
        MessageBody=f'{{"reference": "{citizen.reference}", "errand": "route"}}',
    )

    system.settle()
    answer_petition(system, citizen.reference)
    system.travel(minutes=60)

    assert handed[0][::2] == ("router.on_route", "")
    entries = history(system, citizen.reference)
    assert [bool(entry.correlation) for entry in entries[:2]] == [False, False]
    assert all(entry.correlation for entry in entries[2:])
    assert entries[-1].at + timedelta(hours=2) > system.clock.now()
