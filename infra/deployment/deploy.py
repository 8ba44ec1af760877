"""Deploys one part of the system, or all of it in order, through CloudFormation.

`make deploy FUNCTION=router STAGE=dev`. A part is a stack `pakn-{stage}-{part}`; parts know each other by exports
only, so each function goes out by itself. The parameters of a stage (its public address, its senders) stand in
infra/stages/{stage}.json and go to the templates that declare such a parameter. With AWS_ENDPOINT_URL set the same
code deploys to an emulator: that is what `make rehearse` does.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError

from infra.deployment import templates
from infra.deployment.package import BUILD, FUNCTIONS, ROOT, Package, build
from infra.deployment.packaging import runtime
from infra.deployment.packaging.errors import PackageError
from infra.deployment.templates import REGION

BEFORE = ("artifacts", "platform", "vault", "identity")
AFTER = ("edge", "alarms")
PARTS = (*BEFORE, *FUNCTIONS, *AFTER)
"""The parts that `all` deploys, in the order in which they need one another."""

ASKED_FOR = ("domain", "scanning", "backup")
"""Parts deployed only by name: a domain needs a certificate and a record first, scanning and backups cost by volume."""

MAX_TEMPLATE_BODY = 51_200
"""Bytes of a template that CloudFormation takes within a request; a larger one (to 1 MB) it reads from S3."""

Parameters = Mapping[str, str]


class DeployError(Exception):
    """CloudFormation did not take a change; the text says what it said."""


@dataclass(frozen=True)
class Outcome:
    """The outcome of one deployment."""

    stack: str
    changed: tuple[str, ...]
    outputs: dict[str, str] = field(default_factory=dict)


def stack_name(stage: str, part: str) -> str:
    """Return the stack's name: `pakn-dev-sla-timer` (CloudFormation allows no underscore)."""
    return f"pakn-{stage}-{part.replace('_', '-')}"


def stage_parameters(stage: str) -> dict[str, str]:
    """Return the parameters of a stage's templates, as CloudFormation takes them: texts, also of numbers and truths.

    Raises:
        DeployError: nobody has described the stage yet, or the description sets what no template takes: a misspelt
            limit would otherwise be left at its default without a word.
    """
    path = ROOT / "infra" / "stages" / f"{stage}.json"
    if not path.is_file():
        raise DeployError(f"There is no stage {stage}: describe it in {path.relative_to(ROOT)}")
    described = json.loads(path.read_text("utf-8"))
    described.pop(runtime.STAGE_SETTING, None)  # of the packages
    if unknown := sorted(described.keys() - _known_parameters()):
        raise DeployError(f"{path.relative_to(ROOT)} sets what no template takes: {', '.join(unknown)}")
    return {"Stage": stage, **{name: _as_text(value) for name, value in described.items()}}


def _known_parameters() -> set[str]:
    folder = ROOT / "infra" / "cloudformation"
    return {name for path in folder.rglob("*.yaml") for name in templates.read(path).get("Parameters", {})}


def _as_text(value: str | float | bool) -> str:  # noqa: FBT001 - a truth of the stage's file, passed on
    return str(value).lower() if isinstance(value, bool) else str(value)


