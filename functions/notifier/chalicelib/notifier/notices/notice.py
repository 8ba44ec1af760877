"""A notice with the petition and the history entry that it is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chalicelib.notifier.senders.sender import Message
from shared.domain.petition.history import Entry
from shared.domain.petition.petition import Petition
from shared.domain.promises.deliveries import Delivery, DeliveryChannel, DeliveryState, notice_prefix
from shared.platform import clock
from shared.platform.messages import NoticeRequest
from shared.wording.rendering import Rendered


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice to one audience about one entry of a petition's history."""

    request: NoticeRequest
    petition: Petition
    entry: Entry

    @property
    def prefix(self) -> str:
        """The beginning of the names of all its deliveries."""
        return notice_prefix(self.request.seq, self.request.kind, self.request.audience)

    @property
    def name(self) -> str:
        """Its name over all petitions: `{reference}/{prefix}`."""
        return f"{self.request.reference}/{self.prefix}"

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
            notice=f"{self.prefix}{channel}{f'#{reader}' if reader else ''}",
            seq=request.seq,
            kind=request.kind,
            audience=request.audience,
            channel=channel,
            reader=reader,
            state=state,
            at=clock.now(),
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
