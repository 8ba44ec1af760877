"""Finds open petitions that say nearly the same, by anybody: officers see them beside a petition and may merge them.

Two look-ups by the keys of the petition's sketch, then the texts themselves are compared; what is stored besides
costs nothing. Nobody is pointed at what they may not know of: each find is checked as if it were opened.
"""

from __future__ import annotations

from typing import NamedTuple

from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.actions import authorization
from shared.domain.figures.similarity import similarity
from shared.domain.petition.lifecycle import Action
from shared.domain.petition.petition import Petition
from shared.tables.petitions import Petitions

ALIKE = 0.5
"""Shared wording from which two petitions are shown side by side; an officer reads both before merging."""
COMPARED = 50
"""Likely ones, the latest first, that are read and compared."""


class Alike(NamedTuple):
    """An open petition that says nearly the same."""

    petition: Petition
    share: float


def alike(petition: Petition, officer: DeskOfficer, petitions: Petitions) -> tuple[Alike, ...]:
    """Return the open petitions like this one that this officer may know of, those received first leading."""
    if not authorization.may(officer, Action.MERGE, petition):
        return ()
    likely = petitions.with_sketch(petition.sketch, limit=COMPARED) - {petition.reference}
    compared = (
        Alike(one, similarity(one.content, petition.content))
        for one in petitions.get_all(sorted(likely)[:COMPARED])
        if permissions.may_see(officer, one) and one.is_unanswered
    )
    found = [one for one in compared if one.share >= ALIKE]
    return tuple(sorted(found, key=lambda one: (one.petition.received_at, one.petition.reference)))
