"""Decisions of officers that differ from the router's proposal: examples to learn from, kept without any text.

A correction is computed from the petition's own history and stands beside it in the sparse index `corrected`: no second
write that could be lost, no copy of what somebody wrote, and it is gone when the petition is.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime

from pydantic import ConfigDict

from shared.domain.base_model import BaseModel
from shared.domain.calendar.working_calendar import local_date
from shared.domain.petition.change import is_officer
from shared.domain.petition.facts import Refused
from shared.domain.petition.lifecycle import Action
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.classification import Lane
from shared.tables.documents import PETITION
from shared.tables.dynamo import Query, Table

_DECIDES = frozenset(
    {Action.CLASSIFY, Action.ASSIGN, Action.RESTRICT, Action.FORWARD, Action.GUIDE, Action.REFUSE}
)
_CONFIRMS = frozenset({Action.ACCEPT, Action.APPROVE})
_LANE_OF = {Action.RESTRICT: Lane.RESTRICTED, Action.FORWARD: Lane.FORWARDING, Action.GUIDE: Lane.GUIDANCE}
_LANE_OF_REFUSAL = {"SPAM": Lane.SPAM, "NOT_VIETNAMESE": Lane.FOREIGN}


class Correction(BaseModel):
    """One decision of an officer beside the router's; fields and lanes by their codes."""

    model_config = ConfigDict(frozen=True)

    reference: str
    proposed: str
    decided: str
    confidence: float
    rules_version: str
    at: datetime

    @property
    def is_right(self) -> bool:
        """True if the officer decided as was proposed."""
        return self.decided == self.proposed


def correction_of(petition: Petition) -> Correction | None:
    """Return how officers decided otherwise than was proposed; None where they did not, or have not yet decided."""
    judgement = _judged_by(petition, _DECIDES)
    return None if judgement is None or judgement.is_right else judgement


def judgement_of(petition: Petition) -> Correction | None:
    """Return the decision of officers about the proposal, also one that confirms it; None where there is none yet.

    A unit that takes a petition on, or answers it, confirms that it is its own; who closes what is in the restricted
    lane confirms that it denounces.
    """
    confirms = _CONFIRMS | ({Action.CLOSE} if petition.lane is Lane.RESTRICTED else set())
    return _judged_by(petition, _DECIDES | confirms)


def _judged_by(petition: Petition, actions: AbstractSet[Action]) -> Correction | None:
    proposal = petition.proposal
    last = next((e for e in reversed(petition.in_force) if e.action in actions and is_officer(e.by)), None)
    if proposal is None or last is None:
        return None
    reason = last.facts.reason if isinstance(last.facts, Refused) else None
    lane = _LANE_OF.get(last.action) or _LANE_OF_REFUSAL.get(reason or "") or petition.lane
    decided = petition.field if lane is Lane.ORDINARY else lane.value
    if decided is None or (last.action is Action.REFUSE and lane is Lane.ORDINARY):
        return None
    return Correction(
        reference=petition.reference,
        proposed=proposal.outcome,
        decided=decided,
        confidence=proposal.confidence,
        rules_version=proposal.rules_version,
        at=last.at,
    )


def correction_keys(petition: Petition, schema: int) -> dict[str, str | bytes]:
    """Return the index's keys and what it projects; nothing where nothing was corrected."""
    correction = correction_of(petition)
    if correction is None:
        return {}
    return {
        "corrected_month": f"{local_date(correction.at):%Y-%m}",
        "corrected_at": f"{correction.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "correction": PETITION.value_of(correction, schema),
    }


class Corrections:
    """Reads the index `corrected` of the petitions table."""

    def __init__(self, petitions_table: str) -> None:
        self._table = Table(petitions_table)

    def of_month(self, month: str) -> Iterator[Correction]:
        """Yield a month's corrections (`2026-11`), the latest first."""
        query = Query("corrected_month = :month", {"month": month}, index="corrected", is_ascending=False)
        for item in self._table.query_all(query):
            yield PETITION.read(Correction, item["correction"])
