"""The root of `ops`: its options, the stage, errors, and the command in a process of its own on a served stack."""

from __future__ import annotations

import os
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


def test_an_endpoint_that_is_not_motos_is_said(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(os, "environ", dict(os.environ))
    with served(lambda _request: HttpResponse(404, body=b"<!doctype html><p>page")) as pages:
        result = CliRunner().invoke(app, ["--endpoint", pages, "dead", "list"])
    aws.forget()

    assert result.exit_code == 1
    assert f"What answers at {pages} is not the local stack's moto" in result.stderr
    assert "PORT+1" in result.stderr


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
    endpoint = f"http://localhost:{server._server.server_port}"
    try:
        answers = [
            subprocess.run(
                [sys.executable, "-m", "infra.ops", *arguments, "--endpoint", endpoint],
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
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


def test_a_call_that_the_operators_role_does_not_allow_is_noticed():
    assert forbidden({"dynamodb:DeleteTable", "sqs:SendMessageBatch", "sts:GetCallerIdentity"}) == {
        "dynamodb:DeleteTable"
    }
