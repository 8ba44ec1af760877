"""Directory rows with their own history: each version knows how often it was written, by whom, and what stood before.

One conditional write a change, as with petitions: the revision that was seen must still be there, and what was
replaced goes into the same item. What is beside `body` is read here only; everybody else reads the row as it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from shared.domain.errors import InvalidInputError, StaleVersionError
from shared.tables.directory import Directory
from shared.tables.dynamo import ConditionFailedError, Item, Query, Table, Value, retry_when_stale

LONGEST_ITEM = 380_000
"""Bytes of a version with everything that it said before; an item holds 400 KB."""
BY_WHOM = frozenset({"changed_by", "changed_at"})


class Revision(NamedTuple):
    """One change of a version that was there: who, when, and what the changed facts were before."""

    at: str
    by: str
    was: dict[str, Any]


class RecordedRow(NamedTuple):
    """One version of a row, as it is stored."""

    facts: dict[str, Any]
    revision: int
    """The number of times it was written; rows that a system began with count as written once."""
    corrections: tuple[Revision, ...] = ()

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
        self._table = Table(directory.table)

    def of(self, kind: str, row_id: str | None = None) -> tuple[RecordedRow, ...]:
        """Return all versions of a row, or of all rows of a kind, by id and day."""
        condition, values = "kind = :kind", {"kind": kind}
        if row_id is not None:
            condition, values = f"{condition} AND begins_with(#row, :row)", {**values, "row": f"{row_id}#"}
        query = Query(condition, values, is_consistent=True)
        return tuple(_recorded(item) for item in self._table.query_all(query))

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
        if seen is None:
            return retry_when_stale(lambda: self._write(kind, facts, self._version(kind, facts)))
        old = self._version(kind, facts)
        revision = old.revision if old else 0
        if seen != revision:
            raise StaleVersionError(revision)
        return self._write(kind, facts, old)

    def _write(self, kind: str, facts: Mapping[str, Any], old: RecordedRow | None) -> RecordedRow:
        row = _following(old, facts)
        if row is not old:
            self._put(kind, row, old)
            self._directory.has_changed(kind)
        return row

    def _version(self, kind: str, facts: Mapping[str, Any]) -> RecordedRow | None:
        versions = self.of(kind, str(facts["id"]))
        return next((row for row in versions if row.facts["valid_from"] == facts["valid_from"]), None)

    def _put(self, kind: str, row: RecordedRow, old: RecordedRow | None) -> None:
        """Write a version where the old one is still stored; our own earlier write counts as done."""
        condition = "attribute_not_exists(kind)"
        values: dict[str, Value] = {}
        if old is not None:
            condition, values = "revision = :seen", {"seen": old.revision}
            if old.revision == 1:
                condition = f"attribute_not_exists(revision) OR {condition}"
        item: Item = {
            "kind": kind,
            "row": f"{row.id}#{row.facts['valid_from']}",
            "body": json.dumps(row.facts, ensure_ascii=False),
            "revision": row.revision,
            "corrections": _dumped(row.corrections),
        }
        try:
            self._table.put_if(item, condition, values)
        except ConditionFailedError as error:
            stored = _recorded(error.old) if error.old else RecordedRow({}, 0)
            if stored.facts != row.facts:
                raise StaleVersionError(stored.revision) from None


def _following(old: RecordedRow | None, facts: Mapping[str, Any]) -> RecordedRow:
    """Return a version as it is written next; what says nothing new stays as it is."""
    if old is None:
        return RecordedRow(dict(facts), 1)
    before = old.facts
    was = {name: before.get(name) for name in {**before, **facts} if before.get(name) != facts.get(name)}
    if was.keys() <= BY_WHOM:
        return old
    at, by = str(facts.get("changed_at", "")), str(facts.get("changed_by", ""))
    row = RecordedRow(dict(facts), old.revision + 1, (*old.corrections, Revision(at, by, was)))
    if (
        len(json.dumps(row.facts, ensure_ascii=False).encode()) + len(_dumped(row.corrections).encode())
        > LONGEST_ITEM
    ):
        raise InvalidInputError(("valid_from", "corrected-too-often"))
    return row


def _dumped(corrections: Iterable[Revision]) -> str:
    return json.dumps([revision._asdict() for revision in corrections], ensure_ascii=False)


def _recorded(item: Mapping[str, Any]) -> RecordedRow:
    return RecordedRow(
        json.loads(item["body"]),
        item.get("revision", 1),
        tuple(Revision(**revision) for revision in json.loads(item.get("corrections", "[]"))),
    )
