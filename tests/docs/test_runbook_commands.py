"""The runbook's commands are those of `ops`, and what it shows of them is what they write: each block is played.

A comment `<!-- play: NAME -->` before a block names what happened before; blocks without one go on from there.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import typer
from moto.ce.models import ce_backends
from typer.testing import CliRunner

from infra.local.emulation.moto_insides import ACCOUNT
from infra.ops.root import app, in_front
from infra.ops.stage.connection import LOCAL, Connection
from tests.docs.test_documentation import text_of
from tests.support.identifiers import identifiers_put_back
from tests.support.people import Citizen
from tests.support.system import System

_BLOCK = re.compile(r"(?:<!-- play: (?P<play>[^>]+) -->\n)?```\n(?P<text>\$ ops .*?)```", re.DOTALL)
_QUOTED = re.compile(r"`ops ([^`]+)`")
_MESSAGE = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
_MAILS = re.compile(r"\d+(?= mails in 24 hours)")
_REFERENCE = re.compile(r"\b26\d{9}\b")
_TRAIL = re.compile(r"(?<=  )[0-9a-f]{8}$", re.MULTILINE)


SEAL = "alias/pakn-local-seal"
ANY_REFERENCE = "26000000001"
"""Stands for the reference of a play's petition."""


class Step(NamedTuple):
    """One command of the runbook, and what stands under it."""

    play: str
    command: str
    output: str


def steps() -> Iterator[Step]:
    for block in _BLOCK.finditer(text_of("runbook.md")):
        for number, part in enumerate(re.split(r"^\$ ops ", block["text"], flags=re.MULTILINE)[1:]):
            command, _, output = part.partition("\n")
            yield Step(block["play"] or "" if number == 0 else "", command, output)


def alike(text: str) -> str:
    """Leave out what differs from run to run: ids, references, mails of others, blanks at ends of lines."""
    text = _MAILS.sub("0", _MESSAGE.sub("00000000-0000-4000-8000-000000000001", text))
    text = _TRAIL.sub("00000000", "\n".join(line.rstrip() for line in text.splitlines()))
    return "\n".join(line.rstrip() for line in _REFERENCE.sub(ANY_REFERENCE, text).strip().splitlines())


def a_notice_that_cannot_be_sent(system: System) -> str:
    citizen = Citizen(system)
    citizen.send()
    body = {"reference": citizen.reference, "seq": 9, "kind": "ANSWERED", "audience": "PETITIONER"}
    system.local.cloud.client("sqs").send_message(
        QueueUrl=system.local.cloud.queue_url("notices"), MessageBody=json.dumps(body)
    )
    for _ in range(14):
        system.travel(minutes=7)
    return citizen.reference


def a_petition_that_falls_due(system: System) -> None:
    Citizen(system).send()
    system.clock.hold_at(system.clock.now() + timedelta(days=40))


def a_petition_whose_changes_were_lost(system: System) -> None:
    citizen = Citizen(system)
    headers = {"Idempotency-Key": citizen.key, **system.as_program}
    system.http("POST", "/v1/petitions", json=citizen.body, headers=headers)
    system.lose_changes()


def a_new_token_of_a_provider(system: System) -> None:
    changed = {**system.local.cloud.providers["twilio"], "auth_token": "a-new-token"}
    Path("new.json").write_text(json.dumps({"twilio": changed}), "utf-8")


def the_days_of_a_document(_system: System) -> None:
    rows = "on,kind,document,name\n2026-11-20,OFF,123/VPCP,\n2026-11-21,WORK,123/VPCP,\n"
    Path("days.csv").write_text(rows, "utf-8")


def officers_in_a_file(_system: System) -> None:
    rows = "id,name,email,unit,roles\nmoi.ccvc,Nguyễn Thị Mới,moi@moha.example,VCCVC,handler unit-head\n"
    Path("officers.csv").write_text(rows, "utf-8")


def a_file_that_nobody_checked(system: System) -> str:
    citizen = Citizen(system)
    citizen.send()
    system.local.cloud.client("s3").put_object(
        Bucket=system.local.cloud.outputs["AttachmentsBucket"],
        Key=f"quarantine/{citizen.reference}/{'a' * 32}",
        Body=b"x",
    )
    system.local.cloud.client("sqs").purge_queue(QueueUrl=system.local.cloud.queue_url("uploads"))
    system.clock.hold_at(system.clock.now() + timedelta(minutes=45))
    return citizen.reference


def a_petition_and_a_bill(system: System) -> None:
    Citizen(system).send()
    services = {"AWS Lambda": "1.21", "Amazon DynamoDB": "3.63", "AWS Key Management Service": "3.00"}
    groups = [
        {"Keys": [service], "Metrics": {"UnblendedCost": {"Amount": amount, "Unit": "USD"}}}
        for service, amount in services.items()
    ]
    bills = ce_backends[ACCOUNT]["aws"]
    bills.cost_usage_results.clear()
    bills.cost_usage_results_queue.clear()
    bills.cost_usage_results_queue.append({"ResultsByTime": [{"Groups": groups}]})


def two_petitions_of_a_person(system: System) -> str:
    withdrawn = Citizen(system)
    withdrawn.send()
    withdrawn.add("withdrawal")
    system.settle()
    system.clock.hold_at(system.clock.now() + timedelta(minutes=1))
    Citizen(system).send()
    return withdrawn.reference


def a_persons_petition(system: System) -> str:
    citizen = Citizen(system)
    citizen.send()
    return citizen.reference


