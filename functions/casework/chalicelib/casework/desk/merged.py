"""What officers see of the petitions merged into one: how many will read its answer, and which they may open."""

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
    has_more: bool
    shown: tuple[Petition, ...]
    """Those that this officer may open, by the day of receipt; the first of many."""


def merged_here(parent: Petition, officer: DeskOfficer, petitions: Petitions) -> Merged | None:
    """Return what was merged into a petition, None where nothing was; it costs one query."""
    references, following = petitions.merged_into(parent.reference, limit=CHILDREN_ON_A_PAGE)
    if not references:
        return None
    found = petitions.get_all(references[:LISTED])
    may_open = (one for one in found if permissions.may_see(officer, one))
    shown = sorted(may_open, key=lambda one: (one.received_at, one.reference))
    return Merged(len(references), following is not None, tuple(shown))
