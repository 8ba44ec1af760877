"""Notifies officers: an e-mail to each officer of the audience."""

from __future__ import annotations

from chalicelib.notifier.attempts.back_off import MAX_ROUNDS, RetryLaterError
from chalicelib.notifier.attempts.send_attempt import Attempts
from chalicelib.notifier.notices.notice import Notice, message_of
from chalicelib.notifier.notices.render_notice import NoticeRenderer
from chalicelib.notifier.officers.readers import readers_of
from chalicelib.notifier.officers.reminders import Moment, is_left_to_digest
from shared.domain.calendar.working_calendar import local_date
from shared.domain.promises.deliveries import NOTIFIED, Delivery, DeliveryChannel, DeliveryState
from shared.platform import clock, telemetry
from shared.tables.deliveries import ClaimLostError, Deliveries
from shared.tables.directory import Directory, Officer


class OfficerNotifier:
    """Notifies officers."""

    def __init__(
        self, directory: Directory, deliveries: Deliveries, renderer: NoticeRenderer, attempts: Attempts
    ) -> None:
        self._directory = directory
        self._deliveries = deliveries
        self._renderer = renderer
        self._attempts = attempts

    def notify(self, notice: Notice) -> None:
        """Send an e-mail to every officer of the audience, as far as that has not been done.

        Its deliveries so far are read only where there is one: the write that claims the first one finds out.

        Raises:
            RetryLaterError: nobody at all is in office.
        """
        audience = notice.request.audience
        now = clock.now()
        parents = self._directory.parents(local_date(now))
        readers = readers_of(audience, notice.petition, self._directory.officers(), parents)
        if readers is None:
            telemetry.count("NoticeWithoutReader", audience=audience)
            raise RetryLaterError("nobody-in-office")
        if readers.audience is not audience:
            telemetry.count("NoticeToNextLevel", audience=audience)
        moment = Moment(now, self._directory.calendar(), parents)
        by_reader: dict[str | None, Delivery] | None = None
        for officer in readers.officers:
            if by_reader is None:
                if self._is_begun(notice, officer, moment):
                    continue
                deliveries = self._deliveries.of_name(notice.name)
                by_reader = {delivery.reader: delivery for delivery in deliveries}
            self._send_mail(notice, officer, by_reader.get(officer.id), moment)

    def _is_begun(self, notice: Notice, officer: Officer, moment: Moment) -> bool:
        """Begin a delivery of which no row is known; return False where there is one, and nothing was done."""
        try:
            self._send_mail(notice, officer, None, moment, is_unread=True)
        except ClaimLostError:
            return False
        return True

    def _send_mail(
        self,
        notice: Notice,
        officer: Officer,
        before: Delivery | None,
        moment: Moment,
        *,
        is_unread: bool = False,
    ) -> None:
        if before is not None and before.state in NOTIFIED | {DeliveryState.FAILED, DeliveryState.SUPERSEDED}:
            return
        channel = DeliveryChannel.EMAIL
        preference = self._directory.preference_of(officer.id)
        kind, petition = notice.request.kind, notice.petition
        if before is None and is_left_to_digest(kind, petition, officer, preference, moment):
            in_digest = notice.delivery(
                channel, DeliveryState.SUPERSEDED, reason="in-digest", reader=officer.id
            )
            if (other := self._deliveries.add(in_digest)) is not None and is_unread:
                raise ClaimLostError(other)
            return
        rendered = self._renderer.for_officer(notice)
        delivery = notice.delivery(channel, DeliveryState.SENDING, rendered, reader=officer.id)
        self._attempts.send(
            delivery,
            message_of(delivery, officer.email, rendered),
            before,
            max_rounds=MAX_ROUNDS,
            is_unread=is_unread,
        )
