"""The root of `ops`: its options, the stage, errors, and the command in a process of its own on a served stack."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from infra.local.emulation.functions import HttpResponse
from infra.local.emulation.logs import log_group_of
from infra.local.emulation.moto_server import MotoServer
from infra.ops.root import app, in_front
from infra.ops.stage.connection import Connection
from infra.ops.stage.screen import age
from shared.platform import aws
from tests.ops.conftest import Ops, forbidden
from tests.ops.served import served
from tests.support.system import System

ALL = (
    ("audit",),
    ("calendar", "import", "x.csv"),
    ("collect-export", "1/QD", "x"),
    ("cost",),
    ("dead", "drop", "notices", "--all"),
    ("dead", "list"),
    ("dead", "redrive", "notices", "--all"),
    ("dead", "show", "notices"),
    ("doctor",),
    ("erase-person", "26000000001", "--decision", "1/QD", "--asked-by", "person"),
    ("export-person", "26000000001", "--decision", "1/QD", "--asked-by", "person"),
    ("freeze", "notifier"),
    ("jobs",),
    ("jobs", "restart", "recount"),
    ("load",),
    ("officers", "import", "x.csv"),
    ("quarantine",),
    ("quarantine", "recheck"),
    ("replay", "--since", "2026-11-03T08:00:00+07:00"),
    ("restore", "plan", "--at", "2026-11-03T08:00:00+07:00"),
    ("rotate", "providers", "--end"),
    ("sweep",),
    ("thaw", "notifier"),
    ("trace", "26000000001"),
)


def test_the_roots_options_stand_anywhere():
    assert in_front(["dead", "list", "--json", "--stage", "dev", "--message=--x"]) == [
        "--json",
        "--stage",
        "dev",
        "dead",
        "list",
        "--message=--x",
    ]


def test_help_reaches_nobody():
    result = CliRunner().invoke(app, ["--help"])

    assert result.exit_code == 0
    for command in ("dead", "trace", "jobs", "doctor", "audit"):
        assert command in result.output


@pytest.mark.parametrize(
    ("arguments", "text", "step"),
    [
        pytest.param(
            ["--endpoint", "http://localhost:9", "dead", "list"],
            "No local stack answers",
            "make up",
            id="nobody",
        ),
        pytest.param(
            ["--endpoint", "https://sqs.example.com", "dead", "list"],
            "is not on this machine",
            "--stage",
            id="far",
        ),
        pytest.param(
            ["--stage", "nowhere", "dead", "list"], "There is no stage nowhere", "--stage", id="stage"
        ),
    ],
)
def test_a_stage_that_cannot_be_reached_is_said(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], text: str, step: str
):
    monkeypatch.setattr(os, "environ", dict(os.environ))

    result = CliRunner().invoke(app, arguments)

    assert result.exit_code == 1
    assert text in result.stderr
    assert step in result.stderr


@pytest.mark.parametrize(
    ("endpoint", "address"),
    [
        ("localhost:9", "http://localhost:9"),
        ("127.0.0.1:9/", "http://127.0.0.1:9"),
        ("[::1]:9", "http://[::1]:9"),
    ],
)
def test_an_address_may_be_named_without_http(monkeypatch: pytest.MonkeyPatch, endpoint: str, address: str):
    monkeypatch.setattr(os, "environ", {**os.environ, "PAKN_ENDPOINT": endpoint})

    result = CliRunner().invoke(app, ["dead", "list"])

    assert f"No local stack answers at {address}\n" in result.stderr


def test_an_address_that_is_not_the_local_stacks_is_said(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(os, "environ", dict(os.environ))
    with served(lambda _request: HttpResponse(404, body=b"<!doctype html><p>page")) as moto:
        result = CliRunner().invoke(app, ["--endpoint", moto, "dead", "list"])

    assert result.exit_code == 1
    assert f"No local stack answers at {moto}" in result.stderr
    assert "PAKN_ENDPOINT" in result.stderr


@pytest.mark.parametrize("command", ALL, ids=" ".join)
def test_no_client_of_aws_is_made_before_the_stage_is_reached(
    monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
):
    """Else one would be made for whatever account the environment names."""
    monkeypatch.setattr(os, "environ", dict(os.environ))
    clients: list[str] = []
    monkeypatch.setattr(aws, "client", clients.append)

    result = CliRunner().invoke(app, [*command, "--endpoint", "http://localhost:9"])

    assert "No local stack answers" in result.stderr
    assert clients == []


def test_an_error_is_json_where_the_output_is(ops: Ops):
    outcome = ops("--json", "trace", "1")

    assert outcome.output == ""
    assert '"next"' in outcome.errors


def test_the_local_log_groups_are_named_as_those_on_aws():
    groups = Connection("local").log_groups()

    named = {
        name: log_group_of("local", name.replace("api_handler", "http"))
        for name in groups
        if not name.endswith("connect")
    }

    assert named == {name: group for name, group in groups.items() if name in named}


@pytest.mark.parametrize(
    ("minutes", "text"), [(0, "0 min"), (59, "59 min"), (61, "1 h 1 min"), (1500, "1 d 1 h"), (-5, "0 min")]
)
def test_ages_are_read_in_two_units(minutes: int, text: str):
    from datetime import timedelta

    assert age(timedelta(minutes=minutes)) == text


def test_the_command_in_a_process_of_its_own_reaches_a_served_stack(system: System):
    system.local.cloud.client("sqs").send_message(
        QueueUrl=system.local.cloud.queue_url("routing-dead"), MessageBody='{"reference": "26483190275"}'
    )
    server = MotoServer("127.0.0.1", 0, system.local.functions.lock, system.local.bucket)
    server.start()
    assert server._server is not None
    moto = f"http://localhost:{server._server.server_port}"
    health = {"now": "2030-01-01T00:00:00Z", "moto": moto}
    try:
        with served(lambda _request: HttpResponse(200, body=json.dumps(health).encode())) as address:
            answers = [
                subprocess.run(
                    [sys.executable, "-m", "infra.ops", *arguments],
                    env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PAKN_ENDPOINT": address},
                    capture_output=True,
                    text=True,
                    check=False,
                )
                for arguments in (["dead", "list"], ["doctor"], ["quarantine"])
            ]
    finally:
        server.stop()

    assert [(answer.returncode, answer.stderr) for answer in answers] == [(0, "")] * 3
    assert "routing  route  1" in answers[0].stdout
    assert re.search(r"1 {9}1 {10}\d{4} d", answers[0].stdout), "the time is that of the local stack"


def test_a_call_that_the_operators_role_does_not_allow_is_noticed():
    assert forbidden({"dynamodb:DeleteTable", "sqs:SendMessageBatch", "sts:GetCallerIdentity"}) == {
        "dynamodb:DeleteTable"
    }
