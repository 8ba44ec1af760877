"""Travelling in time does on the way what the schedules would have done, at the instants at which it fell due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from infra.local.clock import TravellingClock
from infra.local.travel import BackwardsError
from tests.local.test_pumps import raising, send
from tests.local.tiny import Script
from tests.support.system import START, System


def write_wake_up(system: System, reference: str, wake_at: str) -> None:
    system.local.cloud.client("dynamodb").put_item(
        TableName=system.local.cloud.outputs["PetitionsTable"],
        Item={"reference": {"S": reference}, "wake_shard": {"N": "3"}, "wake_at": {"S": wake_at}},
    )


def test_the_sweep_runs_in_each_minute_in_which_something_falls_due_and_on_arrival(
    tiny: System, script: Script
) -> None:
    write_wake_up(tiny, "a", "2026-11-03T02:10:00Z")
    write_wake_up(tiny, "b", "2026-11-03T05:00:20Z")
    write_wake_up(tiny, "c", "2026-11-03T05:00:40Z")
    write_wake_up(tiny, "d", "2027-01-01T00:00:00Z")

    tiny.travel(minutes=240)

    assert script.instants("sweep") == [
        "2026-11-03T02:10:00Z",
        "2026-11-03T05:01:00Z",
        "2026-11-03T06:00:00Z",
    ]


def test_a_wake_up_that_nobody_takes_away_does_not_hold_up_the_journey(tiny: System, script: Script) -> None:
    write_wake_up(tiny, "overdue", "2026-11-01T00:00:00Z")

    tiny.travel(days=2)

    assert tiny.clock.now() == START + timedelta(days=2)


def test_the_hourly_schedule_runs_at_each_midnight_in_vietnam_and_on_arrival(
    tiny: System, script: Script
) -> None:
    write_wake_up(tiny, "a", "2027-01-01T00:00:00Z")

    tiny.travel(days=2)

    assert script.instants("hourly") == [
        "2026-11-03T17:00:00Z",
        "2026-11-04T17:00:00Z",
        "2026-11-05T02:00:00Z",
    ]


def test_a_short_way_within_the_hour_runs_no_hourly_schedule(tiny: System, script: Script) -> None:
    write_wake_up(tiny, "a", "2027-01-01T00:00:00Z")

    tiny.travel(minutes=30)

    assert script.instants("hourly") == []


def test_failed_messages_are_tried_again_on_the_way(tiny: System, script: Script) -> None:
    write_wake_up(tiny, "a", "2027-01-01T00:00:00Z")
    script.reactions["on_notice"] = raising(ValueError())
    send(tiny, "n", queue="notices")
    tiny.settle()

    tiny.travel(minutes=90)

    assert script.instants("on_notice") == [
        "2026-11-03T02:00:00Z",
        "2026-11-03T02:06:01Z",
        "2026-11-03T02:12:02Z",
        "2026-11-03T02:18:03Z",
        "2026-11-03T02:24:04Z",
        "2026-11-03T02:30:05Z",
        "2026-11-03T02:36:06Z",
        "2026-11-03T02:42:07Z",
        "2026-11-03T02:48:08Z",
        "2026-11-03T02:54:09Z",
        "2026-11-03T03:00:10Z",
        "2026-11-03T03:06:11Z",
    ]
    assert tiny.dead_letters() == 1


def test_without_petitions_the_clock_may_be_set_to_any_instant(tiny: System, script: Script) -> None:
    for target in ("2018-06-18T09:00:00+07:00", "2035-12-31T23:59:59+07:00", "2026-01-28T09:00:00+07:00"):
        tiny.travel(to=target)

        assert tiny.clock.now() == datetime.fromisoformat(target)
    assert script.seen == []


def test_with_petitions_the_clock_only_goes_forward(tiny: System) -> None:
    write_wake_up(tiny, "a", "2026-12-01T00:00:00Z")

    with pytest.raises(BackwardsError):
        tiny.travel(to="2026-11-03T01:59:59+00:00")

    assert tiny.clock.now() == START


def test_clock_runs_on_from_where_it_was_held() -> None:
    real = datetime(2026, 1, 1, tzinfo=UTC)
    ticking = TravellingClock(lambda: real)
    ticking.hold_at(datetime(2030, 5, 5, tzinfo=UTC))
    ticking.run()

    real += timedelta(seconds=30)

    assert ticking.now() == datetime(2030, 5, 5, 0, 0, 30, tzinfo=UTC)
