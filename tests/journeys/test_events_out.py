"""Programs that subscribed are notified of events: signed, once, for days if need be, never of a secret."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from openapi_schema_validator import OAS31Validator
from standardwebhooks.webhooks import Webhook

from chalicelib.casework.api.openapi import document
from chalicelib.casework.programs import look_after
from infra.local.emulation.functions import HttpResponse
from shared.domain.petition.notice_kinds import Audience, NoticeKind
from shared.platform import clock, queues
from shared.platform.messages import NoticeRequest
from tests.support.administration import FIRST, put_row
from tests.support.people import Citizen, Officer, answer_petition
from tests.support.programs import NAME, Receiver, subscribe
from tests.support.system import System

PUBLIC = "/v1/published/changes"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


def administrator(system: System) -> Officer:
    return Officer(system, FIRST)


def key(system: System) -> str:
    return str(administrator(system).get(f"/v1/subscriptions/{NAME}/keys").json()["keys"][0])


def deliveries(system: System) -> list[dict[str, Any]]:
    answer = administrator(system).get(f"/v1/subscriptions/{NAME}/deliveries")
    assert answer.status == 200, answer.text
    return list(answer.json()["deliveries"])


def signed(secret: str, headers: dict[str, str], body: bytes) -> str:
    """Return the signature that the public library makes; it would refuse the clock of these tests."""
    at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
    return str(Webhook(secret).sign(headers["webhook-id"], at, body.decode()))


def keeps_to_the_document(event: dict[str, Any]) -> None:
    """Hold an event to the schema of its type in the desk's OpenAPI document."""
    content = document()["webhooks"][event["type"]]["post"]["requestBody"]["content"]["application/json"]
    OAS31Validator({**content["schema"], "components": document()["components"]}).validate(event)


def mails_of_switching_off(system: System) -> int:
    mails = [mail for mail in system.outbox(channel="EMAIL") if mail.to == "van-hanh@bnv.example"]
    return sum("không gửi sự kiện" in mail.text for mail in mails)


def changes(system: System, after: str = "", path: str = "/desk/v1/changes") -> HttpResponse:
    bearer = Officer(system, "binh.vanphong")._bearer
    return system.http("GET", path, query={"after": after} if after else {}, headers=bearer)


def test_program_is_notified_of_a_whole_life_in_identifiers_alone(system: System, receiver: Receiver):
    subscribe(system, receiver)
    citizen = Citizen(system)
    citizen.send()

    answer_petition(system, citizen.reference)

    types = receiver.types()
    assert types["petition.received"] == types["answer.approved"] == 1
    assert types["petition.state_changed"] >= 3
    assert len({event["id"] for event in receiver.events}) == len(receiver.events)
    assert {frozenset(event["data"]) for event in receiver.events} == {
        frozenset({"reference", "version", "state", "previous_state"})
    }
    assert {event["data"]["reference"] for event in receiver.events} == {citizen.reference}
    for _headers, body in receiver.requests:
        keeps_to_the_document(json.loads(body))


def test_request_is_signed_as_the_public_library_checks_it(system: System, receiver: Receiver):
    subscribe(system, receiver)

    Citizen(system).send()

    headers, body = receiver.requests[0]
    assert headers["webhook-signature"] == signed(key(system), headers, body)
    assert json.loads(body)["type"] == "petition.received"


def test_message_that_comes_twice_sends_nothing_twice(system: System, receiver: Receiver):
    subscribe(system, receiver)
    citizen = Citizen(system)
    citizen.send()
    before = receiver.types()

    for row in deliveries(system):
        seq = int(row["delivery"].split("#")[0])
        again = NoticeRequest(
            reference=row["reference"], seq=seq, kind=NoticeKind.EVENT, audience=Audience.PROGRAM
        )
        queues.send(system.local.cloud.queue_url("notices"), [again])
    system.settle()

    assert receiver.types() == before


def test_receiver_that_is_down_for_two_days_gets_everything_then(system: System, receiver: Receiver):
    subscribe(system, receiver)
    receiver.status = 503
    citizen = Citizen(system)
    citizen.send()
    waiting = [(row["state"], row["reason"]) for row in deliveries(system)]
    system.travel(days=2)
    receiver.requests.clear()
    receiver.status = 204

    system.travel(days=1)

    assert ("PREPARED", "http-503") in waiting
    assert receiver.types()["petition.received"] == 1
    assert {row["state"] for row in deliveries(system)} == {"SENT"}


