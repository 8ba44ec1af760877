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
    assert "row 3 (sai.ccvc): " in outcome.errors
    assert "Nothing was entered" in outcome.errors
    assert not Proposals(directory()).all()


@pytest.mark.parametrize(
    ("text", "name", "fault"),
    [
        pytest.param("on,kind\n2026-11-20,OFF\n", "rows.csv", "lacks document", id="column"),
        pytest.param("", "rows.csv", "holds no rows", id="empty"),
        pytest.param("[1]", "rows.json", "lacks on, kind, document", id="no object"),
        pytest.param("{", "rows.json", "cannot be read", id="broken"),
    ],
)
def test_a_file_that_cannot_be_used_is_said(
    ops: Ops, file: Callable[..., str], text: str, name: str, fault: str
):
    outcome = ops("calendar", "import", file(text, name), "--yes")

    assert (outcome.code, fault in outcome.errors) == (1, True)


def test_json_is_taken_as_well(ops: Ops, file: Callable[..., str]):
    rows = [{"on": "2026-11-20", "kind": "OFF", "document": "123/VPCP-KGVX"}]

    assert ops("calendar", "import", file(json.dumps(rows), "rows.json"), "--yes").code == 0
