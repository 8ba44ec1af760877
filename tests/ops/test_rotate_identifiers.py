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
from shared.tables.directory import Directory
from shared.tables.petitions import Petitions
from tests.campaigns.faults.injection import Crash, Fault
from tests.ops.conftest import Ops
from tests.ops.test_reseal import stored
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
    for options in ((), ("--begin", "--status"), ("--renew", "--begin")):
        outcome = ops("rotate", "identifiers", *options)
        assert (outcome.code, outcome.errors.splitlines()[0]) == (1, "Nothing says what to do")


def renewed(ops: Ops) -> str:
    """Return how far the renewal of PINs is."""
    return str(ops("rotate", "identifiers", "--status", "--json").rows[-1]["renewed"])


def test_after_a_leak_pins_of_before_are_renewed_and_every_contact_is_notified(
    system: System,
    ops: Ops,
    keys: Callable[[], list[bytes]],
    audit: Callable[[], list[tuple[str, str]]],
):
    early = a_petition(system)
    by_sms = reference_in(Phone(system, NUMBER).send("PAKN De nghi cong khai ket qua thi nang ngach."))
    assert ops("rotate", "identifiers", "--renew").errors.splitlines()[0] == "No PIN is of a key of before"
    rotate(system, ops)
    late = a_petition(system)
    first, second = keys()
    sent = len(system.outbox())

    dry = ops("rotate", "identifiers", "--renew", "--dry-run")
    outcome = ops("rotate", "identifiers", "--renew", "--yes")
    system.settle()

    assert (
        dry.output == "would: renew PIN and link of every petition with a contact that is of before key 2\n"
    )
    assert (
        outcome.output == "PINs and links are being renewed; how far it is: ops rotate identifiers --status\n"
    )
    assert renewed(ops) == "2, done"
    assert audit()[-2:] == [
        ("rotate identifiers --renew", "begins"),
        ("rotate identifiers --renew", "done"),
    ]
    for computed in (references.pin_of, references.link_token_of):
        for renewals in (0, 1):
            assert not opens(system, early.reference, computed(first, early.reference, renewals))
        for reference in (early.reference, by_sms):
            assert opens(system, reference, computed(second, reference, 1))
    assert opens(system, late.reference, late.pin), "what is of the key in force stays"
    assert opens(system, early.reference, token_in(system, early.reference)), "the mail has the new link"
    texts = {message.to: message.text for message in system.outbox()[sent:]}
    assert len(texts) == 3, "the mail and the SMS of one, the SMS of the other"
    assert all("Bộ đã đổi mã PIN" in text or "Bo da doi ma PIN" in text for text in texts.values())

    ops("rotate", "identifiers", "--renew", "--yes")
    system.settle()
    assert renewed(ops) == "0, done", "another round renews nothing"


@pytest.mark.parametrize("fault", [Fault.CRASH_BEFORE, Fault.CRASH_AFTER])
def test_a_renewal_that_is_cut_off_renews_each_once(
    system: System, ops: Ops, keys: Callable[[], list[bytes]], fault: Fault
):
    citizens = [a_petition(system) for _ in range(2)]
    for times, number in enumerate((2, 9, 16), start=1):
        rotate(system, ops)
        assert ops("rotate", "identifiers", "--renew", "--yes").code == 0
        with system.faults.at({number: fault}), suppress(Crash):
            system.settle()
        for _ in range(2):
            system.travel(minutes=7)

        assert renewed(ops).endswith("done"), number
        for citizen in citizens:
            pin = references.pin_of(keys()[-1], citizen.reference, times)
            assert opens(system, citizen.reference, pin), number
    assert [stored(citizen.reference).fault for citizen in citizens] == [None, None]


def test_who_has_no_contact_keeps_the_pin(system: System, ops: Ops, keys: Callable[[], list[bytes]]):
    citizen = a_petition(system)
    petition = stored(citizen.reference)
    by_nobody = petition.petitioner.model_copy(update={"contact_keys": ()})
    table = Petitions("pakn-local-petitions", Directory("pakn-local-directory"))
    table.save(petition.model_copy(update={"petitioner": by_nobody}), petition.version)
    rotate(system, ops)
    ops("rotate", "identifiers", "--renew", "--yes")
    system.settle()

    assert (renewed(ops), opens(system, citizen.reference, citizen.pin)) == ("0, done", True)
