"""A petition as it stood before an action whose word is held: what taking the action back restores."""

from __future__ import annotations

from datetime import datetime, timedelta

from shared.domain.base_model import StoredModel
from shared.domain.petition.values.answer import Answer
from shared.domain.petition.values.classification import Lane

IN_FLIGHT = timedelta(seconds=30)
"""The longest that a request takes: one that began before this much of the time was left ends before word leaves."""


class Held(StoredModel):
    """An action that took effect, and of which nobody outside is notified before `word_at` (ADR 0067)."""

    entry: int
    """The number of its history entry."""
    word_at: datetime
    """The instant from which people and programs are notified of it."""
    unit: str | None = None
    """The unit before the action; likewise the others."""
    handler: str | None = None
    lane: Lane = Lane.ORDINARY
    parent: str | None = None
    draft: Answer | None = None
    """The draft that the action removed; None where it became the answer."""
    answer: Answer | None = None
    """The answer that a second one replaced, without its text, which stands in the history."""
