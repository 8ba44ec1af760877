"""The edge: rates for each address, throttles of webhooks, buckets over TLS, a seal key that denies itself."""

from __future__ import annotations

import json
from fnmatch import fnmatch
from typing import Any

import pytest

from infra import gateway
from infra.deployment.stages import PARTS
from infra.deployment.templates import read
from infra.layout import FUNCTIONS, ROOT

FOLDER = ROOT / "infra" / "cloudformation"
EDGE = read(FOLDER / "edge.yaml")["Resources"]
MERGES = {function: read(FOLDER / "functions" / f"{function}.yaml") for function in FUNCTIONS}
RULES: dict[str, dict[str, Any]] = {rule["Name"]: rule for rule in EDGE["WebAcl"]["Properties"]["Rules"]}
RATES = {name: rule["Statement"]["RateBasedStatement"] for name, rule in RULES.items() if "Action" in rule}
WITH_AN_API = {function for function, merge in MERGES.items() if "RestAPI" in merge["Resources"]}


def test_every_api_stands_behind_the_firewall():
    exported = {
        merge["Outputs"][f"{function.capitalize()}Api"]["Export"]["Name"]["Fn::Sub"]
        for function, merge in MERGES.items()
        if function in WITH_AN_API
    }

    guarded = {
        each["Properties"]["ResourceArn"]["Fn::Sub"][1]["Api"]["Fn::ImportValue"]["Fn::Sub"]
        for each in EDGE.values()
        if each["Type"] == "AWS::WAFv2::WebACLAssociation"
    }

    assert guarded == exported
    assert len(guarded) == 3


def test_firewall_is_deployed_after_the_functions_that_it_names():
    assert PARTS.index("edge") > max(PARTS.index(function) for function in FUNCTIONS)


def test_rates_are_for_each_address_and_webhooks_are_counted_apart_from_forms():
    assert set(RATES) == {"webhooks-per-address", "forms-per-address", "requests-per-address"}
    assert {rate["AggregateKeyType"] for rate in RATES.values()} == {"IP"}
    webhooks = RATES["webhooks-per-address"]["ScopeDownStatement"]
    method, others = RATES["forms-per-address"]["ScopeDownStatement"]["AndStatement"]["Statements"]
    assert method["ByteMatchStatement"]["SearchString"] == "POST"
    assert others["NotStatement"]["Statement"] == webhooks
    assert {
        match["ByteMatchStatement"]["SearchString"] for match in webhooks["OrStatement"]["Statements"]
    } == {f"{stage}{path}" for stage in ("", "/api") for path in (*gateway.WEBHOOKS, "/receipts/")}


def test_managed_rules_block_what_is_known_and_only_count_what_citizens_write():
    groups = {
        rule["Statement"]["ManagedRuleGroupStatement"]["Name"]: rule["Statement"]["ManagedRuleGroupStatement"]
        for rule in RULES.values()
        if "OverrideAction" in rule
    }

    counted = groups["AWSManagedRulesCommonRuleSet"]["RuleActionOverrides"]
    assert {"AWSManagedRulesAmazonIpReputationList", "AWSManagedRulesKnownBadInputsRuleSet"} < set(groups)
    assert all(override["ActionToUse"] == {"Count": {}} for override in counted)
    assert {"SizeRestrictions_BODY", "CrossSiteScripting_BODY"} <= {override["Name"] for override in counted}


def test_firewall_keeps_no_sample_of_what_people_sent():
    configurations = [EDGE["WebAcl"]["Properties"], *RULES.values()]

    assert {each["VisibilityConfig"]["SampledRequestsEnabled"] for each in configurations} == {False}


# --- throttles ------------------------------------------------------------------------------------------


def test_webhooks_are_resources_of_their_own_with_throttles_below_that_of_citizens():
    settings = MERGES["intake"]["Resources"]["RestAPI"]["Properties"]["MethodSettings"]
    throttles = {(each["ResourcePath"], each["HttpMethod"]): each["ThrottlingRateLimit"] for each in settings}
    everything = throttles.pop(("/*", "*"))

    assert {path for path, _ in throttles} == {
        f"{prefix}{{proxy+}}".replace("/", "~1").replace("~1", "/~1", 1) for prefix in gateway.WEBHOOKS
    }
    assert all(rate < everything for rate in throttles.values())
    assert ("/~1sms~1{proxy+}", "GET") in throttles
    assert not any(each["DataTraceEnabled"] for each in settings)


