"""The statistics: whatever happened, what is read of them is what a recount from the petitions gives."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest

from shared.domain.calendar.working_calendar import local_date
from shared.domain.figures.tallies import Breakdown, Tally, groups_of, shelf_of, summed
from shared.platform import aws, clock
from shared.tables import outlines
from shared.tables.directory import Directory
from shared.tables.outlines import Outlines
from shared.tables.petition_items import petition_of
from shared.tables.statistics import Statistics, horizon_of
from tests.support.people import Citizen, Officer, answer_petition
from tests.support.system import System

FIRST, LAST = date(2026, 10, 1), date(2027, 3, 31)


@pytest.fixture
def statistics(system: System) -> Statistics:
    outputs = system.local.cloud.outputs
    return Statistics(
        outputs["StatisticsTable"], Outlines(outputs["PetitionsTable"]), Directory(outputs["DirectoryTable"])
    )


def hourly(system: System) -> None:
    system.local.pumps.hourly.fire()
    system.settle()


def read(statistics: Statistics, by: Breakdown, first: date = FIRST, last: date = LAST) -> dict[Any, Tally]:
    tallies: dict[Any, Tally] = {}
    for figure in statistics.at(clock.now()).figures(by, first, last):
        tallies.setdefault((figure.shelf, figure.group), Tally()).update(figure.tally)
    return tallies


def recounted(statistics: Statistics, system: System, by: Breakdown) -> dict[Any, Tally]:
    """Count from whole petitions, with nothing of the roll-up's."""
    tallies: dict[Any, Tally] = {}
    for petition in map(petition_of, system.items("petitions")):
        tally = statistics.tally(petition, horizon_of(clock.now()))
        group = groups_of(petition, tally).get(by)
        if group is not None:
            tallies.setdefault((shelf_of(petition), group), Tally()).update(tally)
    return tallies


def same(statistics: Statistics, system: System) -> bool:
    return all(read(statistics, by) == recounted(statistics, system, by) for by in Breakdown)


def test_whatever_happens_reading_equals_a_recount(system: System, statistics: Statistics):
    """Receive, correct, answer, rate, reopen, merge, withdraw: before, between and after roll-ups."""
    clerk = Officer(system, "lan.tiepnhan")
    first, second, third, fourth = (Citizen(system, may_publish=True) for _ in range(4))
    for citizen in (first, second, third, fourth):
        citizen.send()
    assert same(statistics, system)
    hourly(system)
    assert same(statistics, system)

    clerk.do("classify", second.reference, kind="CONDUCT", complained_unit="CTLBHXH")
    answer_petition(system, first.reference)
    first.add("rating", score=1)
    assert same(statistics, system)
    hourly(system)

    Officer(system, "binh.vanphong").do("reopen", first.reference, reason="Chưa thỏa đáng")
    clerk.do("merge", third.reference, parent=second.reference)
    fourth.add("withdrawal", reason="Đã xong")
    assert same(statistics, system)
    system.travel(days=40)
    assert same(statistics, system)


def test_erasure_leaves_the_counts(system: System, statistics: Statistics):
    citizen = Citizen(system)
    citizen.send()
    citizen.add("withdrawal", reason="Đã xong")
    before = summed(read(statistics, Breakdown.CHANNEL).values())

    system.clock.hold_at(system.clock.now() + timedelta(days=5 * 366))
    system.local.pumps.sweep.fire()
    system.settle()

    (item,) = system.items("petitions")
    assert json.loads(item["body"]["S"])["history"][-1]["action"] == "erase"
    assert summed(read(statistics, Breakdown.CHANNEL).values()) == before


def test_rolling_up_twice_writes_nothing_more(system: System, statistics: Statistics):
    Citizen(system).send()
    hourly(system)
    rows = rows_of(system)

    hourly(system)

    assert rows_of(system) == rows
    assert rows


def test_part_of_a_month_is_read_from_its_days(system: System, statistics: Statistics):
    Citizen(system).send()
    system.travel(days=2)
    Citizen(system).send()
    hourly(system)

    on_the_first_day = read(statistics, Breakdown.CHANNEL, date(2026, 11, 3), date(2026, 11, 4))

    assert [tally["received"] for tally in on_the_first_day.values()] == [1]


def test_row_that_was_altered_is_repaired_at_night_and_reported(
    system: System, statistics: Statistics, caplog: pytest.LogCaptureFixture
):
    Citizen(system).send()
    hourly(system)
    system.travel(days=1)
    table = system.local.cloud.outputs["StatisticsTable"]
    row = next(row for row in system.items("statistics") if row["measure"]["S"].startswith("KIND#2026"))
    aws.client("dynamodb").put_item(TableName=table, Item={**row, "groups": {"S": '{"":{"received":7}}'}})
    caplog.clear()

    system.clock.hold_at(system.clock.now() + timedelta(days=1))
    hourly(system)

    assert same(statistics, system)
    assert [record.message for record in caplog.records] == ["statistics repaired"]


@pytest.mark.parametrize("few", [outlines.FEW, 1], ids=["few petitions", "many"])
def test_rows_of_a_month_without_petitions_are_emptied_at_night(
    system: System, statistics: Statistics, monkeypatch: pytest.MonkeyPatch, few: int
):
    monkeypatch.setattr(outlines, "FEW", few)
    for _ in range(2):
        Citizen(system).send()
    hourly(system)
    month = next(month for month in statistics.months())
    rows = statistics.rows(month).rows
    for name, groups in rows.items():
        statistics.put("2026-10", name, groups)
    assert "2026-10" in statistics.months()
    checkpoint = statistics.checkpoint()
    assert checkpoint is not None
    statistics.save_checkpoint(checkpoint.model_copy(update={"since": date(2026, 10, 1)}))

    system.travel(days=1)

    assert statistics.months() == {month}
    assert same(statistics, system)


def test_one_run_reads_the_changes_of_a_day_once(system: System):
    Citizen(system).send()
    reader, now = Outlines(system.local.cloud.outputs["PetitionsTable"]), clock.now()
    hour = timedelta(hours=1)
    read_apart = reader.days_touched(now - hour, now), reader.changed_since(now - hour, now)

    with system.local.functions._at_work("sla_timer.hourly"), system.faults.at({}), reader.reading_once():
        reader.hashes_changed_on(local_date(now))
        calls = len(system.faults.calls)
        read_together = reader.days_touched(now - hour, now), reader.changed_since(now - hour, now)

        assert (read_together, len(system.faults.calls)) == (read_apart, calls)
        assert calls > 0
        reader.days_touched(now, now, is_read_anew=True)
        assert len(system.faults.calls) > calls


def test_another_calendar_counts_everything_anew(system: System, statistics: Statistics):
    citizen = Citizen(system, may_publish=True)
    citizen.send()
    answer_petition(system, citizen.reference)
    hourly(system)

    Directory(system.local.cloud.outputs["DirectoryTable"]).put(
        "calendar",
        "2026-11-04",
        date(2026, 11, 3),
        {"on": "2026-11-04", "kind": "OFF", "document": "1/QĐ", "name": ""},
    )
    system.clock.hold_at(system.clock.now() + timedelta(minutes=2))

    assert statistics.checkpoint() is not None
    assert same(statistics, system)
    hourly(system)
    assert same(statistics, system)


def rows_of(system: System) -> list[Any]:
    rows = [row for row in system.items("statistics") if row["period"]["S"] != "jobs"]
    return sorted(rows, key=lambda row: (row["period"]["S"], row["measure"]["S"]))
