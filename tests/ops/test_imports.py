"""`ops calendar import`, `ops officers import`: through the desk's checks; what needs two people is proposed."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from shared.tables.directory import Directory
from shared.tables.proposals import Proposals
from tests.ops.conftest import Ops
from tests.support.people import Citizen, Officer
from tests.support.system import System

CALENDAR = "on,kind,document,name\n2026-11-20,OFF,123/VPCP-KGVX,Nghỉ bù\n2026-11-21,WORK,123/VPCP-KGVX,\n"
OFFICERS = (
    "id,name,email,unit,roles\n"
    "moi.ccvc,Nguyễn Văn Mới,moi@moha.example,VCCVC,handler\n"
    "hai.ccvc,Nguyễn Văn Hai,hai@moha.example,VCCVC,handler unit-head\n"
)


def directory() -> Directory:
    return Directory("pakn-local-directory")


def days() -> list[tuple[date, str]]:
    """Return the days of the document."""
    overrides = directory().calendar().overrides
    return [(each.on, each.kind) for each in overrides if each.document == "123/VPCP-KGVX"]


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str], str]:
    def write(text: str, name: str = "rows.csv") -> str:
        path = tmp_path / name
        path.write_text(text, "utf-8")
        return str(path)

    return write


def test_days_of_a_document_move_due_dates(system: System, ops: Ops, file: Callable[[str], str]):
    citizen = Citizen(system)
    citizen.send()
    due = citizen.look()["due_on"]

    dry = ops("calendar", "import", file(CALENDAR), "--dry-run")
    assert not days()
    outcome = ops("calendar", "import", file(CALENDAR), "--yes", "--json")
    system.travel(minutes=5)

    assert dry.output == "would: enter 2 of 2 rows\n"
    assert outcome.rows == {"kind": "calendar", "rows": 2, "unchanged": 0, "proposed": 0, "written": 2}
    assert days() == [
        (date(2026, 11, 20), "OFF"),
        (date(2026, 11, 21), "WORK"),
    ]
    assert directory().rows("calendar")[-1]["changed_by"].startswith("ops:")
    assert citizen.look()["due_on"] == due, "a day off and a day worked"


def test_the_same_file_again_changes_nothing(ops: Ops, file: Callable[[str], str]):
    assert ops("calendar", "import", file(CALENDAR), "--yes").code == 0

    again = ops("calendar", "import", file(CALENDAR), "--yes")

    assert (again.code, again.output) == (0, "Nothing new in 2 rows\n")


def test_officers_are_proposed_and_nobody_is_one_before_a_second_person_confirms(
    system: System, ops: Ops, file: Callable[[str], str]
):
    outcome = ops("officers", "import", file(OFFICERS), "--yes")

    waiting = Proposals(directory()).all()
    assert outcome.output == (
        "0 written, 2 proposed, 0 as before; the proposed wait for a second person at the desk\n"
    )
    assert {proposal.row_id for proposal in waiting} == {"moi.ccvc", "hai.ccvc"}
    assert all(proposal.proposed_by.startswith("ops:") for proposal in waiting)
    assert "moi.ccvc" not in directory().officers()

    for proposal in waiting:
        confirmed = Officer(system, "quantri").post(f"/v1/proposals/{proposal.id}/confirm")
        assert confirmed.status == 200, confirmed.text
    assert directory().officers()["hai.ccvc"].roles == ("handler", "unit-head")


def test_a_file_with_one_wrong_row_enters_none_and_names_it(ops: Ops, file: Callable[[str], str]):
    wrong = OFFICERS + "sai.ccvc,Sai,no-address,NOWHERE,emperor\n"

    outcome = ops("officers", "import", file(wrong), "--yes")

    assert outcome.code == 1
    assert "Line 4 (sai.ccvc): " in outcome.errors
    assert "Nothing was entered" in outcome.errors
    assert not Proposals(directory()).all()


@pytest.mark.parametrize(
    ("text", "name", "fault"),
    [
        pytest.param("on,kind\n2026-11-20,OFF\n", "rows.csv", "lacks document", id="column"),
        pytest.param("", "rows.csv", "holds no rows", id="empty"),
        pytest.param("[1]", "rows.json", "lacks on, kind, document", id="no object"),
        pytest.param("{", "rows.json", "cannot be read", id="broken"),
        pytest.param("5", "rows.json", "holds no list", id="no list"),
        pytest.param(
            CALENDAR + "2026-11-23,OFF,1/QĐ,Nghỉ bù, thứ Ba\n",
            "rows.csv",
            "Line 4 has more cells than there are columns",
            id="comma",
        ),
        pytest.param(
            CALENDAR.replace(",name", ",nmae"),
            "rows.csv",
            "Line 2 has a column that is unknown: nmae",
            id="typo",
        ),
        pytest.param(
            CALENDAR + "2026-11-20,OFF,1/QĐ,\n",
            "rows.csv",
            "Line 2 and line 4 of rows.csv are both of 2026-11-20",
            id="twice",
        ),
    ],
)
def test_a_file_that_cannot_be_used_is_said(
    ops: Ops, file: Callable[..., str], text: str, name: str, fault: str
):
    outcome = ops("calendar", "import", file(text, name), "--yes")

    assert (outcome.code, fault in outcome.errors, days()) == (1, True, [])
    assert "next: " in outcome.errors


def test_an_unknown_column_is_said_with_those_that_there_are(ops: Ops, file: Callable[..., str]):
    outcome = ops("officers", "import", file(OFFICERS.replace("roles", "roles,mail", 1)), "--yes")

    assert "unknown: mail" in outcome.errors
    assert "valid_from, valid_to, replaced_by, reads_restricted, confirms_changes" in outcome.errors
    assert not Proposals(directory()).all()


@pytest.mark.parametrize(
    ("value", "left"),
    [("true", 0), ("TRUE", 0), ("false", 1), ("", 1), (" ", 1)],
)
def test_a_day_is_taken_back_by_true_alone(ops: Ops, file: Callable[..., str], value: str, left: int):
    row = f"on,kind,document,is_withdrawn\n2026-11-20,OFF,123/VPCP-KGVX,{value}\n"

    assert ops("calendar", "import", file(row), "--yes").code == 0

    assert len(days()) == left


def test_a_day_that_was_taken_back_is_given_again_by_an_empty_cell(ops: Ops, file: Callable[..., str]):
    head = "on,kind,document,valid_from,is_withdrawn\n"
    for value, is_there in (("true", False), ("", True)):
        row = f"{head}2026-11-20,OFF,123/VPCP-KGVX,2026-11-03,{value}\n"
        assert ops("calendar", "import", file(row), "--yes").code == 0
        assert bool(days()) == is_there


@pytest.mark.parametrize("value", ["y", "có", "x", "1", "yes"])
def test_what_is_neither_true_nor_false_is_refused_by_its_line(
    ops: Ops, file: Callable[..., str], value: str
):
    row = f"on,kind,document,is_withdrawn\n2026-11-20,OFF,123/VPCP-KGVX,{value}\n"

    outcome = ops("calendar", "import", file(row), "--yes")

    assert (outcome.code, f"Line 2: is_withdrawn is {value}" in outcome.errors, days()) == (1, True, [])
    assert "true or false" in outcome.errors


def test_json_is_taken_as_well(ops: Ops, file: Callable[..., str]):
    rows = [{"on": "2026-11-20", "kind": "OFF", "document": "123/VPCP-KGVX"}]

    assert ops("calendar", "import", file(json.dumps(rows), "rows.json"), "--yes").code == 0


def test_roles_in_json_are_a_list(ops: Ops, file: Callable[..., str]):
    row = {
        "id": "moi.ccvc",
        "name": "Mới",
        "email": "moi@moha.example",
        "unit": "VCCVC",
        "roles": ["handler"],
    }

    outcome = ops("officers", "import", file(json.dumps([row]), "rows.json"), "--yes", "--json")

    assert outcome.rows["proposed"] == 1
