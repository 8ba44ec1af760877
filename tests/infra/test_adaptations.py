"""Each change that a rehearsal makes for its emulator, beside what AWS has instead; nothing else is changed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.deployment.package import Package
from infra.deployment.stages import PARTS, stage_parameters
from infra.deployment.templates import read
from infra.layout import FUNCTIONS
from infra.rehearsal import adaptations

TEMPLATES = Path(__file__).resolve().parents[2] / "infra" / "cloudformation"
ADDRESSES = {"url": "http://front", "sms_url": "http://front/sms", "identity_url": "http://emulator"}


def a_package(*statements: dict[str, Any]) -> Package:
    policy = {"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": list(statements)}}
    role = {"Type": "AWS::IAM::Role", "Properties": {"Policies": [policy]}}
    return Package(
        "router", Path("deployment.zip"), {"Resources": {"DefaultRole": role, "Api": {"Properties": {}}}}
    )


def statements_of(package: Package) -> list[dict[str, Any]]:
    """Return the statements of a package's role."""
    policies = package.template["Resources"]["DefaultRole"]["Properties"]["Policies"]
    return list(policies[0]["PolicyDocument"]["Statement"])


def test_batches_are_sent_by_the_right_to_send_on_aws_and_by_one_of_their_own_here():
    on_aws = {"Effect": "Allow", "Action": ["sqs:SendMessage"], "Resource": ["notices"]}

    (here,) = statements_of(adaptations.package(a_package(on_aws)))

    assert here == {**on_aws, "Action": ["sqs:SendMessage", "sqs:SendMessageBatch"]}


def test_sender_is_one_identity_on_aws_and_any_here():
    on_aws = {"Effect": "Allow", "Action": ["ses:SendEmail"], "Resource": ["identity/pakn.example"]}

    (here,) = statements_of(adaptations.package(a_package(on_aws)))

    assert here == {**on_aws, "Resource": ["*"]}


def test_seal_is_the_key_of_its_alias_on_aws_and_any_key_here_bound_to_the_same_reference():
    of_the_seal = {"ForAnyValue:StringLike": {"kms:ResourceAliases": ["alias/pakn-dev-seal*"]}}
    bound = {"StringLike": {"kms:EncryptionContext:reference": "unsent:*"}}
    on_aws = {"Effect": "Allow", "Action": ["kms:Decrypt"], "Resource": ["key/*"]}

    plain, held = statements_of(
        adaptations.package(
            a_package(on_aws | {"Condition": of_the_seal}, on_aws | {"Condition": of_the_seal | bound})
        )
    )

    assert plain == {**on_aws, "Resource": ["*"]}
    assert held == {**on_aws, "Resource": ["*"], "Condition": bound}


def test_every_other_right_stays_and_the_package_that_is_deployed_to_aws_is_not_touched():
    on_aws = [
        {"Effect": "Allow", "Action": ["dynamodb:GetItem"], "Resource": ["petitions"]},
        {"Effect": "Deny", "Action": ["s3:DeleteObjectVersion"], "Resource": ["files"]},
        {"Effect": "Allow", "Action": ["sqs:SendMessage"], "Resource": ["notices"]},
    ]
    built = a_package(*on_aws)

    here = adaptations.package(built)

    assert statements_of(here)[:2] == on_aws[:2]
    assert statements_of(built)[2]["Action"] == ["sqs:SendMessage"]


def test_alarms_over_several_metrics_or_alarms_are_on_aws_alone_and_every_other_resource_is_here_too():
    for part in (part for part in PARTS if part not in FUNCTIONS):
        on_aws = read(TEMPLATES / f"{part}.yaml")

        here = adaptations.template(on_aws)

        missing = [
            resource for name, resource in on_aws["Resources"].items() if name not in here["Resources"]
        ]
        simple = [each for each in missing if each["Type"] != "AWS::CloudWatch::CompositeAlarm"]
        assert all(alarm["Type"] == "AWS::CloudWatch::Alarm" for alarm in simple)
        assert all("Expression" in alarm["Properties"]["Metrics"][0] for alarm in simple)
        assert {**here, "Resources": None} == {**on_aws, "Resources": None}


def bucket_policies() -> Iterator[Any]:
    """Yield the policies of buckets that are deployed to AWS."""
    for resource in read(TEMPLATES / "vault.yaml")["Resources"].values():
        if resource["Type"] == "AWS::S3::BucketPolicy":
            yield pytest.param(
                resource["Properties"]["PolicyDocument"], id=str(resource["Properties"]["Bucket"])[-30:]
            )


@pytest.mark.parametrize("on_aws", list(bucket_policies()))
def test_bucket_refuses_plain_http_on_aws_and_nothing_else_is_taken_from_its_policy_here(
    on_aws: dict[str, Any],
):
    statement = {"Sid": "KeepFiles", "Effect": "Deny", "Principal": "*", "Action": "s3:DeleteObjectVersion"}
    also = {**statement, "Condition": {"Bool": {"aws:SecureTransport": "false"}, "StringEquals": {"a": "b"}}}
    both = {**on_aws, "Statement": [*on_aws["Statement"], statement, also]}

    others = [s for s in on_aws["Statement"] if "Bool" not in s["Condition"]]
    demands = [s["Condition"]["Bool"]["aws:SecureTransport"] for s in on_aws["Statement"] if s not in others]
    here = adaptations.bucket_policy(json.dumps(both))

    assert [str(demand).lower() for demand in demands] == ["false"]
    assert here is not None
    assert json.loads(here)["Statement"] == [*others, statement, also]
    assert (adaptations.bucket_policy(json.dumps(on_aws)) is None) is (not others)


def test_key_is_for_a_role_on_aws_and_for_the_sessions_of_the_same_role_here():
    on_aws = {
        "Statement": [
            {
                "Effect": "Deny",
                "Condition": {"ArnNotLike": {"aws:PrincipalArn": ["arn:aws:iam::1:role/pakn-dev-x*"]}},
            },
            {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::1:root"}},
        ]
    }

    here = json.loads(adaptations.key_policy(json.dumps(on_aws)))

    deny, allow = here["Statement"]
    assert deny["Condition"]["ArnNotLike"]["aws:PrincipalArn"] == [
        "arn:aws:sts::1:assumed-role/pakn-dev-x*/*"
    ]
    assert allow == on_aws["Statement"][1]


def test_parameters_differ_by_addresses_and_waits_and_the_second_factor_alone():
    on_aws = stage_parameters("dev")

    here = adaptations.parameters(on_aws, **ADDRESSES)

    assert {name for name in here if here[name] != on_aws.get(name)} == {
        "PublicUrl", "SmsGatewayUrl", "IdentityUrl", "QuietFrom", "BatchForSeconds", "UndoMinutes",
        "SecondFactorNeeded",
    }  # fmt: skip


def test_second_factor_is_needed_on_aws_unless_a_stage_says_otherwise():
    casework = read(TEMPLATES / "functions" / "casework.yaml")

    assert casework["Parameters"]["SecondFactorNeeded"]["Default"] == "true"


def test_every_part_is_rehearsed_but_those_with_a_reason():
    assert all((TEMPLATES / f"{part}.yaml").is_file() for part in adaptations.NOT_REHEARSED)
    assert all(adaptations.NOT_REHEARSED.values())
    assert [part for part in PARTS if part in adaptations.NOT_REHEARSED] == ["edge"]
