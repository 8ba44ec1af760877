"""Compares the record of needs with the policies, both ways: what is missing, what is allowed for nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from infra.layout import ROOT
from tests.infra.permissions.needs import Need
from tests.infra.permissions.policies import Policies, allows, machinery, permissions, policy_files
from tests.infra.permissions.record import recorded

WITHOUT_JOURNEY: Mapping[Need, str] = {}
"""Needs that no test can show with an emulator, and what shows them instead."""


_SEALS = ("kms:ResourceAliases", "alias/pakn-${Stage}-seal")
REFUSED: Mapping[Need, str] = {
    Need(
        "sla_timer/on_wake", "kms:Decrypt", "kms:key/Seal", (("kms:EncryptionContext:reference", "…"), _SEALS)
    ): ("who moves seals to another key opens none"),
    **{
        Need(who, action, "kms:key/Other", (("kms:ResourceAliases", "alias/other"),)): (
            "of KMS's keys it knows the seal's alone by their alias"
        )
        for who, action in (
            ("casework/api_handler", "kms:Encrypt"),
            ("intake/api_handler", "kms:Encrypt"),
            ("intake/on_parts", "kms:Encrypt"),
            ("notifier/on_notice", "kms:Decrypt"),
            ("sla_timer/hourly", "kms:DescribeKey"),
            ("sla_timer/on_wake", "kms:ReEncryptTo"),
        )
    },
    Need(
        "intake/api_handler",
        "kms:Decrypt",
        "kms:key/Seal",
        (("kms:EncryptionContext:reference", "…"), _SEALS),
    ): ("who receives from the open internet opens no petitioner's seal"),
    Need(
        "intake/on_parts", "kms:Decrypt", "kms:key/Seal", (("kms:EncryptionContext:reference", "…"), _SEALS)
    ): ("who takes late parts of SMS opens no petitioner's seal"),
    Need(
        "casework/api_handler",
        "dynamodb:GetItem",
        "dynamodb:table/pakn-${Stage}-throttle",
        (("dynamodb:LeadingKeys", "sms-held#…"),),
    ): "the desk reads no SMS that waits for its sender",
    Need(
        "sla_timer/on_wake",
        "dynamodb:GetItem",
        "dynamodb:table/pakn-${Stage}-throttle",
        (("dynamodb:LeadingKeys", "unsent#…"),),
    ): "who moves seals of subscribers reads nothing else that is sealed",
    Need(
        "intake/api_handler",
        "dynamodb:UpdateItem",
        "dynamodb:table/pakn-${Stage}-statistics",
        (("dynamodb:LeadingKeys", "jobs"),),
    ): "who counts readers' reactions changes no other statistics",
    Need(
        "router/learn",
        "dynamodb:PutItem",
        "dynamodb:table/pakn-${Stage}-directory",
        (("dynamodb:LeadingKeys", "routing-rule"),),
    ): "who learns keeps candidates, and puts no rule in force",
    Need(
        "sla_timer/on_wake",
        "dynamodb:PutItem",
        "dynamodb:table/pakn-${Stage}-roots",
        (("dynamodb:LeadingKeys", "…"),),
    ): "who goes on with a round signs no root",
    Need(
        "intake/api_handler",
        "s3:ListBucket",
        "s3:pakn-${Stage}-attachments-account",
        (("s3:prefix", "petitions/"),),
    ): "the site lists files of what is not sent yet, not petitioners' files",
    **{
        Need(
            who, "s3:ListBucket", "s3:pakn-${Stage}-attachments-account", (("s3:prefix", "petitions/"),)
        ): "the clock lists the quarantine, not petitioners' files"
        for who in ("sla_timer/hourly", "sla_timer/on_wake")
    },
}
"""Calls that a condition keeps from a Lambda, and why."""


@cache
def needs() -> Mapping[Need, str]:
    """Return every need with who needs it: a journey, AWS in the Lambda's name, or a reason."""
    by_journeys = {need: f"'{sentence(journey)}'" for need, journey in recorded().items()}
    return by_journeys | machinery() | dict(WITHOUT_JOURNEY)


def sentence(journey: str) -> str:
    """Return the sentence of a test, e.g. `a merged petition follows its parent`."""
    name, bracket, values = journey.rpartition("::")[2].partition("[")
    return name.removeprefix("test_").replace("_", " ") + (f" [{values}" if bracket else "")


def findings(of: Policies) -> Iterator[str]:
    """Yield everything that is wrong with the policies of some Lambdas."""
    yield from missing(of)
    yield from unused(of)
    yield from too_wide(of)
    yield from refused_after_all(of)


def missing(of: Policies) -> Iterator[str]:
    """Yield the needs of Lambdas that their policies do not allow."""
    for need, why in sorted(needs().items()):
        if need.who in of and not allows(of[need.who], need):
            file = policy_files()[need.who].relative_to(ROOT)
            yield f"removed {need.action} from {need.who}: needed by {why} on {need.on}; allow it in {file}"


def unused(of: Policies) -> Iterator[str]:
    """Yield the permissions that nothing needs."""
    by_lambda: dict[str, list[Need]] = {}
    for need in needs():
        by_lambda.setdefault(need.who, []).append(need)
    for permission in permissions(of):
        if not any(permission.allows(need) for need in by_lambda.get(permission.who, [])):
            file = policy_files()[permission.who].relative_to(ROOT)
            yield f"{permission}: nothing needs it; take it out of {file}, or show by a journey who does"


UNSCOPED = {"kms:ListAliases", "ses:GetSendQuota", "xray:PutTelemetryRecords", "xray:PutTraceSegments"}
"""AWS takes no resource for these (Service Authorization Reference)."""
OF_THE_STAGE = ("pakn-${Stage}", ":identity/localhost.local", ":key/", ":userpool/", ":sender-id/PAKN/")
"""Parts of the names of a stage's resources: its own, or what its exports and parameters lead to."""


def too_wide(of: Policies) -> Iterator[str]:
    """Yield the permissions with a wildcard, or beyond their stage."""
    for permission in permissions(of):
        if "*" in permission.action:
            yield f"{permission}: a policy names each action"
        elif permission.action not in UNSCOPED and not any(
            part in permission.resource for part in OF_THE_STAGE
        ):
            yield f"{permission}: a policy names resources of its stage"


def refused_after_all(of: Policies) -> Iterator[str]:
    """Yield the calls that a condition should keep from a Lambda, and does not."""
    for need, why in REFUSED.items():
        if allows(of.get(need.who, []), need):
            yield f"{need.who} may {need}, but {why}"
