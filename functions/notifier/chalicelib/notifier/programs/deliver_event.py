"""Notifies programs of events: one delivery for each subscription and event, each with its own circuit and back-off.

As with notices, everything that is known stands in the rows of the table `deliveries`: a message that comes twice sends
nothing twice, and what waits is taken up by the sweep.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime

from chalicelib.notifier.attempts.back_off import WEBHOOK_ROUNDS, wait_for_word
from chalicelib.notifier.attempts.delivery_status import is_waiting
from chalicelib.notifier.attempts.record_outcome import Outcomes
from chalicelib.notifier.attempts.send_attempt import Attempts
from chalicelib.notifier.officers.account_letters import AccountLetters
from chalicelib.notifier.programs.webhook import GONE
from chalicelib.notifier.senders.sender import Message
from shared.domain.calendar.working_calendar import local_date
from shared.domain.petition.history import Entry
from shared.domain.petition.petition import Petition
from shared.domain.promises.deliveries import Delivery, DeliveryChannel, DeliveryState, notice_prefix
from shared.domain.promises.events import (
    TEST,
    EventData,
    EventType,
    PetitionEvent,
    WebhookTestData,
    WebhookTestEvent,
    event_id,
    events_after,
)
from shared.domain.promises.notices import Audience, NoticeKind
from shared.platform import clock, correlation, telemetry
from shared.platform.messages import NoticeRequest, WebhookTestRequest
from shared.tables.deliveries import ClaimLostError, Deliveries, events_list
from shared.tables.directory import Directory
from shared.tables.petitions import Petitions
from shared.tables.throttle.program_switches import ProgramSwitches
from shared.use_cases.subscriptions import Subscription, subscriptions

PREFIX = "program-"
"""Begins the `reference` of a test event's delivery: it is about no petition."""
OVERDUE_AFTER_ROUNDS = 5
"""The failed rounds after which an event is overdue: two and a half hours, and its address no longer only restarts."""
_ENDED = frozenset({DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.SUPERSEDED})


