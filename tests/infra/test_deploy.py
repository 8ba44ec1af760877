"""Deploying through CloudFormation, tried against ministack: what changes, what does not, what is refused."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator

import boto3
import pytest

from infra.deployment import deploy
from infra.deployment.deploy import MAX_TEMPLATE_BODY, PARTS, Cloud, DeployError, stack_name, stage_parameters
from infra.deployment.emulator import Emulator
from infra.deployment.package import FUNCTIONS, ROOT, Package
from infra.deployment.templates import REGION

PARAMETERS = {"Stage": "test1"}


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


@pytest.fixture
def cloud(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Cloud:
    for name, value in emulator.environment.items():
        monkeypatch.setenv(name, value)
    return Cloud(boto3.Session(region_name=REGION), poll_seconds=0.05)


def test_the_platform_is_deployed_once_and_then_left_alone(cloud):
    first = cloud.deploy("platform", PARAMETERS)
    second = cloud.deploy("platform", PARAMETERS)

    assert "Add Petitions (AWS::DynamoDB::Table)" in first.changed
    assert first.outputs["PetitionsTable"] == "pakn-test1-petitions"
    assert second.changed == ()
    assert second.outputs == first.outputs


def test_a_plan_says_what_would_change_and_changes_nothing(cloud):
    parameters = {"Stage": "plan1"}

    planned = cloud.deploy("identity", parameters, plan=True)

    assert "Add Officers (AWS::Cognito::UserPool)" in planned.changed
    assert cloud.outputs("plan1", "identity") == {}


def test_what_was_only_planned_can_be_deployed_afterwards(cloud):
    parameters = {"Stage": "plan2"}
    cloud.deploy("identity", parameters, plan=True)

    deployed = cloud.deploy("identity", parameters)

    assert set(deployed.outputs) == {"UserPoolArn", "UserPoolClientId", "UserPoolId"}


def test_a_stack_that_imports_what_nobody_exports_is_refused_by_name(cloud):
    with pytest.raises(DeployError, match="pakn-nobody-vault"):
        cloud.deploy("vault", {"Stage": "nobody"})


def test_a_function_cannot_be_deployed_before_there_is_a_bucket_for_its_package(cloud, tmp_path):
    archive = tmp_path / "deployment.zip"
    archive.write_bytes(b"a package")

    with pytest.raises(DeployError, match="make deploy FUNCTION=artifacts STAGE=none1"):
        cloud.deploy("router", {"Stage": "none1"}, package=Package("router", archive, {}))


def test_a_template_that_is_too_large_for_a_request_is_read_from_the_artifacts_bucket(cloud, tmp_path):
    archive = tmp_path / "deployment.zip"
    archive.write_bytes(b"a package")
    parameters = {f"P{n}": {"Type": "String", "Default": "x" * 1_000} for n in range(60)}
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "pakn-large1"}}
    template = {"Parameters": {"Stage": {"Type": "String"}, **parameters}, "Resources": {"Queue": queue}}
    cloud.deploy("artifacts", {"Stage": "large1"})

    deployed = cloud.deploy("router", {"Stage": "large1"}, package=Package("router", archive, template))

    assert len(json.dumps(template)) > MAX_TEMPLATE_BODY
    assert deployed.changed == ("Add Queue (AWS::SQS::Queue)",)


def test_a_stage_that_nobody_described_is_refused():
    with pytest.raises(DeployError, match=r"infra/stages/nowhere\.json"):
        stage_parameters("nowhere")


@pytest.fixture
def described(tmp_path, monkeypatch):
    """Return a function that describes a stage in a copy of the repository's templates."""
    shutil.copytree(ROOT / "infra" / "cloudformation", tmp_path / "infra" / "cloudformation")
    (tmp_path / "infra" / "stages").mkdir()
    monkeypatch.setattr(deploy, "ROOT", tmp_path)

    def describe(stage: str, parameters: dict[str, object]) -> None:
        (tmp_path / "infra" / "stages" / f"{stage}.json").write_text(json.dumps(parameters))

    return describe


def test_a_stage_that_sets_what_no_template_takes_is_refused_by_name(described):
    described("attacked", {"PinTriesPerReference": "3", "PinTriesPerAdress": "10"})

    with pytest.raises(DeployError, match=r"no template takes: PinTriesPerAdress$"):
        stage_parameters("attacked")


def test_numbers_and_truths_of_a_stage_become_the_texts_that_cloudformation_takes(described):
    described("attacked", {"PinTriesPerReference": 3, "ApiKeyNeeded": True, "ClamdHost": "10.0.1.7"})

    assert stage_parameters("attacked") == {
        "Stage": "attacked",
        "PinTriesPerReference": "3",
        "ApiKeyNeeded": "true",
        "ClamdHost": "10.0.1.7",
    }


@pytest.mark.parametrize(
    ("part", "name"),
    [
        pytest.param("router", "pakn-dev-router", id="plain"),
        pytest.param("sla_timer", "pakn-dev-sla-timer", id="no-underscore-in-a-stack"),
    ],
)
def test_a_stack_is_named_after_its_stage_and_part(part, name):
    assert stack_name("dev", part) == name


def test_all_parts_are_deployed_after_what_they_need():
    order = list(PARTS)

    assert set(FUNCTIONS) < set(order)
    assert order.index("platform") < order.index("vault")
    assert max(order.index(p) for p in ("artifacts", "platform", "identity")) < min(
        order.index(f) for f in FUNCTIONS
    )
    assert order[-1] == "alarms"
