"""One notice with everything that is known about it: what the courier carries and bunches."""

from __future__ import annotations

from dataclasses import dataclass

from shared.domain.petition.history import Entry
from shared.domain.petition.petition import Petition
from shared.platform.messages import NoticeRequest
from shared.tables.deliveries import notice_prefix


@dataclass(frozen=True, slots=True)
class Notice:
    """What somebody has to be told, and what it is about."""

    request: NoticeRequest
    petition: Petition
    entry: Entry

    @property
    def prefix(self) -> str:
        """What all its deliveries begin with."""
        return notice_prefix(self.request.seq, self.request.kind, self.request.audience)

    @property
    def name(self) -> str:
        """Its name over all petitions: `{reference}/{prefix}`."""
        return f"{self.request.reference}/{self.prefix}"
