"""`ops reseal`: every seal under another key, while people go on writing; nothing is opened, nothing is lost."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from shared.domain.petition.lifecycle import Action
from shared.domain.petition.petition import Petition
from shared.tables.directory import Directory
from shared.tables.petitions import Petitions
from tests.campaigns.faults.injection import Crash, Fault
from tests.ops.conftest import Ops
from tests.support.people import CITIZEN, Citizen, Officer, Phone, answer_petition, reference_in
from tests.support.system import System

ALIAS = "alias/pakn-local-seal"
READER = "ban.doc@thu.example"


def stored(reference: str) -> Petition:
    petition = Petitions("pakn-local-petitions", Directory("pakn-local-directory")).get(reference)
    assert petition is not None
    return petition


def key_of(ciphertext: str) -> str:
    """Return the id of the key that closed a ciphertext: moto's begin with it."""
    return base64.b64decode(ciphertext)[:36].decode()


def keys_of(reference: str) -> set[str]:
    return {key_of(part.ciphertext) for part in stored(reference).petitioner.seal}


@pytest.fixture
def move(system: System) -> Iterator[Callable[[], str]]:
    """Leads the seal's alias to a new key, as the runbook has it, and returns its id; put back afterwards."""
    kms = system.local.cloud.client("kms")
    before = kms.describe_key(KeyId=ALIAS)["KeyMetadata"]["KeyId"]

    def to_a_new_key() -> str:
        key: str = kms.create_key()["KeyMetadata"]["KeyId"]
        kms.update_alias(AliasName=ALIAS, TargetKeyId=key)
        return key

    yield to_a_new_key
    kms.update_alias(AliasName=ALIAS, TargetKeyId=before)


def under(system: System, key: str) -> list[str]:
    """Return the tables in which something lies that a key closed: in base64 its 36 bytes are 48 whole letters."""
    sign = base64.b64encode(key.encode()).decode()
    return [name for name in ("petitions", "throttle") if sign in str(system.items(name))]


def status(ops: Ops) -> tuple[str, str, int]:
    (row,) = ops("reseal", "--status", "--json").rows
    return row["state"], row["shards"], row["moved"]


def subscribe(system: System) -> None:
    system.http("POST", "/cau-tra-loi-moi", form={"email": READER, "field": ""})
    system.settle()
    (mail,) = [message.text for message in system.outbox(channel="EMAIL") if message.to == READER]
    link = re.search(r"http://localhost:8088(/cau-tra-loi-moi/[^\s\"<>]+)", mail)
    assert link
    system.http("POST", link[1])


def test_a_life_goes_on_while_its_seal_moves_and_nothing_is_opened_for_it(
    system: System, ops: Ops, move: Callable[[], str], audit: Callable[[], list[tuple[str, str]]]
):
    subscribe(system)
    citizen = Citizen(system)
    citizen.send()
    assert citizen.add("contact", phone="0987 654 321").status == 200
    by_sms = reference_in(Phone(system, "84981112233").send("PAKN De nghi cong khai ket qua thi nang ngach."))
    (old,) = keys_of(citizen.reference)

    new = move()
    later = Citizen(system)
    later.send()
    assert (keys_of(citizen.reference), keys_of(later.reference)) == ({old}, {new}), "side by side"
    answer_petition(system, citizen.reference)
    versions = {name: stored(name).version for name in (citizen.reference, by_sms, later.reference)}

    dry = ops("reseal", "--dry-run")
    assert ops("reseal", "--status").output == "No seal was ever moved\n"
    outcome = ops("reseal", "--yes")
    with system.faults.counting():
        system.settle()
        called = {call.operation for call in system.faults.calls if call.where == "sla_timer.on_wake"}

    assert dry.output == f"would: move every seal to the key that {ALIAS} leads to\n"
    assert outcome.output == "Every seal is being moved; how far it is: ops reseal --status\n"
    assert "ReEncrypt" in called
    assert "Decrypt" not in called
    assert status(ops) == ("done", "9 of 9", 3), "two petitions, and who reads new answers"
    assert under(system, old) == []
    assert {name: stored(name).version - before for name, before in versions.items()} == {
        citizen.reference: 1,
        by_sms: 1,
        later.reference: 0,
    }
    assert [stored(name).fault for name in versions] == [None, None, None]
    note = stored(citizen.reference).history[-1]
    assert (note.action, note.by, note.is_visible) == (Action.NOTE, "timer", False)
    assert note.note is not None
    assert new in note.note
    assert audit() == [("reseal", "begins"), ("reseal", "done")]

    opened = Officer(system, "minh.ccvc").do("open-seal", citizen.reference, reason="Gọi hỏi thêm.")
    assert (opened["identity"]["name"], opened["identity"]["phone"]) == (CITIZEN["name"], "+84987654321")
    assert "khóa mã hóa" not in str(citizen.look())
    mails = len(system.outbox(later.reference))
    answer_petition(system, later.reference)
    assert len(system.outbox(later.reference)) > mails


