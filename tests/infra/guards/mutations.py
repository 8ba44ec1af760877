"""Templates in which one property of a guarded kind is gone or different: do the guards notice?

Which properties are of a guarded kind is said here by their names, wherever they stand: a resource that has one and no
guard survives, and fails the test.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.infra.guards.rules import findings
from tests.infra.guards.translated import Template, translated

GUARDED = {
    *("@DeletionPolicy", "@UpdateReplacePolicy", "DeletionProtection", "DeletionProtectionEnabled"),
    *("PointInTimeRecoverySpecification", "StreamSpecification", "SSESpecification", "BucketEncryption"),
    *("KmsKeyId", "KmsMasterKeyId", "EncryptionKeyArn", "SqsManagedSseEnabled", "EnableKeyRotation"),
    *(
        "PendingWindowInDays",
        "LockConfiguration",
        "PublicAccessBlockConfiguration",
        "VersioningConfiguration",
    ),
    *("MessageRetentionPeriod", "VisibilityTimeout", "RedrivePolicy", "RetentionInDays", "SecurityPolicy"),
    *("FunctionResponseTypes", "ScalingConfig", "StartingPosition", "BisectBatchOnFunctionError"),
    *("MaximumRetryAttempts", "MaximumRecordAgeInSeconds", "MaximumEventAgeInSeconds", "DestinationConfig"),
    *("ReservedConcurrentExecutions", "Timeout", "TracingConfig", "AlarmActions", "MethodSettings"),
    *("Targets", "AdminCreateUserConfig"),
}
UNGUARDED_TYPES = {"AWS::ApiGateway::Account", "AWS::IAM::Role"}
"""Roles and API Gateway's leave to write logs: nothing is lost with them but what a deployment brings back."""


@dataclass(frozen=True)
class Mutant:
    """One template with one property gone or different."""

    what: str
    title: str
    template: Template

    def noticed(self) -> str:
        """Return the guards' finding about it, "" if there is none."""
        return next(findings({self.title: self.template}), "")


def mutants() -> Iterator[Mutant]:
    """Yield every template with one guarded property gone, and with each value in it changed."""
    for title, template in translated().items():
        for name, resource in template["Resources"].items():
            if resource["Type"] in UNGUARDED_TYPES:
                continue
            yield from _of_resource(title, name, resource)


def _of_resource(title: str, name: str, resource: Template) -> Iterator[Mutant]:
    attributes = {f"@{key}": value for key, value in resource.items()}
    for key, value in (attributes | resource.get("Properties", {})).items():
        if key not in GUARDED:
            continue
        for what, changed in _changes(key, value):
            altered = {**resource, "Properties": dict(resource.get("Properties", {}))}
            place = altered if key.startswith("@") else altered["Properties"]
            place.pop(key.lstrip("@"))
            if changed is not None:
                place[key.lstrip("@")] = changed
            yield Mutant(f"{title}: {name}.{what}", title, {"Resources": {name: altered}})


def _changes(key: str, value: Any) -> Iterator[tuple[str, Any]]:
    yield f"{key} gone", None
    if key != "Targets":
        for path, changed in _different(value):
            yield f"{key}{path} different", changed
    else:
        for part in ("DeadLetterConfig", "RetryPolicy"):
            yield f"{key}.{part} gone", [{k: v for k, v in each.items() if k != part} for each in value]


def _different(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield f".{key} (gone)", {k: v for k, v in value.items() if k != key}
            for path, changed in _different(part):
                yield f".{key}{path}", value | {key: changed}
    elif isinstance(value, list):
        for place, part in enumerate(value):
            yield f"[{place}] (gone)", value[:place] + value[place + 1 :]
            for path, changed in _different(part):
                yield f"[{place}]{path}", [*value[:place], changed, *value[place + 1 :]]
    elif isinstance(value, bool):
        yield "", not value
    elif isinstance(value, int):
        yield "", value + 1
        yield "", value - 1
    else:
        yield "", f"{value}x"
