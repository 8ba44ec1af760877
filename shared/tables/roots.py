"""The table of daily roots: one signed root a day, and each history's path to it. Rows are added, never changed.

The SLA timer writes it, intake reads it (docs/adr/0025-daily-signed-roots.md).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from pydantic import ConfigDict

from shared.domain.base_model import BaseModel
from shared.domain.petition.history import Fault
from shared.tables.dynamo import ConditionFailedError, Item, Query, Table

_ROOTS = "roots"
_WITHHELD = "withheld"
_DAY = timedelta(days=1)


class SignedRoot(BaseModel):
    """One day's root as it is published: everything that is needed to verify it."""

    model_config = ConfigDict(frozen=True)

    day: date
    count: int
    """The number of histories that changed since the root before, each verified before it was signed."""
    tree: str
    previous: str
    root: str
    statement: str
    """The signed text, byte for byte in UTF-8."""
    signature: str
    """ECDSA over SHA-256 of the statement on the curve P-256, in DER, in base64."""
    public_key: str
    """The key that it was signed with: SubjectPublicKeyInfo in DER, in base64."""
    withheld: int = 0
    """The number of histories that failed their verification and are in no tree until they pass it."""
    restored: tuple[str, ...] = ()
    """The restorations of the stored data on that day: `1 2026-11-03T02:00:00Z 2026-11-03T10:00:00Z`, its number, the
    moment that the data went back to, and when they did. Histories may differ from roots of the time between."""
    verified_at: datetime | None = None
    """The time at which the histories were verified; None in roots of earlier code, which verified none."""


class Path(BaseModel):
    """A history's head in a day's tree, and the way from it to the top."""

    model_config = ConfigDict(frozen=True)

    version: int
    """The number of the history's last entry when the tree was built."""
    path: tuple[str, ...]
    """Neighbours from below; `L` or `R` says on which side each stands."""


class WithheldHistory(BaseModel):
    """A history that failed its verification, and when that was found."""

    model_config = ConfigDict(frozen=True)

    reference: str
    fault: Fault
    found_at: datetime


class Roots:
    """Reads and adds to the roots."""

    def __init__(self, table: str) -> None:
        self._table = Table(table)

    # --- reading -----------------------------------------------------------------------------------

    def latest(self) -> SignedRoot | None:
        """Return the latest root."""
        return self._end(is_ascending=False)

    def first(self) -> SignedRoot | None:
        """Return the first root of all, which holds every history that there was."""
        return self._end(is_ascending=True)

    def of_month(self, month: str) -> list[SignedRoot]:
        """Return a month's roots, the latest first."""
        items = self._table.query_all(_named_so(_ROOTS, month, is_ascending=False))
        return [_root(item) for item in items]

    def get(self, day: date) -> SignedRoot | None:
        """Return the root of a day."""
        item = self._get(_ROOTS, day.isoformat())
        return _root(item) if item else None

    def path(self, root: SignedRoot, reference: str) -> Path | None:
        """Return a history's path to a root; None where it did not change on that day."""
        item = self._get(root.day.isoformat(), _named(root.tree, reference))
        return Path.model_validate_json(item["body"]) if item else None

    @staticmethod
    def days_of(changes: Iterable[date]) -> Iterator[date]:
        """Yield the days whose roots may hold a history, the latest first.

        Args:
            changes: the days of its changes; each is followed by a day whose root may hold what came late.
        """
        days = set(changes)
        yield from sorted(days | {day + _DAY for day in days}, reverse=True)

    def withheld(self, day: date) -> list[WithheldHistory]:
        """Return the histories that failed their verification when a day was signed, or on the day itself."""
        items = self._table.query_all(_named_so(f"{_WITHHELD}#{day}", ""))
        return [WithheldHistory.model_validate_json(item["body"]) for item in items]

    def covered(self, root: SignedRoot) -> set[tuple[str, int]]:
        """Return reference and version of every head in a root's tree."""
        paths = self._table.query_all(_named_so(root.day.isoformat(), _named(root.tree, "")))
        return {(item["name"].partition("#")[2], int(json.loads(item["body"])["version"])) for item in paths}

    def references(self, day: date, tree: str) -> set[str]:
        """Return the references whose paths in a tree are kept, also where the tree has no root (yet)."""
        paths = self._table.query_all(_named_so(day.isoformat(), _named(tree, "")))
        return {item["name"].partition("#")[2] for item in paths}

    def _end(self, *, is_ascending: bool) -> SignedRoot | None:
        query = Query("#collection = :collection", {"collection": _ROOTS}, is_ascending=is_ascending)
        return next((_root(item) for item in self._table.query(query, limit=1).items), None)

    def _get(self, collection: str, name: str) -> Item | None:
        return self._table.get({"collection": collection, "name": name})

    # --- adding ------------------------------------------------------------------------------------

    def add_path(self, day: date, tree: str, reference: str, path: Path) -> None:
        """Keep a history's path; it is named after its tree, so that whoever builds another one disturbs nobody."""
        self._add(day.isoformat(), _named(tree, reference), path.model_dump_json())

    def withhold(self, day: date, history: WithheldHistory) -> None:
        """Keep that a history failed its verification; it is verified again with the next root."""
        self._add(f"{_WITHHELD}#{day}", history.reference, history.model_dump_json())

    def add(self, root: SignedRoot) -> bool:
        """Publish a day's root; False when there is one already, which stays."""
        return self._add(_ROOTS, root.day.isoformat(), root.model_dump_json())

    def _add(self, collection: str, name: str, body: str) -> bool:
        try:
            self._table.put_if(
                {"collection": collection, "name": name, "body": body}, "attribute_not_exists(#name)"
            )
        except ConditionFailedError:
            return False
        return True


def _root(item: Item) -> SignedRoot:
    return SignedRoot.model_validate_json(item["body"])


def _named_so(collection: str, prefix: str, *, is_ascending: bool = True) -> Query:
    if not prefix:
        return Query("#collection = :collection", {"collection": collection}, is_ascending=is_ascending)
    return Query(
        "#collection = :collection AND begins_with(#name, :name)",
        {"collection": collection, "name": prefix},
        is_ascending=is_ascending,
    )


def _named(tree: str, reference: str) -> str:
    return f"{tree[:32]}#{reference}"
