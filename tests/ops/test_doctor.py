"""`ops doctor`: what is not wired is named, with the next step."""

from __future__ import annotations

import json
from datetime import date

import pytest

from infra.ops.stage.checks import CHECKS, ON_AWS_ALONE, Verdict, findings, mails_of_a_day
from infra.ops.stage.connection import Connection
from shared.tables.directory import Directory
from tests.ops.conftest import Ops
from tests.support.system import System


def faults(ops: Ops) -> list[tuple[str, str]]:
    outcome = ops("doctor", "--json")
    wrong = [row for row in outcome.rows if row["verdict"] in {"fault", "warning"}]
    assert all(row["next_step"] for row in wrong)
    assert outcome.code == int(any(row["verdict"] == "fault" for row in wrong))
    return [(row["check"], row["what"]) for row in wrong]


def test_the_local_stack_is_whole(ops: Ops):
    outcome = ops("doctor", "--json")

    assert outcome.code == 0
    assert {row["check"] for row in outcome.rows} == {*CHECKS}
    assert {row["check"] for row in outcome.rows if row["verdict"] == "skipped"} == ON_AWS_ALONE


def test_a_disabled_key_is_a_fault(system: System, ops: Ops):
    kms, key = system.local.cloud.client("kms"), system.local.cloud.outputs["SealKeyId"]
    kms.disable_key(KeyId=key)
    try:
        assert faults(ops) == [("keys", "alias/pakn-local-seal is Disabled")]
    finally:
        kms.enable_key(KeyId=key)


def test_a_disabled_key_that_only_opens_seals_is_a_fault(system: System, ops: Ops):
    kms, alias = system.local.cloud.client("kms"), "alias/pakn-local-seal-1"
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName=alias, TargetKeyId=key)
    kms.disable_key(KeyId=key)
    try:
        assert faults(ops) == [("keys", f"{alias} is Disabled")]
    finally:
        kms.delete_alias(AliasName=alias)


def test_dead_letters_are_a_warning(system: System, ops: Ops):
    system.local.cloud.client("sqs").send_message(
        QueueUrl=system.local.cloud.queue_url("routing-dead"), MessageBody="{}"
    )

    assert faults(ops) == [("queues", "1 dead letter")]


def test_a_sender_that_nobody_verified_is_a_fault(system: System, ops: Ops):
    ses = system.local.cloud.client("ses")
    identities = ses.list_identities()["Identities"]
    for identity in identities:
        ses.delete_identity(Identity=identity)
    try:
        assert [check for check, _what in faults(ops)] == ["mail"]
    finally:
        for identity in identities:
            ses.verify_email_identity(EmailAddress=identity)


@pytest.mark.parametrize(
    ("sent", "most", "verdict"),
    [
        (0, 1000, Verdict.OK),
        (799, 1000, Verdict.OK),
        (800, 1000, Verdict.WARNING),
        (1000, 1000, Verdict.FAULT),
        (1018, 1000, Verdict.FAULT),
        (1018, -1, Verdict.OK),
    ],
)
def test_a_day_with_as_many_mails_as_ses_takes_is_a_fault(sent: int, most: int, verdict: Verdict):
    finding = mails_of_a_day({"SentLast24Hours": sent, "Max24HourSend": most})

    assert finding.verdict is verdict
    assert bool(finding.next_step) is (verdict is not Verdict.OK)


def test_a_single_administrator_is_a_warning(ops: Ops):
    directory = Directory("pakn-local-directory")
    row = next(row for row in directory.rows("officer") if row["id"] == "hien.quantri")
    directory.put("officer", row["id"], date(2026, 11, 2), {**row, "roles": ["auditor"]})

    assert [check for check, _what in faults(ops)] == ["directory"]


def test_a_providers_secret_that_cannot_be_used_is_named_without_its_values(system: System):
    secrets = system.local.cloud.client("secretsmanager")
    name = "pakn-dev/providers"
    secrets.create_secret(Name=name, SecretString=json.dumps({"standard": {"secret": "whsec_x"}}))
    secrets.create_secret(Name="pakn-dev/identifiers", SecretString="{}")
    try:
        (fault, *_rest) = findings("secrets", Connection("dev"))
    finally:
        for each in (name, "pakn-dev/identifiers"):
            secrets.delete_secret(SecretId=each, ForceDeleteWithoutRecovery=True)

    assert fault.verdict is Verdict.FAULT
    assert "standard.secret" in fault.what
    assert "whsec_x" not in fault.what


@pytest.mark.parametrize("check", ["stacks", "tables", "keys", "record", "subscriptions"])
def test_on_a_stage_without_anything_each_check_is_a_fault(system: System, check: str):
    verdicts = {finding.verdict for finding in findings(check, Connection("dev"))}

    assert Verdict.FAULT in verdicts


def test_a_stage_without_queues_is_a_fault_of_that_check_alone(system: System):
    (finding,) = findings("queues", Connection("dev"))

    assert (finding.verdict, finding.what) == (Verdict.FAULT, "Stage dev has no queue routing here")
