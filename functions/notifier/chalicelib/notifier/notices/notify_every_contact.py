"""Notifies every contact of a petition, over e-mail and SMS alike: of what its owner must not miss.

Each address has a delivery of its own; one that fails holds up no other. Whoever renewed PIN and link did so just now,
so quiet hours and batches do not apply, nor does a stop word: the message is about the safety of the petition.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chalicelib.notifier.attempts.back_off import MAX_ROUNDS, RetryLaterError
from chalicelib.notifier.attempts.send_attempt import Attempts
from chalicelib.notifier.contact_policy.contact_policy import ContactPolicy
from chalicelib.notifier.notices.channels import ChannelAddress
from chalicelib.notifier.notices.notice import Notice, message_of
from chalicelib.notifier.notices.render_notice import NoticeRenderer
from shared.domain.petition.notice_kinds import NoticeKind
from shared.domain.promises.deliveries import NOTIFIED, Delivery, DeliveryChannel, DeliveryState
from shared.platform.seal import Seal

TO_EVERY_CONTACT = frozenset({NoticeKind.SECRETS_RENEWED})
_ENDED = NOTIFIED | {DeliveryState.FAILED}


class EveryContactNotifier:
    """Sends one notice to all addresses that a petition ever had."""

    def __init__(
        self, seal: Seal, contact_policy: ContactPolicy, renderer: NoticeRenderer, attempts: Attempts
    ) -> None:
        self._seal = seal
        self._contact_policy = contact_policy
        self._renderer = renderer
        self._attempts = attempts

    def notify(self, notice: Notice, deliveries: Sequence[Delivery]) -> None:
        """Send a notice to each address that has not got it yet.

        Raises:
            RetryLaterError: an address has to be tried again; the others have been.
        """
        retry: RetryLaterError | None = None
        for number, address in enumerate(self._addresses(notice), start=1):
            try:
                self._send(notice, deliveries, address, f"contact-{number}")
            except RetryLaterError as error:
                retry = error
        if retry is not None:
            raise retry

    def _send(self, notice: Notice, deliveries: Sequence[Delivery], to: ChannelAddress, reader: str) -> None:
        before = next((d for d in deliveries if d.channel is to.channel and d.reader == reader), None)
        if before is not None and before.state in _ENDED:
            return
        if self._contact_policy.refusal(to.channel, to.address, is_requested=True) is not None:
            return
        rendered = self._renderer.for_petitioner([notice], to.channel)
        delivery = notice.delivery(to.channel, DeliveryState.SENDING, rendered, reader=reader)
        self._attempts.send(
            delivery, message_of(delivery, to.address, rendered), before, max_rounds=MAX_ROUNDS
        )

    def _addresses(self, notice: Notice) -> list[ChannelAddress]:
        return list(dict.fromkeys(self._all(notice)))

    def _all(self, notice: Notice) -> Iterator[ChannelAddress]:
        for part in notice.petition.petitioner.seal:
            identity = self._seal.open([part], notice.petition.reference)
            if identity.email:
                yield ChannelAddress(DeliveryChannel.EMAIL, identity.email)
            if identity.phone:
                yield ChannelAddress(DeliveryChannel.SMS, identity.phone)
