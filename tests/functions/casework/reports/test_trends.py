"""Jumps: leaders read those of their own reports, follow them to the petitions, and one alarm is raised."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.identity import reference
from shared.domain.petition.lifecycle import State
from shared.domain.petition.values.classification import Lane
from shared.platform import clock
from shared.tables.answers.reactions import Reaction, ReactionTable
from shared.tables.directory import Directory
from shared.tables.petitions import Petitions
from shared.tables.public_answers import public_answer
from shared.use_cases.answer_addresses import answer_address
from tests.support.builders import a_petition
from tests.support.desk_pages import Browser
from tests.support.people import Officer
from tests.support.system import System

USUAL, JUMP = 2, 12
LETTER = ("c0ffee123456", "000000000001")
"""The sketch of a letter that many send."""
WEEKS = 5


def receive(system: System, number: int, weeks_ago: int, state: State, **facts: Any) -> None:
    """Store petitions as received in the middle of the week that ended yesterday, or of one some weeks before."""
    outputs = system.local.cloud.outputs
    petitions = Petitions(outputs["PetitionsTable"], Directory(outputs["DirectoryTable"]))
    at = clock.now() - timedelta(days=7 * weeks_ago + 4)
    for n in range(number):
        key = f"{state}-{weeks_ago}-{n}"
        petitions.add(
            a_petition(
                state, reference=next(reference.candidates(b"trend", key, at.year)), received_at=at, **facts
            )
        )


@pytest.fixture(scope="module")
def jumped(running_system: System) -> System:
    """Five weeks of two petitions, then twelve at once; and as many denunciations in the newest week."""
    running_system.reset()
    for weeks_ago in range(1, WEEKS + 1):
        receive(
            running_system, USUAL, weeks_ago, State.WITHDRAWN, province="38", sketch=(f"{weeks_ago:012x}",)
        )
    receive(running_system, JUMP, 0, State.WITHDRAWN, province="38", sketch=LETTER)
    receive(running_system, JUMP, 0, State.RESTRICTED, lane=Lane.RESTRICTED, unit="TTRA")
    running_system.settle()
    return running_system


def trends(system: System, username: str = "yen.bcd") -> dict[str, Any]:
    report: dict[str, Any] = Officer(system, username).get("/v1/reports/trends").json()
    return report


def test_leader_reads_what_jumped_from_what_to_what_and_since_when(jumped: System):
    report = trends(jumped)

    assert (report["from"], report["to"]) == ("2026-10-27", "2026-11-02"), "seven days, and today is not over"
    assert [(row["breakdown"], row["usual"], row["received"], row["since_on"]) for row in report["rows"]] == [
        *((by, USUAL, JUMP, "2026-10-27") for by in ("field", "unit", "province")),
        ("matter", 0, JUMP, "2026-10-27"),
    ]
    assert (report["rows"][3]["group"], report["rows"][3]["matter_code"]) == (
        "Nhiều hồ sơ gần giống nhau về lĩnh vực “Cán bộ, công chức, viên chức”",
        LETTER[0],
    ), "the committee reads no petitions: the field"
    assert (report["rows"][2]["group"], report["rows"][2]["province_code"]) == ("Thanh Hóa", "38")
    weeks = report["sections"][0]["rows"][0]
    assert [weeks.get(column["name"]) for column in report["sections"][0]["columns"][2:]] == [
        *[None] * 3,
        *[USUAL] * WEEKS,
        JUMP,
    ]


def test_matter_bears_the_subject_of_its_earliest_petition_for_whoever_may_read_it(jumped: System):
    (matter,) = (row for row in trends(jumped, "khanh.tocongtac")["rows"] if row["breakdown"] == "matter")

    assert (matter["group"], matter["matter_code"]) == ("Thi nâng ngạch", LETTER[0])


@pytest.mark.parametrize("by", ["Lĩnh vực", "Đơn vị", "Tỉnh, thành phố", "Cùng một nội dung"])
def test_figure_leads_to_the_petitions_behind_it(jumped: System, by: str):
    browser = Browser(jumped, "khanh.tocongtac")
    page = browser.get("/desk/reports?name=trends").text
    row = next(line for line in re.findall(r"<tr>.*?</tr>", page, re.DOTALL) if f">{by}<" in line)

    (link,) = re.findall(r'href="([^"]*/cases[^"]*)"', row)
    behind = browser.get(link.replace("&amp;", "&"))

    assert behind.text.count('href="/desk/petitions/') == JUMP


def test_denunciations_jump_for_their_readers_alone(jumped: System):
    seen = {
        name: {row.get("unit_code") for row in trends(jumped, name)["rows"]}
        for name in ("yen.bcd", "khanh.tocongtac")
    }

    assert "TTRA" not in seen["yen.bcd"]
    assert "TTRA" in seen["khanh.tocongtac"]


def test_head_of_a_unit_sees_the_own_unit_alone(jumped: System):
    assert {row["breakdown"] for row in trends(jumped, "huong.ccvc")["rows"]} == {
        "field",
        "unit",
        "province",
        "matter",
    }
    assert trends(jumped, "nga.tienluong")["rows"] == []


def test_week_without_a_jump_says_so(jumped: System):
    page = Browser(jumped, "yen.bcd").get("/desk/reports?name=trends&to=2026-10-20").text

    assert "Không có nội dung nào tăng đột biến trong tuần." in page


def test_jump_alarms_once_on_the_day_it_begins_and_never_of_denunciations(
    jumped: System, caplog: pytest.LogCaptureFixture
):
    for _ in range(2):
        jumped.local.pumps.hourly.fire()
    today = _last_jumps(jumped)
    jumped.clock.hold_at(jumped.clock.now() + timedelta(days=1))
    jumped.local.pumps.hourly.fire()
    tomorrow = _last_jumps(jumped)

    jumping = ["field:CCVC", "unit:VCCVC", "province:38", f"matter:{LETTER[0]}"]
    assert [record.began for record in caplog.records if record.message == "trend"] == [jumping]  # type: ignore[attr-defined]
    assert [(item["day"]["S"], json.loads(item["jumping"]["S"])) for item in (today, tomorrow)] == [
        ("2026-11-03", jumping),
        ("2026-11-04", jumping),
    ]


def _last_jumps(system: System) -> dict[str, Any]:
    return next(row for row in system.items("statistics") if row["measure"]["S"] == "trends")


def test_answer_whose_readers_have_the_same_matter_is_listed_by_its_title(jumped: System):
    outputs = jumped.local.cloud.outputs
    petitions = Petitions(outputs["PetitionsTable"], Directory(outputs["DirectoryTable"]))
    at = clock.now() - timedelta(days=60)
    public = a_petition(
        State.PUBLISHED, reference=next(reference.candidates(b"trend", "answer", at.year)), received_at=at
    )
    petitions.add(public)
    table = ReactionTable(outputs["StatisticsTable"])
    answer = answer_address(public_answer(public).name, "")[len("/cong-khai/") :]
    for weeks_ago in range(WEEKS + 1):
        for _reader in range(USUAL if weeks_ago else JUMP):
            table.add(answer, Reaction.ALSO, (clock.now() - timedelta(days=7 * weeks_ago + 4)).date())

    rows = [row for row in trends(jumped)["rows"] if row["breakdown"] == "also"]
    page = Browser(jumped, "yen.bcd").get("/desk/reports?name=trends").text

    assert [(row["group"], row["usual"], row["received"]) for row in rows] == [
        (public_answer(public).subject, USUAL, JUMP)
    ]
    assert "Người đọc câu trả lời cũng gặp" in page
    assert f"group={answer}" not in page, "no petitions stand behind it"
    assert not [row for row in trends(jumped, "huong.ccvc")["rows"] if row["breakdown"] == "also"]