class EventDelivery:
    """Delivers events to programs."""

    def __init__(
        self,
        *,
        petitions: Petitions,
        directory: Directory,
        deliveries: Deliveries,
        outcomes: Outcomes,
        switches: ProgramSwitches,
        letters: AccountLetters,
        attempts_of: Callable[[Subscription], Attempts],
    ) -> None:
        self._petitions = petitions
        self._directory = directory
        self._deliveries = deliveries
        self._outcomes = outcomes
        self._switches = switches
        self._letters = letters
        self._attempts_of = attempts_of

    def deliver(self, request: NoticeRequest) -> None:
        """Deliver the events of a history entry, as far as that has not been done; or go on with a test event."""
        if request.reference.startswith(PREFIX):
            self._send_test(request.reference)
            return
        petition = self._petitions.get(request.reference)
        if petition is None or not 1 <= request.seq <= petition.version:
            telemetry.count("EventOfLostEntry")
            return
        entry = petition.history[request.seq - 1]
        correlation.follow(entry.correlation)
        wait_for_word(petition, entry, clock.now())
        epoch = self._directory.epoch_at(entry.at)
        name = f"{petition.reference}/{notice_prefix(entry.seq, NoticeKind.EVENT, Audience.PROGRAM, epoch)}"
        deliveries = {delivery.notice: delivery for delivery in self._deliveries.of_name(name)}
        if any(delivery.channel is DeliveryChannel.NONE for delivery in deliveries.values()):
            return
        rows = list(self._rows(petition, entry, epoch))
        for subscription, row in rows:
            event = _event(row, petition, entry)
            self._send(subscription, row, event, deliveries.get(row.notice))
        self._supersede(deliveries.values(), {row.notice for _subscription, row in rows})
        if not rows and not deliveries:
            self._close(petition, entry, epoch)

    def test(self, request: WebhookTestRequest) -> None:
        """Send a test event to one subscription."""
        self._send_test(f"{PREFIX}{request.subscription}~{request.number}")

    def _rows(self, petition: Petition, entry: Entry, epoch: int) -> Iterable[tuple[Subscription, Delivery]]:
        parents = self._directory.parents(local_date(clock.now()))
        for subscription in subscriptions(self._directory).values():
            if subscription.valid_from > local_date(entry.at):
                continue
            for event in events_after(petition, entry):
                if subscription.wants(petition, event, parents):
                    yield (
                        subscription,
                        _row(petition.reference, entry.seq, entry.at, epoch, subscription, event),
                    )

    def _send_test(self, reference: str) -> None:
        name = reference.removeprefix(PREFIX).partition("~")[0]
        subscription = subscriptions(self._directory).get(name)
        if subscription is None:
            return
        row = _row(reference, 1, clock.now(), 0, subscription, TEST)
        before = next((d for d in self._deliveries.of_petition(reference) if d.notice == row.notice), None)
        row = row if before is None else row.model_copy(update={"listed_at": before.listed_at})
        at = (row.listed_at or row.at).replace(microsecond=0)
        event = WebhookTestEvent(timestamp=at, data=WebhookTestData(subscription=name))
        self._send(subscription, row, event, before)

    def _send(
        self,
        subscription: Subscription,
        row: Delivery,
        event: PetitionEvent | WebhookTestEvent,
        before: Delivery | None,
    ) -> None:
        """Make one round, unless it ended; a program that is switched off gets it when it is switched on again."""
        if before is not None and before.state in _ENDED:
            return
        is_test = event.type == TEST
        if not is_test and self._switches.off_since(subscription.id) is not None:
            with suppress(ClaimLostError):  # another worker has the row
                self._outcomes.failed(row, before, "switched-off")
            return
        message = Message(
            reference=row.reference,
            notice=row.notice,
            to=subscription.address,
            text=event.model_dump_json(),
            subject=_id_of(row, event.type),
        )
        attempts = self._attempts_of(subscription)
        if is_test:
            attempts.send(row, message, before, max_rounds=1)
            return
        if _is_overdue(before):
            self._count_overdue(subscription)
        if not attempts.send(row, message, before, max_rounds=WEBHOOK_ROUNDS):
            self._count_overdue(subscription)
            self._switch_off(subscription, row)

    @staticmethod
    def _count_overdue(subscription: Subscription) -> None:
        """Count a round of an event that waits too long, or its failure for good; an alarm watches it."""
        telemetry.count("EventsOverdue", by={"subscription": subscription.id})

    def _switch_off(self, subscription: Subscription, row: Delivery) -> None:
        """Switch a program off that took an event in none of all rounds, or answered 410; notify its contact."""
        now = clock.now()
        failed = next((d for d in self._deliveries.of_petition(row.reference) if d.notice == row.notice), row)
        reason = "gone" if failed.reason == GONE else "failed"
        if self._switches.switch_off(subscription.id, now, reason):
            telemetry.count("ProgramSwitchedOff")
            telemetry.logger().warning("program switched off", subscription=subscription.id, reason=reason)
        off_since = self._switches.off_since(subscription.id) or now
        self._letters.tell_of_program(subscription.id, off_since)

    def _supersede(self, deliveries: Iterable[Delivery], wanted: set[str]) -> None:
        """Let events wait no longer that nobody wants: the subscription ended, or the petition is a secret now."""
        for delivery in deliveries:
            if delivery.notice not in wanted and delivery.state not in _ENDED:
                ended = {"state": DeliveryState.SUPERSEDED, "wake_at": None, "reason": "not-subscribed"}
                self._deliveries.settle(delivery.model_copy(update=ended), delivery)

    def _close(self, petition: Petition, entry: Entry, epoch: int) -> None:
        """Record that nobody wants the events of an entry."""
        prefix = notice_prefix(entry.seq, NoticeKind.EVENT, Audience.PROGRAM, epoch)
        self._outcomes.close(
            Delivery(
                reference=petition.reference,
                notice=f"{prefix}{DeliveryChannel.NONE}",
                seq=entry.seq,
                kind=NoticeKind.EVENT,
                audience=Audience.PROGRAM,
                channel=DeliveryChannel.NONE,
                state=DeliveryState.SUPERSEDED,
                at=clock.now(),
                correlation=correlation.handed_on(),
                reason="nobody-subscribed",
            )
        )


def _is_overdue(before: Delivery | None) -> bool:
    """Return whether another round of an event is due that failed for hours."""
    return (
        before is not None and before.attempt >= OVERDUE_AFTER_ROUNDS and not is_waiting(before, clock.now())
    )


def _row(
    reference: str, seq: int, at: datetime, epoch: int, subscription: Subscription, event: str
) -> Delivery:
    reader = f"{subscription.id}:{event}"
    prefix = notice_prefix(seq, NoticeKind.EVENT, Audience.PROGRAM, epoch)
    return Delivery(
        reference=reference,
        notice=f"{prefix}{DeliveryChannel.WEBHOOK}#{reader}",
        seq=seq,
        kind=NoticeKind.EVENT,
        audience=Audience.PROGRAM,
        channel=DeliveryChannel.WEBHOOK,
        reader=reader,
        state=DeliveryState.PREPARED,
        at=clock.now(),
        correlation=correlation.handed_on(),
        listed=events_list(subscription.id),
        listed_at=at,
    )


def _id_of(row: Delivery, event: str) -> str:
    entry = row.notice.partition("#")[0]
    _seq, _, epoch = entry.partition("e")
    return event_id(row.reference.replace("~", "_"), row.seq, event, int(epoch or 0))


def _event(row: Delivery, petition: Petition, entry: Entry) -> PetitionEvent:
    """Return an event: identifiers and states alone; whoever may know more asks the API for it."""
    assert row.reader is not None  # noqa: S101 - set where the row is made
    return PetitionEvent(
        type=EventType(row.reader.partition(":")[2]),
        timestamp=entry.at.replace(microsecond=0),
        data=EventData(
            reference=petition.reference,
            version=entry.seq,
            state=entry.state,
            previous_state=petition.history[entry.seq - 2].state if entry.seq > 1 else None,
        ),
    )