def the_copy_was_written(system: System) -> str:
    reference = a_persons_petition(system)
    body = {"reference": reference, "exported_by": "15/QD-BNV"}
    system.local.cloud.client("sqs").send_message(
        QueueUrl=system.local.cloud.queue_url("timers"), MessageBody=json.dumps(body)
    )
    system.settle()
    return reference


def a_seal_under_the_key_of_before(system: System) -> None:
    Citizen(system).send()
    kms = system.local.cloud.client("kms")
    kms.update_alias(AliasName=SEAL, TargetKeyId=kms.create_key()["KeyMetadata"]["KeyId"])


def the_seal_was_moved(system: System) -> None:
    a_seal_under_the_key_of_before(system)
    body = {"seal_key": "the-new-key", "asked_at": 1}
    system.local.cloud.client("sqs").send_message(
        QueueUrl=system.local.cloud.queue_url("timers"), MessageBody=json.dumps(body)
    )
    system.settle()


def another_key_was_announced(system: System) -> None:
    system.local.cloud.client("sqs").send_message(
        QueueUrl=system.local.cloud.queue_url("timers"), MessageBody=json.dumps({"key_asked_at": 1})
    )
    system.settle()


def another_key_is_in_force(system: System) -> None:
    Citizen(system).send()
    another_key_was_announced(system)
    system.travel(minutes=61)


def what_was_given_before_was_renewed(system: System) -> None:
    Citizen(system).send()
    another_key_is_announced = system.clock.now() + timedelta(hours=1)
    another_key_was_announced(system)
    system.travel(minutes=61)
    body = {"renew_before": int(another_key_is_announced.timestamp()), "renewal_asked_at": 1}
    system.local.cloud.client("sqs").send_message(
        QueueUrl=system.local.cloud.queue_url("timers"), MessageBody=json.dumps(body)
    )
    system.settle()


def two_hours_of_jobs(system: System) -> None:
    Citizen(system).send()
    system.travel(minutes=130)


PLAYS: Mapping[str, Callable[[System], str | None]] = {
    "two petitions of a person, one of them withdrawn": two_petitions_of_a_person,
    "a person's petition": a_persons_petition,
    "the copy was written": the_copy_was_written,
    "a seal under the key of before": a_seal_under_the_key_of_before,
    "the seal was moved": the_seal_was_moved,
    "keys of the identifiers": lambda _system: None,
    "another key was announced": another_key_was_announced,
    "another key is in force": another_key_is_in_force,
    "what was given before was renewed": what_was_given_before_was_renewed,
    "two hours of jobs": two_hours_of_jobs,
    "an empty system": lambda _system: None,
    "a notice that cannot be sent": a_notice_that_cannot_be_sent,
    "a petition that falls due": a_petition_that_falls_due,
    "a petition whose changes were lost": a_petition_whose_changes_were_lost,
    "a new token of a provider, in new.json": a_new_token_of_a_provider,
    "the days of a document, in days.csv": the_days_of_a_document,
    "officers, in officers.csv": officers_in_a_file,
    "a file that nobody checked": a_file_that_nobody_checked,
    "a petition, and a bill": a_petition_and_a_bill,
}


@pytest.fixture
def _seal_put_back(system: System) -> Iterator[None]:
    kms = system.local.cloud.client("kms")
    before = kms.describe_key(KeyId=SEAL)["KeyMetadata"]["KeyId"]
    yield
    kms.update_alias(AliasName=SEAL, TargetKeyId=before)


@pytest.fixture
def _secret_put_back(system: System) -> Iterator[None]:
    secrets, name = system.local.cloud.client("secretsmanager"), system.local.cloud.outputs["ProvidersSecret"]
    before = secrets.get_secret_value(SecretId=name)["SecretString"]
    yield
    secrets.put_secret_value(SecretId=name, SecretString=before)


@pytest.fixture
def _keys_put_back(system: System) -> Iterator[None]:
    with identifiers_put_back(system):
        yield


@pytest.mark.usefixtures("_secret_put_back", "_seal_put_back", "_keys_put_back")
def test_the_runbook_shows_what_the_commands_write(
    system: System, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    shown = [*steps()]
    assert {step.play for step in shown} - {""} == PLAYS.keys()

    reference = ""
    for step in shown:
        if step.play:
            system.reset()
            reference = PLAYS[step.play](system) or ""
        system.clock.hold_at(system.clock.now() + timedelta(seconds=1))
        command = step.command.replace(ANY_REFERENCE, reference)
        result = CliRunner().invoke(app, shlex.split(command), obj=Connection(LOCAL))
        assert alike(result.output) == alike(step.output), f"ops {step.command}"


def quoted_commands() -> list[str]:
    return sorted({*_QUOTED.findall(text_of("runbook.md")), *(step.command for step in steps())})


@pytest.mark.parametrize("command", quoted_commands())
def test_a_command_that_the_runbook_names_is_one_of_ops(command: str):
    words = shlex.split(re.sub(r"<[^>]+>|…", "x", command.replace("$S", "dev")))
    words = [
        word for word in in_front(words) if word not in {"--json", "--dry-run", "--yes", "--stage", "dev"}
    ]
    command_of: Any = typer.main.get_command(app)
    while words and hasattr(command_of, "commands") and words[0] in command_of.commands:
        command_of = command_of.commands[words.pop(0)]

    options = {word.partition("=")[0] for word in words if word.startswith("--")}
    options_of = {
        name for parameter in command_of.params for name in (*parameter.opts, *parameter.secondary_opts)
    }
    arguments = [word for word in words if not word.startswith("--")]
    assert command_of.name != "root"
    assert options <= options_of, command_of.name
    assert not getattr(command_of, "commands", None) or not arguments, f"{command_of.name} has no {arguments}"