def test_what_was_moved_stays_as_it_is_and_another_round_moves_nothing(
    system: System, ops: Ops, move: Callable[[], str]
):
    citizen = Citizen(system)
    citizen.send()
    move()

    for moved in (1, 0):
        assert ops("reseal", "--yes").code == 0
        system.settle()
        assert status(ops) == ("done", "9 of 9", moved)
    assert [entry.action for entry in stored(citizen.reference).history].count(Action.NOTE) == 1


@pytest.mark.parametrize("fault", [Fault.CRASH_BEFORE, Fault.CRASH_AFTER])
def test_a_move_that_is_cut_off_at_any_call_goes_on_and_notes_each_once(
    system: System, ops: Ops, move: Callable[[], str], fault: Fault
):
    subscribe(system)
    citizens = [Citizen(system) for _ in range(2)]
    for citizen in citizens:
        citizen.send()
    (old,) = keys_of(citizens[0].reference)

    def played(plan: dict[int, Fault]) -> int:
        move()
        assert ops("reseal", "--yes").code == 0
        with system.faults.at(plan), suppress(Crash):
            system.settle()
        calls = len(system.faults.calls)
        system.travel(minutes=7)
        system.travel(minutes=7)
        return calls

    calls = played({})
    for number in range(1, calls + 1, max(1, calls // 5)):
        before = [stored(citizen.reference).version for citizen in citizens]
        (old,) = keys_of(citizens[0].reference)
        played({number: fault})

        assert under(system, old) == [], number
        assert status(ops)[:2] == ("done", "9 of 9"), number
        assert [stored(citizen.reference).version - 1 for citizen in citizens] == before, number
        assert [stored(citizen.reference).fault for citizen in citizens] == [None, None], number


def test_a_seal_that_no_key_opens_stops_no_other(system: System, ops: Ops, move: Callable[[], str]):
    broken, sound = Citizen(system), Citizen(system)
    broken.send()
    sound.send()
    petition = stored(broken.reference)
    elsewhere = stored(sound.reference).petitioner.seal
    Petitions("pakn-local-petitions", Directory("pakn-local-directory")).save(
        petition.model_copy(
            update={"petitioner": petition.petitioner.model_copy(update={"seal": elsewhere})}
        ),
        petition.version,
    )
    new = move()

    ops("reseal", "--yes")
    system.settle()

    assert status(ops) == ("done", "9 of 9", 1)
    assert keys_of(sound.reference) == {new}


def test_a_round_that_may_not_use_the_key_moves_nothing_and_goes_on_when_it_may(
    system: System, ops: Ops, move: Callable[[], str]
):
    citizen = Citizen(system)
    citizen.send()
    (old,) = keys_of(citizen.reference)
    new = move()

    with system.faults.broken("ReEncrypt", Fault.DENIED):
        ops("reseal", "--yes")
        for _ in range(14):
            system.travel(minutes=7)
    (row,) = ops("dead", "show", "timers", "--json").rows
    assert re.fullmatch(rf"reseal {new}/\d+ shard \d", row["step"])
    assert (status(ops)[0], status(ops)[2], keys_of(citizen.reference)) == ("running", 0, {old})

    assert ops("reseal", "--yes").code == 0
    system.settle()

    assert (status(ops), keys_of(citizen.reference)) == (("done", "9 of 9", 1), {new})
