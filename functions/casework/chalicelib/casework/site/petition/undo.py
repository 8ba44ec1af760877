"""The button of a petition's page that takes a decision back."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from chalicelib.casework.access.officers import DeskOfficer
from shared.domain.petition.petition import Petition
from shared.domain.procedures import taking_back


class Undo(NamedTuple):
    """A decision of which nobody outside was notified yet."""

    until: datetime
    """The instant until which it can be taken back."""
    is_own: bool
    """True if this officer may take it back."""


def undo_of(officer: DeskOfficer, petition: Petition, now: datetime) -> Undo | None:
    """Return the decision that may still be taken back; None where there is none."""
    until = taking_back.until(petition)
    if until is None or not taking_back.is_possible(petition, now):
        return None
    return Undo(until, taking_back.is_own(petition, officer.actor))
