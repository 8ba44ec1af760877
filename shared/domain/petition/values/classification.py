"""The classification of a petition: its kind, its lane, and the proposal of the router."""

from __future__ import annotations

from enum import StrEnum

from shared.domain.base_model import StoredModel


class Channel(StrEnum):
    """The door a petition came through."""

    WEB = "WEB"
    SMS = "SMS"
    HOTLINE = "HOTLINE"


class Kind(StrEnum):
    """The subject matter of a petition (Nghị định 20/2008/NĐ-CP Đ.5)."""

    REGULATION = "REGULATION"
    CONDUCT = "CONDUCT"
    INITIATIVE = "INITIATIVE"


class Lane(StrEnum):
    """The treatment of a petition: an ordinary one, or one that the law sends another way."""

    ORDINARY = "ORDINARY"
    GUIDANCE = "GUIDANCE"
    RESTRICTED = "RESTRICTED"
    FORWARDING = "FORWARDING"
    SPAM = "SPAM"
    FOREIGN = "FOREIGN"


SILENT, SUSPECTED = "SILENT", "SUSPECTED"
"""Outcomes of the router beside fields and lanes: it has no proposal, or suspects a denunciation."""


class Proposal(StoredModel):
    """The router's classification, kept so that officers see its reasons and can correct it."""

    lane: Lane
    field: str | None = None
    kind: Kind | None = None
    confidence: float = 0.0
    because: tuple[str, ...] = ()
    best: tuple[tuple[str, float], ...] = ()
    body: str | None = None
    complained_unit: str | None = None
    """The one unit of the ministry that a complaint about conduct names."""
    rules_version: str = ""
    may_denounce: bool = False
    """True if somebody has to look whether this is a denunciation before any unit gets it."""

    @property
    def outcome(self) -> str:
        """The proposal in one word: a field, a lane, `SILENT` or `SUSPECTED`."""
        if self.may_denounce:
            return SUSPECTED
        return self.lane.value if self.lane is not Lane.ORDINARY else self.field or SILENT
