"""The petitions merged into one, as officers see them: the number of their senders, and those that one may open."""

from __future__ import annotations

from typing import NamedTuple

from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from shared.domain.petition.petition import Petition
from shared.tables.petitions import CHILDREN_ON_A_PAGE, Petitions

LISTED = 20
"""Merged petitions that a page links to."""


class Merged(NamedTuple):
    """The petitions that were merged into one."""

    senders: int
    shown: tuple[Petition, ...]
    """Those that this officer may open, by the time of receipt; at most 20."""

    @property
    def number(self) -> str:
        """The number of senders as pages show it."""
        return merged_number(self.senders)


def merged_here(parent: Petition, officer: DeskOfficer, petitions: Petitions) -> Merged | None:
    """Return the petitions merged into one, or None; costs one query, and a read of at most 20 petitions.

    Their number is the one that stands on the parent, which counts none that a reader of it must not know of.
    """
    references, _following = petitions.merged_into(parent.reference, limit=LISTED)
    read = petitions.get_all(references)
    may_open = (petition for petition in read if permissions.may_see(officer, petition))
    shown = sorted(may_open, key=lambda petition: (petition.received_at, petition.reference))
    senders = max(parent.merged_count, len(shown))
    return Merged(senders, tuple(shown)) if senders else None


def merged_number(count: int) -> str:
    """Return the number of petitions merged into one, as a row shows it; empty where there is none."""
    return f"{CHILDREN_ON_A_PAGE}+" if count > CHILDREN_ON_A_PAGE else str(count or "")