class Cloud:
    """One AWS account and region, or an emulator of one."""

    def __init__(self, session: boto3.Session | None = None, *, poll_seconds: float = 2.0) -> None:
        session = session or boto3.Session(region_name=REGION)
        self._formation = session.client("cloudformation")
        self._s3 = session.client("s3")
        self._poll_seconds = poll_seconds

    def deploy(
        self, part: str, parameters: Parameters, *, package: Package | None = None, plan: bool = False
    ) -> Outcome:
        """Bring one part's stack to what its template says.

        Raises:
            DeployError: CloudFormation refused or rolled back.
        """
        stage = parameters["Stage"]
        if package is None:
            template = templates.read(ROOT / "infra" / "cloudformation" / f"{part}.yaml")
        else:
            template = package.with_code_at(self._upload(package, stage))
        return self._apply(stack_name(stage, part), template, parameters, plan=plan)

    def outputs(self, stage: str, part: str) -> dict[str, str]:
        """Return the outputs of one part's stack."""
        stack = self._describe(stack_name(stage, part)) or {}
        return {o["OutputKey"]: o["OutputValue"] for o in stack.get("Outputs", ())}

    def _upload(self, package: Package, stage: str) -> str:
        """Put the package into the artifacts bucket and return its S3 address."""
        digest = hashlib.sha256(package.archive.read_bytes()).hexdigest()
        bucket, key = self._artifacts_bucket(stage), f"{package.function}/{digest}.zip"
        self._put(bucket, key, package.archive.read_bytes())
        return f"s3://{bucket}/{key}"

    def _template_argument(self, template: dict[str, Any], stage: str) -> dict[str, Any]:
        """Return the template for a request: itself, or its address in the artifacts bucket when it is too large."""
        body = json.dumps(template, ensure_ascii=False)
        if len(body.encode()) <= MAX_TEMPLATE_BODY:
            return {"TemplateBody": body}
        bucket, key = (
            self._artifacts_bucket(stage),
            f"templates/{hashlib.sha256(body.encode()).hexdigest()}.json",
        )
        self._put(bucket, key, body.encode())
        return {"TemplateURL": f"https://s3.{REGION}.amazonaws.com/{bucket}/{key}"}

    def _artifacts_bucket(self, stage: str) -> str:
        bucket = self.outputs(stage, "artifacts").get("ArtifactsBucket")
        if bucket is None:
            raise DeployError(
                f"Stage {stage} has no artifacts bucket yet: make deploy FUNCTION=artifacts STAGE={stage}"
            )
        return bucket

    def _put(self, bucket: str, key: str, content: bytes) -> None:
        """Put an object that is named by its content: what is there already is not sent again."""
        try:
            self._s3.head_object(Bucket=bucket, Key=key)
        except ClientError:
            self._s3.put_object(Bucket=bucket, Key=key, Body=content)

    def _apply(self, name: str, template: dict[str, Any], parameters: Parameters, *, plan: bool) -> Outcome:
        stack = self._describe(name)
        is_new = stack is None or stack["StackStatus"] == "REVIEW_IN_PROGRESS"
        change_set = f"deploy-{time.time_ns()}"
        self._formation.create_change_set(
            StackName=name,
            ChangeSetName=change_set,
            ChangeSetType="CREATE" if is_new else "UPDATE",
            **self._template_argument(template, parameters["Stage"]),
            Parameters=[
                {"ParameterKey": key, "ParameterValue": parameters[key]}
                for key in template.get("Parameters", {})
                if key in parameters
            ],
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
            Tags=[{"Key": "system", "Value": "pakn"}, {"Key": "stage", "Value": parameters["Stage"]}],
        )
        changes = self._changes(name, change_set)
        if changes and not plan:
            self._formation.execute_change_set(StackName=name, ChangeSetName=change_set)
            self._wait(name)
        else:
            self._formation.delete_change_set(StackName=name, ChangeSetName=change_set)
        stack = self._describe(name) or {}
        return Outcome(name, changes, {o["OutputKey"]: o["OutputValue"] for o in stack.get("Outputs", ())})

    def _describe(self, name: str) -> dict[str, Any] | None:
        try:
            return dict(self._formation.describe_stacks(StackName=name)["Stacks"][0])
        except ClientError as error:
            if "does not exist" in str(error):
                return None
            raise

    def _changes(self, name: str, change_set: str) -> tuple[str, ...]:
        """Return the changes of a change set, in words; none when the stack is as the template says."""
        while True:
            page = self._formation.describe_change_set(StackName=name, ChangeSetName=change_set)
            if page["Status"] not in {"CREATE_PENDING", "CREATE_IN_PROGRESS"}:
                break
            time.sleep(self._poll_seconds)
        if page["Status"] == "FAILED":
            reason = page.get("StatusReason", "")
            if "didn't contain changes" in reason or "No updates" in reason:
                return ()
            raise DeployError(f"{name}: {reason}")
        changes = list(page["Changes"])
        while token := page.get("NextToken"):
            page = self._formation.describe_change_set(
                StackName=name, ChangeSetName=change_set, NextToken=token
            )
            changes += page["Changes"]
        return tuple(
            f"{change['Action']} {change['LogicalResourceId']} ({change['ResourceType']})"
            + (", replacing it" if change.get("Replacement") == "True" else "")
            for change in (c["ResourceChange"] for c in changes)
        )

    def _wait(self, name: str) -> None:
        while True:
            stack = self._describe(name) or {"StackStatus": "GONE"}
            status = stack["StackStatus"]
            if status in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}:
                return
            if not status.endswith("_IN_PROGRESS"):
                raise DeployError("\n  ".join([f"{name}: {status}", *self._failures(name)]))
            time.sleep(self._poll_seconds)

    def _failures(self, name: str) -> Iterator[str]:
        for event in self._formation.describe_stack_events(StackName=name)["StackEvents"]:
            if event["ResourceStatus"].endswith("_FAILED"):
                yield f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', '')}"


def deploy(
    part: str, parameters: Parameters, cloud: Cloud, *, plan: bool = False, into: Path = BUILD
) -> Iterator[Outcome]:
    """Deploy one part, or `all` in the order of PARTS, yielding what became of each."""
    for each in PARTS if part == "all" else (part,):
        package = build(each, parameters["Stage"], into=into) if each in FUNCTIONS else None
        yield cloud.deploy(each, parameters, package=package, plan=plan)


def main(arguments: Sequence[str] | None = None) -> int:
    """Deploy what was asked for and print what changed."""
    parser = argparse.ArgumentParser(
        prog="python -m infra.deployment.deploy", description=__doc__.splitlines()[0] if __doc__ else ""
    )
    parser.add_argument("part", choices=[*PARTS, *ASKED_FOR, "all"])
    parser.add_argument("--stage", default="dev")
    parser.add_argument("--plan", action="store_true", help="only show what would change")
    options = parser.parse_args(arguments)
    try:
        for outcome in deploy(options.part, stage_parameters(options.stage), Cloud(), plan=options.plan):
            print(outcome.stack, "" if outcome.changed else "(no change)")
            for change in outcome.changed:
                print(f"  {change}")
            for key, value in sorted(outcome.outputs.items()):
                print(f"    {key} = {value}")
    except (DeployError, PackageError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
