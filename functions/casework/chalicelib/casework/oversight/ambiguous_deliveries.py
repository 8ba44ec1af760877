"""Ambiguous deliveries, of which only the provider knows whether it took them: an administrator records its answer."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field

from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from shared.domain.base_model import BaseModel
from shared.domain.errors import UnknownPetitionError
from shared.domain.petition.notice_kinds import NoticeKind
from shared.domain.promises.deliveries import Delivery, DeliveryChannel, DeliveryState
from shared.platform import clock
from shared.tables.deliveries import AMBIGUOUS, Deliveries


class Finding(StrEnum):
    """The provider's own records of a message."""

    TAKEN = "TAKEN"
    """It took the message."""
    NOT_TAKEN = "NOT_TAKEN"
    """It never had the message, which is therefore sent (again)."""


class AmbiguousDeliveryView(BaseModel):
    """One ambiguous delivery, with the facts by which it is found at the provider."""

    model_config = ConfigDict(frozen=True)

    reference: str
    notice: str
    kind: NoticeKind
    channel: DeliveryChannel
    provider: str | None
    state: DeliveryState
    """AMBIGUOUS; or UNPROVEN, once the next channel was taken because no receipt came."""
    reason: str | None
    since: datetime


class FindingInput(BaseModel):
    """The finding about one delivery."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    notice: Annotated[str, Field(min_length=1, max_length=200)]
    finding: Finding


class AmbiguousDeliveries:
    """Lists and settles ambiguous deliveries."""

    def __init__(self, deliveries: Deliveries) -> None:
        self._deliveries = deliveries

    def waiting(self, officer: DeskOfficer) -> tuple[AmbiguousDeliveryView, ...]:
        """Return the ambiguous deliveries, the oldest first.

        Raises:
            NotAllowedError: no administrator.
        """
        permissions.require(officer, permissions.Ability.ADMINISTER)
        return tuple(_view(delivery) for delivery in self._deliveries.ambiguous(clock.now()))

    def settle(self, officer: DeskOfficer, reference: str, finding: FindingInput) -> None:
        """Record a finding. A message that the provider did not take is sent again with the next sweep.

        Raises:
            NotAllowedError: no administrator.
            UnknownPetitionError: there is no such ambiguous delivery (any more).
        """
        permissions.require(officer, permissions.Ability.ADMINISTER)
        delivery = self._ambiguous(reference, finding.notice)
        changes: dict[str, object] = {
            "listed": None,
            "listed_at": None,
            "handled_by": officer.username,
            "at": clock.now(),
        }
        if delivery.state is DeliveryState.AMBIGUOUS:
            changes |= _AFTER[finding.finding] | {"reason": f"found-{finding.finding.lower()}"}
            if finding.finding is Finding.NOT_TAKEN:
                changes |= {"ambiguous_since": None, "wake_at": clock.now()}
        self._deliveries.settle(delivery.model_copy(update=changes), delivery)

    def _ambiguous(self, reference: str, notice: str) -> Delivery:
        for delivery in self._deliveries.of_petition(reference):
            if delivery.notice == notice and delivery.listed == AMBIGUOUS:
                return delivery
        raise UnknownPetitionError


_AFTER: dict[Finding, dict[str, object]] = {
    Finding.TAKEN: {"state": DeliveryState.SENT},
    Finding.NOT_TAKEN: {"state": DeliveryState.PREPARED},
}


def _view(delivery: Delivery) -> AmbiguousDeliveryView:
    return AmbiguousDeliveryView(
        reference=delivery.reference,
        notice=delivery.notice,
        kind=delivery.kind,
        channel=delivery.channel,
        provider=delivery.provider,
        state=delivery.state,
        reason=delivery.reason,
        since=delivery.listed_at or delivery.at,
    )
