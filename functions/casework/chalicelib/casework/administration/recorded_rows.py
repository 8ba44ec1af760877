"""Directory rows with their own history: each version knows how often it was written, by whom, and what stood before.

One conditional write a change, as with petitions: the revision that was seen must still be there, and what was
replaced goes into the same item. What is beside `body` is read here only; everybody else reads the row as it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from shared.domain.errors import InvalidInputError, StaleVersionError
from shared.platform import aws
from shared.tables.directory import Directory

LONGEST_ITEM = 380_000
"""Bytes of a version with everything that it said before; an item holds 400 KB."""
BY_WHOM = frozenset({"changed_by", "changed_at"})
_ATTEMPTS = 4


class Correction(NamedTuple):
    """One change of a version that was there: who, when, and what the changed facts were before."""

    at: str
    by: str
    was: dict[str, Any]


class RecordedRow(NamedTuple):
    """One version of a row, as it is stored."""

    facts: dict[str, Any]
    revision: int
    """How often it was written; rows that a system began with count as written once."""
    corrections: tuple[Correction, ...] = ()

    @property
    def id(self) -> str:
        """The row's id, e.g. a unit's code."""
        return str(self.facts["id"])

    @property
    def valid_from(self) -> date:
        """From when this version holds."""
        return date.fromisoformat(str(self.facts["valid_from"]))


class RecordedRows:
    """Reads rows as they are now, past every cache, and writes them with their history."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    def of(self, kind: str, row_id: str | None = None) -> tuple[RecordedRow, ...]:
        """Return all versions of a row, or of all rows of a kind, by id and day."""
        key: dict[str, Any] = {
            "KeyConditionExpression": "kind = :kind",
            "ExpressionAttributeValues": {":kind": {"S": kind}},
        }
        if row_id is not None:
            key["KeyConditionExpression"] += " AND begins_with(#row, :row)"
            key["ExpressionAttributeNames"] = {"#row": "row"}
            key["ExpressionAttributeValues"][":row"] = {"S": f"{row_id}#"}
        found: list[RecordedRow] = []
        start: dict[str, Any] = {}
        while True:
            page = aws.client("dynamodb").query(
                TableName=self._directory.table, ConsistentRead=True, **key, **start
            )
            found += [_recorded(item) for item in page["Items"]]
            if "LastEvaluatedKey" not in page:
                return tuple(found)
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    def write(self, kind: str, facts: Mapping[str, Any], *, seen: int | None) -> RecordedRow:
        """Write one version of a row.

        Args:
            kind: e.g. `unit`.
            facts: the row with `id`, `valid_from`, `changed_by` and `changed_at`.
            seen: the revision that was seen, 0 for none; None writes over whatever is there.

        Raises:
            StaleVersionError: somebody wrote it meanwhile; nothing was written.
            InvalidInputError: this version was corrected too often to keep what it said before.
        """
        there = None
        for _attempt in range(_ATTEMPTS):
            old = self._version(kind, facts)
            if seen is not None and seen != (old.revision if old else 0):
                raise StaleVersionError(old.revision if old else 0)
            row = _following(old, facts)
            if row is old:
                return row
            there = self._put(kind, row, old)
            if there is None or there.facts == row.facts:
                self._directory.has_changed(kind)
                return row
        raise StaleVersionError(there.revision if there else 0)

    def _version(self, kind: str, facts: Mapping[str, Any]) -> RecordedRow | None:
        versions = self.of(kind, str(facts["id"]))
        return next((one for one in versions if one.facts["valid_from"] == facts["valid_from"]), None)

    def _put(self, kind: str, row: RecordedRow, old: RecordedRow | None) -> RecordedRow | None:
        """Write a version where the old one still stands; return the one that stands there instead."""
        condition: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(kind)"}
        if old is not None and old.revision == 1:
            condition = {
                "ConditionExpression": "attribute_not_exists(revision) OR revision = :seen",
                "ExpressionAttributeValues": {":seen": {"N": "1"}},
            }
        elif old is not None:
            condition = {
                "ConditionExpression": "revision = :seen",
                "ExpressionAttributeValues": {":seen": {"N": str(old.revision)}},
            }
        try:
            aws.client("dynamodb").put_item(
                TableName=self._directory.table,
                Item={
                    "kind": {"S": kind},
                    "row": {"S": f"{row.id}#{row.facts['valid_from']}"},
                    "body": {"S": json.dumps(row.facts, ensure_ascii=False)},
                    "revision": {"N": str(row.revision)},
                    "corrections": {"S": _dumped(row.corrections)},
                },
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
                **condition,
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            item: Any = error.response.get("Item")
            return _recorded(item) if item else RecordedRow({}, 0)
        return None


def _following(old: RecordedRow | None, facts: Mapping[str, Any]) -> RecordedRow:
    """Return a version as it is written next; what says nothing new stays as it is."""
    if old is None:
        return RecordedRow(dict(facts), 1)
    before = old.facts
    was = {name: before.get(name) for name in {**before, **facts} if before.get(name) != facts.get(name)}
    if was.keys() <= BY_WHOM:
        return old
    at, by = str(facts.get("changed_at", "")), str(facts.get("changed_by", ""))
    row = RecordedRow(dict(facts), old.revision + 1, (*old.corrections, Correction(at, by, was)))
    if (
        len(json.dumps(row.facts, ensure_ascii=False).encode()) + len(_dumped(row.corrections).encode())
        > LONGEST_ITEM
    ):
        raise InvalidInputError(("valid_from", "corrected-too-often"))
    return row


def _dumped(corrections: Iterable[Correction]) -> str:
    return json.dumps([one._asdict() for one in corrections], ensure_ascii=False)


def _recorded(item: Mapping[str, Any]) -> RecordedRow:
    return RecordedRow(
        json.loads(item["body"]["S"]),
        int(item["revision"]["N"]) if "revision" in item else 1,
        tuple(Correction(**one) for one in json.loads(item.get("corrections", {"S": "[]"})["S"])),
    )
