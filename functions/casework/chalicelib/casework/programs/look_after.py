"""Subscriptions at the desk: administrators see what was sent to programs, repeat it, test, and switch on again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from pydantic import ConfigDict

from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from shared.domain.base_model import BaseModel
from shared.domain.errors import InvalidInputError, UnknownRowError
from shared.domain.identity.identifier_keys import Keyring
from shared.domain.promises.deliveries import Delivery, DeliveryState
from shared.platform import clock
from shared.platform.messages import WebhookTestRequest
from shared.tables.deliveries import Deliveries
from shared.tables.directory import Directory
from shared.tables.throttle.program_switches import ProgramSwitches
from shared.use_cases.subscriptions import Subscription, signing_keys, subscriptions, versions

PAGE = 50
"""Deliveries of a page."""
REPEATED_AT_ONCE = 500
"""The failed deliveries that one call repeats; the next one goes on from there."""
LOOKED_THROUGH_AT_ONCE = 5_000
"""The deliveries that one call looks through for failed ones."""
_REPEATABLE = frozenset({DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.SUPERSEDED})


class _View(BaseModel):
    model_config = ConfigDict(frozen=True)


class SubscriptionView(_View):
    """A subscription in force."""

    id: str
    name: str
    address: str
    events: tuple[str, ...]
    contact: str
    unit: str | None = None
    switched_off_at: datetime | None = None
    """Since when it gets no events, because its address took none for days or answered 410."""


class SubscriptionList(_View):
    """The subscriptions in force."""

    subscriptions: tuple[SubscriptionView, ...]


class ResumedSubscription(SubscriptionView):
    """A subscription that was switched on again, and what of the events that it missed is sent again."""

    repeated: int
    """The number of events that are sent again."""
    cursor: str | None = None
    """Older events are still to be looked through: the same request with this cursor goes on; none: that was all."""


class EventDeliveryView(_View):
    """One event on its way to one program."""

    reference: str
    """The petition's reference; of a test event, the name of the test."""
    delivery: str
    """Names the delivery, for repeating it."""
    event: str
    at: datetime
    """The instant of the event."""
    state: DeliveryState
    attempts: int
    next_attempt_at: datetime | None = None
    reason: str | None = None
    """The last error: `http-503`, or the name of a failure of the connection."""

    @property
    def may_be_repeated(self) -> bool:
        """True if it ended, so that it may be sent again."""
        return self.state in _REPEATABLE


class EventDeliveryList(_View):
    """A page of deliveries, the latest event first."""

    deliveries: tuple[EventDeliveryView, ...]
    cursor: str | None = None


class DeliveryPage(NamedTuple):
    """A page of deliveries at the desk, the latest event first, and the cursors of the pages beside it."""

    deliveries: tuple[EventDeliveryView, ...]
    newer_than: str | None
    """The cursor of the page with later events; None where there are none."""
    older_than: str | None


class SigningKeys(_View):
    """The keys by which a program recognises our requests (Standard Webhooks), the one in force first."""

    keys: tuple[str, ...]


