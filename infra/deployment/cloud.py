"""Stacks of one AWS account: each brought to what its template says, through a change set that is shown first."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import boto3
from botocore.exceptions import ClientError

from infra.deployment import stages, templates
from infra.deployment.artifacts import Artifacts, Release, digest_of
from infra.deployment.change_set import STACK_POLICY, Change, changes_of, refuse_losses
from infra.deployment.errors import DeployError
from infra.deployment.package import Package, with_settings
from infra.deployment.stages import DEVELOPMENT, Parameters
from infra.deployment.templates import MAX_INLINE, REGION, Template
from infra.layout import ROOT


@dataclass(frozen=True)
class Outcome:
    """The outcome of one deployment."""

    stack: str
    changed: tuple[str, ...]
    outputs: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Options:
    """Options of a deployment."""

    plan: bool = False
    """Only show what would change."""
    yes: bool = False
    """True where resources may be removed and replaced."""
    commit: str = "unknown"
    """The git commit that the packages are built from."""


ORDINARY = Options()
"""Changes are made, and nothing is lost."""


def stack_name(stage: str, part: str) -> str:
    """Return the stack's name: `pakn-dev-sla-timer` (CloudFormation allows no underscore)."""
    return f"pakn-{stage}-{part.replace('_', '-')}"


