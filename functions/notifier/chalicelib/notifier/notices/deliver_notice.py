"""Delivers one notice to its audience; called with the messages of the queue `notices`.

A message may arrive twice, two workers may hold it at once, and a worker may die between any two calls. So everything
that is known is in the rows of the table `deliveries`: a finished delivery is left alone, and so is one that is claimed
or waits, until its `wake_at`, when the sweep puts the notice back on the queue.
"""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.notifier.attempts.back_off import wait_for_word
from chalicelib.notifier.attempts.delivery_status import may_have_been_sent
from chalicelib.notifier.attempts.record_outcome import Outcomes
from chalicelib.notifier.notices.channels import TO_EVERY_CONTACT
from chalicelib.notifier.notices.notice import Notice, is_closed
from chalicelib.notifier.notices.notify_officers import OfficerNotifier
from chalicelib.notifier.notices.notify_petitioner import PetitionerNotifier
from chalicelib.notifier.notices.supersession import is_superseded
from shared.domain.errors import PetitionError
from shared.domain.promises.deliveries import Delivery, DeliveryChannel, DeliveryState, notice_prefix
from shared.domain.promises.notices import Audience, notices_after
from shared.platform import clock, correlation, telemetry
from shared.platform.messages import NoticeRequest
from shared.tables.deliveries import Deliveries
from shared.tables.directory import Directory
from shared.tables.petitions import Petitions


class NoticeUnknownError(PetitionError):
    """A message names a petition or history entry that does not exist: a defect of ours, kept for the dead letters."""

    code = "notice-unknown"


_OF_PETITIONERS = (DeliveryChannel.EMAIL, DeliveryChannel.SMS, DeliveryChannel.PHONE)


def _rows_of(request: NoticeRequest) -> tuple[str, ...]:
    """Return the sort keys of a notice's rows, before its petition is read; () where it has others.

    Of a notice to officers, which has a row for each of them, it is the one that closes it.
    """
    if request.kind in TO_EVERY_CONTACT:
        return ()
    prefix = notice_prefix(request.seq, request.kind, request.audience)
    channels = _OF_PETITIONERS if request.audience is Audience.PETITIONER else ()
    return tuple(f"{prefix}{channel}" for channel in (DeliveryChannel.NONE, *channels))


class NoticeDelivery:
    """Delivers notices to petitioners and officers."""

    def __init__(
        self,
        *,
        petitions: Petitions,
        directory: Directory,
        deliveries: Deliveries,
        petitioners: PetitionerNotifier,
        officers: OfficerNotifier,
        outcomes: Outcomes,
    ) -> None:
        self._petitions = petitions
        self._directory = directory
        self._deliveries = deliveries
        self._petitioners = petitioners
        self._officers = officers
        self._outcomes = outcomes

    def deliver(self, request: NoticeRequest) -> None:
        """Deliver one notice, as far as that has not been done; one that no longer holds is superseded.

        Raises:
            RetryLaterError: when the message has to be received again.
            NoticeUnknownError: when there is no such petition or entry.
        """
        names = () if self._directory.restorations() else _rows_of(request)
        with self._deliveries.announced(request.reference, names):
            notice = self._notice(request)
            if notice is None:
                telemetry.count("NoticeOfLostEntry", kind=request.kind)
                return
            correlation.follow(notice.entry.correlation)
            wait_for_word(notice.petition, notice.entry, clock.now())
            if names:
                deliveries = self._deliveries.named(request.reference, names)
            else:
                deliveries = self._deliveries.of_name(notice.name)
        if not is_closed(notice.own(deliveries)):
            self._deliver(notice, deliveries)

    def _deliver(self, notice: Notice, deliveries: Sequence[Delivery]) -> None:
        """Deliver a notice, or close it; the rows of officers are not among its deliveries."""
        is_to_officers = notice.request.audience is not Audience.PETITIONER
        if is_superseded(notice.request.kind, notice.petition, notice.entry):
            if is_to_officers:
                deliveries = self._deliveries.of_name(notice.name)
            if not any(map(may_have_been_sent, deliveries)):
                closing = notice.delivery(
                    DeliveryChannel.NONE, DeliveryState.SUPERSEDED, reason="petition-moved-on"
                )
                self._outcomes.close(closing, deliveries)
                return
        if is_to_officers:
            self._officers.notify(notice)
        else:
            self._petitioners.notify(notice, deliveries)

    def _notice(self, request: NoticeRequest) -> Notice | None:
        """Return the notice; None for one about an entry that a restoration of the data took back.

        Another entry may have its number now: a message from before is recognised by what follows from no such entry.
        """
        petition = self._petitions.get(request.reference)
        was_restored = bool(self._directory.restorations())
        if petition is None or not 1 <= request.seq <= petition.version:
            if was_restored:
                return None
            raise NoticeUnknownError
        entry = petition.history[request.seq - 1]
        if was_restored and (request.kind, request.audience) not in notices_after(petition, entry):
            return None
        return Notice(request, petition, entry, epoch=self._directory.epoch_at(entry.at))
