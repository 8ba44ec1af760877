"""Notices that fall due together for one person go out in one message, sent for the first one of them.

Which notices are still due follows from the petitions' histories: a notice without any delivery was not sent. It joins
the message by a row of its own (CARRIED, written conditionally, named as its own first attempt would be), so it cannot
be both carried and sent by itself; and it is checked again (`wake_at`) until a message that contains it (`carries`) is
sent. Wherever a worker dies in between, each notice is sent once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from chalicelib.notifier.attempts.back_off import check_batch_again_at
from chalicelib.notifier.attempts.delivery_status import is_held
from chalicelib.notifier.contact_policy.contact_policy import ContactPolicy
from chalicelib.notifier.notices.addresses import Addresses
from chalicelib.notifier.notices.channels import ChannelAddress
from chalicelib.notifier.notices.notice import Notice
from chalicelib.notifier.notices.supersession import is_superseded
from shared.domain.petition.petition import Petition
from shared.domain.promises.deliveries import NOTIFIED, Delivery, DeliveryChannel, DeliveryState, named
from shared.domain.promises.notices import Audience, NoticeKind, notices_after
from shared.platform import clock, telemetry
from shared.platform.messages import NoticeRequest
from shared.tables.deliveries import ClaimLostError, Deliveries
from shared.tables.directory import Directory
from shared.tables.petitions import Petitions

MAX_AGE = timedelta(days=2)
"""An older notice without a delivery was lost: the reconciliation finds it."""
MAX_NOTICES = 10
"""Notices in one message."""
ALWAYS_ALONE = frozenset(
    {
        NoticeKind.PIN_AGAIN,
        NoticeKind.CONTACT_ADDED,
        NoticeKind.SECRETS_RENEWED,
        NoticeKind.WITHDRAWN,
    }
)
"""Kinds that are never sent together with others."""


class Batches:
    """Finds the notices to send in one message, and makes sure that no other message contains them."""

    def __init__(
        self,
        petitions: Petitions,
        directory: Directory,
        deliveries: Deliveries,
        contact_policy: ContactPolicy,
        addresses: Addresses,
    ) -> None:
        self._directory = directory
        self._petitions = petitions
        self._deliveries = deliveries
        self._contact_policy = contact_policy
        self._addresses = addresses

    def others_with(
        self, notice: Notice, deliveries: Sequence[Delivery], first: ChannelAddress
    ) -> tuple[Notice, ...]:
        """Return the notices to send together with this one.

        They join before the first attempt; later attempts, and other channels, contain the same notices.

        Args:
            notice: the notice to send.
            deliveries: its deliveries so far.
            first: the channel and address that it is sent to first.
        """
        begun = [delivery for delivery in deliveries if delivery.attempt]
        if begun:
            names = dict.fromkeys(name for delivery in begun for name in _carried_in(delivery))
            return tuple(self._notice_of(name) for name in names)
        if notice.request.kind in ALWAYS_ALONE:
            return ()
        others: list[Notice] = []
        for other in self._due_with(notice, first):
            if len(others) < MAX_NOTICES - 1 and self._join(other, notice, first.channel):
                others.append(other)
        if others:
            telemetry.count("NoticesBatched", len(others), channel=first.channel)
        return tuple(others)

    def is_sent(self, carried: Delivery) -> bool | None:
        """Return whether the message that was to contain a carried notice was sent.

        None while that is not decided; False when the notice has to be sent by itself after all.
        """
        leading = self._deliveries.of_name(carried.carried_by or "")
        containing = [delivery for delivery in leading if carried.name in _carried_in(delivery)]
        if any(delivery.state in NOTIFIED for delivery in containing):
            return True
        is_over = any(row.state in NOTIFIED or row.channel is DeliveryChannel.NONE for row in leading)
        return bool(containing) if is_over else None

    # --- the notices that are due ---------------------------------------------------------------------

    def _due_with(self, notice: Notice, first: ChannelAddress) -> Iterator[Notice]:
        """Yield the notices that are due for the same person at the same address, in the same language."""
        now = clock.now()
        if not self._contact_policy.may_batch(notice.entry, now):
            return
        yield from self._due_of(notice.petition, notice, now)
        keys = notice.petition.petitioner.contact_keys
        references = {reference for key in keys[:1] for reference, _ in self._petitions.of_first_contact(key)}
        for petition in self._petitions.get_all(references - {notice.request.reference}):
            if petition.language != notice.petition.language or not any(self._recent_notices(petition, now)):
                continue
            if self._addresses.first_of(petition) == first:
                yield from self._due_of(petition, notice, now)

    def _due_of(self, petition: Petition, leading: Notice, now: datetime) -> Iterator[Notice]:
        """Yield the notices of a petition that still hold, may go out now, and have no delivery yet."""
        due = [
            notice
            for notice in self._recent_notices(petition, now)
            if notice.name != leading.name and self._contact_policy.held_until(notice.entry, now) is None
        ]
        if not due:
            return
        deliveries = self._deliveries.of_petition(petition.reference)
        for notice in due:
            rows = [row for row in deliveries if row.notice.startswith(notice.prefix)]
            is_free = all(row.carried_by == leading.name or is_held(row) for row in rows)
            if is_free and not is_superseded(notice.request.kind, notice.petition, notice.entry):
                yield notice

    def _join(self, notice: Notice, leading: Notice, channel: DeliveryChannel) -> bool:
        """Write that the message of another notice contains this one; return False when it is sent otherwise."""
        carried = notice.delivery(
            channel,
            DeliveryState.CARRIED,
            claim=leading.name,
            carried_by=leading.name,
            wake_at=check_batch_again_at(clock.now()),
        )
        rows = self._deliveries.of_name(notice.name)
        held = next((row for row in rows if row.notice == carried.notice and is_held(row)), None)
        try:
            self._deliveries.claim(carried, held)
        except ClaimLostError:
            return False
        return True

    def _notice_of(self, name: str) -> Notice:
        reference, _, prefix = name.partition("/")
        of = named(prefix)
        petition = self._petitions.get(reference)
        assert petition is not None  # noqa: S101 - the name was made of this very petition
        request = NoticeRequest(reference=reference, seq=of.seq, kind=of.kind, audience=of.audience)
        return Notice(request, petition, petition.history[of.seq - 1], epoch=of.epoch)

    def _recent_notices(self, petition: Petition, now: datetime) -> Iterator[Notice]:
        """Yield the petitioner's notices of the latest days that may join others."""
        for entry in petition.history:
            if now - entry.at > MAX_AGE or (entry.facts.word_at or now) > now:
                continue
            for kind, audience in notices_after(petition, entry):
                if audience is Audience.PETITIONER and kind not in ALWAYS_ALONE:
                    request = NoticeRequest(
                        reference=petition.reference, seq=entry.seq, kind=kind, audience=audience
                    )
                    yield Notice(request, petition, entry, epoch=self._directory.epoch_at(entry.at))


def _carried_in(delivery: Delivery) -> list[str]:
    """Return the names of the other notices that the message of a delivery contains."""
    return (delivery.carries or "").split()
