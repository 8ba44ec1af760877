"""What petitioners were told, as officers read it beside the history: which notice, which channel, how it fared."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from shared.domain.petition.petition import Petition
from shared.domain.promises.notices import Audience
from shared.tables.deliveries import Deliveries, Delivery, DeliveryChannel, DeliveryState
from shared.web.i18n import N_, Language, gettext
from shared.web.labels import ACTIONS

STATES: dict[DeliveryState, str] = {
    DeliveryState.PREPARED: N_("Chưa gửi được"),
    DeliveryState.SENDING: N_("Đang gửi"),
    DeliveryState.SENT: N_("Đã gửi"),
    DeliveryState.UNPROVEN: N_("Không có xác nhận đã nhận, đã báo cách khác"),
    DeliveryState.DELIVERED: N_("Đã nhận"),
    DeliveryState.FAILED: N_("Không đến nơi"),
    DeliveryState.AMBIGUOUS: N_("Chưa rõ có đến nơi không"),
    DeliveryState.SUPERSEDED: N_("Không còn cần gửi"),
    DeliveryState.CARRIED: N_("Báo chung với thông báo khác"),
    DeliveryState.OPEN: N_("Chờ gọi"),
    DeliveryState.LETTER: N_("Gọi không được, chờ gửi thư"),
    DeliveryState.DONE: N_("Đã gọi"),
}
CHANNELS: dict[DeliveryChannel, str] = {
    DeliveryChannel.EMAIL: N_("Thư điện tử"),
    DeliveryChannel.SMS: N_("Tin nhắn SMS"),
    DeliveryChannel.PHONE: N_("Điện thoại"),
    DeliveryChannel.NONE: "–",
}


class Told(NamedTuple):
    """One delivery of a notice to the petitioner, in words."""

    at: datetime
    cause: str
    """The change that the notice tells of."""
    channel: str
    state: str
    is_settled: bool
    """Whether nobody has to worry about it."""
    complained_at: datetime | None = None
    """When its reader called it unwanted: nothing more goes to that address."""


def told_to_petitioner(petition: Petition, deliveries: Deliveries, language: Language) -> tuple[Told, ...]:
    """Return every delivery to the petitioner, as the history has them."""
    _ = gettext(language)
    causes = {entry.seq: ACTIONS[entry.action] for entry in petition.history}
    return tuple(
        Told(
            at=one.at,
            cause=_(causes.get(one.seq, "–")),
            channel=_(CHANNELS[one.channel]),
            state=_(STATES[one.state]),
            is_settled=not is_worrying(one),
            complained_at=one.complained_at,
        )
        for one in deliveries.of_petition(petition.reference)
        if one.audience is Audience.PETITIONER
    )


_WORRYING = frozenset({DeliveryState.FAILED, DeliveryState.AMBIGUOUS, DeliveryState.PREPARED})


def is_worrying(one: Delivery) -> bool:
    """Tell whether somebody has to look after a delivery."""
    return one.state in _WORRYING
