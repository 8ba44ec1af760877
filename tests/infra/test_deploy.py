"""Deploying through CloudFormation, tried against ministack: what changes, what does not, what is refused."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import Any

import boto3
import pytest

from infra.deployment import stages
from infra.deployment.change_set import KEPT, Change
from infra.deployment.cloud import Cloud, Options, stack_name
from infra.deployment.errors import DeployError
from infra.deployment.package import Package
from infra.deployment.stages import PARTS, parts_of, stage_parameters
from infra.deployment.templates import LIMITS, MAX_INLINE, REGION, nearly_too_large, read, size_of
from infra.layout import FUNCTIONS, ROOT

PARAMETERS = {"Stage": "test1"}
PLAN, YES = Options(plan=True), Options(yes=True)


@pytest.fixture
def cloud(emulated: boto3.Session) -> Cloud:
    return Cloud(emulated, poll_seconds=0.05)


def test_the_platform_is_deployed_once_and_then_left_alone(cloud):
    first = cloud.deploy("platform", PARAMETERS)
    second = cloud.deploy("platform", PARAMETERS)

    assert "Add Petitions (AWS::DynamoDB::Table)" in first.changed
    assert first.outputs["PetitionsTable"] == "pakn-test1-petitions"
    assert second.changed == ()
    assert second.outputs == first.outputs


def test_a_plan_says_what_would_change_and_changes_nothing(cloud):
    parameters = {"Stage": "plan1"}

    planned = cloud.deploy("identity", parameters, options=PLAN)

    assert "Add Officers (AWS::Cognito::UserPool)" in planned.changed
    assert cloud.outputs("plan1", "identity") == {}


def test_what_was_only_planned_can_be_deployed_afterwards(cloud):
    parameters = {"Stage": "plan2"}
    cloud.deploy("identity", parameters, options=PLAN)

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

    assert len(json.dumps(template)) > MAX_INLINE
    assert deployed.changed == ("Add Queue (AWS::SQS::Queue)",)


def queue_package(tmp_path: Any, content: bytes, **resources: Any) -> Package:
    """Return a package whose template holds a queue and what else is wanted."""
    archive = tmp_path / "deployment.zip"
    archive.write_bytes(content)
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Fn::Sub": "pakn-${Stage}-router"}}}
    parameters = {"Stage": {"Type": "String"}, "Level": {"Type": "String", "Default": "1"}}
    return Package("router", archive, {"Parameters": parameters, "Resources": {"Queue": queue, **resources}})


def topic(name: str) -> dict[str, Any]:
    """Return a topic whose name cannot be changed without replacing it."""
    return {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": name}}


def test_what_would_be_removed_or_replaced_is_refused_by_name_until_somebody_says_yes(cloud, tmp_path):
    parameters = {"Stage": "loss1"}
    cloud.deploy("artifacts", parameters)
    before = queue_package(tmp_path, b"1", Topic=topic("loss-1"), Gone=topic("loss-gone"))
    cloud.deploy("router", parameters, package=before)
    after = queue_package(tmp_path, b"2", Topic=topic("loss-2"))

    with pytest.raises(DeployError, match=r"--yes[^$]*Remove Gone") as refused:
        cloud.deploy("router", parameters, package=after)
    done = cloud.deploy("router", parameters, package=after, options=YES)

    assert "Modify Topic (AWS::SNS::Topic), replacing it" in str(refused.value)
    assert len(done.changed) == 2
    assert [each.digest for each in cloud.artifacts("loss1").releases("router")] != []


def test_a_creation_that_failed_is_cleared_away_and_made_anew(cloud, tmp_path):
    lines: list[str] = []
    parameters = {"Stage": "failed1"}
    retained = {**topic("failed-1"), "DeletionPolicy": "Retain"}
    faulty = {"Type": "AWS::KMS::Alias", "Properties": {"AliasName": "not-an-alias", "TargetKeyId": "none"}}
    speaking = Cloud(boto3.Session(region_name=REGION), poll_seconds=0.05, say=lines.append)
    speaking.deploy("artifacts", parameters)
    with pytest.raises(DeployError, match="ROLLBACK_COMPLETE"):
        speaking.deploy(
            "router", parameters, package=queue_package(tmp_path, b"1", Topic=retained, Faulty=faulty)
        )
    left = boto3.client("sns").list_topics()["Topics"]

    done = speaking.deploy("router", parameters, package=queue_package(tmp_path, b"1", Topic=retained))

    assert not [each for each in left if each["TopicArn"].endswith(":failed-1")]
    assert any("was never created" in line for line in lines)
    assert set(done.changed) == {"Add Queue (AWS::SQS::Queue)", "Add Topic (AWS::SNS::Topic)"}


class Formation:
    """CloudFormation with one stack in a state that ministack cannot be led into, and nothing to change."""

    def __init__(self, status: str) -> None:
        self.status = status

    def client(self, _service: str) -> Formation:
        return self

    def describe_stacks(self, **_request: Any) -> dict[str, Any]:
        return {"Stacks": [{"StackStatus": self.status}]}

    def describe_stack_events(self, **_request: Any) -> dict[str, Any]:
        return {"StackEvents": []}

    def continue_update_rollback(self, **_request: Any) -> None:
        self.status = "UPDATE_ROLLBACK_COMPLETE"

    def create_change_set(self, **request: Any) -> None:
        assert self.status == "UPDATE_ROLLBACK_COMPLETE", "a change set is taken in no other state"
        assert request["ChangeSetType"] == "UPDATE"

    def describe_change_set(self, **_request: Any) -> dict[str, Any]:
        return {"Status": "FAILED", "StatusReason": "The submitted information didn't contain changes."}

    def delete_change_set(self, **_request: Any) -> None:
        return None


def test_a_rollback_that_was_cut_off_is_finished_first():
    lines: list[str] = []
    session: Any = Formation("UPDATE_ROLLBACK_FAILED")

    done = Cloud(session, poll_seconds=0, say=lines.append).deploy("artifacts", {"Stage": "cut1"})

    assert done.changed == ()
    assert lines[0] == "pakn-cut1-artifacts could not be rolled back last time: that is finished first"


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        pytest.param("UPDATE_IN_PROGRESS", "wait until that is over", id="somebody else deploys"),
        pytest.param("DELETE_FAILED", "delete it in the console", id="half deleted"),
    ],
)
def test_a_stack_that_cannot_be_changed_now_is_refused_in_one_sentence(status, sentence):
    session: Any = Formation(status)

    with pytest.raises(DeployError, match=sentence) as refused:
        Cloud(session, say=lambda _line: None).deploy("artifacts", {"Stage": "cut2"})

    assert "\n" not in str(refused.value)


def test_a_stage_that_is_not_for_development_cannot_be_deleted_or_lose_what_holds_data(cloud):
    formation = boto3.client("cloudformation")
    for stage in ("dev", "kept1"):
        cloud.deploy("identity", {"Stage": stage})

    described = {
        stage: formation.describe_stacks(StackName=stack_name(stage, "identity"))["Stacks"][0]
        for stage in ("dev", "kept1")
    }
    policy = json.loads(formation.get_stack_policy(StackName="pakn-kept1-identity")["StackPolicyBody"])

    (deny,) = [each for each in policy["Statement"] if each["Effect"] == "Deny"]
    assert {stage: each["EnableTerminationProtection"] for stage, each in described.items()} == {
        "dev": False,
        "kept1": True,
    }
    assert set(deny["Action"]) == {"Update:Delete", "Update:Replace"}
    assert set(deny["Condition"]["StringEquals"]["ResourceType"]) == set(KEPT)


def test_every_resource_that_is_to_be_retained_is_guarded_by_the_stacks_policy():
    retained = {
        resource["Type"]
        for path in (ROOT / "infra" / "cloudformation").glob("*.yaml")
        for resource in read(path)["Resources"].values()
        if resource.get("DeletionPolicy") == "Retain"
    }

    assert retained - set(KEPT) <= {"AWS::ApiGateway::Account", "AWS::IAM::Role", "AWS::Logs::LogGroup"}


def test_the_record_of_operators_is_kept_by_its_own_protection():
    (record,) = (
        resource
        for path in (ROOT / "infra" / "cloudformation").glob("*.yaml")
        for resource in read(path)["Resources"].values()
        if resource["Type"] == "AWS::Logs::LogGroup" and resource.get("DeletionPolicy") == "Retain"
    )

    assert record["Properties"]["LogGroupName"] == {"Fn::Sub": "/aws/ops/pakn-${Stage}-operations"}
    assert record["Properties"]["DeletionProtectionEnabled"] == {"Fn::If": ["IsProtected", True, False]}


@pytest.mark.parametrize(
    ("change", "loses"),
    [
        pytest.param(Change("Add", "Queue", "AWS::SQS::Queue"), False, id="something new"),
        pytest.param(Change("Modify", "Queue", "AWS::SQS::Queue"), False, id="changed in place"),
        pytest.param(Change("Modify", "Queue", "AWS::SQS::Queue", "True"), True, id="replaced"),
        pytest.param(Change("Remove", "Queue", "AWS::SQS::Queue"), True, id="removed"),
        pytest.param(Change("Modify", "Role", "AWS::IAM::Role", "Conditional"), False, id="perhaps replaced"),
        pytest.param(
            Change("Modify", "Petitions", "AWS::DynamoDB::Table", "Conditional"),
            True,
            id="data perhaps replaced",
        ),
        pytest.param(Change("Remove", "V1", "AWS::Lambda::Version"), False, id="a version, which stays"),
    ],
)
def test_a_change_loses_what_it_removes_or_replaces(change, loses):
    assert change.loses is loses


def test_a_parameter_that_the_stage_lacks_is_named(cloud, tmp_path):
    needed = {"Parameters": {"Stage": {"Type": "String"}, "MailFrom": {"Type": "String"}}, "Resources": {}}

    with pytest.raises(DeployError, match=r"infra/stages/lacks1\.json lacks MailFrom"):
        stages.of_template(needed, {"Stage": "lacks1"})


def test_without_credentials_one_sentence_says_so_and_nothing_is_done(tmp_path):
    bare = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "AWS_EC2_METADATA_DISABLED": "true",
        "PYTHONDONTWRITEBYTECODE": "1",
    }

    done = subprocess.run(
        [sys.executable, "-m", "infra.deployment.deploy", "all", "--stage", "dev"],
        cwd=ROOT, env=bare, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("There are no AWS credentials here")


def test_a_template_says_early_that_it_grows_too_large():
    rows = {f"P{n}": {"Type": "String"} for n in range(180)}

    assert [*nearly_too_large({"Parameters": rows})] == [
        "The template holds 180 parameters of 200 that CloudFormation takes: split it soon"
    ]
    assert [*nearly_too_large({"Parameters": dict.fromkeys([*rows][:179])})] == []


@pytest.mark.parametrize(
    "path", sorted((ROOT / "infra" / "cloudformation").glob("*.yaml")), ids=lambda p: p.stem
)
def test_every_template_is_far_from_the_limits_and_the_first_fits_into_a_request(path):
    size = size_of(read(path))

    assert [*nearly_too_large(read(path))] == []
    assert size["bytes"] < LIMITS["bytes"] / 2
    assert path.stem != "artifacts" or size["bytes"] <= MAX_INLINE


# ---------------------------------------------------------------- stages


def test_production_without_an_alarms_address_or_a_host_is_refused():
    refused = "\n".join(stages.unfit_for_production(stage_parameters("prod")))

    assert "sets no PageEmail" in refused
    assert "sets no TicketEmail" in refused
    assert "sets no DomainName" in refused
    assert "example addresses: MailFrom, PublicUrl, SmsGatewayUrl" in refused


@pytest.mark.parametrize(("name", "value"), [("Sandbox", "true"), ("AddressesAreCounted", "false")])
def test_production_with_what_is_for_tests_is_refused(name: str, value: str):
    refused = "\n".join(stages.unfit_for_production(stage_parameters("prod") | {name: value}))

    assert f"sets {name} to {value}" in refused
    assert name not in "\n".join(stages.unfit_for_production({"Stage": "staging", name: value}))


def test_production_that_says_who_is_woken_and_where_people_come_is_taken():
    described = {
        "Stage": "prod",
        "PageEmail": "truc@pakn.gov.vn",
        "TicketEmail": "vanhanh@pakn.gov.vn",
        "DomainName": "pakn.gov.vn",
        "PublicUrl": "https://pakn.gov.vn",
    }

    assert [*stages.unfit_for_production(described)] == []
    assert [*stages.unfit_for_production({"Stage": "staging"})] == []


def test_a_stage_with_a_host_deploys_it_before_the_functions_that_stand_below_it():
    with_host = parts_of("all", {"Stage": "staging", "DomainName": "pakn.gov.vn"})

    assert parts_of("all", {"Stage": "staging", "DomainName": ""}) == PARTS
    assert set(with_host) == {*PARTS, "domain"}
    assert with_host.index("domain") < min(with_host.index(function) for function in FUNCTIONS)


def test_a_stage_that_nobody_described_is_refused():
    with pytest.raises(DeployError, match=r"infra/stages/nowhere\.json"):
        stage_parameters("nowhere")


@pytest.fixture
def described(tmp_path, monkeypatch):
    """Return a function that describes a stage in a copy of the repository's templates."""
    shutil.copytree(ROOT / "infra" / "cloudformation", tmp_path / "infra" / "cloudformation")
    (tmp_path / "infra" / "stages").mkdir()
    monkeypatch.setattr(stages, "ROOT", tmp_path)

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
