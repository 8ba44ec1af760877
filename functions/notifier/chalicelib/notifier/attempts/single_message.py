"""A message to one recipient that stands by itself: a morning's mail, a code, the week's answers."""

from __future__ import annotations

from typing import NamedTuple

from chalicelib.notifier.attempts.send_attempt import Attempts
from chalicelib.notifier.senders.sender import Message
from shared.domain.promises.deliveries import Delivery, DeliveryChannel, DeliveryState
from shared.domain.promises.notices import Audience, NoticeKind
from shared.platform import clock, correlation
from shared.wording.rendering import Rendered


class SingleMessage(NamedTuple):
    """A rendered message, and the delivery that it is filed under."""

    reference: str
    seq: int
    kind: NoticeKind
    channel: DeliveryChannel
    to: str
    rendered: Rendered
    unsubscribe_url: str = ""
    officer: str | None = None
    """The officer that it goes to; None: somebody who petitions or reads."""


def send_single(attempts: Attempts, single: SingleMessage, before: Delivery | None, max_rounds: int) -> None:
    """Give a message to its provider, as the next attempt after the one before."""
    audience = Audience.OFFICER if single.officer else Audience.PETITIONER
    name = (str(single.seq), single.kind, audience, single.channel, *filter(None, (single.officer,)))
    delivery = Delivery(
        reference=single.reference,
        notice="#".join(name),
        seq=single.seq,
        kind=single.kind,
        audience=audience,
        channel=single.channel,
        reader=single.officer,
        state=DeliveryState.SENDING,
        at=clock.now(),
        correlation=correlation.handed_on(),
        segments=single.rendered.segments,
        template=single.rendered.version,
    )
    message = Message(
        reference=delivery.reference,
        notice=delivery.notice,
        to=single.to,
        text=single.rendered.text,
        subject=single.rendered.subject,
        html=single.rendered.html,
        unsubscribe_url=single.unsubscribe_url,
    )
    attempts.send(delivery, message, before, max_rounds=max_rounds)
