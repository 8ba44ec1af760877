"""What shows that a petitioner was told: the law's duty is not that a message was sent, but that they know.

Pure facts; `shared.tables.evidence` takes them from the deliveries and from what the petitioner was seen reading.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Proof(StrEnum):
    """How we know."""

    RECEIPT = "RECEIPT"
    """The provider's receipt says that it arrived."""
    CALL = "CALL"
    """An operator told them on the telephone."""
    LETTER = "LETTER"
    """An operator posted a letter."""
    SEEN = "SEEN"
    """They read it on the tracking page, with their PIN."""
    ACCEPTED = "ACCEPTED"
    """A provider that never tells of arrivals took it: counts only where the ministry has decided so."""
    OVERTAKEN = "OVERTAKEN"
    """Nothing was left to tell: the petition had moved on, and later word tells more."""


class Telling(BaseModel):
    """When a petitioner was told of one history entry, and how we know."""

    model_config = ConfigDict(frozen=True)

    at: datetime
    """When the message went out, the call was made, the letter posted, the page read."""
    proof: Proof


Evidence = Mapping[int, Telling | None]
"""By history entry: how its petitioner was told; None: every way failed; missing: nothing is known yet."""

NOTHING_KNOWN: Evidence = {}
