"""Programs that subscribed are notified of events: signed, once, for days if need be, never of a secret."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from chalicelib.casework.programs import look_after
from infra.local.emulation.functions import HttpResponse
from shared.domain.petition.notice_kinds import Audience, NoticeKind
from shared.platform import clock, queues
from shared.platform.messages import NoticeRequest
from tests.support.administration import FIRST, put_confirmed, put_row
from tests.support.people import Citizen, Officer, answer_petition
from tests.support.system import System

NAME = "quy-trinh-bnv"
PUBLIC = "/v1/published/changes"
ALL_EVENTS = ["petition.received", "petition.state_changed", "answer.approved", "answer.published"]


class Receiver:
    """A program's address, on this machine; it answers what it is set to."""

    def __init__(self) -> None:
        self.status = 204
        self.requests: list[tuple[dict[str, str], bytes]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.requests.append(
                    ({name.lower(): value for name, value in self.headers.items()}, body)
                )
                self.send_response(receiver.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}/events"
        Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def events(self) -> list[dict[str, Any]]:
        """The bodies that were taken, each with its id."""
        return [{"id": headers["webhook-id"], **json.loads(body)} for headers, body in self.requests]

    def types(self) -> Counter[str]:
        return Counter(event["type"] for event in self.events)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


def subscribe(system: System, receiver: Receiver, **changes: Any) -> None:
    row = {
        "valid_from": "2026-11-03",
        "name": "Quy trình Bộ Nội vụ",
        "address": receiver.address,
        "events": ALL_EVENTS,
        "contact": "van-hanh@bnv.example",
    }
    answer = put_confirmed(system, f"subscription/{NAME}", row | changes)
    assert answer.status == 200, answer.text


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


def test_program_that_takes_nothing_for_days_is_switched_off_and_its_contact_is_notified_once(
    system: System, receiver: Receiver
):
    subscribe(system, receiver)
    receiver.status = 500
    Citizen(system).send()

    system.travel(days=6)

    program = administrator(system).get("/v1/subscriptions").json()["subscriptions"][0]
    assert program["switched_off_at"]
    assert mails_of_switching_off(system) == 1
    receiver.requests.clear()
    Citizen(system).send()
    assert receiver.requests == []


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
