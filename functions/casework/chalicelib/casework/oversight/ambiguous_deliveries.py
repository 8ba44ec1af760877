"""Sends of which nobody knows whether they went out: an administrator asks the provider, and says what it answered."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from shared.domain.errors import UnknownPetitionError
from shared.domain.petition.notice_kinds import NoticeKind
from shared.platform import clock
from shared.tables.deliveries import IN_DOUBT, Deliveries, Delivery, DeliveryChannel, DeliveryState


class Finding(StrEnum):
    """What the provider's own records say."""

    TAKEN = "TAKEN"
    """It took the message."""
    NOT_TAKEN = "NOT_TAKEN"
    """It never had it: the message is sent (again)."""


class DoubtView(BaseModel):
    """One send in doubt, and by what to look it up at the provider."""

    model_config = ConfigDict(frozen=True)

    reference: str
    notice: str
    kind: NoticeKind
    channel: DeliveryChannel
    provider: str | None
    state: DeliveryState
    """AMBIGUOUS, or UNPROVEN once the next channel was taken because no receipt came."""
    reason: str | None
    since: datetime


class FindingInput(BaseModel):
    """What was found out about one send."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    notice: Annotated[str, Field(min_length=1, max_length=200)]
    finding: Finding


class AmbiguousDeliveries:
    """Lists and settles deliveries of which nobody knows whether the provider took them."""

    def __init__(self, deliveries: Deliveries) -> None:
        self._deliveries = deliveries

    def waiting(self, officer: DeskOfficer) -> tuple[DoubtView, ...]:
        """Return the sends in doubt, the oldest first."""
        permissions.require(officer, permissions.Ability.ADMINISTER)
        return tuple(_view(one) for one in self._deliveries.in_doubt(clock.now()))

    def settle(self, officer: DeskOfficer, reference: str, given: FindingInput) -> None:
        """Write what was found out. One that was never taken is tried again with the next sweep.

        Raises:
            UnknownPetitionError: no such send is in doubt (any more).
        """
        permissions.require(officer, permissions.Ability.ADMINISTER)
        rows = self._deliveries.of_petition(reference)
        doubt = next((one for one in rows if one.notice == given.notice and one.listed == IN_DOUBT), None)
        if doubt is None:
            raise UnknownPetitionError
        settled: dict[str, object] = {
            "listed": None,
            "listed_at": None,
            "handled_by": officer.username,
            "at": clock.now(),
        }
        if doubt.state is DeliveryState.AMBIGUOUS:
            settled |= _AFTER[given.finding] | {"reason": f"found-{given.finding.lower()}"}
            if given.finding is Finding.NOT_TAKEN:
                settled |= {"in_doubt_since": None, "wake_at": clock.now()}
        self._deliveries.settle(doubt.model_copy(update=settled), doubt)


_AFTER: dict[Finding, dict[str, object]] = {
    Finding.TAKEN: {"state": DeliveryState.SENT},
    Finding.NOT_TAKEN: {"state": DeliveryState.PREPARED},
}


def _view(one: Delivery) -> DoubtView:
    return DoubtView(
        reference=one.reference,
        notice=one.notice,
        kind=one.kind,
        channel=one.channel,
        provider=one.provider,
        state=one.state,
        reason=one.reason,
        since=one.listed_at or one.at,
    )
