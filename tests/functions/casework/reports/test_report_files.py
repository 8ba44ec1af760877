"""Reports as files, with real numbers; and every figure leads to its petitions."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.support.people import Citizen, Officer, answer_petition
from tests.support.system import System

NOVEMBER = {"from": "2026-11-01", "to": "2026-11-30"}


@pytest.fixture(scope="module")
def busy(running_system: System) -> System:
    """Three petitions: answered in time, overdue, and one about the conduct of Vụ Công chức - Viên chức."""
    system = running_system
    system.reset()
    answered, overdue, complaint = (Citizen(system, may_publish=True) for _ in range(3))
    for citizen in (answered, overdue, complaint):
        citizen.send()
    clerk = Officer(system, "lan.tiepnhan")
    clerk.do("assign", complaint.reference, unit="TTRA")
    clerk.do("classify", complaint.reference, kind="CONDUCT", complained_unit="VCCVC")
    answer_petition(system, answered.reference)
    system.travel(to="2026-12-04T03:00:00+00:00")
    return system


def ask(system: System, path: str, username: str = "khanh.tocongtac", **query: str) -> Any:
    answer = system.http(
        "GET",
        f"/desk/v1/reports/{path}",
        query={**NOVEMBER, **query},
        headers=Officer(system, username)._bearer,
    )
    assert answer.status == 200, answer.text
    return answer


@pytest.mark.parametrize("name", ["timeliness", "workload", "steering-committee", "task-force", "six-month"])
def test_workbook_says_what_the_program_reads_in_numbers_and_days(busy: System, name: str):
    answer = ask(busy, name, format="xlsx")
    report = ask(busy, name).json()

    assert f"{name}_2026-11-01_2026-11-30.xlsx" in answer.header("content-disposition")
    book = load_workbook(io.BytesIO(answer.body))
    sheet = book.worksheets[0]
    head, *lines = list(sheet.iter_rows(min_row=4, values_only=True))
    assert list(head) == [column["label"] for column in report["columns"]]
    assert sheet.freeze_panes == "B5"
    assert len(lines) == len(report["rows"]) + (report["total"] is not None)
    for line, row in zip(lines, report["rows"], strict=False):
        for value, column in zip(line, report["columns"], strict=True):
            figure = row[column["name"]]
            if isinstance(figure, int | float):
                assert value == figure
            elif column["name"].endswith("_on") and figure:
                assert value == datetime.fromisoformat(figure)
    if report["total"]:
        assert (lines[-1][0], lines[-1][-1]) == ("Cộng", report["total"][report["columns"][-1]["name"]])


def test_workbook_has_a_sheet_for_every_table_and_its_accents(busy: System):
    book = load_workbook(io.BytesIO(ask(busy, "steering-committee", format="xlsx").body))

    assert book.sheetnames == ["Tiếp nhận và trả lời", "So với kỳ trước", "Sáng kiến và kết quả"]
    assert book.worksheets[0].column_dimensions["A"].width > 15
    assert "Báo cáo Ban Chỉ đạo cải cách hành chính" in book.worksheets[0]["A1"].value


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        pytest.param("field", {"Công chức, viên chức": 3}, id="field"),
        pytest.param("kind", {"CONDUCT": 1, "REGULATION": 2}, id="kind"),
        pytest.param("channel", {"WEB": 3}, id="channel"),
        pytest.param("province", {"Thanh Hóa": 3}, id="province"),
    ],
)
def test_steering_committee_reads_each_breakdown(busy: System, by: str, expected: dict[str, int]):
    report = ask(busy, "steering-committee", by=by).json()

    figure = {row[by]: row["received"] for row in report["rows"]}
    assert sum(figure.values()) == report["total"]["received"] == 3
    if by != "field":
        assert figure == expected


def test_trend_sets_the_month_beside_the_one_before(busy: System):
    report = ask(busy, "steering-committee").json()

    (trend,) = (section for section in report["sections"] if section["name"] == "trend")
    received = next(row for row in trend["rows"] if row["measure_code"] == "received")
    assert (received["now"], received["before"], received["change"]) == (3, 0, 3)


def test_every_count_is_as_many_as_the_petitions_behind_it(busy: System):
    """Duties that one petition may owe several times are counted as often; their petitions once."""
    report = ask(busy, "timeliness").json()

    for row in report["rows"]:
        for name in ("received", "answered_on_time", "answered_late", "overdue", "open_in_time"):
            behind = ask(busy, "timeliness/cases", measure=name, unit=row["unit_code"]).json()

            assert behind["count"] == len(behind["petitions"]) == row[name]


def test_figure_with_a_group_leads_to_that_groups_petitions(busy: System):
    behind = ask(busy, "steering-committee/cases", by="kind", group="CONDUCT").json()

    assert [petition["kind"] for petition in behind["petitions"]] == ["CONDUCT"]


def test_unit_complained_about_finds_the_complaint_in_no_count_and_behind_no_figure(busy: System):
    """A head of the unit, and a reader of all units who works in it, learn nothing: neither from sum nor list."""
    own = ask(busy, "timeliness", "huong.ccvc").json()
    behind = ask(busy, "timeliness/cases", "huong.ccvc").json()
    everything = ask(busy, "timeliness").json()

    assert everything["total"]["received"] == 3
    assert own["total"]["received"] == behind["count"] == 2
    assert all(petition["kind"] != "CONDUCT" for petition in behind["petitions"])


def test_reader_of_reports_who_reads_no_petitions_follows_no_figure(busy: System):
    refused = busy.http(
        "GET",
        "/desk/v1/reports/timeliness/cases",
        query=NOVEMBER,
        headers=Officer(busy, "yen.bcd")._bearer,
    )

    assert refused.status == 403


@pytest.mark.parametrize(
    ("query", "field"),
    [
        pytest.param({"measure": "secrets"}, "measure", id="no-such-figure"),
        pytest.param({"by": "name"}, "by", id="no-such-breakdown"),
        pytest.param({"to": "2026-10-01"}, "to", id="ends-before-it-begins"),
    ],
)
def test_wrong_question_is_refused_by_name(busy: System, query: dict[str, str], field: str):
    answer = busy.http(
        "GET",
        "/desk/v1/reports/timeliness/cases",
        query={**NOVEMBER, **query},
        headers=Officer(busy, "khanh.tocongtac")._bearer,
    )

    assert answer.status == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_task_force_sees_units_complained_about(busy: System):
    report = ask(busy, "task-force").json()

    sections = {section["name"]: section for section in report["sections"]}
    assert [
        (row["complained_unit_code"], row["received"]) for row in sections["complained-units"]["rows"]
    ] == [("VCCVC", 1)]
