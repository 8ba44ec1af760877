"""Open petitions of nearly the same wording, by anybody: officers see them beside a petition and may merge them.

Two queries by the keys of the petition's sketch find the candidates, then the texts are compared. An officer is shown
only petitions that they may open.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.actions import authorization
from shared.domain.figures.similarity import similarity
from shared.domain.petition.lifecycle import Action
from shared.domain.petition.petition import Petition
from shared.tables.petitions import Petitions

SIMILAR = 0.5
"""Share of common wording from which two petitions are similar; an officer reads both before merging."""
COMPARED = 50
"""Candidates that are read and compared, the latest."""


class SimilarPetition(NamedTuple):
    """An open petition of nearly the same wording."""

    petition: Petition
    share: float
    """Share of common wording, 0 to 1."""


def similar_petitions(
    petition: Petition, officer: DeskOfficer, petitions: Petitions
) -> tuple[SimilarPetition, ...]:
    """Return the open petitions similar to one that this officer may merge and see, the likest first."""
    if not authorization.may(officer, Action.MERGE, petition):
        return ()
    candidates = petitions.with_sketch(petition.sketch, limit=COMPARED) - {petition.reference}
    compared = (
        SimilarPetition(other, similarity(other.content, petition.content))
        for other in petitions.get_all(sorted(candidates)[:COMPARED])
        if permissions.may_see(officer, other) and other.is_unanswered
    )
    similar = [other for other in compared if other.share >= SIMILAR]
    return tuple(sorted(similar, key=_likest_first))


def _likest_first(other: SimilarPetition) -> tuple[int, datetime, str]:
    """Sort by the percentage that the page shows, then by the time of receipt."""
    return -round(other.share * 100), other.petition.received_at, other.petition.reference
