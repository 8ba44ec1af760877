"""Verifies the histories that go into a day's root, before it is signed.

A history is verified against its own hashes, against the petition beside it, and against the latest earlier root that
holds it: whoever may write the table can make every hash anew, but not what was signed (docs/verifying.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import NamedTuple

from shared.domain.calendar.working_calendar import local_date
from shared.domain.figures.merkle import leaf_of, top_of
from shared.domain.petition.history import Fault
from shared.domain.petition.petition import Petition
from shared.domain.promises.restorations import Restoration
from shared.platform import telemetry
from shared.tables.outlines import LatestHash
from shared.tables.petitions import Petitions
from shared.tables.roots import Path, Roots, SignedRoot

FIRST = date.min
"""Stands for the day of the first root of all."""


class Verified(NamedTuple):
    """The histories that may be signed, and the faults of those that may not."""

    sound: list[LatestHash]
    faults: dict[str, Fault]
    """By reference."""


class Verification:
    """Verifies histories as they are stored; it reads the roots and signs nothing."""

    def __init__(
        self, petitions: Petitions, roots: Roots, restorations: Callable[[], tuple[Restoration, ...]]
    ) -> None:
        self._restorations = restorations
        self._petitions = petitions
        self._roots = roots

    def verify(self, latest: Iterable[LatestHash], withheld: Iterable[str]) -> Verified:
        """Verify the petitions of a day, each as it is read: a day of many fits into memory.

        Args:
            latest: the latest hashes that the index has of those that changed.
            withheld: references of those that failed before; sound again, they stand among the others.
        """
        named = {head.reference: head for head in latest}
        verified = Verified([], {})
        signed: dict[date, SignedRoot | None] = {}
        for reference, petition in self._petitions.read({**named, **dict.fromkeys(withheld)}):
            head = named.get(reference) or (head_of(petition) if petition and petition.history else None)
            fault = self._fault(petition, head, signed) if head else Fault.MISSING
            if head and fault is None:
                verified.sound.append(head)
            else:
                verified.faults[reference] = fault or Fault.MISSING
                telemetry.logger().error("history failed", reference=reference, fault=fault)
        telemetry.count("HistoriesVerified", len(verified.sound))
        telemetry.count("HistoriesFailed", len(verified.faults))
        return verified

    def _fault(
        self, petition: Petition | None, head: LatestHash, signed: dict[date, SignedRoot | None]
    ) -> Fault | None:
        if petition is None or petition.reference != head.reference:
            return Fault.MISSING
        if petition.fault is not None:
            return petition.fault
        if petition.version < head.version or head != head_of(petition, head.version):
            return Fault.MISSING
        return None if self._begins_as_signed(petition, signed) else Fault.SIGNED_ROOT

    def _begins_as_signed(self, petition: Petition, signed: dict[date, SignedRoot | None]) -> bool:
        """Return whether the latest root that holds this history holds what it begins with.

        A root that was signed in hours which a restoration took back may hold entries that are lost: the root before
        it decides. Every root that was signed earlier binds as ever.
        """
        for root in self._roots_of(petition, signed):
            path = self._roots.path(root, petition.reference)
            if path is None:
                continue
            if stands_in(petition, path, root):
                return True
            if not is_of_lost_hours(root, self._restorations()):
                return False
        return True

    def _roots_of(self, petition: Petition, signed: dict[date, SignedRoot | None]) -> Iterator[SignedRoot]:
        """Yield the roots that may hold a history: those of its days, then the first, which held all there was."""
        for day in (*self._roots.days_of(local_date(entry.at) for entry in petition.history), FIRST):
            if day not in signed:
                signed[day] = self._roots.first() if day == FIRST else self._roots.get(day)
            if root := signed[day]:
                yield root


def stands_in(petition: Petition, path: Path, root: SignedRoot) -> bool:
    """Return whether a history begins as it did when it was put into a root's tree."""
    if path.version > petition.version:
        return False
    return top_of(leaf_of(*head_of(petition, path.version)), path.path) == root.tree


def is_of_lost_hours(root: SignedRoot, restorations: Iterable[Restoration]) -> bool:
    """Return whether a root was made in hours that a restoration took back."""
    return root.verified_at is not None and any(each.has_lost(root.verified_at) for each in restorations)


def head_of(petition: Petition, version: int | None = None) -> LatestHash:
    """Return the head that a petition's history has, or had at one of its versions."""
    version = version or petition.version
    first, last = petition.history[0], petition.history[version - 1]
    return LatestHash(petition.reference, version, first.hash, last.hash)
