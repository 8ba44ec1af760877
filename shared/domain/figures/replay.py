"""What a petition was at a past moment, told again from its history: so that a figure of the past can be derived anew.

Only what the statistics count is told again: its state, what it was filed under, its rating. What was read at that
moment stands in the history itself.
"""

from __future__ import annotations

from datetime import date, datetime
from itertools import takewhile

from shared.domain.petition.history import FILED
from shared.domain.petition.lifecycle import Action
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.answer import Rating
from shared.domain.petition.values.classification import Kind, Lane


def as_it_stood(petition: Petition, at: datetime) -> Petition | None:
    """Return a petition, whole or in outline, as it was counted at an instant; None before it was received."""
    until = tuple(takewhile(lambda entry: entry.at <= at, petition.history))
    if not until:
        return None
    filed = {name: entry.facts[name] for entry in until for name in FILED if name in entry.facts}
    rated = next((entry for entry in reversed(until) if entry.action is Action.RATE), None)
    return petition.model_copy(
        update={
            "history": until,
            "state": until[-1].state,
            "unit": filed.get("unit") or None,
            "field": filed.get("field") or None,
            "kind": Kind(filed["kind"]) if filed.get("kind") else None,
            "lane": Lane(filed.get("lane") or Lane.ORDINARY),
            "handler": filed.get("handler") or None,
            "complained_unit": filed.get("complained_unit") or None,
            "province": filed.get("province") or None,
            "due_on": date.fromisoformat(filed["due_on"]),
            "rating": Rating(score=int(rated.facts["score"]), at=rated.at) if rated else None,
        }
    )
