"""`ops rotate identifiers`: another key proves what is new, while everything of before still opens and is found."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime

import pytest

from shared.domain.identity import reference as references
from shared.platform import clock
from shared.platform.messages import KeyRequest
from tests.campaigns.faults.injection import Crash, Fault
from tests.ops.conftest import Ops
from tests.support.contact_codes import CodeBrowser
from tests.support.identifiers import identifiers_put_back, stored_keys
from tests.support.people import Citizen, Phone, reference_in
from tests.support.system import System

NUMBER = "84981112233"
READER = "ban.doc@thu.example"


@pytest.fixture
def keys(system: System) -> Iterator[Callable[[], list[bytes]]]:
    """Returns the keys in the secret, the first one first; it is made anew afterwards."""
    with identifiers_put_back(system):
        yield lambda: stored_keys(system)


def rotate(system: System, ops: Ops) -> None:
    """Have another key announced, and wait until it is in force."""
    assert ops("rotate", "identifiers", "--begin", "--yes").code == 0
    system.settle()
    system.travel(minutes=61)


def a_petition(system: System) -> Citizen:
    citizen = Citizen(system)
    citizen.send()
    return citizen


def token_in(system: System, reference: str) -> str:
    """Return the token of the link in the latest mail to a petitioner."""
    texts = "".join(message.text for message in system.outbox(reference))
    (*_, token) = re.findall(rf"/tra-cuu\?ma={reference}&t=([0-9a-f]{{32}})", texts)
    return str(token)


def opens(system: System, reference: str, secret: str) -> bool:
    """Return whether a PIN, or the token of a link, opens a petition."""
    answer = system.http("GET", f"/v1/petitions/{reference}", headers={"X-Petition-Pin": secret})
    assert answer.status in (200, 404)
    return answer.status == 200


def test_what_is_new_derives_from_another_key_and_what_was_before_opens_as_before(
    system: System,
    ops: Ops,
    keys: Callable[[], list[bytes]],
    audit: Callable[[], list[tuple[str, str]]],
):
    (first,) = keys()
    early = a_petition(system)
    token = token_in(system, early.reference)
    dry = ops("rotate", "identifiers", "--begin", "--dry-run")
    assert (dry.output, keys()) == ("would: have key 2 made, in force an hour later\n", [first])

    begun = ops("rotate", "identifiers", "--begin", "--yes")
    system.settle()
    _, second = keys()
    announced = a_petition(system)
    shown = ops("rotate", "identifiers", "--status", "--json").rows
    again = ops("rotate", "identifiers", "--begin", "--yes")
    system.travel(minutes=61)
    late = a_petition(system)

    assert (
        begun.output == "Key 2 is being made; from when on it is in force: ops rotate identifiers --status\n"
    )
    assert [row["state"] for row in shown] == ["in force", "announced"]
    assert (again.code, again.errors.splitlines()[0]) == (1, "Key 2 is on its way already")
    assert [row["state"] for row in ops("rotate", "identifiers", "--status", "--json").rows] == [
        "earlier",
        "in force",
    ]
    assert audit() == [("rotate identifiers", "begins"), ("rotate identifiers", "done")]
    assert {early.pin, announced.pin} == {
        references.pin_of(first, each.reference) for each in (early, announced)
    }
    assert late.pin == references.pin_of(second, late.reference) != references.pin_of(first, late.reference)
    for each in (early, announced, late):
        assert opens(system, each.reference, each.pin)
    for reference, secret in (
        (early.reference, token),
        (late.reference, token_in(system, late.reference)),
    ):
        assert opens(system, reference, secret)
    for computed in (references.pin_of, references.link_token_of):
        assert not opens(system, late.reference, computed(first, late.reference)), "by the key of before"


def test_names_stay_so_that_nothing_is_received_twice_lost_or_sent_to_who_said_stop(
    system: System, ops: Ops, keys: Callable[[], list[bytes]]
):
    early = a_petition(system)
    phone = Phone(system, NUMBER)
    by_sms = reference_in(phone.send("PAKN De nghi cong khai ket qua thi nang ngach."))
    phone.send("HUY")
    stops = [item for item in system.items("throttle") if item["key"]["S"].startswith("sms-stop#")]
    rotate(system, ops)

    seen = (early.reference, early.pin)
    early.send()
    assert (early.reference, early.pin) == seen, "the same submission is the same petition, with its PIN"
    assert by_sms in phone.send(f"PAKN TC {by_sms}").replace(" ", "")
    browser = CodeBrowser(system)
    assert early.reference in browser.opened(early.body["petitioner"]["email"]).text.replace(" ", "")
    assert (
        [item for item in system.items("throttle") if item["key"]["S"].startswith("sms-stop#")] == stops != []
    )
    assert len(keys()) == 2


def test_a_renewed_pin_leaves_the_key_of_before_behind(
    system: System, ops: Ops, keys: Callable[[], list[bytes]]
):
    citizen = a_petition(system)
    rotate(system, ops)
    first, second = keys()
    old = citizen.pin
    citizen.pin = citizen.add("renewal").json()["pin"]

    assert citizen.pin == references.pin_of(second, citizen.reference, 1)
    assert opens(system, citizen.reference, citizen.pin)
    assert opens(system, citizen.reference, token_in(system, citizen.reference))
    for computed in (old, references.pin_of(first, citizen.reference, 1)):
        assert not opens(system, citizen.reference, computed)


def test_a_code_and_a_page_that_were_open_while_the_key_changed_go_on(
    system: System, ops: Ops, keys: Callable[[], list[bytes]]
):
    citizen = a_petition(system)
    ops("rotate", "identifiers", "--begin", "--yes")
    system.settle()
    system.travel(minutes=58)
    browser = CodeBrowser(system)
    browser.ask(citizen.body["petitioner"]["email"])
    code = browser.newest_code()
    system.travel(minutes=4)

    assert ops("rotate", "identifiers", "--status", "--json").rows[-1]["state"] == "in force"
    assert browser.enter(code).status == 303
    assert citizen.reference in browser.get().text.replace(" ", "")


def test_a_mail_of_before_still_ends_its_subscription(
    system: System, ops: Ops, keys: Callable[[], list[bytes]]
):
    system.http("POST", "/cau-tra-loi-moi", form={"email": READER, "field": ""})
    system.settle()
    (mail,) = [message.text for message in system.outbox(channel="EMAIL") if message.to == READER]
    confirm = re.search(r"http://localhost:8088(/cau-tra-loi-moi/[^\s\"<>]+)", mail)
    assert confirm
    rotate(system, ops)

    assert system.http("POST", confirm[1]).status in (200, 303)
    (row,) = [item for item in system.items("throttle") if item["key"]["S"].startswith("subscriber#")]
    assert row["is_confirmed"] == {"BOOL": True}


@pytest.mark.parametrize("fault", [Fault.CRASH_BEFORE, Fault.CRASH_AFTER])
def test_a_request_that_is_cut_off_or_comes_twice_makes_one_key(
    system: System, ops: Ops, keys: Callable[[], list[bytes]], fault: Fault
):
    for number in range(1, 4):
        before = len(keys())
        assert ops("rotate", "identifiers", "--begin", "--yes").code == 0
        with system.faults.at({number: fault}), suppress(Crash):
            system.settle()
        for _ in range(3):
            system.travel(minutes=7)
        system.travel(minutes=61)
        assert len(keys()) == before + 1, number


def test_a_message_that_comes_again_days_later_makes_no_key(
    system: System, ops: Ops, keys: Callable[[], list[bytes]]
):
    asked_at = int(clock.now().timestamp())
    for _ in range(3):
        system.local.cloud.client("sqs").send_message(
            QueueUrl=system.local.cloud.queue_url("timers"),
            MessageBody=KeyRequest(key_asked_at=asked_at).model_dump_json(),
        )
        system.settle()
        system.travel(days=2)

    assert len(keys()) == 2


def test_the_key_is_shown_and_logged_nowhere(system: System, ops: Ops, keys: Callable[[], list[bytes]]):
    outcome = ops("rotate", "identifiers", "--begin", "--yes", "--json")
    system.settle()
    status = ops("rotate", "identifiers", "--status", "--json")

    _, second = keys()
    assert len(second) == 64
    assert second.decode() not in f"{outcome.output}{status.output}{system.items('statistics')}"
    assert json.loads(outcome.output)["key"] == 2
    at = datetime.fromisoformat(status.rows[-1]["since"]).astimezone(UTC)
    assert 3540 <= (at - clock.now()).total_seconds() <= 3600


def test_begin_and_status_are_not_meant_together(ops: Ops):
    for options in ((), ("--begin", "--status")):
        outcome = ops("rotate", "identifiers", *options)
        assert (outcome.code, outcome.errors.splitlines()[0]) == (1, "Nothing says what to do")