class Programs:
    """Looks after the programs that are notified of events."""

    def __init__(
        self,
        directory: Directory,
        deliveries: Deliveries,
        switches: ProgramSwitches,
        keyring: Keyring,
        send: Callable[[WebhookTestRequest], object],
    ) -> None:
        self._directory = directory
        self._deliveries = deliveries
        self._switches = switches
        self._keyring = keyring
        self._send = send

    def all(self, officer: DeskOfficer) -> tuple[SubscriptionView, ...]:
        """Return the subscriptions in force.

        Raises:
            NotAllowedError: no administrator.
        """
        permissions.require(officer, permissions.Ability.ADMINISTER)
        return tuple(self._view(row) for _name, row in sorted(subscriptions(self._directory).items()))

    def subscription(self, officer: DeskOfficer, name: str) -> SubscriptionView:
        """Return one subscription."""
        return self._view(self._subscription(officer, name))

    def keys(self, officer: DeskOfficer, name: str) -> SigningKeys:
        """Return the keys of a subscription."""
        subscription = self._subscription(officer, name)
        return SigningKeys(keys=signing_keys(subscription, versions(self._directory), self._keyring.at))

    def deliveries(self, officer: DeskOfficer, name: str, cursor: str) -> EventDeliveryList:
        """Return a page of what was sent to a program, or waits."""
        page = self.page(officer, name, older_than=cursor)
        return EventDeliveryList(deliveries=page.deliveries, cursor=page.older_than)

    def page(
        self,
        officer: DeskOfficer,
        name: str,
        *,
        older_than: str = "",
        newer_than: str = "",
        size: int | None = None,
    ) -> DeliveryPage:
        """Return a page of what was sent to a program, or waits, that leads to the pages before and after it.

        Raises:
            InvalidInputError: a cursor that is none.
        """
        self._subscription(officer, name)
        before, after = _instant(older_than), _instant(newer_than)
        size = size or PAGE
        rows = self._deliveries.of_program(name, size, before=before, after=None if before else after)
        if before is None and after is not None and len(rows) < size:
            after, rows = None, self._deliveries.of_program(name, size)  # the beginning, as a whole page
        has_older = after is not None or (
            len(rows) >= size and bool(self._deliveries.of_program(name, 1, before=rows[-1].listed_at))
        )
        return DeliveryPage(
            tuple(map(_delivery_view, rows)),
            newer_than=_cursor(rows[0]) if rows and (before or after) else None,
            older_than=_cursor(rows[-1]) if rows and has_older else None,
        )

    def latest(self, officer: DeskOfficer, name: str) -> EventDeliveryView | None:
        """Return the delivery of the latest event; None where nothing was sent yet."""
        return next(iter(self.page(officer, name, size=1).deliveries), None)

    def repeat(self, officer: DeskOfficer, name: str, reference: str, notice: str) -> None:
        """Send an event again that ended, under the same id: with the next sweep, within a minute.

        Raises:
            UnknownRowError: there is no such delivery, or it is still on its way.
        """
        self._subscription(officer, name)
        for row in self._deliveries.of_petition(reference):
            if row.notice == notice and _is_of(row, name) and row.state in _REPEATABLE:
                self._deliveries.repeat(row, clock.now())
                return
        raise UnknownRowError

    def test(self, officer: DeskOfficer, name: str) -> None:
        """Send a test event, now."""
        self._subscription(officer, name)
        self._send(WebhookTestRequest(subscription=name, number=int(clock.now().timestamp())))

    def switch_on(self, officer: DeskOfficer, name: str, cursor: str = "") -> ResumedSubscription:
        """Switch a program on again; what it did not take is sent again, the latest events first.

        Args:
            officer: an administrator.
            name: of the subscription.
            cursor: of the answer before, to go on with older events.

        Raises:
            InvalidInputError: a cursor that is none.
        """
        row, before = self._subscription(officer, name), _instant(cursor)
        self._switches.switch_on(name, clock.now())
        repeated = looked_through = 0
        while looked_through < LOOKED_THROUGH_AT_ONCE and repeated < REPEATED_AT_ONCE:
            rows = self._deliveries.of_program(name, PAGE, before=before)
            failed = [each for each in rows if each.state is DeliveryState.FAILED]
            for each in failed:
                self._deliveries.repeat(each, clock.now())
            repeated += len(failed)
            looked_through += len(rows)
            before = rows[-1].listed_at if len(rows) >= PAGE else None
            if before is None:
                break
        return ResumedSubscription(
            **dict(self._view(row)), repeated=repeated, cursor=before.isoformat() if before else None
        )

    def _subscription(self, officer: DeskOfficer, name: str) -> Subscription:
        permissions.require(officer, permissions.Ability.ADMINISTER)
        row = subscriptions(self._directory).get(name)
        if row is None:
            raise UnknownRowError
        return row

    def _view(self, row: Subscription) -> SubscriptionView:
        return SubscriptionView(
            id=row.id,
            name=row.name,
            address=row.address,
            events=tuple(row.events),
            contact=row.contact,
            unit=row.unit,
            switched_off_at=self._switches.off_since(row.id),
        )


def _is_of(row: Delivery, name: str) -> bool:
    return (row.reader or "").partition(":")[0] == name


def _delivery_view(row: Delivery) -> EventDeliveryView:
    return EventDeliveryView(
        reference=row.reference,
        delivery=row.notice,
        event=(row.reader or "").partition(":")[2],
        at=row.listed_at or row.at,
        state=row.state,
        attempts=row.attempt,
        next_attempt_at=row.wake_at,
        reason=row.reason,
    )


def _cursor(row: Delivery) -> str | None:
    return row.listed_at.isoformat() if row.listed_at else None


def _instant(cursor: str) -> datetime | None:
    try:
        return datetime.fromisoformat(cursor) if cursor else None
    except ValueError:
        raise InvalidInputError(("cursor", "invalid")) from None
