"""A petition's trace: what the stack saw of each invocation, what the history and the deliveries add."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from infra.local.dead_letters import DeadLetters
from infra.local.emulation.functions import HttpRequest
from infra.local.traces import Traces, stations
from infra.local.witness import read_message
from tests.support.system import System

PETITION: Mapping[str, Any] = {
    "content": "Tôi nộp hồ sơ tuyển dụng công chức đã 40 ngày mà chưa có kết quả, đề nghị trả lời.",
    "petitioner": {"type": "CITIZEN", "name": "Nguyễn Văn An", "address": "Hà Nội", "phone": "0912345678"},
    "reply_by": ["SMS"],
}


@pytest.fixture
def watched(system: System) -> System:
    system.local.be_watched()
    return system


def submit(system: System, more: str = "") -> str:
    petition = {**PETITION, "content": PETITION["content"] + more}
    reference: str = system.http("POST", "/v1/petitions", json=petition).json()["reference"]
    return reference


def trace_of(system: System, reference: str) -> dict[str, Any]:
    trace = Traces(system.local).of(reference)
    assert trace is not None
    return trace


def summary(trace: Mapping[str, Any]) -> list[tuple[str, str, int | None]]:
    return [(step["function"], step["source"], step["from"]) for step in trace["steps"]]


def test_each_step_says_which_function_it_was_and_which_step_it_follows_from(watched: System):
    reference = submit(watched)

    watched.settle()

    assert summary(trace_of(watched, reference))[:4] == [
        ("intake", "POST /v1/petitions", None),
        ("router", "stream", 1),
        ("router", "routing", 2),
        ("notifier", "notices", 2),
    ]


def test_a_step_names_the_versions_that_it_wrote_and_the_messages_that_it_sent(watched: System):
    reference = submit(watched)
    watched.settle()

    first, relayed, routed, *_ = trace_of(watched, reference)["steps"]

    assert first["wrote"] == [{"version": 1, "action": "receive", "by": "petitioner", "state": "RECEIVED"}]
    assert [(each["queue"], each["about"]) for each in relayed["sent"]] == [
        ("routing", "route"),
        ("notices", "1 RECEIPT PETITIONER"),
    ]
    assert routed["wrote"] == [{"version": 2, "action": "route", "by": "router", "state": "ASSIGNED"}]


def test_deliveries_name_their_provider_and_a_receipt_is_a_step_of_its_own(watched: System):
    reference = submit(watched)

    watched.settle()

    trace = trace_of(watched, reference)
    (to_petitioner,) = (each for each in trace["deliveries"] if each["audience"] == "PETITIONER")
    assert (to_petitioner["channel"], to_petitioner["provider"], to_petitioner["state"]) == (
        "SMS",
        "esms",
        "DELIVERED",
    )
    assert ["receipt"] in [[each["about"] for each in step["read"]] for step in trace["steps"]]


def test_a_pass_in_an_address_is_not_kept(watched: System):
    submit(watched)

    watched.settle()

    (receipt,) = (each for each in watched.local.witness.passages if each.source.startswith("GET /receipts"))
    assert receipt.source == "GET /receipts/esms/…"


def test_other_petitions_of_a_batch_are_no_part_of_a_way(watched: System):
    references = [submit(watched), submit(watched, " Xin trả lời sớm.")]

    watched.settle()

    for reference in references:
        steps = trace_of(watched, reference)["steps"]
        assert [len(step["read"]) for step in steps if step["source"] == "stream"] == [1, 1]
        assert [step["outcome"] for step in steps] == ["done"] * len(steps)


def test_the_history_stands_in_for_what_the_witness_has_forgotten(watched: System):
    reference = submit(watched)
    watched.settle()

    watched.local.witness.forget()

    steps = trace_of(watched, reference)["steps"]
    assert [(step["door"], step["function"], step["wrote"][0]["action"]) for step in steps] == [
        ("history", "intake", "receive"),
        ("history", "router", "route"),
    ]


def test_views_leave_no_trace_and_refusals_do(watched: System):
    watched.http("GET", "/")
    watched.http("GET", "/v1/petitions/26859014637")

    watched.http("POST", "/v1/petitions", json={"content": ""})

    assert [(each.source, each.outcome) for each in watched.local.witness.passages] == [
        ("POST /v1/petitions", "refused")
    ]


def test_tries_that_fail_alike_are_one_step_and_the_one_put_back_follows_from_the_sender(watched: System):
    letters = DeadLetters(watched.local)
    letters.stop("router.on_route", is_stopped=True)
    reference = submit(watched)
    watched.settle()
    watched.travel(minutes=90)
    letters.stop("router.on_route", is_stopped=False)

    letters.put_back("routing")
    watched.settle()

    steps = [step for step in trace_of(watched, reference)["steps"] if step["source"] == "routing"]
    assert [(step["outcome"], step["error"], step["times"]) for step in steps] == [
        ("failed", "SwitchedOffError", 12),
        ("done", "", 1),
    ]
    assert steps[0]["from"] == steps[1]["from"] == 2


def test_the_way_says_what_waits_and_what_falls_due(watched: System):
    DeadLetters(watched.local).stop("router.on_route", is_stopped=True)
    reference = submit(watched)

    watched.settle()

    trace = trace_of(watched, reference)
    assert [(each["queue"], each["about"], each["is_dead"]) for each in trace["waiting"]] == [
        ("routing", "route", False)
    ]
    assert trace["next"][0] == {"at": "2026-11-03T02:10:00.000Z", "action": "hand-to-intake"}
    assert [(each["function"], len(each["waiting"])) for each in stations(trace)] == [
        ("intake", 0),
        ("router", 1),
        ("notifier", 0),
        ("casework", 0),
        ("sla_timer", 0),
    ]


def test_there_is_no_way_of_an_unknown_reference(watched: System):
    assert Traces(watched.local).of("26859014637") is None


def test_the_latest_petitions_are_offered_latest_first(watched: System):
    first, second = submit(watched), submit(watched, " Xin trả lời sớm.")

    latest = Traces(watched.local).latest()

    assert latest == [second, first]


def test_a_function_that_dies_on_a_request_is_a_failed_step(watched: System):
    with watched.local.functions.watch("intake.http", HttpRequest("GET", "/x")) as outcome:
        outcome.error = "Crash"

    (passage,) = watched.local.witness.passages
    assert (passage.outcome, passage.status, passage.error) == ("failed", 500, "Crash")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param('{"reference": "26859014637", "errand": "route"}', ("26859014637", "route"), id="route"),
        pytest.param(
            '{"reference": "26859014637", "seq": 1, "kind": "RECEIPT", "audience": "PETITIONER"}',
            ("26859014637", "1 RECEIPT PETITIONER"),
            id="notice",
        ),
        pytest.param('{"parts": "x"}', ("", "parts"), id="parts"),
        pytest.param(
            '{"Records": [{"s3": {"object": {"key": "quarantine/26859014637/a"}}}]}',
            ("26859014637", "file"),
            id="file",
        ),
        pytest.param(
            '{"TopicArn": "t", "Message": "to 84912345678 of 26859014637-1"}',
            ("26859014637", "receipt"),
            id="a telephone number is no reference",
        ),
        pytest.param("no JSON", ("", ""), id="no JSON"),
        pytest.param("[1]", ("", ""), id="no object"),
    ],
)
def test_a_message_is_read_whatever_it_is(body: str, expected: tuple[str, str]):
    assert read_message(body) == expected