def test_webhook_reaches_the_same_function_through_its_own_resource():
    integration = {"type": "aws_proxy", "uri": {"Fn::Sub": "arn:…:${APIHandler.Arn}"}}
    paths = {
        path: {"get": {"x-amazon-apigateway-integration": integration}}
        for path in ("/gui", "/sms/{provider}", "/hotline/calls")
    }
    template = {"Resources": {"RestAPI": {"Properties": {"DefinitionBody": {"paths": paths}}}}}

    body = gateway.behind_one_resource(template)["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]

    assert set(body["paths"]) == {"/", "/{proxy+}", "/sms/{proxy+}", "/hotline/{proxy+}"}
    assert set(body["paths"]["/sms/{proxy+}"]) == set(gateway.METHODS)
    assert {
        method["x-amazon-apigateway-integration"]["type"]
        for methods in body["paths"].values()
        for method in methods.values()
    } == {"aws_proxy"}


# --- buckets and the seal -------------------------------------------------------------------------------


def test_search_files_are_denied_to_every_function_but_casework_and_the_schedule_that_builds_them():
    (statement,) = (
        statement
        for policy in read(FOLDER / "vault.yaml")["Resources"].values()
        if policy["Type"] == "AWS::S3::BucketPolicy"
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        if statement["Sid"] == "SearchFilesForTheDeskAlone"
    )
    denied = [arn["Fn::Sub"] for arn in statement["Condition"]["ArnLike"]["aws:PrincipalArn"]]
    lambdas = {
        role_of(path.parent.parent.name, path.name)
        for path in (FOLDER.parents[1] / "functions").glob("*/.chalice/policy*.json")
    }

    barred = {role for role in lambdas if any(_matches(role, pattern) for pattern in denied)}

    assert (statement["Effect"], "s3:GetObject" in statement["Action"]) == ("Deny", True)
    assert statement["Resource"]["Fn::Sub"].endswith("/search/*")
    assert lambdas - barred == {
        role_of("casework", "policy.json"),
        role_of("sla_timer", "policy-hourly.json"),
    }


def _matches(role: str, pattern: str) -> bool:
    return fnmatch(f"{role}x", pattern.rpartition("role/")[2])


def test_every_bucket_is_reached_over_tls_only():
    stacks = [read(path)["Resources"] for path in FOLDER.glob("*.yaml")]
    buckets = {
        resource["Properties"]["BucketName"]["Fn::Sub"]
        for stack in stacks
        for resource in stack.values()
        if resource["Type"] == "AWS::S3::Bucket"
    }
    refused = {
        resource["Fn::Sub"].rpartition(":::")[2]
        for stack in stacks
        for policy in stack.values()
        if policy["Type"] == "AWS::S3::BucketPolicy"
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Deny"
        and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        and (statement["Principal"], statement["Action"]) == ("*", "s3:*")
        for resource in statement["Resource"]
    }

    assert len(buckets) == 2
    assert refused == {name for bucket in buckets for name in (bucket, f"{bucket}/*")}


def role_of(function: str, policy: str) -> str:
    """Return the beginning of the name that CloudFormation gives the role of a policy of a function."""
    handler = policy.removeprefix("policy").removeprefix("-").removesuffix(".json") or "api_handler"
    logical = "".join(word.capitalize() for word in handler.split("_"))
    return f"pakn-${{Stage}}-{function.replace('_', '-')}-{logical}Role-*"


def _uses(denied: list[str], allowed: list[str]) -> bool:
    return any(fnmatch(action, pattern) for action in allowed for pattern in denied)


@pytest.fixture(scope="module")
def key_policy() -> dict[str, Any]:
    text = read(FOLDER / "platform.yaml")["Resources"]["Seal"]["Properties"]["KeyPolicy"]["Fn::Sub"]
    policy: dict[str, Any] = json.loads(text)
    return policy


def test_seal_key_denies_itself_to_everybody_but_its_users(key_policy: dict[str, Any]):
    (deny,) = [each for each in key_policy["Statement"] if each["Effect"] == "Deny"]
    users = {
        role_of(path.parents[1].name, path.name)
        for path in (ROOT / "functions").glob("*/.chalice/policy*.json")
        for allowed in json.loads(path.read_text())["Statement"]
        if "-seal*" in json.dumps(allowed) and _uses(deny["Action"], allowed["Action"])
    }

    spared = deny["Condition"]["ArnNotLike"]["aws:PrincipalArn"]
    assert deny["Principal"] == "*"
    assert {arn.rpartition(":role/")[2] for arn in spared} == users
    assert {"kms:Encrypt", "kms:Decrypt", "kms:CreateGrant"} <= set(deny["Action"])
    assert len(users) == 5
