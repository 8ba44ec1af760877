"""Contradicted receipts of one day: a provider said that a message arrived, and later that it did not.

Whatever such a receipt proved is proven no longer. So the list shows the duties that hung on it, as they stand now.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Annotated

from pydantic import ConfigDict, Field

from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from shared.domain.base_model import BaseModel
from shared.domain.calendar.working_calendar import at_local
from shared.domain.petition.notice_kinds import NoticeKind
from shared.domain.petition.petition import Petition
from shared.domain.petition.submission import EMPTY_IS_ABSENT
from shared.domain.promises.deliveries import Delivery, DeliveryChannel, named
from shared.domain.promises.duties import DutyKind, DutyStatus
from shared.platform import clock
from shared.tables.deliveries import Deliveries
from shared.tables.directory import Directory
from shared.tables.petitions import Petitions
from shared.use_cases.evidence import evidence_of
from shared.use_cases.promises import duties_of


class DayQuery(BaseModel):
    """The day that somebody asks for; today where they name none."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    day: Annotated[
        Annotated[date, Field(ge=date(2018, 6, 18), le=date(2099, 12, 31))] | None, EMPTY_IS_ABSENT
    ] = None


class UndoneDuty(BaseModel):
    """A duty that the contradicted receipt had proven to be done."""

    model_config = ConfigDict(frozen=True)

    reference: str
    kind: DutyKind
    n: int
    due_on: date
    status: DutyStatus
    """Its status now; another channel may have reached the petitioner since."""


class ContradictedReceipt(BaseModel):
    """One delivery whose proven arrival was contradicted."""

    model_config = ConfigDict(frozen=True)

    reference: str
    notice: str
    kind: NoticeKind
    channel: DeliveryChannel
    provider: str | None
    reason: str | None
    delivered_at: datetime | None
    contradicted_at: datetime
    duties: tuple[UndoneDuty, ...]


class ContradictedReceipts:
    """Lists contradicted receipts, with the duties that they undo."""

    def __init__(
        self, petitions: Petitions, deliveries: Deliveries, directory: Directory, *, acceptance_counts: bool
    ) -> None:
        """Take the tables, and whether a provider's acceptance alone counts as evidence."""
        self._petitions = petitions
        self._deliveries = deliveries
        self._directory = directory
        self._acceptance_counts = acceptance_counts

    def of_day(self, officer: DeskOfficer, day: date) -> tuple[ContradictedReceipt, ...]:
        """Return the receipts of a day about petitions that the officer may know of, in the order of their coming.

        Raises:
            NotAllowedError: the officer does not follow deliveries.
        """
        permissions.require(officer, permissions.Ability.FOLLOW_DELIVERIES)
        midnight = at_local(day, time(0))
        deliveries = self._deliveries.contradicted(midnight, midnight + timedelta(days=1))
        names = {reference for delivery in deliveries for reference, _ in _entries_of(delivery)}
        petitions = {
            petition.reference: petition
            for petition in self._petitions.get_all(names)
            if permissions.may_know(officer, petition)
        }
        return tuple(
            self._view(delivery, petitions) for delivery in deliveries if delivery.reference in petitions
        )

    def _view(self, delivery: Delivery, petitions: dict[str, Petition]) -> ContradictedReceipt:
        undone = [
            duty
            for reference, seq in _entries_of(delivery)
            if reference in petitions
            for duty in self._duties(petitions[reference], seq)
        ]
        return ContradictedReceipt(
            reference=delivery.reference,
            notice=delivery.notice,
            kind=delivery.kind,
            channel=delivery.channel,
            provider=delivery.provider,
            reason=delivery.reason,
            delivered_at=delivery.delivered_at,
            contradicted_at=delivery.listed_at or delivery.at,
            duties=tuple(undone),
        )

    def _duties(self, petition: Petition, seq: int) -> Iterator[UndoneDuty]:
        evidence = evidence_of(
            self._deliveries, petition.reference, acceptance_counts=self._acceptance_counts
        )
        for duty in duties_of(petition, self._directory, clock.now(), evidence):
            if duty.evidence == seq and duty.kind is not DutyKind.PUBLICATION:
                yield UndoneDuty(
                    reference=petition.reference,
                    kind=duty.kind,
                    n=duty.n,
                    due_on=duty.due_on,
                    status=duty.standing,
                )


def _entries_of(delivery: Delivery) -> Iterator[tuple[str, int]]:
    """Yield (reference, history entry) of each notice that the message contained."""
    yield delivery.reference, delivery.seq
    for name in (delivery.carries or "").split():
        reference, _, prefix = name.partition("/")
        yield reference, named(prefix).seq
