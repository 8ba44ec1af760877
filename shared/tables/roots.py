"""The table of daily roots: one signed root a day, and each history's path to it. Rows are added, never changed.

The SLA timer writes it, intake reads it (docs/adr/0025-daily-signed-roots.md).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from botocore.exceptions import ClientError
from pydantic import BaseModel, ConfigDict

from shared.platform import aws

_ROOTS = "roots"


class SignedRoot(BaseModel):
    """One day's root as it is published: everything that is needed to verify it."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    day: date
    count: int
    """How many histories changed since the root before."""
    tree: str
    previous: str
    root: str
    statement: str
    """What was signed, byte for byte in UTF-8."""
    signature: str
    """ECDSA over SHA-256 of the statement on the curve P-256, in DER, in base64."""
    public_key: str
    """The key that it was signed with: SubjectPublicKeyInfo in DER, in base64."""


class Path(BaseModel):
    """A history's head in a day's tree, and the way from it to the top."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    version: int
    """The number of the history's last entry when the tree was built."""
    path: tuple[str, ...]
    """Neighbours from below; `L` or `R` says on which side each stands."""


class Roots:
    """Reads and adds to the roots."""

    def __init__(self, table: str) -> None:
        self._table = table

    # --- reading -----------------------------------------------------------------------------------

    def latest(self) -> SignedRoot | None:
        """Return the latest root."""
        found = self._roots(Limit=1)
        return found[0] if found else None

    def first(self) -> SignedRoot | None:
        """Return the first root of all, which holds every history that there was."""
        found = self._roots(Limit=1, ScanIndexForward=True)
        return found[0] if found else None

    def of_month(self, month: str) -> list[SignedRoot]:
        """Return a month's roots, the latest first."""
        return self._roots(month=month)

    def get(self, day: date) -> SignedRoot | None:
        """Return the root of a day."""
        item = self._get(_ROOTS, day.isoformat())
        return SignedRoot.model_validate_json(item["body"]["S"]) if item else None

    def path(self, root: SignedRoot, reference: str) -> Path | None:
        """Return a history's path to a root; None where it did not change on that day."""
        item = self._get(root.day.isoformat(), _named(root.tree, reference))
        return Path.model_validate_json(item["body"]["S"]) if item else None

    def covered(self, root: SignedRoot) -> set[tuple[str, int]]:
        """Return reference and version of every head in a root's tree."""
        names = self._query(root.day.isoformat(), ":name", _named(root.tree, ""))
        return {
            (item["name"]["S"].partition("#")[2], int(json.loads(item["body"]["S"])["version"]))
            for item in names
        }

    def _roots(self, month: str = "", **limits: Any) -> list[SignedRoot]:
        items = self._query(_ROOTS, ":name", month, **{"ScanIndexForward": False, **limits})
        return [SignedRoot.model_validate_json(item["body"]["S"]) for item in items]

    def _query(self, collection: str, name: str, prefix: str, **more: Any) -> Iterable[dict[str, Any]]:
        condition, values = "collection = :collection", {":collection": {"S": collection}}
        query: dict[str, Any] = {"TableName": self._table, **more}
        if prefix:
            condition += f" AND begins_with(#name, {name})"
            values[name] = {"S": prefix}
            query["ExpressionAttributeNames"] = {"#name": "name"}
        query |= {"KeyConditionExpression": condition, "ExpressionAttributeValues": values}
        if "Limit" in more:
            yield from aws.client("dynamodb").query(**query)["Items"]
            return
        for page in aws.client("dynamodb").get_paginator("query").paginate(**query):
            yield from page["Items"]

    def _get(self, collection: str, name: str) -> Any:
        key = {"collection": {"S": collection}, "name": {"S": name}}
        return (
            aws.client("dynamodb").get_item(TableName=self._table, Key=key, ConsistentRead=True).get("Item")
        )

    # --- adding ------------------------------------------------------------------------------------

    def add_path(self, day: date, tree: str, reference: str, path: Path) -> None:
        """Keep a history's path; it is named after its tree, so that whoever builds another one disturbs nobody."""
        self._add(day.isoformat(), _named(tree, reference), path.model_dump_json())

    def add(self, root: SignedRoot) -> bool:
        """Publish a day's root; False when there is one already, which stays."""
        return self._add(_ROOTS, root.day.isoformat(), root.model_dump_json())

    def _add(self, collection: str, name: str, body: str) -> bool:
        try:
            aws.client("dynamodb").put_item(
                TableName=self._table,
                Item={"collection": {"S": collection}, "name": {"S": name}, "body": {"S": body}},
                ConditionExpression="attribute_not_exists(#name)",
                ExpressionAttributeNames={"#name": "name"},
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            return False
        return True


def _named(tree: str, reference: str) -> str:
    return f"{tree[:32]}#{reference}"
