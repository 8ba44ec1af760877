"""Units that must not know of a complaint about conduct, and who examines it instead."""

from __future__ import annotations

import pytest

from shared.domain.petition.values.classification import Kind
from shared.domain.procedures.conduct import examiner, is_barred, may_be_given, reporting_line
from tests.support.builders import a_petition

PARENTS = {
    "BO": None,
    "VCCVC": "BO",
    "PHONG-1": "VCCVC",
    "PHONG-2": "VCCVC",
    "TTRA": "BO",
    "VPB": "BO",
    "TCT": None,
    "RONG": "RONG",
}
EXAMINERS = {"TTRA", "VPB", "TCT"}


@pytest.mark.parametrize(
    ("unit", "line"),
    [
        pytest.param("PHONG-1", {"PHONG-1", "VCCVC", "BO"}, id="a-division-and-what-is-above"),
        pytest.param("VCCVC", {"VCCVC", "BO", "PHONG-1", "PHONG-2"}, id="a-department-and-its-divisions"),
        pytest.param("TCT", {"TCT"}, id="alone"),
        pytest.param("RONG", {"RONG"}, id="a-mistaken-circle-ends"),
        pytest.param("XXX", {"XXX"}, id="unknown"),
    ],
)
def test_reporting_line_is_the_unit_with_those_above_and_below(unit: str, line: set[str]):
    assert reporting_line(unit, PARENTS) == line


@pytest.mark.parametrize(
    ("complained", "barred"),
    [
        pytest.param(None, set(), id="nobody"),
        pytest.param("PHONG-1", {"PHONG-1", "VCCVC", "BO"}, id="a-division"),
        pytest.param("VPB", {"VPB", "BO"}, id="the-office"),
    ],
)
def test_those_of_the_line_are_barred_and_no_others(complained: str | None, barred: set[str]):
    assert {unit for unit in PARENTS if is_barred(unit, complained, PARENTS)} == barred


@pytest.mark.parametrize(
    ("complained", "expected"),
    [
        pytest.param((), "TTRA", id="unknown"),
        pytest.param(("VCCVC",), "TTRA", id="a-department"),
        pytest.param(("TTRA",), "VPB", id="the-inspectorate-itself"),
        pytest.param(("TTRA", "VPB"), "TCT", id="the-office-too"),
    ],
)
def test_complaint_is_examined_by_who_is_not_complained_of(complained: tuple[str, ...], expected: str):
    assert examiner("TTRA", complained, PARENTS) == expected


@pytest.mark.parametrize(
    ("kind", "complained", "units"),
    [
        pytest.param(Kind.REGULATION, None, {*PARENTS}, id="no-complaint"),
        pytest.param(Kind.CONDUCT, None, EXAMINERS, id="of-nobody-knows-whom"),
        pytest.param(Kind.CONDUCT, "PHONG-1", {*PARENTS} - {"PHONG-1", "VCCVC", "BO"}, id="of-a-division"),
        pytest.param(
            Kind.REGULATION, "VPB", {*PARENTS} - {"VPB", "BO"}, id="of-the-office-whatever-its-kind"
        ),
    ],
)
def test_petition_is_given_only_to_who_may_have_it(kind: Kind, complained: str | None, units: set[str]):
    petition = a_petition(kind=kind, field="TTRA", complained_unit=complained)

    result = {unit for unit in PARENTS if may_be_given(unit, petition, PARENTS, examiners=EXAMINERS)}

    assert result == units
