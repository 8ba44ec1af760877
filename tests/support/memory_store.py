"""The petitions table and the directory in memory, for campaigns too large for an emulator.

They keep the contract of the real ones (`tests/shared/tables/test_petitions_contract.py` runs on both), JSON included.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from infra.seed.directory import directory_rows
from shared.domain.errors import StaleVersionError
from shared.domain.petition.petition import Petition
from shared.domain.promises.wake_ups import next_wake
from shared.platform import clock
from shared.tables import directory
from shared.tables.directory import Directory
from shared.tables.petition_items import StoredPetition, wake_shard, with_cause
from shared.tables.petitions import VERIFIED_AT_ONCE, Petitions


class MemoryDirectory(Directory):
    """The seeded directory without a table."""

    def __init__(self) -> None:
        super().__init__(f"memory-{id(self)}")
        self._rows = directory_rows()

    def _read(self, kind: str) -> list[dict[str, Any]]:
        return list(self._rows.get(kind, []))

    def replace(self, kind: str, rows: list[dict[str, Any]]) -> None:
        """Put other rows in the place of a kind's."""
        self._rows[kind] = rows
        directory._cache.pop((self._table, kind), None)


class MemoryPetitions(Petitions):
    """Petitions as JSON in a dict, and the `wake` index as a heap of what may be due."""

    def __init__(self, directory: Directory) -> None:
        super().__init__("memory", directory)
        self._bodies: dict[str, str] = {}
        self._versions: dict[str, int] = {}
        self._wake_at: dict[str, datetime] = {}
        self._heap: list[tuple[datetime, str]] = []
        self._of_contact: dict[str, list[tuple[datetime, str]]] = {}

    def add(self, petition: Petition) -> Petition | None:
        """As the table does with `attribute_not_exists(reference)`."""
        if petition.reference in self._bodies:
            return self.get(petition.reference)
        self._store(with_cause(petition, 0))
        return None

    def save(self, petition: Petition, seen_version: int) -> Petition:
        """As the table does with `version = :seen`."""
        petition = with_cause(petition, seen_version)
        if self._versions.get(petition.reference) != seen_version:
            other = self.get(petition.reference)
            if other is None:
                raise StaleVersionError(0)
            if other.history[seen_version : petition.version] != petition.history[seen_version:]:
                raise StaleVersionError(other.version)
            return petition
        self._store(petition)
        return petition

    def of_first_contact(self, contact_key: str, *, limit: int = 20) -> list[tuple[str, datetime]]:
        """Return the latest petitions that were sent with a contact as their first, newest first."""
        latest = sorted(self._of_contact.get(contact_key, []), reverse=True)[:limit]
        return [(reference, received_at) for received_at, reference in latest]

    def of_contact(self, contact_key: str, *, limit: int = 20) -> list[tuple[str, datetime]]:
        """Return the latest petitions that a contact is on file for, newest first: reads all."""
        petitions = (petition for name in self._bodies if (petition := self.get(name)) is not None)
        theirs = [p for p in petitions if contact_key in p.petitioner.contact_keys]
        theirs.sort(key=lambda p: (p.received_at, p.reference), reverse=True)
        return [(p.reference, p.received_at) for p in theirs[:limit]]

    def _store(self, petition: Petition) -> None:
        if petition.reference not in self._bodies and petition.petitioner.contact_keys:
            key = petition.petitioner.contact_keys[0]
            self._of_contact.setdefault(key, []).append((petition.received_at, petition.reference))
        self._bodies[petition.reference] = petition.model_dump_json(exclude_defaults=True)
        self._versions[petition.reference] = petition.version
        terms, calendar = self._directory.terms_of(petition), self._directory.calendar()
        wake_at = next_wake(petition, terms, calendar, clock.now())
        self._wake_at.pop(petition.reference, None)
        if wake_at is not None:
            self._wake_at[petition.reference] = wake_at
            heapq.heappush(self._heap, (wake_at, petition.reference))

    def get_stored(self, reference: str) -> StoredPetition | None:
        """Read one petition, with its `wake_at`."""
        body = self._bodies.get(reference)
        if body is None:
            return None
        petition = Petition.model_validate_json(body)
        return StoredPetition(petition, self._wake_at.get(reference), petition.is_unanswered)

    def due(self, shard: int, until: datetime) -> Iterator[tuple[str, datetime]]:
        """Yield the entries of one shard in the index up to an instant."""
        for reference, at in self.due_everywhere(until):
            if wake_shard(reference) == shard:
                yield reference, at

    def due_everywhere(self, until: datetime) -> list[tuple[str, datetime]]:
        """Return the index entries of all shards up to an instant; the cost follows what is due, as in DynamoDB."""
        due: dict[str, datetime] = {}
        while self._heap and self._heap[0][0] <= until:
            at, reference = heapq.heappop(self._heap)
            if self._wake_at.get(reference) == at:
                due[reference] = at
        for reference, at in due.items():
            heapq.heappush(self._heap, (at, reference))
        return sorted(due.items())

    def next_wake_at(self) -> datetime | None:
        """Return the earliest `wake_at` of all petitions."""
        while self._heap and self._wake_at.get(self._heap[0][1]) != self._heap[0][0]:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def page(
        self, after: str | None, *, segment: int = 0, segments: int = 1, limit: int = VERIFIED_AT_ONCE
    ) -> tuple[list[StoredPetition], str | None]:
        """Read a page of the petitions whose references fall into a segment, in the order of the references."""
        references = sorted(
            reference
            for reference in self._bodies
            if wake_shard(reference) % segments == segment and reference > (after or "")
        )
        page = references[:limit]
        petitions = [petition for reference in page if (petition := self.get_stored(reference)) is not None]
        return petitions, page[-1] if len(references) > limit else None
