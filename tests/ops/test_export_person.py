"""`ops export-person`, `collect-export`: by a decision, recorded before the seal opens, read by nobody on call."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from shared.domain.petition.lifecycle import Action
from shared.domain.petition.petition import Petition
from shared.tables.directory import Directory
from shared.tables.petitions import Petitions
from tests.ops.conftest import ACTIONS, Ops
from tests.support.people import CITIZEN, CONTENT, Citizen, answer_petition
from tests.support.system import System

DECISION = ("--decision", "15/QD-BNV", "--asked-by", "person")


def stored(reference: str) -> Petition:
    petition = Petitions("pakn-local-petitions", Directory("pakn-local-directory")).get(reference)
    assert petition is not None
    return petition


def exports(system: System) -> list[str]:
    """Return the keys of the copies in the bucket."""
    page = system.local.cloud.client("s3").list_objects_v2(
        Bucket=system.local.cloud.outputs["AttachmentsBucket"], Prefix="exports/"
    )
    return [file["Key"] for file in page.get("Contents", ())]


def test_a_person_gets_a_copy_of_everything_and_the_history_says_by_which_decision(
    system: System, ops: Ops, audit: Callable[[], list[tuple[str, str]]], tmp_path: Path
):
    citizen = Citizen(system)
    citizen.send()
    answer_petition(system, citizen.reference)
    citizen.look()
    mails = len(system.outbox(citizen.reference))

    outcome = ops("export-person", citizen.reference, *DECISION, "--yes")
    system.settle()
    fetched = ops("collect-export", "15/QD-BNV", str(tmp_path / "out"), "--yes")

    assert outcome.output.startswith("1 petition being copied")
    assert (fetched.code, fetched.output) == (0, f"2 files in {tmp_path / 'out'}\n")
    opening = stored(citizen.reference).last(Action.OPEN_SEAL)
    assert opening is not None
    assert (opening.change_id, opening.is_visible) == ("export:15/QD-BNV", False)
    assert opening.note is not None
    assert opening.note.endswith("15/QD-BNV")
    assert len(system.outbox(citizen.reference)) == mails, "nobody is notified of it"
    assert audit() == [
        (command, step) for command in ("export-person", "collect-export") for step in ("begins", "done")
    ]

    data = json.loads((tmp_path / "out" / f"{citizen.reference}.json").read_text("utf-8"))
    text = (tmp_path / "out" / f"{citizen.reference}.txt").read_text("utf-8")
    for word in (CITIZEN["name"], CITIZEN["address"], CITIZEN["email"], CONTENT[:40]):
        assert word in text
        assert word in json.dumps(data, ensure_ascii=False)
    assert (len(data["looked_at"]), len(data["opened_at"])) == (1, 1)
    assert {notice["kind"] for notice in data["notices"]} >= {"RECEIPT", "ANSWERED"}
    assert "officer:" not in json.dumps(data)
    assert {path.stat().st_mode & 0o077 for path in (tmp_path / "out").iterdir()} == {0}


def test_all_petitions_with_the_same_contacts_are_copied_once_each(system: System, ops: Ops, tmp_path: Path):
    first, second = Citizen(system), Citizen(system)
    first.send()
    second.send()

    for _ in range(2):
        ops("export-person", first.reference, *DECISION, "--all", "--yes")
        system.settle()

    assert exports(system) == sorted(f"exports/15~QD-BNV/{each.reference}.json" for each in (first, second))
    actions = [entry.action for entry in stored(first.reference).history]
    assert actions.count(Action.OPEN_SEAL) == 1


def test_a_seal_is_not_opened_where_the_history_names_no_decision(system: System, ops: Ops):
    citizen = Citizen(system)
    citizen.send()
    body = {"reference": citizen.reference, "exported_by": "15/QD-BNV"}
    system.local.cloud.client("sqs").send_message(
        QueueUrl=system.local.cloud.queue_url("notices"), MessageBody=json.dumps(body)
    )
    for _ in range(14):
        system.travel(minutes=7)

    (row,) = ops("dead", "show", "notices", "--json").rows

    assert (row["step"], row["error"]) == ("export by 15/QD-BNV", "ExportNotRecordedError")
    assert exports(system) == []


def test_dry_run_asks_for_nothing(system: System, ops: Ops, tmp_path: Path):
    citizen = Citizen(system)
    citizen.send()

    dry = ops("export-person", citizen.reference, *DECISION, "--dry-run")
    system.settle()

    assert dry.output == "would: copy what is kept of the person in 1 petition\n"
    assert exports(system) == []
    assert stored(citizen.reference).last(Action.OPEN_SEAL) is None


def test_of_an_erased_person_nothing_is_left_to_copy(system: System, ops: Ops):
    citizen = Citizen(system)
    citizen.send()
    citizen.add("withdrawal")
    system.settle()
    ops("erase-person", citizen.reference, "--decision", "12/QD-BNV", "--asked-by", "person", "--yes")
    system.settle()

    outcome = ops("export-person", citizen.reference, *DECISION, "--yes")

    assert (outcome.code, "the person was erased" in outcome.errors) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        pytest.param(("export-person", "26483190275", *DECISION), "is no reference", id="digit"),
        pytest.param(("export-person", "26483190274", *DECISION), "There is no petition", id="nobody's"),
        pytest.param(("collect-export", "9/QD-BNV", "x"), "no copy by 9/QD-BNV", id="nothing to collect"),
    ],
)
def test_what_cannot_be_meant_is_refused(ops: Ops, arguments: tuple[str, ...], text: str):
    outcome = ops(*arguments, "--yes")

    assert (outcome.code, text in outcome.errors) == (1, True)


@pytest.mark.parametrize("below", ["", "/copies"])
def test_a_file_where_the_folder_would_be_is_said_before_anything_is_asked_or_recorded(
    system: System, ops: Ops, audit: Callable[[], list[tuple[str, str]]], tmp_path: Path, below: str
):
    citizen = Citizen(system)
    citizen.send()
    ops("export-person", citizen.reference, *DECISION, "--yes")
    system.settle()
    before, file = audit(), tmp_path / "new.json"
    file.write_text("{}", "utf-8")

    outcome = ops("collect-export", "15/QD-BNV", f"{file}{below}")

    assert outcome.code == 1
    assert outcome.errors == f"{file} is a file, no folder\n  next: Name a folder, new or there already\n"
    assert (file.read_text("utf-8"), audit()) == ("{}", before)


def test_whoever_asks_for_copies_cannot_read_them_and_neither_role_opens_a_seal():
    assert "s3:GetObject" not in ACTIONS["OperatorRole"]
    assert "sqs:SendMessage" not in ACTIONS["PersonalDataRole"]
