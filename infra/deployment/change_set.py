"""Changes of a change set: what CloudFormation would do, in words, and which of it loses something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from infra.deployment.errors import DeployError

KEPT = (
    "AWS::Backup::BackupVault",
    "AWS::Cognito::UserPool",
    "AWS::DynamoDB::Table",
    "AWS::KMS::Key",
    "AWS::S3::Bucket",
    "AWS::SecretsManager::Secret",
)
"""Types of resources that hold what cannot be made again: a stack's policy forbids to replace or remove one."""

_MADE_ANEW = {"AWS::ApiGateway::Deployment", "AWS::Lambda::Version"}
"""Types that SAM names by their content: each deployment adds one and removes the one before."""

STACK_POLICY = {
    "Statement": [
        {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"},
        {
            "Effect": "Deny",
            "Action": ["Update:Delete", "Update:Replace"],
            "Principal": "*",
            "Resource": "*",
            "Condition": {"StringEquals": {"ResourceType": [*KEPT]}},
        },
    ]
}


@dataclass(frozen=True)
class Change:
    """One change of a change set."""

    action: str
    resource: str
    type: str
    replacement: str = "False"

    @property
    def loses(self) -> bool:
        """True for a resource that is removed or replaced; for one that holds data, also for one perhaps replaced."""
        if self.type in _MADE_ANEW:
            return False
        may_replace = {"True", "Conditional"} if self.type in KEPT else {"True"}
        return self.action == "Remove" or self.replacement in may_replace

    def __str__(self) -> str:
        """Return it in words: `Modify Petitions (AWS::DynamoDB::Table), replacing it`."""
        suffix = {"True": ", replacing it", "Conditional": ", perhaps replacing it"}
        return f"{self.action} {self.resource} ({self.type}){suffix.get(self.replacement, '')}"


def changes_of(pages: Sequence[dict[str, Any]]) -> tuple[Change, ...]:
    """Return the changes of a change set, from the answers of DescribeChangeSet."""
    return tuple(
        Change(
            change["Action"],
            change["LogicalResourceId"],
            change["ResourceType"],
            change.get("Replacement", "False"),
        )
        for page in pages
        for change in (entry["ResourceChange"] for entry in page.get("Changes", ()))
    )


def refuse_losses(stack: str, changes: Sequence[Change]) -> None:
    """Refuse changes that lose something.

    Raises:
        DeployError: naming each.
    """
    if losses := [str(change) for change in changes if change.loses]:
        listed = "".join(f"\n  {loss}" for loss in losses)
        raise DeployError(f"{stack} would lose something; with ARGS=--yes it is done all the same:{listed}")
