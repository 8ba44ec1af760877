"""The Lambdas' policies, rendered as AWS would, taken apart into single permissions, and asked what they allow.

ministack's evaluator answers (wildcards, conditions, `ForAllValues`): the one under which `make rehearse` runs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from ministack.core.iam_evaluator import EvalContext, evaluate, parse_policy_document

from infra.deployment.templates import read
from infra.layout import FUNCTIONS, ROOT
from tests.infra.permissions.needs import Need, arn

Statement = dict[str, Any]
Policies = Mapping[str, Sequence[Statement]]
"""The rendered statements of each Lambda, by its name, e.g. `router/on_route`."""

TEMPLATES = ROOT / "infra" / "cloudformation"
_PSEUDO = {
    "${AWS::Partition}": "aws",
    "${AWS::Region}": "region",
    "${AWS::AccountId}": "account",
    "${Domain}": "localhost.local",
    "${AwsSmsOrigination}": "PAKN",
}
"""The values of pseudo-parameters and of the stage's settings; `${Stage}` stays as it is."""


_OF_SEVERAL_VALUES = frozenset({"dynamodb:LeadingKeys", "kms:ResourceAliases"})
"""Keys of conditions that have a list of values."""


@dataclass(frozen=True, order=True)
class Permission:
    """One action on one resource, as one statement of a Lambda's policy allows it."""

    who: str
    sid: str
    action: str
    resource: str
    conditions: str = field(default="{}")

    def allows(self, need: Need) -> bool:
        """Return whether this permission alone lets a call through."""
        if need.who != self.who:
            return False
        statement = {"Effect": "Allow", "Action": [self.action], "Resource": [self.resource]}
        conditions = json.loads(self.conditions)
        return allows([statement | ({"Condition": conditions} if conditions else {})], need)

    def __str__(self) -> str:
        return f"{self.action} on {self.resource} ({self.who}, {self.sid})"


def policy_files() -> dict[str, Path]:
    """Return the policy file of each Lambda, by its name."""
    files = {}
    for function in FUNCTIONS:
        folder = ROOT / "functions" / function / ".chalice"
        config = json.loads((folder / "config.json").read_text())
        for handler, each in config["lambda_functions"].items():
            files[f"{function}/{handler}"] = folder / each["iam_policy_file"]
    return files


@cache
def _loaded() -> str:
    return json.dumps(
        {
            who: [_render(statement) for statement in json.loads(path.read_text())["Statement"]]
            for who, path in policy_files().items()
        }
    )


def policies() -> dict[str, list[Statement]]:
    """Return all policies anew, for whoever wants to change them."""
    loaded: dict[str, list[Statement]] = json.loads(_loaded())
    return loaded


def permissions(of: Policies) -> Iterator[Permission]:
    """Yield every action × resource that policies allow."""
    for who, statements in of.items():
        for statement in statements:
            conditions = json.dumps(statement.get("Condition", {}), sort_keys=True)
            for action in statement["Action"]:
                for resource in statement["Resource"]:
                    yield Permission(who, statement["Sid"], action, resource, conditions)


def without(of: Policies, removed: Permission) -> dict[str, list[Statement]]:
    """Return policies in which one action on one resource is allowed no more; the rest of its statement is."""
    changed = {who: list(statements) for who, statements in of.items()}
    (statement,) = (each for each in changed[removed.who] if each["Sid"] == removed.sid)
    rest = deepcopy(statement)
    rest["Action"] = [action for action in statement["Action"] if action != removed.action]
    narrowed = deepcopy(statement) | {"Sid": f"{removed.sid}Narrowed", "Action": [removed.action]}
    narrowed["Resource"] = [each for each in statement["Resource"] if each != removed.resource]
    parts = [each for each in (rest, narrowed) if each["Action"] and each["Resource"]]
    changed[removed.who] = [each for each in changed[removed.who] if each is not statement] + parts
    return changed


def allows(statements: Sequence[Statement], need: Need) -> bool:
    """Return whether statements let a call through."""
    keys: dict[str, Any] = {
        key.lower(): [value] if key in _OF_SEVERAL_VALUES else value for key, value in need.context
    }
    request = EvalContext(
        principal_arn=f"arn:aws:iam::account:role/{need.who}",
        principal_type="AssumedRole",
        principal_account="account",
        action=need.action,
        resource_arn=need.arn,
        region="region",
        service_context=keys,
    )
    parsed = parse_policy_document({"Version": "2012-10-17", "Statement": list(statements)})
    return bool(evaluate(request, [parsed]).decision == "Allow")


# ---------------------------------------------------------------- rendering


def _render(statement: Statement) -> Statement:
    rendered = statement | {"Resource": [render(resource) for resource in statement["Resource"]]}
    if conditions := statement.get("Condition"):
        rendered["Condition"] = {
            operator: {key: _rendered(values) for key, values in keys.items()}
            for operator, keys in conditions.items()
        }
    return rendered


