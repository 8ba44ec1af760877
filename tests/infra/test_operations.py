"""The part `operations` in an emulated cloud: changes are recorded, and `ops` works on a stage that is not local."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import boto3
import pytest

from infra.deployment.cloud import Cloud
from infra.deployment.stages import stage_parameters
from infra.ops.stage.audit import Audit
from infra.ops.stage.checks import CHECKS, Verdict, findings
from infra.ops.stage.connection import Connection
from infra.ops.stage.errors import OpsError
from infra.rehearsal import adaptations
from shared.platform import aws

PARAMETERS = stage_parameters("dev")
RECENTLY = timedelta(minutes=5)


@pytest.fixture
def stage(emulated: boto3.Session) -> Iterator[Connection]:
    aws.forget()
    yield Connection("dev")
    aws.forget()


def test_without_the_part_no_change_is_recorded_and_with_it_each_is(
    stage: Connection, emulated: boto3.Session
):
    audit = Audit(stage)
    with pytest.raises(OpsError, match="cannot be recorded") as refused, audit.record("x", {}):
        pytest.fail("nothing is changed without a record")
    assert refused.value.next_step == "make deploy FUNCTION=operations STAGE=dev"

    cloud = Cloud(emulated, poll_seconds=0.1, say=lambda _line: None, adapt=adaptations.template)
    for part in ("artifacts", "platform", "operations"):
        cloud.deploy(part, PARAMETERS)
    with audit.record("dead drop", {"messages": 2}) as counts:
        counts["removed"] = 1

    lines = audit.lines(datetime.now(UTC) - RECENTLY)
    assert [(line["command"], line["step"], line.get("removed")) for line in lines] == [
        ("dead drop", "begins", None),
        ("dead drop", "done", 1),
    ]
    assert all(line["by"].startswith("arn:aws:") for line in lines)


@pytest.mark.parametrize("check", CHECKS)
def test_each_check_ends_on_a_stage_that_is_not_whole(stage: Connection, check: str):
    results = [*findings(check, stage)]

    assert results
    assert all(finding.next_step for finding in results if finding.verdict is Verdict.FAULT)
