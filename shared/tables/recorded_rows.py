"""Directory rows with their own history: each version knows how often it was written, by whom, and what stood before.

One conditional write a change, as with petitions: the revision that was seen must still be there, and what was
replaced goes into the same item. What is beside `body` is read here only; everybody else reads the row as it is. Who
confirmed a change stands there too: some bodies take no attribute that their reader does not know.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from shared.domain.errors import InvalidInputError, StaleVersionError
from shared.tables.directory import Directory
from shared.tables.documents import DIRECTORY, SCHEMA
from shared.tables.dynamo import (
    ConditionalPut,
    ConditionFailedError,
    Item,
    Query,
    Table,
    Value,
    retry_when_stale,
)

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
    confirmed_by: Mapping[int, str] = {}
    """The second person of each revision that needed one: user name by revision."""
    schema: int = 1
    """The number of the schema that it is stored under."""

    @property
    def id(self) -> str:
        """The row's id, e.g. a unit's code."""
        return str(self.facts["id"])

    @property
    def valid_from(self) -> date:
        """From when this version holds."""
        return date.fromisoformat(str(self.facts["valid_from"]))

    def facts_at(self, revision: int) -> dict[str, Any] | None:
        """Return the facts as a revision wrote them; None where it is none of this version."""
        if not 1 <= revision <= self.revision:
            return None
        facts = dict(self.facts)
        for correction in reversed(self.corrections[revision - 1 :]):
            facts |= correction.was
        return {name: value for name, value in facts.items() if value is not None}


def version_of(rows: Iterable[RecordedRow], valid_from: str) -> RecordedRow | None:
    """Return the version that begins on a day."""
    return next((row for row in rows if row.facts["valid_from"] == valid_from), None)


def version_before(rows: Iterable[RecordedRow], valid_from: str) -> RecordedRow | None:
    """Return the version that holds until a day: the latest of those that begin before it."""
    earlier = (row for row in rows if str(row.facts["valid_from"]) < valid_from)
    return max(earlier, key=lambda row: row.valid_from, default=None)


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

    def following(
        self, kind: str, facts: Mapping[str, Any], *, seen: int, confirmed_by: str
    ) -> tuple[RecordedRow, ConditionalPut]:
        """Return a version that a second person confirmed, and the write of it, for a transaction of the caller's.

        Raises:
            StaleVersionError: `seen` is not the revision that is stored.
            InvalidInputError: this version was corrected too often to keep what it said before.
        """
        old = self._version(kind, facts)
        if seen != (old.revision if old else 0):
            raise StaleVersionError(old.revision if old else 0)
        row = _following(old, facts)
        row = row._replace(confirmed_by={**row.confirmed_by, row.revision: confirmed_by})
        return row, _put(kind, row, old)

    def _write(self, kind: str, facts: Mapping[str, Any], old: RecordedRow | None) -> RecordedRow:
        row = _following(old, facts)
        if row is old:
            return row
        write = _put(kind, row, old)
        try:
            self._table.put_if(write.item, write.condition, write.values)
        except ConditionFailedError as error:
            stored = _recorded(error.old) if error.old else RecordedRow({}, 0)
            if stored.facts != row.facts:  # else it is our own earlier write, whose reply was lost
                raise StaleVersionError(stored.revision) from None
        self._directory.has_changed(kind)
        return row

    def _version(self, kind: str, facts: Mapping[str, Any]) -> RecordedRow | None:
        return version_of(self.of(kind, str(facts["id"])), str(facts["valid_from"]))


def _put(kind: str, row: RecordedRow, old: RecordedRow | None) -> ConditionalPut:
    """Return the write of a version where the old one is still stored."""
    condition = "attribute_not_exists(kind)"
    values: dict[str, Value] = {}
    if old is not None:
        condition, values = "revision = :seen", {"seen": old.revision}
        if old.revision == 1:
            condition = f"attribute_not_exists(revision) OR {condition}"
    item: Item = {
        "kind": kind,
        "row": f"{row.id}#{row.facts['valid_from']}",
        SCHEMA: max(DIRECTORY.written, old.schema if old else 1),
        "body": json.dumps(row.facts, ensure_ascii=False),
        "revision": row.revision,
        "corrections": _dumped(row.corrections),
        "confirmed_by": json.dumps(row.confirmed_by) if row.confirmed_by else None,
    }
    return ConditionalPut(item, condition, values)


def _following(old: RecordedRow | None, facts: Mapping[str, Any]) -> RecordedRow:
    """Return a version as it is written next; what says nothing new stays as it is."""
    if old is None:
        return RecordedRow(dict(facts), 1)
    before = old.facts
    was = {name: before.get(name) for name in {**before, **facts} if before.get(name) != facts.get(name)}
    if was.keys() <= BY_WHOM:
        return old
    at, by = str(facts.get("changed_at", "")), str(facts.get("changed_by", ""))
    corrections = (*old.corrections, Revision(at, by, was))
    row = RecordedRow(dict(facts), old.revision + 1, corrections, old.confirmed_by)
    if (
        len(json.dumps(row.facts, ensure_ascii=False).encode()) + len(_dumped(row.corrections).encode())
        > LONGEST_ITEM
    ):
        raise InvalidInputError(("valid_from", "corrected-too-often"))
    return row


def _dumped(corrections: Iterable[Revision]) -> str:
    return json.dumps([revision._asdict() for revision in corrections], ensure_ascii=False)


def _recorded(item: Mapping[str, Any]) -> RecordedRow:
    DIRECTORY.require(item)
    return RecordedRow(
        json.loads(item["body"]),
        item.get("revision", 1),
        tuple(Revision(**revision) for revision in json.loads(item.get("corrections", "[]"))),
        {int(revision): name for revision, name in json.loads(item.get("confirmed_by", "{}")).items()},
        item.get(SCHEMA, 1),
    )
