"""Marks of a petition in a list: what an officer who scans rows has to notice besides the state. Pure."""

from __future__ import annotations

from enum import StrEnum

from shared.domain.petition.change import works_at_desk
from shared.domain.petition.lifecycle import Action, State
from shared.domain.petition.petition import Petition
from shared.domain.procedures import disputes, screening


class Mark(StrEnum):
    """A fact that calls for attention."""

    RETURNED = "RETURNED"
    """Its draft was returned, and not submitted again."""
    SUPPLEMENTED = "SUPPLEMENTED"
    """The petitioner wrote, and no officer has acted since; what is held from units is not marked."""
    DISPUTED = "DISPUTED"
    """Units returned it too often: Văn phòng Bộ has to say which is responsible."""
    MERGED = "MERGED"
    """It was merged into another petition, and is answered with it."""


_NO_WORK = screening.WRITTEN_LATER | {Action.OPEN_SEAL}
"""Entries of officers that deal with no addition: those made for a caller, and looks under the seal."""


def marks_of(petition: Petition) -> tuple[Mark, ...]:
    """Return the marks of a petition as it stands."""
    drafted = petition.last(Action.DRAFT_ANSWER, Action.RETURN_DRAFT)
    is_returned = drafted is not None and drafted.action is Action.RETURN_DRAFT
    supplement = petition.last(Action.SUPPLEMENT)
    work = (e.seq for e in petition.history if works_at_desk(e.by) and e.action not in _NO_WORK)
    acted = max(work, default=0)
    is_supplemented = supplement is not None and supplement.seq > max(acted, *screening.held(petition), 0)
    marks = {
        Mark.RETURNED: is_returned and petition.state is State.IN_PROGRESS,
        Mark.SUPPLEMENTED: is_supplemented,
        Mark.DISPUTED: disputes.is_open(petition),
        Mark.MERGED: petition.parent is not None,
    }
    return tuple(mark for mark, holds in marks.items() if holds)
