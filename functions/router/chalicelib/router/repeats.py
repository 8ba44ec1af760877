"""Finds an earlier petition of the same person with nearly the same text: a hint for officers; used by routing.

Only a hint: the index lags a moment, and only a person's latest petitions of the last weeks are compared. It never
points at denunciations, nor at petitions about a unit's conduct, because officers of the unit must not see those. Nor
for a petition that an officer entered: whoever types numbers in would learn which of them sent a text that they know.
"""

from __future__ import annotations

from datetime import timedelta

from shared.domain.figures.similarity import similarity
from shared.domain.identity.reference import spaced
from shared.domain.petition.change import works_at_desk
from shared.domain.petition.lifecycle import State
from shared.domain.petition.petition import Petition
from shared.domain.procedures import conduct
from shared.tables.petitions import Petitions

LOOKED_BACK = timedelta(days=60)
"""Three times the time for answering: somebody who gets no answer writes again."""
COMPARED = 5
"""Earlier petitions of one person that are read and compared."""
ALIKE = 0.7
"""Shared wording from which two texts are probably one: thanks, a greeting or a number may differ."""


class Repeats:
    """Compares a fresh petition with what the same person sent before."""

    def __init__(self, petitions: Petitions) -> None:
        self._petitions = petitions

    def reason(self, petition: Petition) -> tuple[str, ...]:
        """Return the sentence that points officers at the earlier petition, or nothing where there is none."""
        for reference in self._earlier(petition):
            other = self._petitions.get(reference)
            if (
                other is not None
                and other.state is not State.RESTRICTED
                and other.complained_unit is None
                and other.field != conduct.FIELD
                and similarity(other.content, petition.content) >= ALIKE
            ):
                return (f"Có thể trùng với {spaced(reference)}: cùng người gửi, nội dung gần như nhau",)
        return ()

    def _earlier(self, petition: Petition) -> list[str]:
        if not petition.petitioner.contact_keys or works_at_desk(petition.history[0].by):
            return []
        own = (petition.received_at, petition.reference)
        return [
            reference
            for reference, received_at in self._petitions.of_first_contact(
                petition.petitioner.contact_keys[0]
            )
            if (received_at, reference) < own and petition.received_at - received_at <= LOOKED_BACK
        ][:COMPARED]
