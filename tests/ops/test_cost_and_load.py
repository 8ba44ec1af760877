"""`ops cost` and `ops load`: a month by service; a load with a plan and a stop."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from moto.ce.models import ce_backends

from infra.local.emulation.functions import HttpResponse
from infra.local.emulation.moto_insides import ACCOUNT
from infra.ops.commands import load
from infra.ops.commands.load import Answer, Plan, Result
from infra.ops.stage.connection import Connection
from infra.ops.stage.errors import OpsError
from infra.ops.stage.screen import Screen
from infra.ops.stage.session import Session
from tests.ops.conftest import Ops
from tests.ops.served import served
from tests.support.people import Citizen
from tests.support.system import System

# ---------------------------------------------------------------- cost


@pytest.fixture
def bill() -> Iterator[Callable[[dict[str, str]], None]]:
    """Gives the account a bill."""
    queue = ce_backends[ACCOUNT]["aws"].cost_usage_results_queue
    results = ce_backends[ACCOUNT]["aws"].cost_usage_results
    queue.clear()
    results.clear()

    def put(amounts: dict[str, str]) -> None:
        groups = [
            {"Keys": [service], "Metrics": {"UnblendedCost": {"Amount": amount, "Unit": "USD"}}}
            for service, amount in amounts.items()
        ]
        queue.append({"ResultsByTime": [{"Groups": groups}]})

    yield put
    queue.clear()
    results.clear()


def test_a_month_is_shown_by_service_and_for_each_petition(
    system: System, ops: Ops, bill: Callable[[dict[str, str]], None]
):
    for _ in range(2):
        Citizen(system).send()
    bill({"AWS Lambda": "1.00", "Amazon DynamoDB": "3.00"})

    rows = ops("cost", "--month", "2026-11", "--json").rows

    assert rows == [
        {"service": "Amazon DynamoDB", "usd": "3.00", "share": "75%"},
        {"service": "AWS Lambda", "usd": "1.00", "share": "25%"},
        {"service": "all, 2 petitions received", "usd": "4.00", "share": "2.0000 a petition"},
    ]


@pytest.mark.parametrize(
    ("month", "text"),
    [
        pytest.param("November", "is no month", id="a word"),
        pytest.param("2027-01", "has not begun", id="future"),
        pytest.param("2026-10", "has no bill", id="nothing"),
    ],
)
def test_a_month_without_a_bill_is_said(ops: Ops, month: str, text: str):
    outcome = ops("cost", "--month", month)

    assert (outcome.code, text in outcome.errors) == (1, True)


# ---------------------------------------------------------------- load


def test_petitions_are_received_at_the_rate_of_the_plan_and_nobody_is_written_to(system: System, ops: Ops):
    arguments = ("load", "--rate", "5", "--for", "1", "--url")
    with served(system.local.http) as url:
        dry = ops(*arguments, url, "--dry-run")
        assert not system.items("petitions")
        outcome = ops(*arguments, url, "--yes", "--json")
    system.settle()

    assert "send 5 invented petitions" in dry.output
    assert (outcome.code, outcome.rows["sent"], outcome.rows["statuses"]) == (0, 5, {"201": 5})
    assert len(system.items("petitions")) == 5
    recipients = {message.to for message in system.outbox(channel="EMAIL") if "simulator" in message.to}
    assert len(recipients) == 5


def test_it_stops_by_itself_when_requests_fail(ops: Ops, audit: Callable[[], list[tuple[str, str]]]):
    with served(lambda _request: HttpResponse(503)) as url:
        outcome = ops("load", "--rate", "50", "--for", "60", "--url", url, "--yes", "--json")

    assert outcome.code == 1
    assert load.JUDGED_AFTER <= outcome.rows["sent"] < 300
    assert "petitions failed" in outcome.rows["stopped"]
    assert "Stopped" in outcome.errors
    assert audit()[-1] == ("load", "done")


def test_it_stops_when_answers_get_slow_and_not_before_there_are_enough():
    plan = Plan("http://x", 1, 60, 1.0, 100)
    few = Result(plan, [Answer(201, 5000.0)] * (load.JUDGED_AFTER - 1))
    many = Result(plan, [Answer(201, 50.0)] * 18 + [Answer(201, 5000.0)] * 2)
    quick = Result(plan, [Answer(201, 50.0)] * 100)

    for result in (few, many, quick):
        result.judge()

    assert (few.stopped, quick.stopped) == ("", "")
    assert "one in twenty" in many.stopped


@pytest.mark.parametrize(
    ("url", "text"),
    [
        pytest.param("https://pakn.moha.example", "is no address of stage local", id="elsewhere"),
        pytest.param("ftp://localhost", "is no address of the web", id="no address of the web"),
    ],
)
def test_a_load_goes_to_its_own_stage_alone(ops: Ops, url: str, text: str):
    outcome = ops("load", "--url", url, "--dry-run")

    assert (outcome.code, text in outcome.errors) == (1, True)


def test_an_address_without_anybody_is_a_failure():
    assert load._send("http://127.0.0.1:9", "k", 1).status == 0


@pytest.mark.parametrize("stage", ["dev", "staging", "prod"])
def test_a_stage_that_is_no_sandbox_takes_no_load(stage: str):
    session = Session(Connection(stage), Screen(is_json=False), is_dry=True, is_agreed=False)

    with pytest.raises(OpsError, match="is no sandbox"):
        load._url(session, "")