def _rendered(values: Any) -> Any:
    return [render(value) for value in values] if isinstance(values, list) else render(values)


def render(value: Any) -> str:
    """Return the string that CloudFormation makes of a resource, an export or a string with placeholders."""
    if isinstance(value, str):
        return value
    ((function, argument),) = value.items()
    if function == "Fn::ImportValue":
        return _exports()[argument["Fn::Sub"]]
    if function != "Fn::Sub":
        raise ValueError(f"a policy uses {function}, which tests/infra/permissions/policies.py does not know")
    text: str = argument[0] if isinstance(argument, list) else argument
    for name, replacement in _PSEUDO.items():
        text = text.replace(name, replacement)
    return text


@cache
def _exports() -> dict[str, str]:
    """Return the ARN behind every export that is one, by its name."""
    exports = {}
    for path in [*TEMPLATES.glob("*.yaml"), *(TEMPLATES / "functions").glob("*.yaml")]:
        template = read(path)
        for output in template.get("Outputs", {}).values():
            if arns := list(_arn_of(output["Value"], template["Resources"])):
                exports[output["Export"]["Name"]["Fn::Sub"]] = arns[0]
    return exports


def _arn_of(value: Any, resources: Mapping[str, Any]) -> Iterator[str]:
    """Yield the ARN that an output gives away, if it gives one away."""
    name, attribute = value.get("Fn::GetAtt", (None, None)) if isinstance(value, dict) else (None, None)
    if name is None:
        return
    kind, properties = resources[name]["Type"], resources[name].get("Properties", {})
    match kind, attribute:
        case "AWS::SQS::Queue", "Arn":
            yield arn(f"sqs:{render(properties['QueueName'])}")
        case "AWS::DynamoDB::Table", "StreamArn":
            yield arn(f"dynamodb:table/{render(properties['TableName'])}/stream/2026-01-01T00:00:00.000")
        case "AWS::KMS::Key", "Arn":
            yield arn(f"kms:key/{name}")
        case "AWS::Cognito::UserPool", "Arn":
            yield arn(f"cognito-idp:userpool/{name}")
        case _:
            return


# ---------------------------------------------------------------- what AWS does in a Lambda's name


def machinery() -> dict[Need, str]:
    """Return the needs of AWS itself, working in a Lambda's role where no call of ours shows it, with reasons."""
    needs: dict[Need, str] = {}
    for who, path in policy_files().items():
        function, handler = who.split("/")
        config = json.loads((path.parent / "config.json").read_text())
        template = read(TEMPLATES / "functions" / f"{function}.yaml")
        resource = template["Resources"][_resource_name(handler)]
        name = render(resource["Properties"]["FunctionName"])
        for action in ("logs:CreateLogStream", "logs:PutLogEvents"):
            on = f"logs:log-group:/aws/lambda/{name}:log-stream:x"
            needs[Need(who, action, on)] = "Lambda writes the function's log"
        if config.get("xray"):
            for action in ("xray:PutTelemetryRecords", "xray:PutTraceSegments"):
                needs[Need(who, action, "xray:*")] = "Lambda sends traces: xray in .chalice/config.json"
        failed = (
            resource["Properties"].get("EventInvokeConfig", {}).get("DestinationConfig", {}).get("OnFailure")
        )
        if failed:
            reported = Need(who, "sqs:SendMessage", _short(render(failed["Destination"])))
            needs[reported] = "Lambda reports invocations that failed"
        for event, each in resource["Properties"].get("Events", {}).items():
            needs |= dict.fromkeys(_polling(who, each.get("Properties", {})), f"Lambda polls for {event}")
    return needs


def _resource_name(handler: str) -> str:
    """Return Chalice's name of a Lambda in its template."""
    return "APIHandler" if handler == "api_handler" else "".join(map(str.capitalize, handler.split("_")))


def _polling(who: str, event: Mapping[str, Any]) -> Iterable[Need]:
    """Yield the needs of an event source mapping (Lambda Developer Guide, "Execution role permissions")."""
    if "Queue" in event:
        for action in ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes"):
            yield Need(who, f"sqs:{action}", _short(render(event["Queue"])))
    if "Stream" in event:
        for action in ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"):
            yield Need(who, f"dynamodb:{action}", _short(render(event["Stream"])))
    failing = event.get("DestinationConfig", {}).get("OnFailure", {})
    if failing:
        yield Need(who, "sqs:SendMessage", _short(render(failing["Destination"])))


def _short(whole: str) -> str:
    return re.sub(r"^arn:aws:(\w[\w-]*):[^:]*:[^:]*:", r"\1:", whole)
