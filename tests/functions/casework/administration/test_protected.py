"""Changes that one administrator must not make alone: they reach citizens, or readers of denunciations."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.casework.administration.protected import is_protected
from shared.tables.recorded_rows import RecordedRow

OFFICER = {
    "id": "minh.ccvc", "valid_from": "2018-06-18", "name": "Minh", "email": "minh@pakn.example",
    "unit": "VCCVC", "roles": ["handler"],
}  # fmt: skip
RULE = {"id": "r", "valid_from": "2018-06-18", "terms": {"3": ["x"]}}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({"email": "other@pakn.example"}, True, id="another address"),
        pytest.param({"roles": ["handler", "inspector"]}, True, id="another role"),
        pytest.param({"roles": []}, True, id="a role less"),
        pytest.param({"reads_restricted": True}, True, id="a named reader"),
        pytest.param({"confirms_changes": True}, True, id="a named confirmer"),
        pytest.param(
            {"valid_from": "2026-11-03", "email": "x@pakn.example"}, True, id="in a version of its own"
        ),
        pytest.param({"valid_from": "2018-01-01"}, True, id="before the first version"),
        pytest.param({"name": "Minh Đức"}, False, id="the name"),
        pytest.param({"roles": ("handler",)}, False, id="the same roles"),
        pytest.param({"reads_restricted": False}, False, id="no reader, as before"),
        pytest.param({"valid_to": "2026-11-03"}, False, id="the end"),
        pytest.param({"valid_from": "2026-11-03", "unit": "VCCHC"}, True, id="another unit"),
        pytest.param({}, False, id="nothing"),
    ],
)
def test_officer_is_protected_where_rights_or_the_address_change(changes: dict[str, Any], *, expected: bool):
    stored = (RecordedRow(OFFICER, 1),)

    assert is_protected("officer", OFFICER | changes, stored) is expected


@pytest.mark.parametrize(
    ("valid_to", "expected"),
    [
        pytest.param(None, True, id="the end is taken back"),
        pytest.param("2027-01-01", True, id="a later end"),
        pytest.param("2026-10-01", False, id="an earlier end"),
    ],
)
def test_officer_who_left_does_not_come_back_by_one_person(valid_to: str | None, *, expected: bool):
    stored = (RecordedRow(OFFICER | {"valid_to": "2026-10-31"}, 1),)

    assert is_protected("officer", OFFICER | {"valid_to": valid_to}, stored) is expected
    assert is_protected("officer", OFFICER | {"valid_from": "2026-11-03"}, stored)


@pytest.mark.parametrize(
    ("kind", "row", "expected"),
    [
        pytest.param("officer", OFFICER, True, id="a new officer"),
        pytest.param("template", {"id": "t", "valid_from": "2026-11-03", "text": "x"}, True, id="a text"),
        pytest.param("terms", {"id": "t", "valid_from": "2026-11-03"}, True, id="time limits"),
        pytest.param("routing-rule", RULE | {"type": "lane"}, True, id="a rule of a lane"),
        pytest.param("routing-rule", RULE | {"type": "signal"}, True, id="a signal"),
        pytest.param("routing-rule", RULE | {"type": "limits"}, True, id="the limits"),
        pytest.param(
            "routing-rule", RULE | {"type": "short_forms"}, True, id="short forms, which hide words"
        ),
        pytest.param("routing-rule", RULE | {"type": "hints"}, False, id="hints, which never speak alone"),
        pytest.param("unit", {"id": "VTK", "valid_from": "2026-11-03"}, False, id="a unit"),
        pytest.param("field", {"id": "VTK", "valid_from": "2026-11-03", "unit": "VCCVC"}, True, id="a field"),
        pytest.param("calendar", {"id": "2026-12-31", "valid_from": "2026-11-03"}, False, id="a day off"),
    ],
)
def test_new_row_of_a_kind(kind: str, row: dict[str, Any], *, expected: bool):
    assert is_protected(kind, row, ()) is expected


UNIT: dict[str, Any] = {"id": "VCCVC", "valid_from": "2018-06-18", "name": "Vụ", "parent": None}
FIELD: dict[str, Any] = {"id": "CCVC", "valid_from": "2018-06-18", "name": "Công chức", "unit": "VCCVC"}


@pytest.mark.parametrize(
    ("kind", "before", "changes", "expected"),
    [
        pytest.param("unit", UNIT, {"parent": "VPB"}, True, id="under another unit"),
        pytest.param(
            "unit", UNIT | {"parent": "VPB"}, {}, True, id="out of the line of the unit complained of"
        ),
        pytest.param("unit", UNIT, {"name": "Vụ khác"}, False, id="the name of a unit"),
        pytest.param("field", FIELD, {"unit": "VCCHC"}, True, id="a field to another unit"),
        pytest.param(
            "field", FIELD, {"unit": None, "forward_to": "Bộ khác"}, True, id="a field to another body"
        ),
        pytest.param("field", FIELD, {"example": "Thi nâng ngạch"}, False, id="the example of a field"),
    ],
)
def test_unit_line_and_field_decide_who_reads(
    kind: str, before: dict[str, Any], changes: dict[str, Any], *, expected: bool
):
    """Otherwise an administrator could let the unit complained of, or an accomplice's, read what it must not."""
    row = {"unit": UNIT, "field": FIELD}[kind] | changes

    assert is_protected(kind, row, (RecordedRow(before, 1),)) is expected
    assert is_protected(kind, row | {"valid_from": "2026-11-03"}, (RecordedRow(before, 1),)) is expected


def test_rule_that_decides_is_not_made_a_hint_by_one_person():
    stored = (RecordedRow(RULE | {"type": "lane"}, 1),)

    assert is_protected("routing-rule", RULE | {"type": "hints"}, stored)
