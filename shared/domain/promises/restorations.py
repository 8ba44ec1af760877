"""Restorations: the moments to which the stored data went back, and the epochs of time between them.

A history that went back to an earlier entry goes on from there with entry numbers that were given before. What is named
by an entry (the deliveries of its notices, the providers' idempotency keys) therefore bears the epoch of the entry as
well: the number of restorations before it. Epoch 0 bears no mark, so that all names of before stay as they are
(docs/adr/0054-restored-data.md).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from pydantic import ConfigDict

from shared.domain.base_model import BaseModel


class Restoration(BaseModel):
    """One restoration of the stored data."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    number: int
    """1 for the first of a stage; the epoch that began with it."""
    to: datetime
    """The moment to which the data went back."""
    at: datetime
    """The moment at which they did: nothing is written between the closing of the doors and this."""

    def has_lost(self, at: datetime) -> bool:
        """Return whether what was written at an instant was written in the hours that this restoration took back."""
        return self.to < at < self.at


def epoch_of(at: datetime, restorations: Iterable[Restoration]) -> int:
    """Return the epoch of an entry that was made at an instant: the number of the latest restoration before it."""
    return max((each.number for each in restorations if each.at <= at), default=0)
