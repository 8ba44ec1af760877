"""`ops rotate providers`, `freeze`, `thaw`: two valid secrets at once; triggers of one function."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from infra.restoration.cloud import Triggers
from infra.restoration.doors import RestorationError
from tests.ops.conftest import Ops
from tests.support.people import Citizen
from tests.support.system import System

NEW = {"twilio": {"account_sid": "AC" + "1" * 32, "auth_token": "a-new-token"}}
PROVIDERS = {
    "twilio": {"account_sid": "AC" + "0" * 32, "auth_token": "the-token-of-before"},
    "esms": {"cpid": "x", "private_key": "key-of-esms"},
}


@pytest.fixture
def stored(system: System) -> Iterator[Callable[[], dict[str, Any]]]:
    """The secret of the local stack, with what a stage may hold; it is put back."""
    secrets = system.local.cloud.client("secretsmanager")
    name = system.local.cloud.outputs["ProvidersSecret"]
    before = secrets.get_secret_value(SecretId=name)["SecretString"]
    secrets.put_secret_value(SecretId=name, SecretString=json.dumps(PROVIDERS))
    yield lambda: json.loads(secrets.get_secret_value(SecretId=name)["SecretString"])
    secrets.put_secret_value(SecretId=name, SecretString=before)


@pytest.fixture
def new(tmp_path: Path) -> Callable[[object], str]:
    def write(entries: object) -> str:
        path = tmp_path / "new.json"
        path.write_text(json.dumps(entries), "utf-8")
        return str(path)

    return write


def test_what_is_replaced_stays_valid_until_it_is_ended(
    ops: Ops, stored: Callable[[], dict[str, Any]], new: Callable[[object], str]
):
    assert ops("rotate", "providers", new(NEW), "--dry-run").output == "would: set twilio, twilio-previous\n"
    assert stored() == PROVIDERS

    outcome = ops("rotate", "providers", new(NEW), "--yes")

    assert (outcome.code, outcome.output) == (
        0,
        "twilio, twilio-previous set; functions read it within a minute\n",
    )
    assert stored() == {**PROVIDERS, **NEW, "twilio-previous": PROVIDERS["twilio"]}

    assert ops("rotate", "providers", "--end", "--yes").code == 0
    assert stored() == {**PROVIDERS, **NEW}


def test_twice_keeps_what_was_valid_before(
    ops: Ops, stored: Callable[[], dict[str, Any]], new: Callable[[object], str]
):
    assert ops("rotate", "providers", new(NEW), "--yes").code == 0

    again = ops("rotate", "providers", new(NEW), "--yes")

    assert (again.code, "Nothing would change" in again.errors) == (1, True)
    assert stored()["twilio-previous"] == PROVIDERS["twilio"]


def test_a_third_value_does_not_push_out_what_is_valid_but_corrects_what_was_set_last(
    ops: Ops, stored: Callable[[], dict[str, Any]], new: Callable[[object], str]
):
    third = {"twilio": {**NEW["twilio"], "auth_token": "without-the-typing-error"}}
    assert ops("rotate", "providers", new(NEW), "--yes").code == 0

    refused = ops("rotate", "providers", new(third), "--yes")
    assert (refused.code, "twilio-previous is still valid" in refused.errors) == (1, True)
    assert "--correct" in refused.errors
    assert stored() == {**PROVIDERS, **NEW, "twilio-previous": PROVIDERS["twilio"]}

    assert ops("rotate", "providers", new(third), "--correct", "--yes").code == 0
    assert stored() == {**PROVIDERS, **third, "twilio-previous": PROVIDERS["twilio"]}


@pytest.mark.parametrize(
    ("entries", "text"),
    [
        pytest.param({"twilio": {"auth_token": " x "}}, "twilio.auth_token begins or ends", id="value"),
        pytest.param({"twillio": {"auth_token": "x"}}, "did you mean twilio?", id="name"),
        pytest.param([], "holds no entries", id="no object"),
    ],
)
def test_what_cannot_be_used_is_not_set_and_no_value_is_shown(
    ops: Ops,
    stored: Callable[[], dict[str, Any]],
    new: Callable[[object], str],
    entries: object,
    text: str,
):
    outcome = ops("rotate", "providers", new(entries), "--yes")

    assert (outcome.code, text in outcome.errors, stored()) == (1, True, PROVIDERS)


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        pytest.param((), "Nothing says what to rotate", id="neither"),
        pytest.param(("new.json", "--end"), "--end takes no file", id="both"),
    ],
)
def test_neither_value_nor_end_is_no_rotation_nor_are_both(
    ops: Ops, stored: Callable[[], dict[str, Any]], arguments: tuple[str, ...], text: str
):
    outcome = ops("rotate", "providers", *arguments, "--yes")

    assert (outcome.code, text in outcome.errors, stored()) == (1, True, PROVIDERS)


# ---------------------------------------------------------------- freeze, thaw


class Session:
    """A session of AWS whose clients are stubs."""

    def __init__(self, **clients: Any) -> None:
        self._clients = clients

    def client(self, service: str) -> Any:
        return self._clients[service]


def client(service: str) -> Any:
    session: Any = boto3.Session("x", "x", region_name="ap-southeast-1")
    return session.client(service)


MAPPING = "a1b2c3d4-5717-4562-b3fc-2c963f66afa6"


def test_the_triggers_of_one_function_alone_are_stopped():
    formation, functions, events = client("cloudformation"), client("lambda"), client("events")
    resources = [
        {
            "ResourceType": kind,
            "PhysicalResourceId": name,
            "LogicalResourceId": "X",
            "LastUpdatedTimestamp": 0,
            "ResourceStatus": "CREATE_COMPLETE",
        }
        for kind, name in (("AWS::Lambda::EventSourceMapping", MAPPING), ("AWS::Events::Rule", "learn"))
    ]
    with Stubber(formation) as stacks, Stubber(functions) as mappings, Stubber(events) as rules:
        stacks.add_response(
            "list_stack_resources",
            {"StackResourceSummaries": resources},
            {"StackName": "pakn-dev-router"},
        )
        rules.add_response("disable_rule", {}, {"Name": "learn"})
        mappings.add_response("update_event_source_mapping", {}, {"UUID": MAPPING, "Enabled": False})
        mappings.add_response("get_event_source_mapping", {"State": "Disabled"}, {"UUID": MAPPING})

        session = Session(**{"cloudformation": formation, "lambda": functions, "events": events})
        assert Triggers(session, "dev", functions=("router",)).stop() == 2

        stacks.assert_no_pending_responses()
        mappings.assert_no_pending_responses()
        rules.assert_no_pending_responses()


def test_a_function_without_triggers_is_said():
    formation = client("cloudformation")
    with Stubber(formation) as stacks:
        stacks.add_response("list_stack_resources", {"StackResourceSummaries": []})
        session = Session(**{"cloudformation": formation, "lambda": None, "events": None})

        with pytest.raises(RestorationError, match="no triggers"):
            Triggers(session, "dev", functions=("casework",)).stop()


def test_on_the_local_stack_what_comes_waits_until_the_function_is_thawed(
    system: System, ops: Ops, audit: Callable[[], list[tuple[str, str]]]
):
    assert ops("freeze", "router", "--dry-run").output == "would: stop all that calls router\n"
    frozen = ops("freeze", "router", "--yes")
    citizen = Citizen(system)
    citizen.send()
    system.travel(minutes=30)
    waiting = system.outbox(citizen.reference)

    warnings = [row["what"] for row in ops("doctor", "--json").rows if row["verdict"] == "warning"]
    thawed = ops("thaw", "router", "--yes")
    system.settle()

    assert frozen.output.startswith("3 triggers of router stopped.")
    assert waiting == []
    assert warnings == [
        "router: pakn-local-router-learn is switched off",
        "router: pakn-local-router-on-change is switched off",
        "router: pakn-local-router-on-route is switched off",
    ]
    assert thawed.output == "3 triggers of router started\n"
    assert system.outbox(citizen.reference)
    assert audit() == [("freeze", "begins"), ("freeze", "done"), ("thaw", "begins"), ("thaw", "done")]


@pytest.mark.parametrize("function", ["intake", "sla_timer", "notifier"])
def test_each_function_with_triggers_is_stopped_and_started(system: System, ops: Ops, function: str):
    stopped = ops("freeze", function, "--yes", "--json").rows["stopped"]

    assert (
        stopped
        == ops("thaw", function, "--yes", "--json").rows["started"]
        == {"sla_timer": 3}.get(function, 2)
    )


@pytest.mark.parametrize("command", ["freeze", "thaw"])
@pytest.mark.parametrize(
    ("function", "text"),
    [
        pytest.param("rooter", "One of casework, intake", id="no function"),
        pytest.param("casework", "Nothing but people calls casework", id="a function that people alone call"),
    ],
)
def test_what_cannot_be_stopped_is_said(ops: Ops, command: str, function: str, text: str):
    outcome = ops(command, function, "--yes")

    assert (outcome.code, text in outcome.errors) == (1, True)
