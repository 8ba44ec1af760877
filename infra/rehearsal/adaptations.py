"""All that a rehearsal changes, because it runs on an emulator and on this machine's clock; nothing else differs.

Each adaptation is one small function with its reason; `tests/infra/test_adaptations.py` shows beside each what AWS has
instead. A change of these makes no production weaker: `infra.deployment` knows nothing of them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from infra.deployment.package import Package
from infra.deployment.templates import Template

NOT_REHEARSED: Mapping[str, str] = {
    "edge": "an emulated firewall lets everything through, which shows nothing",
    "domain": "the rehearsal's front serves the base paths of the domain",
    "scanning": "no emulator has GuardDuty; the journeys put its verdicts' tags on uploads",
}
"""Parts that are not deployed, with the reason."""


def parameters(stage: Mapping[str, str], *, url: str, sms_url: str, identity_url: str) -> dict[str, str]:
    """Return a stage's parameters with the addresses of this machine, and without waits for the time of day.

    Args:
        stage: as `infra/stages` describes it.
        url: the rehearsal's front.
        sms_url: its SMS aggregator.
        identity_url: where the emulator's Cognito publishes its keys; AWS's address follows from the pool.
    """
    return {
        **stage,
        "PublicUrl": url,
        "SmsGatewayUrl": sms_url,
        "IdentityUrl": identity_url,
        "QuietFrom": "",  # no letter waits for the morning
        "BatchForSeconds": "0",  # nor for others that may come with it
        "UndoMinutes": "0",  # nor for an officer who may take the decision back
        "SecondFactorNeeded": "false",  # the emulator's Cognito asks for none
    }


def package(built: Package) -> Package:
    """Return a package for ministack 1.5: its roles with the rights that only ministack asks for."""
    template = json.loads(json.dumps(built.template))
    for resource in template["Resources"].values():
        for policy in resource["Properties"].get("Policies", ()):
            for statement in policy["PolicyDocument"]["Statement"]:
                _with_batches(statement)
                _with_any_sender(statement)
                _with_any_alias(statement)
    return replace(built, template=template)


def _with_batches(statement: dict[str, Any]) -> None:
    """Add sqs:SendMessageBatch to sqs:SendMessage, which covers batches on AWS: no such action exists there."""
    if "sqs:SendMessage" in statement["Action"]:
        statement["Action"].append("sqs:SendMessageBatch")


def _with_any_sender(statement: dict[str, Any]) -> None:
    """Let ses:SendEmail name no identity: AWS reads it from the From header of a raw e-mail, ministack sees none."""
    if "ses:SendEmail" in statement["Action"]:
        statement["Resource"] = ["*"]


def _with_any_alias(statement: dict[str, Any]) -> None:
    """Let no permission ask for a key's alias: ministack knows no kms:ResourceAliases, and no key behind an alias."""
    conditions = statement.get("Condition", {})
    if conditions.get("ForAnyValue:StringLike", {}).keys() == {"kms:ResourceAliases"}:
        del conditions["ForAnyValue:StringLike"]
        statement["Resource"] = ["*"]
    if conditions == {}:
        statement.pop("Condition", None)


def template(of_part: Template) -> Template:
    """Return a template without alarms over several metrics or alarms, which ministack 1.5 refuses."""
    resources = of_part["Resources"]
    others = {name: resource for name, resource in resources.items() if not _is_over_several(resource)}
    return {**of_part, "Resources": others}


def _is_over_several(resource: Mapping[str, Any]) -> bool:
    is_composite = resource["Type"] == "AWS::CloudWatch::CompositeAlarm"
    has_math = resource["Type"] == "AWS::CloudWatch::Alarm" and "Metrics" in resource.get("Properties", {})
    return is_composite or has_math


def bucket_policy(policy: str) -> str | None:
    """Return a bucket's policy without what demands TLS, which ministack lacks; None where nothing is left."""
    document = json.loads(policy)
    document["Statement"] = [s for s in document["Statement"] if not _demands_tls_only(s)]
    return json.dumps(document) if document["Statement"] else None


def _demands_tls_only(statement: Mapping[str, Any]) -> bool:
    match statement:
        case {"Effect": "Deny", "Condition": {"Bool": {"aws:SecureTransport": value}, **other}} if not other:
            return str(value).lower() == "false"
    return False


def key_policy(policy: str) -> str:
    """Return a key's policy that names sessions of roles: ministack gives those as `aws:PrincipalArn`, AWS the role."""
    return re.sub(r"arn:aws:iam::(\d+):role/([^\"]+)", r"arn:aws:sts::\1:assumed-role/\2/*", policy)
