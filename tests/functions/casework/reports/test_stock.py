"""On the 16th of December: stock is counted as stock, duties by when they fell due; recounted from what is stored."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from openpyxl import load_workbook

from chalicelib.casework.reports.export import heading, sheet_name
from tests.support.desk_pages import Browser
from tests.support.people import Citizen, Officer, answer_petition
from tests.support.system import System

OPEN = {
    "RECEIVED",
    "ASSIGNED",
    "IN_PROGRESS",
    "AWAITING_INFORMATION",
    "AWAITING_APPROVAL",
    "REOPENED",
    "MERGED",
}
ENDING = {"approve", "forward", "guide", "refuse", "restrict", "withdraw"}


@pytest.fixture(scope="module")
def december(running_system: System) -> System:
    """Nothing was received in December; what was in October and November is open, late, answered, or taken back."""
    system = running_system
    system.reset()
    system.clock.hold_at(datetime.fromisoformat("2026-10-12T03:00:00+00:00"))
    old = [Citizen(system) for _ in range(2)]
    for citizen in old:
        citizen.send()
    Officer(system, "lan.tiepnhan").do(
        "classify", old[1].reference, kind="CONDUCT", complained_unit="CTLBHXH"
    )
    system.travel(to="2026-11-10T03:00:00+00:00")
    answered, conduct, taken_back = (Citizen(system, may_publish=True) for _ in range(3))
    for citizen in (answered, conduct, taken_back):
        citizen.send()
    Officer(system, "lan.tiepnhan").do(
        "classify", conduct.reference, kind="CONDUCT", complained_unit="CTLBHXH"
    )
    for citizen in (answered, taken_back):
        answer_petition(system, citizen.reference)
        Officer(system, "binh.vanphong").do(
            "publish", citizen.reference, subject="Thi", content="Hỏi.", answer="Trước 30/11."
        )
    Officer(system, "binh.vanphong").do("unpublish", taken_back.reference, reason="Còn tên.")
    system.travel(to="2026-11-30T03:00:00+00:00")
    Citizen(system).send()
    Citizen(system).send()
    system.travel(to="2026-12-16T03:00:00+00:00")
    return system


def stored(system: System) -> list[dict[str, Any]]:
    return [json.loads(item["body"]["S"]) for item in system.items("petitions")]


def answered_on(petition: dict[str, Any]) -> date | None:
    at = next((e["at"] for e in petition["history"] if e["action"] in ENDING), None)
    return (datetime.fromisoformat(at) + timedelta(hours=7)).date() if at else None


def report(system: System, name: str, username: str = "khanh.tocongtac", **query: str) -> dict[str, Any]:
    officer = Officer(system, username)
    answer = system.http("GET", f"/desk/v1/reports/{name}", query=query, headers=officer._bearer)
    assert answer.status == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


def test_workload_counts_all_that_is_open_whenever_it_was_received(december: System):
    table = report(december, "workload")
    pending = [petition for petition in stored(december) if petition["state"] in OPEN]

    states = Counter(petition["state"] for petition in pending)
    overdue = [p for p in pending if date.fromisoformat(p["due_on"]) < date(2026, 12, 16)]
    total = table["total"]
    assert (table["counts"], table["from"], table["to"]) == ("stock", "2026-11-01", "2026-11-30")
    assert total["open"] == len(pending) == 5
    assert total["overdue"] == len(overdue) == 3
    assert total["to_accept"] == states["ASSIGNED"]
    assert total["received"] == 5, "received in the period, November"
    assert sum(row["open"] for row in table["rows"]) == total["open"]


def test_timeliness_counts_what_fell_due_whenever_it_was_received(december: System):
    november = report(december, "timeliness")
    petitions = stored(december)

    due = [p for p in petitions if p["due_on"].startswith("2026-11")]
    in_time = [p for p in due if (on := answered_on(p)) and on <= date.fromisoformat(p["due_on"])]
    total = november["total"]
    assert (november["counts"], november["from"], november["to"]) == ("due", "2026-11-01", "2026-11-30")
    assert total["due"] == len(due)
    assert (total["answered_on_time"], total["overdue"]) == (len(in_time), len(due) - len(in_time))
    assert total["overdue"] == 3
    in_december = report(december, "timeliness", **{"from": "2026-12-01", "to": "2026-12-31"})["total"]
    assert (in_december["due"], in_december["open_in_time"]) == (2, 2)


def test_task_force_lists_what_is_open_about_conduct_and_what_is_late_with_subjects(december: System):
    table = report(december, "task-force")

    expected = {
        petition["reference"]: petition["subject"]
        for petition in stored(december)
        if petition["state"] in OPEN
        and (petition.get("kind") == "CONDUCT" or petition["due_on"] < "2026-12-16")
    }
    assert {row["reference"]: row["subject"] for row in table["rows"]} == expected
    assert len(expected) == 3


def test_subjects_are_for_those_who_may_read_the_petition(december: System):
    for_committee = report(december, "task-force", "yen.bcd")

    assert for_committee["rows"]
    assert {row["subject"] for row in for_committee["rows"]} == {""}


@pytest.mark.parametrize("name", ["workload", "timeliness", "task-force"])
def test_figures_of_a_past_day_are_those_that_the_day_had(december: System, name: str):
    before = report(december, name, as_of="2026-11-12")

    pending = [p for p in stored(december) if p["received_at"] < "2026-11-12T17"]
    if name == "workload":
        assert before["total"]["open"] == len(
            [p for p in pending if (answered_on(p) or date.max) > date(2026, 11, 12)]
        )
        assert (before["from"], before["to"]) == ("2026-10-01", "2026-10-31")
    if name == "timeliness":
        november = report(december, name, as_of="2026-11-12", **{"from": "2026-11-01", "to": "2026-11-30"})
        assert (november["total"]["overdue"], november["total"]["open_in_time"]) == (2, 1)
    if name == "task-force":
        assert len(before["rows"]) == 3


@pytest.mark.parametrize(
    ("name", "measure"),
    [
        ("workload", "open"),
        ("workload", "overdue"),
        ("workload", "to_accept"),
        ("workload", "received"),
        ("timeliness", "due"),
        ("timeliness", "overdue"),
        ("timeliness", "answered_on_time"),
        ("timeliness", "received"),
    ],
)
def test_a_figure_leads_to_as_many_petitions_with_their_subjects(december: System, name: str, measure: str):
    total = report(december, name)["total"]
    khanh = Officer(december, "khanh.tocongtac")

    behind = khanh.get(f"/v1/reports/{name}/cases?measure={measure}").json()
    page = Browser(december, "khanh.tocongtac").get(f"/desk/reports/cases?name={name}&measure={measure}")

    assert behind["count"] == len(behind["petitions"]) == total[measure]
    subjects = {petition["reference"]: petition["subject"] for petition in stored(december)}
    assert all(row["subject"] == subjects[row["reference"]] for row in behind["petitions"])
    assert page.status == 200
    assert all(row["subject"] in page.text for row in behind["petitions"])


def test_head_of_a_unit_is_shown_no_more_by_the_stock(december: System):
    own = report(december, "workload", "nga.tienluong")

    assert own["rows"] == []
    behind = Officer(december, "nga.tienluong").get("/v1/reports/workload/cases?measure=open").json()
    assert behind["count"] == 0


def test_answer_that_was_taken_back_counts_as_published_no_longer(december: System):
    total = report(december, "steering-committee")["total"]

    assert total["published"] == 1
    behind = Officer(december, "khanh.tocongtac").get(
        "/v1/reports/steering-committee/cases?measure=published"
    )
    assert behind.json()["count"] == 1


def test_roll_up_changes_no_figure(december: System):
    before = {
        name: report(december, name)["total"] for name in ("workload", "timeliness", "steering-committee")
    }

    december.travel(days=0)

    assert {name: report(december, name)["total"] for name in before} == before


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("workload", "Tất cả hồ sơ đang mở hoặc quá hạn"),
        ("task-force", "Tất cả hồ sơ đang mở hoặc quá hạn"),
        ("timeliness", "Việc đến hạn từ 01/11/2026 đến 30/11/2026"),
        ("steering-committee", "Hồ sơ tiếp nhận từ 01/11/2026 đến 30/11/2026"),
    ],
)
def test_page_and_files_say_what_is_counted(december: System, name: str, words: str):
    browser = Browser(december, "khanh.tocongtac")

    page = browser.get(f"/desk/reports?name={name}")
    file = Officer(december, "khanh.tocongtac").get(f"/v1/reports/{name}?format=csv")
    workbook = Officer(december, "khanh.tocongtac").get(f"/v1/reports/{name}?format=xlsx")

    assert words in page.text
    assert "Không có hồ sơ nào" not in page.text
    head, *rows = csv.reader(io.StringIO(file.text.removeprefix("\ufeff")))
    assert len(rows) >= 1
    assert len(head) == len(rows[0])
    book = load_workbook(io.BytesIO(workbook.body))
    assert words in book.worksheets[0]["A2"].value


@pytest.mark.parametrize(
    ("title", "taken", "name"),
    [
        ("Theo đơn vị và người xử lý", [], "Theo đơn vị và người xử lý"),
        ("Đề xuất báo cáo Thủ tướng Chính phủ", [], "Đề xuất báo cáo Thủ tướng…"),
        ("Hồ sơ tiếp nhận trong kỳ, đã xong", [], "Hồ sơ tiếp nhận trong kỳ, đã…"),
        ("Theo: đơn vị/năm [mới]", [], "Theo đơn vị năm mới"),
        ("Hồ sơ", ["hồ sơ"], "Hồ sơ 2"),
        ("x" * 40, [], f"{'x' * 30}…"),
    ],
)
def test_sheet_is_named_with_whole_words_and_once(title: str, taken: list[str], name: str):
    assert sheet_name(title, taken) == name


def test_title_of_a_sheet_is_not_doubled():
    assert heading("Tăng đột biến", "Tăng đột biến") == "Tăng đột biến"
    assert heading("Khối lượng công việc", "Theo đơn vị") == "Khối lượng công việc: Theo đơn vị"
