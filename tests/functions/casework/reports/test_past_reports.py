"""A report of a past day has the same figures again, whatever happened to the petitions since."""

from __future__ import annotations

import re
from typing import Any

import pytest

from chalicelib.casework.reports.catalogue import REPORTS
from tests.support.desk_pages import Browser
from tests.support.people import Citizen, Officer, answer_petition
from tests.support.system import System

DAYS = {"from": "2026-11-01", "to": "2026-11-24"}
PAST = "2026-11-24"
"""A day on which one petition is overdue, one is answered late, one is forwarded and one is with its unit."""
READERS = {"task-force": "khanh.tocongtac"}


def report(system: System, name: str, **query: str) -> dict[str, Any]:
    """Read a report, without the time at which it was made."""
    officer = Officer(system, READERS.get(name, "binh.vanphong"))
    answer = system.http("GET", f"/desk/v1/reports/{name}", query={**DAYS, **query}, headers=officer._bearer)
    assert answer.status == 200, answer.text
    report: dict[str, Any] = answer.json()
    return {what: value for what, value in report.items() if what not in ("made_at", "as_of")}


@pytest.fixture(scope="module")
def reports_then(running_system: System) -> dict[str, dict[str, Any]]:
    """The reports of a day as they were read on it, with a month of changes since."""
    system = running_system
    system.reset()
    late, forwarded, accepted, waiting = (Citizen(system, may_publish=True) for _ in range(4))
    for citizen in (late, forwarded, accepted):
        citizen.send()
    Officer(system, "lan.tiepnhan").do("forward", forwarded.reference, body="Bộ Giáo dục và Đào tạo")
    system.travel(to="2026-11-20T03:00:00+00:00")
    waiting.send()
    Officer(system, "minh.ccvc").do("accept", accepted.reference)
    system.travel(to="2026-11-24T03:00:00+00:00")
    answer_petition(system, late.reference)
    system.travel(to="2026-11-24T16:58:00+00:00")
    then = {name: report(system, name) for name in REPORTS}

    system.travel(to="2026-11-25T03:00:00+00:00")
    Officer(system, "lan.tiepnhan").do("classify", waiting.reference, kind="INITIATIVE", field="TL")
    Officer(system, "lan.tiepnhan").do("assign", waiting.reference, unit="CTLBHXH")
    Officer(system, "minh.ccvc").do("draft-answer", accepted.reference, text="Kết quả công bố ngày 30/11.")
    Officer(system, "binh.vanphong").do("approve", accepted.reference)
    late.add("rating", score=1)
    late.add("reopening", reason="Chưa trả lời đúng câu hỏi.")
    Citizen(system).send()
    system.travel(to="2026-12-04T03:00:00+00:00")
    return then


@pytest.mark.parametrize("name", list(REPORTS))
def test_report_of_a_past_day_says_what_it_said_on_that_day(
    running_system: System, reports_then: dict[str, dict[str, Any]], name: str
):
    again = report(running_system, name, as_of=PAST)

    assert again == reports_then[name]


def test_what_has_happened_since_shows_when_no_day_is_named(
    running_system: System, reports_then: dict[str, dict[str, Any]]
):
    now = report(running_system, "timeliness")

    assert now["total"]["received"] == reports_then["timeliness"]["total"]["received"] == 4
    assert (
        reports_then["timeliness"]["total"]["overdue"],
        reports_then["timeliness"]["total"]["answered_late"],
    ) == (1, 1)
    assert (now["total"]["overdue"], now["total"]["answered_late"]) == (0, 2)


def test_figure_of_the_past_leads_to_the_petitions_as_they_stood(
    running_system: System, reports_then: object
):
    officer = Officer(running_system, "binh.vanphong")

    past = officer.get(f"/v1/reports/timeliness/cases?from=2026-11-01&to={PAST}&measure=overdue&as_of={PAST}")
    page = Browser(running_system, "binh.vanphong").get(
        f"/desk/reports/cases?from=2026-11-01&to={PAST}&measure=overdue&as_of={PAST}"
    )

    (row,) = past.json()["petitions"]
    assert (row["state"], row["standing"], row["working_days_over"]) == ("IN_PROGRESS", "UNMET", 1), (
        "a holiday after the day is late too"
    )
    assert "Tình hình như cuối ngày 24/11/2026." in page.text


def test_page_says_which_day_it_shows_and_keeps_it_on_every_way_from_there(
    running_system: System, reports_then: object
):
    page = Browser(running_system, "binh.vanphong").get(
        f"/desk/reports?name=timeliness&from=2026-11-01&to={PAST}&as_of={PAST}"
    )

    assert "Tình hình như cuối ngày 24/11/2026, dựng lại từ nhật ký hồ sơ." in page.text
    links = re.findall(r'href="(/desk/reports[^"]*(?:measure|format)=[^"]*)"', page.text)
    assert len(links) > 5
    assert all(f"as_of={PAST}" in link for link in links)


def test_head_of_a_unit_reads_of_the_past_what_was_with_the_own_unit(
    running_system: System, reports_then: object
):
    past = Officer(running_system, "huong.ccvc").get(
        f"/v1/reports/workload?from=2026-11-01&to={PAST}&as_of={PAST}"
    )

    assert {row["unit_code"] for row in past.json()["rows"]} == {"VCCVC"}


def test_day_to_come_is_refused_by_name(running_system: System, reports_then: object):
    answer = Officer(running_system, "binh.vanphong").get("/v1/reports/timeliness?as_of=2027-03-01")

    assert answer.status == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["as_of"]
