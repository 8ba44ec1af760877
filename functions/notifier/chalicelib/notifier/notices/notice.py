"""A notice with the petition and the history entry that it is about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from chalicelib.notifier.senders.sender import Message
from shared.domain.petition.history import Entry
from shared.domain.petition.petition import Petition
from shared.domain.promises.deliveries import Delivery, DeliveryChannel, DeliveryState, notice_prefix
from shared.platform import clock, correlation
from shared.platform.messages import NoticeRequest
from shared.wording.rendering import Rendered


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice to one audience about one entry of a petition's history."""

    request: NoticeRequest
    petition: Petition
    entry: Entry
    contact: int | None = None
    """The number of the one contact on file that this is for; None: the channels that the petitioner chose."""
    epoch: int = 0
    """The epoch of the entry (`shared.domain.promises.restorations`): part of its deliveries' names."""

    @property
    def prefix(self) -> str:
        """The beginning of the names of all its deliveries."""
        return notice_prefix(self.request.seq, self.request.kind, self.request.audience, self.epoch)

    @property
    def name(self) -> str:
        """Its name over all petitions: `{reference}/{prefix}`."""
        return f"{self.request.reference}/{self.prefix}"

    def own(self, deliveries: Iterable[Delivery]) -> tuple[Delivery, ...]:
        """Return those deliveries of a notice that go to this one's contact."""
        return tuple(delivery for delivery in deliveries if delivery.contact == self.contact)

    def delivery(
        self,
        channel: DeliveryChannel,
        state: DeliveryState,
        rendered: Rendered | None = None,
        *,
        reader: str | None = None,
        **attributes: Any,
    ) -> Delivery:
        """Return the row of a delivery of this notice.

        Args:
            channel: its channel.
            state: its state.
            rendered: the text that it carries; None when it carries none yet.
            reader: the user name of the officer to whom it goes.
            attributes: further attributes of `Delivery`.
        """
        request = self.request
        return Delivery(
            reference=request.reference,
            notice=f"{self.prefix}{channel}{f'#{reader or self.contact}' if reader or self.contact else ''}",
            seq=request.seq,
            kind=request.kind,
            audience=request.audience,
            channel=channel,
            reader=reader,
            contact=self.contact,
            state=state,
            at=clock.now(),
            correlation=self.entry.correlation or correlation.handed_on(),
            segments=rendered.segments if rendered else None,
            template=rendered.version if rendered else None,
            **attributes,
        )


def message_of(delivery: Delivery, address: str, rendered: Rendered) -> Message:
    """Return the message of a delivery."""
    return Message(
        reference=delivery.reference,
        notice=delivery.notice,
        to=address,
        text=rendered.text,
        subject=rendered.subject,
        html=rendered.html,
    )


def is_closed(deliveries: Iterable[Delivery]) -> bool:
    """Return whether it is recorded that nothing carries a notice, or nothing any more."""
    return any(delivery.channel is DeliveryChannel.NONE for delivery in deliveries)
