"""`ops logs`: what the runbook calls "the log line X of Y", found by its text."""

from __future__ import annotations

import pytest

from infra.ops.stage import logs as stage_logs
from shared.platform import queues
from tests.ops.conftest import Ops
from tests.support.system import System

CAUSE = "0d3f1c9e-5b1a-4f57-9c0e-6a1b2c3d4e5f"
EMPTY = {"notices": "notifier.on_notice", "routing": "router.on_route"}
"""Queues to which a message without content is sent, and who fails at it."""


@pytest.fixture(autouse=True)
def _failures(system: System) -> None:
    for queue in EMPTY:
        system.local.cloud.client("sqs").send_message(
            QueueUrl=system.local.cloud.queue_url(queue), MessageBody="{}", **queues.trail(CAUSE)
        )
    system.settle()


def test_lines_of_all_functions_that_hold_a_text_stand_by_their_time(ops: Ops):
    rows = [row for row in ops("logs", "message failed", "--json").rows if row["correlation"] == CAUSE]

    assert {row["where"] for row in rows} == set(EMPTY.values())
    assert [row["at"] for row in rows] == sorted(row["at"] for row in rows)
    assert all("receive_count 1" in row["detail"] for row in rows)


@pytest.mark.parametrize(
    "function", ["notifier", "Notifier", "notifier-on-notice", "notifier_on_notice", "notifier.on_notice"]
)
def test_a_function_or_one_of_its_lambdas_is_named_as_alarms_name_it(ops: Ops, function: str):
    rows = ops("logs", "message failed", "--function", function, "--json").rows

    assert {row["where"] for row in rows} == {"notifier.on_notice"}


def test_any_part_of_a_line_finds_it(ops: Ops):
    assert ops("logs", CAUSE, "--json").rows
    assert ops("logs", '"receive_count":1', "--function", "router", "--json").rows
    assert ops("logs", "no such words").output.startswith("No log line since 2026-11-0")


def test_lines_before_the_instant_are_left_out(ops: Ops):
    outcome = ops("logs", "message failed", "--since", "2999-01-01T00:00:00+07:00")

    assert outcome.output == "No log line since 2999-01-01T00:00+07:00 holds it\n"


def test_where_there_are_more_lines_than_are_shown_it_says_so(
    system: System, ops: Ops, monkeypatch: pytest.MonkeyPatch
):
    system.travel(minutes=30)
    monkeypatch.setattr(stage_logs, "MOST_LINES", 2)

    output = ops("logs", "message failed", "--function", "notifier-on-notice").output

    assert output.count("NoticeUnknownError") + output.count("ValidationError") == 2
    assert output.endswith("notifier.on_notice has more: these are its first 2; begin later with --since\n")


def test_what_is_looked_for_is_not_crowded_out_by_lines_that_are_like_it(
    system: System, ops: Ops, monkeypatch: pytest.MonkeyPatch
):
    system.travel(minutes=30)
    monkeypatch.setattr(stage_logs, "MOST_LINES", 1)

    (row,) = ops("logs", '"receive_count":3', "--function", "notifier-on-notice", "--json").rows

    assert "receive_count 3" in row["detail"]


def test_lines_go_by_the_clock_of_the_stack(system: System, ops: Ops):
    system.travel(days=40)
    system.local.cloud.client("sqs").send_message(
        QueueUrl=system.local.cloud.queue_url("notices"), MessageBody="{}", **queues.trail(CAUSE)
    )
    system.settle()

    rows = ops("logs", "message failed", "--function", "notifier-on-notice", "--json").rows

    assert {row["at"][:10] for row in rows} == {f"{system.clock.now():%Y-%m-%d}"}


@pytest.mark.parametrize(
    ("arguments", "text", "next_step"),
    [
        ((" ",), "No text to look for", 'ops logs "message failed"'),
        (("x", "--function", "nobody"), "There is no function nobody", "sla-timer-hourly"),
        (("x", "--since", "2026-11-03"), "names no zone", "2026-11-03T00:00:00+07:00"),
    ],
)
def test_what_cannot_be_looked_for_is_said_with_the_next_step(
    ops: Ops, arguments: tuple[str, ...], text: str, next_step: str
):
    outcome = ops("logs", *arguments)

    assert outcome.code == 1
    assert text in outcome.errors
    assert next_step in outcome.errors
