"""Evidence that a petitioner was notified: the law requires not that a message was sent, but that it arrived.

Pure facts; `shared.use_cases.evidence` takes them from the deliveries and from what the petitioner was seen reading.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from pydantic import ConfigDict

from shared.domain.base_model import BaseModel


class Proof(StrEnum):
    """The kind of evidence."""

    RECEIPT = "RECEIPT"
    """The provider's receipt says that it arrived."""
    CALL = "CALL"
    """An operator informed them by telephone."""
    LETTER = "LETTER"
    """An operator posted a letter."""
    SEEN = "SEEN"
    """They read it on the tracking page, with their PIN."""
    ACCEPTED = "ACCEPTED"
    """A provider that never tells of arrivals took it: counts only where the ministry has decided so."""
    OVERTAKEN = "OVERTAKEN"
    """Nothing was left to tell: the petition had moved on, and later word tells more."""


class Telling(BaseModel):
    """The notification of a petitioner about one history entry: its time and its evidence."""

    model_config = ConfigDict(frozen=True)

    at: datetime
    """The time at which the message was sent, the call made, the letter posted or the page read."""
    proof: Proof


Evidence = Mapping[int, Telling | None]
"""By history entry: the notification of its petitioner; None: every channel failed; missing: nothing is known yet."""

NOTHING_KNOWN: Evidence = {}