@pytest.mark.parametrize("status", [pytest.param(500, id="errors"), pytest.param(0, id="broken connections")])
def test_program_that_takes_nothing_for_days_is_switched_off_and_its_contact_is_notified_once(
    system: System, receiver: Receiver, status: int
):
    subscribe(system, receiver)
    receiver.status = status
    Citizen(system).send()

    system.travel(days=6)

    program = administrator(system).get("/v1/subscriptions").json()["subscriptions"][0]
    assert program["switched_off_at"]
    assert mails_of_switching_off(system) == 1
    receiver.requests.clear()
    Citizen(system).send()
    assert receiver.requests == []


@pytest.mark.parametrize(
    ("status", "hours", "is_overdue"),
    [
        pytest.param(503, 2, False, id="down for two hours"),
        pytest.param(503, 9, True, id="down for nine hours"),
        pytest.param(410, 0, True, id="wants no more"),
        pytest.param(204, 9, False, id="works"),
    ],
)
def test_event_that_waits_for_hours_or_is_given_up_is_counted_for_the_alarm(
    system: System, receiver: Receiver, status: int, hours: int, *, is_overdue: bool
):
    subscribe(system, receiver, events=["petition.received"])
    system.local.functions.metrics.clear()
    receiver.status = status
    Citizen(system).send()

    system.travel(minutes=60 * hours)

    metrics = [line for line in system.local.functions.metrics if '"EventsOverdue"' in line]
    assert bool(metrics) is is_overdue
    assert {json.loads(line).get("subscription") for line in metrics} <= {NAME, None}


def test_program_s_address_that_fails_raises_no_alarm_of_a_provider(system: System, receiver: Receiver):
    subscribe(system, receiver)
    system.local.functions.metrics.clear()
    receiver.status = 503
    for _ in range(3):
        Citizen(system).send()

    system.travel(minutes=180)

    counted = "".join(system.local.functions.metrics)
    assert '"ProgramCircuitOpened"' in counted
    assert '"CircuitOpened"' not in counted


def test_program_that_is_switched_on_again_gets_what_it_missed(system: System, receiver: Receiver):
    subscribe(system, receiver)
    receiver.status = 410
    citizen = Citizen(system)
    citizen.send()
    receiver.requests.clear()
    receiver.status = 204

    answer = administrator(system).post(f"/v1/subscriptions/{NAME}/resumption")
    system.travel(minutes=2)

    assert answer.status == 200, answer.text
    assert receiver.types()["petition.received"] == 1
    assert mails_of_switching_off(system) == 1


def test_delivery_is_repeated_at_the_desk_under_the_same_id(system: System, receiver: Receiver):
    subscribe(system, receiver)
    Citizen(system).send()
    row = next(row for row in deliveries(system) if row["event"] == "petition.received")

    answer = administrator(system).post(
        f"/v1/subscriptions/{NAME}/deliveries", reference=row["reference"], delivery=row["delivery"]
    )
    system.travel(minutes=2)

    assert answer.status == 202, answer.text
    received = [event["id"] for event in receiver.events if event["type"] == "petition.received"]
    assert len(received) == 2
    assert len(set(received)) == 1


