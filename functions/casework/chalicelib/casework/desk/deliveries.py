"""The deliveries to a petitioner, as officers read them beside the history: cause, channel and status."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from shared.domain.petition.notice_kinds import Audience
from shared.domain.petition.petition import Petition
from shared.domain.promises.deliveries import Delivery, DeliveryChannel, DeliveryState
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
    DeliveryChannel.EMAIL: N_("Email"),
    DeliveryChannel.SMS: N_("Tin nhắn SMS"),
    DeliveryChannel.PHONE: N_("Điện thoại"),
    DeliveryChannel.WEBHOOK: N_("Webhook"),
    DeliveryChannel.NONE: "–",
}
REASONS: dict[str, str] = {
    "in-digest": N_("có trong thư tổng hợp hằng ngày"),
    "nobody-subscribed": N_("không phần mềm nào đăng ký nhận"),
    "no-way-left": N_("không còn cách liên hệ nào"),
    "petition-moved-on": N_("hồ sơ đã sang bước khác"),
    "held": N_("được giữ lại, sẽ gửi sau"),
    "budget": N_("hết hạn mức tin nhắn"),
}
"""The system's own reasons for what became of a delivery; any other is the provider's, and evidence as it stands."""


def reason_of(delivery: Delivery, language: Language) -> tuple[str, str]:
    """Return why a delivery stands as it does: in words, and as the provider said it; one of both is empty."""
    reason = delivery.reason or ""
    return (gettext(language)(REASONS[reason]), "") if reason in REASONS else ("", reason)


class DeliveryView(NamedTuple):
    """One delivery of a notice to the petitioner, in words."""

    at: datetime
    cause: str
    """The action that the notice is about."""
    channel: str
    state: str
    is_settled: bool
    """No officer has to look after it."""
    complained_at: datetime | None = None
    """The time at which its reader reported it as spam: nothing more is sent to that address."""


def deliveries_to_petitioner(
    petition: Petition, deliveries: Iterable[Delivery], language: Language
) -> tuple[DeliveryView, ...]:
    """Return every delivery to the petitioner, in words and in the order of these."""
    _ = gettext(language)
    causes = {entry.seq: ACTIONS[entry.action] for entry in petition.history}
    return tuple(
        DeliveryView(
            at=delivery.at,
            cause=_(causes.get(delivery.seq, "–")),
            channel=_(CHANNELS[delivery.channel]),
            state=_(STATES[delivery.state]),
            is_settled=not is_worrying(delivery),
            complained_at=delivery.complained_at,
        )
        for delivery in deliveries
        if delivery.audience is Audience.PETITIONER
    )


_WORRYING = frozenset({DeliveryState.FAILED, DeliveryState.AMBIGUOUS, DeliveryState.PREPARED})


def is_worrying(delivery: Delivery) -> bool:
    """Return whether an officer has to look after a delivery."""
    return delivery.state in _WORRYING
