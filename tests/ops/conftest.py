"""The command `ops` as people call it, against the local stack of this process."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from typer.testing import CliRunner

from infra.deployment.templates import read
from infra.layout import ROOT
from infra.ops.root import app
from infra.ops.stage.connection import LOCAL, Connection
from shared.platform import aws
from tests.support.system import System


@dataclass(frozen=True)
class Outcome:
    """The output of a command, and its exit code."""

    code: int
    output: str
    errors: str

    @property
    def rows(self) -> Any:
        """The JSON that it wrote."""
        return json.loads(self.output)


Ops = Callable[..., Outcome]

RESOURCES = read(ROOT / "infra" / "cloudformation" / "operations.yaml")["Resources"]


def _actions(role: str) -> frozenset[str]:
    return frozenset(
        action
        for policy in RESOURCES[role]["Properties"]["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
    )


ACTIONS = {role: _actions(role) for role in ("OperatorRole", "PersonalDataRole")}
"""The actions that each role allows."""
CALLED_OTHERWISE = {
    "s3:ListObjectsV2": "s3:ListBucket",
    "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
    "sqs:SendMessageBatch": "sqs:SendMessage",
}
"""Operations whose action has another name (AWS Service Authorization Reference)."""
SERVICES = (
    "ce",
    "cloudformation",
    "dynamodb",
    "events",
    "kms",
    "logs",
    "s3",
    "secretsmanager",
    "ses",
    "sqs",
    "sts",
)
NEEDS_NOTHING = frozenset({"sts:GetCallerIdentity"})


def forbidden(calls: set[str], role: str = "OperatorRole") -> set[str]:
    """Return the calls that a role does not allow."""
    return {CALLED_OTHERWISE.get(call, call) for call in calls} - ACTIONS[role] - NEEDS_NOTHING


@pytest.fixture
def ops(system: System) -> Iterator[Ops]:
    """Runs a command; a second passes before it, so that messages that the one before looked at are in sight."""

    calls: set[str] = set()

    def run(*arguments: str, typed: str | None = None) -> Outcome:
        system.clock.hold_at(system.clock.now() + timedelta(seconds=1))
        calls.clear()
        result = CliRunner().invoke(app, list(arguments), obj=Connection(LOCAL), input=typed)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        role = "PersonalDataRole" if "collect-export" in arguments else "OperatorRole"
        assert forbidden(calls, role) == set(), "the role allows each call of the command"
        return Outcome(result.exit_code, result.stdout, result.stderr)

    def hear(model: Any, **_: Any) -> None:
        if not system.local.functions.running:
            calls.add(f"{model.service_model.service_name}:{model.name}")

    emitters = [aws.client(service).meta.events for service in SERVICES]
    for events in emitters:
        events.register("before-call", hear)
    yield run
    for events in emitters:
        events.unregister("before-call", hear)
    assert aws._session() is system._session, "the commands use the clients that there are"


@pytest.fixture
def audit(ops: Ops) -> Callable[[], list[tuple[str, str]]]:
    """Returns the command and the step of each line of the record."""
    return lambda: [(line["command"], line["step"]) for line in ops("audit", "--json").rows]