def test_pages_of_deliveries_pass_over_none_of_one_second(
    system: System, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(look_after, "PAGE", 1)
    subscribe(system, receiver, events=["petition.received"])
    people = [Citizen(system) for _ in range(2)]
    for citizen in people:
        citizen.send()

    assert {row["reference"] for row in deliveries(system)} == {each.reference for each in people}


def test_test_event_reaches_the_address_at_once(system: System, receiver: Receiver):
    subscribe(system, receiver, events=["answer.published"])

    answer = administrator(system).post(f"/v1/subscriptions/{NAME}/test")
    system.settle()

    assert answer.status == 202, answer.text
    assert receiver.types() == Counter({"webhook.test": 1})
    keeps_to_the_document(json.loads(receiver.requests[0][1]))


@pytest.mark.parametrize("of", ["keys", "deliveries"])
def test_programs_are_for_administrators_alone(system: System, receiver: Receiver, of: str):
    subscribe(system, receiver)

    answers = [
        Officer(system, username).get(f"/v1/subscriptions/{NAME}/{of}").status
        for username in ("minh.ccvc", "binh.vanphong", "kiemtoan", FIRST)
    ]

    assert answers == [403, 403, 403, 200]


def test_changed_key_signs_beside_the_one_before(system: System, receiver: Receiver):
    subscribe(system, receiver)
    earlier = key(system)
    row = administrator(system).get(f"/v1/directory/subscription/{NAME}").json()["rows"][-1]
    put_row(system, f"subscription/{NAME}", row | {"key_number": 2})

    Citizen(system).send()

    headers, body = receiver.requests[-1]
    new = key(system)
    assert headers["webhook-signature"].split() == [signed(each, headers, body) for each in (new, earlier)]
    assert new != earlier


def test_denunciation_leaves_no_trace(system: System, receiver: Receiver):
    subscribe(system, receiver)
    citizen = Citizen(system, content="Tôi tố cáo ông Nguyễn Văn A, chủ tịch xã, nhận hối lộ 50 triệu đồng.")

    citizen.send()

    assert receiver.requests == []


def test_unit_s_program_is_notified_of_the_unit_s_petitions_alone(system: System, receiver: Receiver):
    subscribe(system, receiver, unit="VPB")
    Citizen(system).send()

    assert receiver.requests == []


def test_without_a_subscription_nothing_is_written(system: System):
    Citizen(system).send()

    assert [row for row in system.items("deliveries") if "#EVENT#" in row["notice"]["S"]] == []


def test_feed_leads_through_all_changes_without_a_gap(system: System):
    start = changes(system).json()["cursor"]
    citizens = [Citizen(system) for _ in range(3)]
    for citizen in citizens:
        citizen.send()
    early = changes(system, start).json()
    system.travel(minutes=5)

    page = changes(system, start).json()
    answer_petition(system, citizens[0].reference)
    system.travel(minutes=5)
    later = changes(system, page["cursor"]).json()

    assert early["changes"] == []
    assert {change["reference"] for change in page["changes"]} == {each.reference for each in citizens}
    assert [change["reference"] for change in later["changes"]] == [citizens[0].reference]
    assert later["changes"][0]["state"] == "ANSWERED"


def test_feed_goes_on_behind_a_month_without_a_change(system: System):
    after = (clock.now() - timedelta(days=90)).strftime("%Y-%m-%dT%H:%M:%SZ")
    citizen = Citizen(system)
    citizen.send()
    system.travel(minutes=5)

    pages = []
    for _ in range(5):
        pages.append(changes(system, after).json())
        after = pages[-1]["cursor"]
        if not pages[-1]["has_more"]:
            break

    assert [change["reference"] for page in pages for change in page["changes"]] == [citizen.reference]
    assert len(pages) < 5


@pytest.mark.parametrize("after", ["gestern", "2026-13-03T00:00:00Z", "2026-11-03"])
def test_feed_refuses_a_cursor_that_is_none(system: System, after: str):
    answer = changes(system, after)

    assert (answer.status, answer.json()["errors"][0]["field"]) == (422, "after")


def test_public_feed_tells_of_published_answers_and_of_those_taken_down(system: System):
    start = changes(system, path=PUBLIC).json()["cursor"]
    citizen = Citizen(system, may_publish=True)
    citizen.send()
    answer_petition(system, citizen.reference)
    officer = Officer(system, "binh.vanphong")
    officer.do(
        "publish",
        citizen.reference,
        subject="Nâng ngạch",
        content="Hỏi về nâng ngạch.",
        answer="Theo Nghị định.",
    )
    system.travel(minutes=5)
    published = changes(system, start, PUBLIC).json()
    listed = system.http("GET", "/v1/published").json()["items"][0]
    officer.do("unpublish", citizen.reference, reason="Đính chính")
    system.travel(minutes=5)

    taken_down = changes(system, published["cursor"], PUBLIC).json()

    assert [change["kind"] for change in published["changes"]] == ["published"]
    assert [change["kind"] for change in taken_down["changes"]] == ["taken-down"]
    assert taken_down["changes"][0]["id"] == published["changes"][0]["id"] == listed["id"]
    assert citizen.reference not in json.dumps(published)


def test_program_that_subscribes_is_not_sent_as_lost_what_happened_on_days_before(
    system: System, receiver: Receiver
):
    Citizen(system).send()
    system.travel(minutes=2 * 24 * 60)
    subscribe(system, receiver, valid_from="2026-11-05")
    system.local.functions.metrics.clear()

    system.travel(minutes=26 * 60)

    repaired = [line for line in system.local.functions.metrics if '"ReconciliationRepairs"' in line]
    assert repaired
    assert all('"ReconciliationRepairs":[0.0]' in line.replace(" ", "") for line in repaired)
    assert receiver.requests == []
