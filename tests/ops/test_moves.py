"""`ops sweep`, `replay`, `quarantine`: what was lost is sent again, once, and nobody is notified twice."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from infra.local.emulation import moto_insides
from shared.platform import clock
from tests.ops.conftest import Ops
from tests.support.people import Citizen
from tests.support.system import System


def lose(system: System, citizen: Citizen) -> str:
    """Send a petition whose changes nobody hears; return its reference."""
    headers = {"Idempotency-Key": citizen.key, **system.as_program}
    answer = system.http("POST", "/v1/petitions", json=citizen.body, headers=headers)
    system.lose_changes()
    return str(answer.json()["reference"])


def waiting(system: System, queue: str) -> int:
    held = moto_insides.depth(system.local.cloud.queue_name(queue))
    return held.visible + held.delayed


# ---------------------------------------------------------------- replay


def test_what_the_stream_lost_is_sent_anew_and_nobody_is_notified_twice(
    system: System, ops: Ops, audit: Callable[[], list[tuple[str, str]]]
):
    heard = Citizen(system)
    heard.send()
    once = len(system.outbox(heard.reference))
    lost = lose(system, Citizen(system))
    since = (clock.now() - timedelta(minutes=5)).isoformat()

    dry = ops("replay", "--since", since, "--dry-run")
    assert (dry.output, waiting(system, "routing")) == ("would: relay the changes of 2 petitions anew\n", 0)

    for _ in range(2):
        assert ops("replay", "--since", since, "--yes").code == 0
        system.settle()

    assert [len(system.outbox(reference)) for reference in (heard.reference, lost)] == [once] * 2
    assert audit() == [("replay", "begins"), ("replay", "done")] * 2


def test_only_what_changed_since_is_sent(system: System, ops: Ops):
    lose(system, Citizen(system))
    system.clock.hold_at(clock.now() + timedelta(hours=1))

    outcome = ops("replay", "--since", clock.now().isoformat(), "--yes", "--json")

    assert outcome.rows["sent"] == 0


@pytest.mark.parametrize(
    ("since", "text"),
    [
        pytest.param("2026-10-01T00:00:00Z", "not within the last 14 days", id="too old"),
        pytest.param("2027-01-01T00:00:00Z", "is in the future", id="future"),
        pytest.param("2026-11-03T09:00:00", "names no zone", id="zone"),
        pytest.param("yesterday", "no date and time", id="words"),
    ],
)
def test_an_instant_that_cannot_be_meant_is_refused(ops: Ops, since: str, text: str):
    outcome = ops("replay", "--since", since, "--yes")

    assert (outcome.code, text in outcome.errors) == (1, True)


# ---------------------------------------------------------------- sweep


def test_everything_due_in_a_span_is_woken(system: System, ops: Ops):
    citizen = Citizen(system)
    citizen.send()
    system.clock.hold_at(clock.now() + timedelta(days=40))

    before = ops("sweep", "--to", "2026-11-03T00:00:00Z", "--json", "--yes")
    dry = ops("sweep", "--json", "--dry-run")
    assert waiting(system, "timers") == 0
    done = ops("sweep", "--json", "--yes")

    assert (before.rows["timers"], dry.rows["timers"], done.rows["timers"]) == (0, 1, 1)
    assert waiting(system, "timers") == 1
    system.settle()
    assert waiting(system, "timers-dead") == 0


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        pytest.param(("--to", "2027-01-01T00:00:00Z"), "ends in the future", id="future"),
        pytest.param(
            ("--from", "2026-11-02T00:00:00Z", "--to", "2026-11-01T00:00:00Z"), "before it begins", id="order"
        ),
    ],
)
def test_a_span_that_cannot_be_meant_is_refused(ops: Ops, arguments: tuple[str, ...], text: str):
    outcome = ops("sweep", *arguments, "--yes")

    assert (outcome.code, text in outcome.errors) == (1, True)


# ---------------------------------------------------------------- quarantine


def put_file(system: System, reference: str, letter: str) -> None:
    """Lay a file into quarantine whose announcement is lost."""
    system.local.cloud.client("s3").put_object(
        Bucket=system.local.cloud.outputs["AttachmentsBucket"],
        Key=f"quarantine/{reference}/{letter * 32}",
        Body=b"x",
    )
    moto_insides.empty_queue(system.local.cloud.queue_name("uploads"))


def test_files_that_wait_are_listed_and_checked_again(system: System, ops: Ops):
    assert ops("quarantine").output == "Nothing waits in quarantine.\n"
    put_file(system, "26483190274", "a")
    put_file(system, "26000000015", "b")

    rows = ops("quarantine", "--json").rows
    rechecked = ops("quarantine", "recheck", "--reference", "26000000015", "--yes", "--json").rows

    assert {(row["reference"], row["file"], row["verdict"]) for row in rows} == {
        ("26483190274", "a" * 32, "none yet"),
        ("26000000015", "b" * 32, "none yet"),
    }
    assert (rechecked["sent"], waiting(system, "uploads")) == (1, 1)


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        pytest.param((), "No file waits", id="none"),
        pytest.param(("--reference", "26483190275"), "a digit is wrong or missing", id="digit"),
    ],
)
def test_no_file_to_check_is_said(ops: Ops, arguments: tuple[str, ...], text: str):
    outcome = ops("quarantine", "recheck", *arguments, "--yes")

    assert (outcome.code, text in outcome.errors) == (1, True)


# ---------------------------------------------------------------- restore


def test_a_restoration_is_planned_from_the_command(system: System, ops: Ops):
    outcome = ops("restore", "nowhere", "--at", "2026-11-03T09:00:00+07:00")
    assert (outcome.code, "plan, freeze, copy" in outcome.errors) == (1, True)

    thawed = ops("restore", "thaw", "--at", "2026-11-03T09:00:00+07:00", "--dry-run", "--json")
    assert (thawed.code, json.loads(thawed.output)["dry_run"]) == (0, True)


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        pytest.param(("apply",), "run the step copy first", id="apply without copies"),
        pytest.param(("check",), "run the step copy first", id="check without copies"),
        pytest.param(("plan", "--lost", "nofile.txt"), "nofile.txt cannot be read", id="no file"),
        pytest.param(("plan", "--lost", "lost.txt"), "abc is no reference", id="no reference"),
        pytest.param(("plan", "--wholly", "banana"), "banana cannot go back wholly", id="no table"),
    ],
)
def test_a_restoration_that_lacks_something_says_what(
    system: System,
    ops: Ops,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    text: str,
):
    monkeypatch.chdir(tmp_path)
    Path("lost.txt").write_text("26483190274\n\nabc\n", "utf-8")

    outcome = ops("restore", *arguments, "--at", "2026-11-03T08:00:00+07:00", "--yes")

    assert (outcome.code, text in outcome.errors) == (1, True), outcome.errors


def test_nothing_that_calls_a_function_is_started_while_data_are_restored(
    system: System, ops: Ops, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("infra.restoration.__main__.NOTICED_AFTER", timedelta())
    at = ("--at", (clock.now() - timedelta(minutes=10)).isoformat())
    assert ops("restore", "freeze", *at, "--yes").code == 0

    thawed = ops("thaw", "notifier", "--yes")
    next_steps = {row["next_step"] for row in ops("doctor", "--json").rows if row["verdict"] == "warning"}
    given_up = ops("restore", "give-up", *at, "--yes")

    assert (thawed.code, "data are restored" in thawed.errors) == (1, True)
    assert next_steps == {"docs/runbook.md, Data must be restored"}
    assert given_up.code == 0
    assert ops("thaw", "notifier", "--yes").code == 0


def test_the_plan_of_a_restoration_is_json_too(system: System, ops: Ops):
    at = (clock.now() - timedelta(minutes=10)).isoformat()

    planned = ops("restore", "plan", "--at", at, "--json")

    assert (planned.code, planned.rows["step"], planned.rows["exit_code"]) == (1, "plan", 1)
    assert "pakn-local-petitions: no point-in-time recovery" in planned.rows["lines"][0], "moto keeps no past"