class Cloud:
    """One AWS account and region, or an emulator of one."""

    def __init__(
        self,
        session: boto3.Session | None = None,
        *,
        poll_seconds: float = 2.0,
        say: Callable[[str], None] = print,
        adapt: Callable[[Template], Template] = lambda template: template,
    ) -> None:
        """Reach an account.

        Args:
            session: Its credentials and region; without, those of the environment.
            poll_seconds: Between two looks at what CloudFormation does.
            say: Tells whoever deploys, a line at a time.
            adapt: Leaves out of a part's template what an emulator does not know.
        """
        session = session or boto3.Session(region_name=REGION)
        self._formation = session.client("cloudformation")
        self._s3 = session.client("s3")
        self._poll_seconds = poll_seconds
        self._say = say
        self._adapt = adapt

    def deploy(
        self,
        part: str,
        parameters: Parameters,
        *,
        package: Package | None = None,
        options: Options = ORDINARY,
    ) -> Outcome:
        """Bring one part's stack to what its template says.

        Raises:
            DeployError: CloudFormation refused or rolled back, or something would be lost.
        """
        stage = parameters["Stage"]
        if package is None:
            template = self._adapt(templates.read(ROOT / "infra" / "cloudformation" / f"{part}.yaml"))
            return self._apply(stack_name(stage, part), template, parameters, options)
        settings = stages.of_template(package.template, parameters)
        content, at = package.archive.read_bytes(), datetime.now(UTC).isoformat(timespec="seconds")
        artifacts = self.artifacts(stage)
        key = artifacts.keep_package(package.function, content, {"commit": options.commit, "built-at": at})
        template = package.with_code_at(f"s3://{artifacts.bucket}/{key}", stages.digest_of(settings))
        outcome = self._apply(stack_name(stage, part), template, parameters, options)
        if outcome.changed and not options.plan:
            template_key = artifacts.keep_template(_body(template))
            artifacts.remember(part, Release(digest_of(content), template_key, settings, options.commit, at))
        return outcome

    def go_back(self, function: str, release: Release, parameters: Parameters, options: Options) -> Outcome:
        """Bring a function's stack to an earlier release, all at once, and remember that the latest is withdrawn.

        Settings of today hold; the release's own fill in what the stage does not set any more.

        Raises:
            DeployError: as for `deploy`; also, the bucket lacks the package or the template.
        """
        artifacts = self.artifacts(parameters["Stage"])
        for key in (f"{function}/{release.digest}.zip", release.template):
            if not artifacts.holds(key):
                raise DeployError(
                    f"{artifacts.bucket} does not hold {key} any more: deploy commit {release.commit}"
                )
        template = json.loads(artifacts.read(release.template))
        settings = {**release.settings, **parameters, "Canary": "false"}
        used = stages.of_template(template, settings)
        template = with_settings(template, stages.digest_of(used))
        outcome = self._apply(stack_name(parameters["Stage"], function), template, settings, options)
        if outcome.changed and not options.plan:
            at = datetime.now(UTC).isoformat(timespec="seconds")
            again = Release(
                release.digest, artifacts.keep_template(_body(template)), used, release.commit, at
            )
            artifacts.remember(function, again, instead=True)
        return outcome

    def outputs(self, stage: str, part: str) -> dict[str, str]:
        """Return the outputs of one part's stack."""
        return _outputs(self._describe(stack_name(stage, part)))

    def artifacts(self, stage: str) -> Artifacts:
        """Return the artifacts bucket of a stage.

        Raises:
            DeployError: there is none yet.
        """
        bucket = self.outputs(stage, "artifacts").get("ArtifactsBucket")
        if bucket is None:
            raise DeployError(
                f"Stage {stage} has no artifacts bucket yet: make deploy FUNCTION=artifacts STAGE={stage}"
            )
        return Artifacts(self._s3, bucket)

    def _template_argument(self, template: dict[str, Any], stage: str) -> dict[str, Any]:
        """Return the template's address in the artifacts bucket; itself, where it fits and there is no bucket yet."""
        body = _body(template)
        for warning in templates.nearly_too_large(template):
            self._say(f"  {warning}")
        if len(body) <= MAX_INLINE and "ArtifactsBucket" not in self.outputs(stage, "artifacts"):
            return {"TemplateBody": body.decode()}
        artifacts = self.artifacts(stage)
        key = artifacts.keep_template(body)
        return {"TemplateURL": f"https://s3.{REGION}.amazonaws.com/{artifacts.bucket}/{key}"}

    def _apply(
        self, name: str, template: dict[str, Any], parameters: Parameters, options: Options
    ) -> Outcome:
        stage = parameters["Stage"]
        settings = stages.of_template(template, parameters)
        is_new = self._is_new(name, options)
        change_set = f"deploy-{time.time_ns()}"
        self._formation.create_change_set(
            StackName=name,
            ChangeSetName=change_set,
            ChangeSetType="CREATE" if is_new else "UPDATE",
            **self._template_argument(template, stage),
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in settings.items()],
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
            Tags=[{"Key": "system", "Value": "pakn"}, {"Key": "stage", "Value": stage}],
        )
        changes = self._changes(name, change_set)
        self._show(name, changes)
        try:
            if not options.yes and not options.plan:
                refuse_losses(name, changes)
        except DeployError:
            self._formation.delete_change_set(StackName=name, ChangeSetName=change_set)
            raise
        if not changes or options.plan:
            self._formation.delete_change_set(StackName=name, ChangeSetName=change_set)
        else:
            self._execute(name, change_set, stage, is_new=is_new)
        return Outcome(name, tuple(map(str, changes)), _outputs(self._describe(name)))

    def _execute(self, name: str, change_set: str, stage: str, *, is_new: bool) -> None:
        if not is_new:
            self._protect(name, stage)
        before = {event["EventId"] for event in self._events(name)}
        # A creation that fails leaves nothing that stands in the way of the next, nor what is to be retained.
        self._formation.execute_change_set(
            StackName=name, ChangeSetName=change_set, RetainExceptOnCreate=True
        )
        self._wait(name, before)
        if is_new:
            self._protect(name, stage)

    def _protect(self, name: str, stage: str) -> None:
        """Forbid to delete a stack, and to replace or remove what holds data; development may."""
        if stage != DEVELOPMENT:
            self._formation.update_termination_protection(StackName=name, EnableTerminationProtection=True)
            self._formation.set_stack_policy(StackName=name, StackPolicyBody=json.dumps(STACK_POLICY))

    def _is_new(self, name: str, options: Options) -> bool:
        """Say whether a stack is to be created, after mending what an earlier failure left.

        Raises:
            DeployError: somebody changes it at this moment, or it needs a person.
        """
        status = (self._describe(name) or {"StackStatus": ""})["StackStatus"]
        if status in {"", "REVIEW_IN_PROGRESS"}:
            return True
        if status.endswith("_IN_PROGRESS"):
            raise DeployError(f"{name} is being changed by somebody ({status}): wait until that is over")
        if status in {"ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_FAILED"} and options.plan:
            raise DeployError(
                f"{name} is left as {status} by an earlier failure: a deployment mends that first"
            )
        if status == "ROLLBACK_COMPLETE":
            self._say(f"{name} was never created: what its failed creation left is deleted first")
            self._formation.delete_stack(StackName=name)
            self._wait_until_gone(name)
            return True
        if status == "UPDATE_ROLLBACK_FAILED":
            self._say(f"{name} could not be rolled back last time: that is finished first")
            before = {event["EventId"] for event in self._events(name)}
            self._formation.continue_update_rollback(StackName=name)
            self._wait(name, before, {"UPDATE_ROLLBACK_COMPLETE"})
        elif status.endswith("_FAILED"):
            raise DeployError(
                f"{name} is left as {status}: delete it in the console (docs/runbook.md, Deploying)"
            )
        return False

    def _show(self, name: str, changes: Sequence[Change]) -> None:
        self._say(name if changes else f"{name} (no change)")
        for change in changes:
            self._say(f"  {change}")

    def _describe(self, name: str) -> dict[str, Any] | None:
        try:
            return dict(self._formation.describe_stacks(StackName=name)["Stacks"][0])
        except ClientError as error:
            if "does not exist" in str(error):
                return None
            raise

    def _changes(self, name: str, change_set: str) -> tuple[Change, ...]:
        """Return the changes of a change set; none when the stack is as the template says."""
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
        pages: list[Any] = [page]
        while token := pages[-1].get("NextToken"):
            more = self._formation.describe_change_set(
                StackName=name, ChangeSetName=change_set, NextToken=token
            )
            pages.append(more)
        return changes_of(pages)

    def _wait(
        self,
        name: str,
        before: set[str],
        wanted: frozenset[str] | set[str] = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE"}),
    ) -> None:
        while True:
            status = (self._describe(name) or {"StackStatus": "GONE"})["StackStatus"]
            if status in wanted:
                return
            if not status.endswith("_IN_PROGRESS"):
                raise DeployError("\n  ".join([f"{name}: {status}", *self._failures(name, before)]))
            time.sleep(self._poll_seconds)

    def _wait_until_gone(self, name: str) -> None:
        while stack := self._describe(name):
            if stack["StackStatus"] in {"DELETE_COMPLETE", "DELETE_FAILED"}:
                break
            time.sleep(self._poll_seconds)
        if stack and stack["StackStatus"] == "DELETE_FAILED":
            raise DeployError(
                f"{name} could not be deleted: delete it in the console, keeping what it cannot"
            )

    def _events(self, name: str) -> list[Any]:
        return list(self._formation.describe_stack_events(StackName=name)["StackEvents"])

    def _failures(self, name: str, before: set[str]) -> Iterator[str]:
        """Yield the resources that failed in this deployment, with the reason; not those of earlier ones."""
        for event in self._events(name):
            if event["ResourceStatus"].endswith("_FAILED") and event["EventId"] not in before:
                yield f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', '')}"


def _body(template: dict[str, Any]) -> bytes:
    return json.dumps(template, ensure_ascii=False).encode()


def _outputs(stack: dict[str, Any] | None) -> dict[str, str]:
    return {o["OutputKey"]: o["OutputValue"] for o in (stack or {}).get("Outputs", ())}
