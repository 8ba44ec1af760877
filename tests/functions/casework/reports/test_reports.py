"""The leaders' reports: every figure counted a second time from the stored petitions, by other means."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.support.people import Citizen, Officer, Phone, answer_petition, reference_in
from tests.support.system import System

NOVEMBER = {"from": "2026-11-01", "to": "2026-11-30"}
DENUNCIATION = (
    "Tôi tố cáo ông Trần Văn Cường, phó phòng, đã nhận hối lộ 20 triệu đồng của người dự thi nâng ngạch "
    "ngày 12/10/2026 tại trụ sở. Tôi có ghi âm và người làm chứng."
)
ANSWERS = {"approve", "forward", "guide", "refuse", "merge", "restrict"}


@pytest.fixture(scope="module")
def busy(running_system: System) -> System:
    """A month with one petition of each fate, looked at on 4 December."""
    system = running_system
    system.reset()
    answered, late, withdrawn, forwarded, _overdue = (Citizen(system, may_publish=True) for _ in range(5))
    for citizen in (answered, late, withdrawn, forwarded, _overdue):
        citizen.send()
    Citizen(system, content=DENUNCIATION).send()
    by_sms = reference_in(Phone(system).send("PAKN Ket qua thi nang ngach cong chuc chuyen vien chinh o dau"))
    withdrawn.add("withdrawal", reason="Đã có kết quả.")
    Officer(system, "lan.tiepnhan").do("forward", forwarded.reference, body="Bộ Giáo dục và Đào tạo")
    Officer(system, "lan.tiepnhan").do("classify", by_sms, kind="CONDUCT", complained_unit="CTLBHXH")
    answer_petition(system, answered.reference)
    answered.add("rating", score=4)
    Officer(system, "binh.vanphong").do(
        "publish", answered.reference, subject="Thi nâng ngạch", content="Hỏi kết quả.", answer="Trước 30/11."
    )
    system.travel(to="2026-11-30T03:00:00+00:00")
    answer_petition(system, late.reference)
    system.travel(to="2026-12-04T03:00:00+00:00")
    Citizen(system).send()
    return system


def report(system: System, name: str, username: str = "yen.bcd", **query: str) -> dict[str, Any]:
    """Ask for a report of November as JSON."""
    officer = Officer(system, username)
    answer = system.http(
        "GET", f"/desk/v1/reports/{name}", query={**NOVEMBER, **query}, headers=officer._bearer
    )
    assert answer.status == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


class Fate:
    """The facts of one stored petition that a recount needs, read from its JSON alone."""

    def __init__(self, body: dict[str, Any], today: date) -> None:
        self.body = body
        self.received_on = _vietnam(body["received_at"])
        self.due_on = date.fromisoformat(body["due_on"])
        done = next((e for e in body["history"] if e["action"] in ANSWERS), None)
        self.is_restricted = body.get("lane") == "RESTRICTED"
        self.answered_on = _vietnam(done["at"]) if done else None
        if body["state"] == "WITHDRAWN":
            self.answer_status = None
        elif self.answered_on:
            self.answer_status = "KEPT" if self.answered_on <= self.due_on else "LATE"
        else:
            self.answer_status = "OPEN" if today <= self.due_on else "UNMET"


def _vietnam(instant: str) -> date:
    at = datetime.fromisoformat(instant).astimezone(UTC)
    return (at + timedelta(hours=7)).date()


def fates(system: System, *, with_denunciations: bool = False, months: tuple[int, ...] = (11,)) -> list[Fate]:
    """Read all petitions received in November, or in other months too."""
    today = (system.clock.now() + timedelta(hours=7)).date()
    all_fates = [Fate(json.loads(item["body"]["S"]), today) for item in system.items("petitions")]
    return [
        fate
        for fate in all_fates
        if fate.received_on.month in months and (with_denunciations or not fate.is_restricted)
    ]


def test_month_has_every_fate_that_the_reports_tell_apart(busy: System):
    received_petitions = fates(busy, with_denunciations=True)

    assert Counter(fate.answer_status for fate in received_petitions) == {
        "KEPT": 3,
        "LATE": 1,
        "UNMET": 2,
        None: 1,
    }
    assert sum(fate.is_restricted for fate in received_petitions) == 1


def test_timeliness_adds_up_for_each_unit(busy: System):
    table = report(busy, "timeliness")
    received_petitions = fates(busy)

    rows = {row["unit"]: row for row in table["rows"]}
    (row,) = rows.values()
    for figures in (row, table["total"]):
        assert figures["received"] == len(received_petitions) == 6
        assert (
            figures["answered_on_time"]
            == sum(fate.answer_status == "KEPT" for fate in received_petitions)
            == 2
        )
        assert (
            figures["answered_late"] == sum(fate.answer_status == "LATE" for fate in received_petitions) == 1
        )
        assert figures["overdue"] == sum(fate.answer_status == "UNMET" for fate in received_petitions) == 2
        assert figures["open_in_time"] == 0
        assert figures["on_time_percent"] == 40.0
    days = [
        (fate.answered_on - fate.received_on).days
        for fate in received_petitions
        if fate.answered_on and fate.answer_status
    ]
    assert table["total"]["average_days"] == round(sum(days) / len(days), 1)


def test_timeliness_counts_updates_publications_and_forwardings(busy: System):
    november = report(busy, "timeliness")["total"]
    december = report(busy, "timeliness", **{"from": "2026-12-01", "to": "2026-12-04"})["total"]
    updates = [e for fate in fates(busy) for e in fate.body["history"] if e["action"] == "update-petitioner"]

    assert (november["updates_kept"], december["updates_kept"]) == (0, len(updates)) == (0, 2)
    assert (december["updates_late"], december["updates_unmet"]) == (0, 0)
    assert (november["published_on_time"], november["unpublished"]) == (1, 0)
    assert (december["published_on_time"], december["unpublished"]) == (0, 1)
    assert (november["forwarded_on_time"], november["forwarded_late"], november["unforwarded"]) == (1, 0, 0)


def test_workload_adds_up_for_each_handler(busy: System):
    table = report(busy, "workload")
    received_petitions = fates(busy)

    by_handler = Counter(fate.body.get("handler") for fate in received_petitions)
    assert {row["handler"]: row["received"] for row in table["rows"]} == {
        "Chưa xác định": by_handler[None],
        "Nguyễn Đức Minh": by_handler["minh.ccvc"],
    }
    states = Counter(fate.body["state"] for fate in fates(busy, months=(11, 12)))
    assert table["total"]["to_accept"] == states["ASSIGNED"] == 3
    assert table["total"]["in_progress"] == states["IN_PROGRESS"]
    assert table["total"]["overdue"] == sum(fate.answer_status == "UNMET" for fate in received_petitions)


def test_steering_committee_sees_origins_and_outcomes_by_field(busy: System):
    total = report(busy, "steering-committee")["total"]
    received_petitions = fates(busy)

    channels = Counter(fate.body["channel"] for fate in received_petitions)
    states = Counter(fate.body["state"] for fate in received_petitions)
    assert {name: total[name] for name in ("web", "sms", "hotline")} == {
        "web": channels["WEB"],
        "sms": channels["SMS"],
        "hotline": 0,
    }
    assert total["conduct"] == 1
    assert total["regulation"] + total["initiative"] + total["unclassified"] == len(received_petitions) - 1
    assert (total["forwarded"], total["withdrawn"]) == (states["FORWARDED"], states["WITHDRAWN"]) == (1, 1)
    assert (total["published"], total["average_rating"]) == (1, 4.0)


def test_six_months_are_reported_month_by_month(busy: System):
    table = report(busy, "six-month", **{"from": "2026-07-01", "to": "2026-12-31"})

    received = table["rows"][0]
    assert [column["name"] for column in table["columns"]] == ["measure", "2026-11", "2026-12", "total"]
    assert (received["2026-11"], received["2026-12"], received["total"]) == (len(fates(busy)), 1, 7)
    for row in table["rows"][:8]:
        assert row["2026-11"] + row["2026-12"] == row["total"]


def test_task_force_gets_the_cases_themselves(busy: System):
    table = report(busy, "task-force", "khanh.tocongtac")
    received_petitions = fates(busy, with_denunciations=True)

    expected = {
        fate.body["reference"]
        for fate in received_petitions
        if fate.body.get("kind") == "CONDUCT" or fate.answer_status in ("LATE", "UNMET")
    }
    (ended,) = [section for section in table["sections"] if section["name"] == "ended"]
    assert {row["reference"] for row in (*table["rows"], *ended["rows"])} == expected
    assert {row["standing"] for row in table["rows"]} >= {"LATE", "UNMET"}, "its publication is late"
    overdue = [row for row in table["rows"] if row["standing"] == "UNMET"]
    assert {row["working_days_over"] for row in overdue} == {8}  # 23 Nov to 4 Dec; 24 Nov is a holiday


def test_denunciation_is_counted_for_its_readers_alone(busy: System):
    for_committee, for_inspector = (
        report(busy, "timeliness", name) for name in ("yen.bcd", "khanh.tocongtac")
    )

    assert (for_committee["counts_denunciations"], for_inspector["counts_denunciations"]) == (False, True)
    assert for_inspector["total"]["received"] == for_committee["total"]["received"] + 1


def test_head_of_a_unit_sees_the_own_unit_alone(busy: System):
    own, foreign = (report(busy, "timeliness", name) for name in ("huong.ccvc", "nga.tienluong"))

    assert (own["unit"], foreign["unit"]) == ("VCCVC", "CTLBHXH")
    assert own["total"]["received"] == 6
    assert foreign["rows"] == []


@pytest.mark.parametrize("name", ["timeliness", "workload", "steering-committee", "task-force", "six-month"])
def test_spreadsheet_says_the_same_as_the_program_reads(busy: System, name: str):
    officer = Officer(busy, "yen.bcd")
    answer = busy.http(
        "GET", f"/desk/v1/reports/{name}", query={**NOVEMBER, "format": "csv"}, headers=officer._bearer
    )
    table = report(busy, name)

    assert answer.body.startswith(b"\xef\xbb\xbf")
    assert answer.header("content-type").startswith("text/csv")
    assert f"{name}_2026-11-01_2026-11-30.csv" in answer.header("content-disposition")
    head, *rows = csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")))
    assert head == [column["label"] for column in table["columns"]]
    expected = [
        ["" if row[fate["name"]] is None else str(row[fate["name"]]) for fate in table["columns"]]
        for row in table["rows"]
    ]
    assert rows[: len(expected)] == expected
    assert len(rows) == len(expected) + (table["total"] is not None)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        pytest.param({"from": "2026-12-01", "to": "2026-11-01"}, "to", id="ends-before-it-begins"),
        pytest.param({"from": "2020-01-01", "to": "2026-11-01"}, "to", id="longer-than-a-year"),
        pytest.param({"to": "0463-01-30"}, "to", id="before-there-were-figures"),
        pytest.param({"from": "hôm qua"}, "from", id="no-date"),
        pytest.param({"to": "2026-02-30"}, "to", id="no-such-day"),
        pytest.param({"format": "xls"}, "format", id="no-such-format"),
    ],
)
def test_wrong_period_is_refused_by_name(busy: System, query: dict[str, str], field: str):
    answer = busy.http(
        "GET",
        "/desk/v1/reports/timeliness",
        query={**NOVEMBER, **query},
        headers=Officer(busy, "yen.bcd")._bearer,
    )

    assert answer.status == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_report_that_there_is_not_is_refused(busy: System):
    answer = Officer(busy, "yen.bcd").get("/v1/reports/secrets")

    assert answer.status == 422
