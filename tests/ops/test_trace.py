"""`ops trace`: one petition across the functions, in order, without a text, a name or a contact."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from shared.domain.petition.petition import Petition
from shared.platform import queues
from shared.tables.directory import Directory
from shared.tables.petitions import Petitions
from tests.campaigns.faults.injection import Fault
from tests.ops.conftest import Ops
from tests.support.people import CITIZEN, CONTENT, Citizen, answer_petition
from tests.support.system import System


def stored(reference: str) -> Petition:
    petition = Petitions("pakn-local-petitions", Directory("pakn-local-directory")).get(reference)
    assert petition is not None
    return petition


def test_a_life_is_a_timeline_of_entries_messages_notices_and_receipts(system: System, ops: Ops):
    citizen = Citizen(system)
    citizen.send()
    answer_petition(system, citizen.reference)
    system.travel(minutes=30)
    citizen.look()

    rows = ops("trace", citizen.reference, "--json").rows

    kinds = Counter(row["kind"] for row in rows)
    petition = stored(citizen.reference)
    assert kinds["entry"] == petition.version
    assert {"message", "receipt", "view"} <= kinds.keys()
    assert [row["at"] for row in rows] == sorted(row["at"] for row in rows)
    assert {row["where"] for row in rows} >= {"intake", "router", "casework", "notifier"}
    received = [row for row in rows if "RECEIPT#PETITIONER" in row["what"]]
    assert {row["kind"] for row in received} == {"message", "receipt"}, (
        "a notice is joined to its entry by name"
    )


def test_it_holds_nothing_that_a_person_wrote_and_no_contact(system: System, ops: Ops):
    citizen = Citizen(system)
    citizen.send()
    answer_petition(system, citizen.reference)

    for shown in (ops("trace", citizen.reference).output, ops("trace", citizen.reference, "--json").output):
        for word in (*CITIZEN.values(), "mua.tran", "912345678", CONTENT[:30], "@"):
            assert word not in shown.replace("CITIZEN", ""), word


def test_a_reference_may_be_written_as_people_read_it(system: System, ops: Ops):
    citizen = Citizen(system)
    citizen.send()
    number = citizen.reference

    spaced = f"{number[:2]} {number[2:6]} {number[6:10]} {number[10:]}"

    assert ops("trace", spaced).output == ops("trace", number).output


def test_dead_letters_and_log_lines_about_it_stand_in_the_timeline(system: System, ops: Ops):
    citizen = Citizen(system)
    citizen.send()
    body = {"reference": citizen.reference, "seq": 9, "kind": "ANSWERED", "audience": "PETITIONER"}
    system.local.cloud.client("sqs").send_message(
        QueueUrl=system.local.cloud.queue_url("notices-dead"), MessageBody=json.dumps(body)
    )

    rows = ops("trace", citizen.reference, "--json").rows

    (letter,) = [row for row in rows if row["kind"] == "dead letter"]
    assert letter["what"] == "9#ANSWERED#PETITIONER in notices-dead"


def test_all_that_one_request_led_to_has_its_id_log_lines_that_name_no_petition_too(system: System, ops: Ops):
    citizen = Citizen(system)
    name = citizen.send().header("X-Correlation-Id")
    other = Citizen(system).send().header("X-Correlation-Id")
    for cause in (name, other):
        system.local.cloud.client("sqs").send_message(
            QueueUrl=system.local.cloud.queue_url("notices"),
            MessageBody="{}",
            **queues.trail(cause),
        )
    system.settle()

    rows = ops("trace", citizen.reference, "--json").rows

    led_to = {row["kind"] for row in rows if row["correlation"] == name}
    assert led_to >= {"entry", "message", "receipt", "log"}
    assert {row["what"] for row in rows if row["kind"] == "log"} == {"message failed"}
    assert other not in str(rows)
    (line,) = ops("trace", name, "--json").rows[:1]
    assert (line["where"], line["what"]) == ("notifier.on_notice", "message failed")


def test_the_code_of_an_error_page_leads_to_the_lines_of_its_request(system: System, ops: Ops):
    with system.faults.broken("Encrypt", Fault.DENIED):
        answer = Citizen(system).send()

    code = answer.json()["incident"]
    for written in (code, code.lower(), code.replace("-", " "), code.replace("-", "").lower(), f" {code} "):
        (line,) = ops("trace", written, "--json").rows
        assert (line["where"], line["what"]) == ("intake.api_handler", "unexpected error")
        assert f"incident {code}" in line["detail"]
        assert line["correlation"] == answer.header("X-Correlation-Id")
    assert ops("trace", "0000-0000").output.startswith("No log line of 30 days names it")


def test_dead_letter_that_is_sent_back_keeps_the_id_of_its_cause(system: System, ops: Ops):
    cause = "0d3f1c9e-5b1a-4f57-9c0e-6a1b2c3d4e5f"
    client, cloud = system.local.cloud.client("sqs"), system.local.cloud
    client.send_message(
        QueueUrl=cloud.queue_url("routing-dead"),
        MessageBody='{"reference": "26483190274", "errand": "route"}',
        **queues.trail(cause),
    )

    ops("dead", "redrive", "routing", "--all", "--yes")

    (message,) = client.receive_message(QueueUrl=cloud.queue_url("routing"), MessageAttributeNames=["All"])[
        "Messages"
    ]
    assert message["MessageAttributes"]["correlation_id"]["StringValue"] == cause


def test_what_should_have_followed_and_cannot_be_seen_is_missing(system: System, ops: Ops):
    citizen = Citizen(system)
    system.http(
        "POST",
        "/v1/petitions",
        json=citizen.body,
        headers={"Idempotency-Key": "x", **system.as_program},
    )
    system.lose_changes()
    reference = next(item["reference"]["S"] for item in system.items("petitions"))
    system.clock.hold_at(stored(reference).received_at.replace(hour=12))

    rows = ops("trace", reference, "--no-logs", "--json").rows

    assert {row["what"] for row in rows if row["kind"] == "missing"} >= {"route", "1#RECEIPT#PETITIONER"}


@pytest.mark.parametrize(
    ("reference", "text"),
    [
        pytest.param("26483190275", "is no reference", id="a digit is wrong"),
        pytest.param("2648", "is no reference", id="too short"),
        pytest.param("26483190274", "has no petition 26483190274", id="nobody has it"),
    ],
)
def test_a_wrong_reference_is_said_with_the_next_step(ops: Ops, reference: str, text: str):
    outcome = ops("trace", reference)

    assert outcome.code == 1
    assert text in outcome.errors
    assert "next: Ask for" in outcome.errors
