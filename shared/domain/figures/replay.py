"""A petition as it was at a past moment, derived from its history, so that past figures can be calculated again.

Only the attributes that the statistics count are derived: state, filing, rating.
"""

from __future__ import annotations

from datetime import datetime
from itertools import takewhile

from shared.domain.petition.facts import FILED, Rated
from shared.domain.petition.history import entries_of
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.answer import Rating
from shared.domain.petition.values.classification import Lane


def as_it_stood(petition: Petition, at: datetime) -> Petition | None:
    """Return a petition, whole or in outline, as it was counted at an instant; None before it was received."""
    until = tuple(takewhile(lambda entry: entry.at <= at, petition.history))
    if not until:
        return None
    filed = {name: getattr(entry.facts, name) for entry in until for name in FILED if entry.facts.has(name)}
    rated = next(reversed([*entries_of(until, Rated)]), None)
    return petition.model_copy(
        update={
            **dict.fromkeys(FILED),
            **filed,
            "due_on": filed["due_on"],
            "history": until,
            "state": until[-1].state,
            "lane": filed.get("lane") or Lane.ORDINARY,
            "rating": Rating(score=rated.facts.score, at=rated.entry.at) if rated else None,
        }
    )
