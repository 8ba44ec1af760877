"""The word that went to a petitioner about each entry of the history, as its deliveries show it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from shared.domain.promises.deliveries import Delivery, DeliveryChannel, DeliveryState
from shared.domain.promises.notices import Audience
from shared.web.i18n import N_, Language, gettext


class Word(NamedTuple):
    """One message that went out: over which channel, and whether it is known to have arrived."""

    channel: DeliveryChannel
    state: DeliveryState
    at: datetime


_SENT = {
    DeliveryChannel.EMAIL: N_("đã gửi email"),
    DeliveryChannel.SMS: N_("đã nhắn tin"),
    DeliveryChannel.PHONE: N_("đã gọi điện"),
}
_ARRIVED = {
    DeliveryChannel.EMAIL: N_("email đã đến"),
    DeliveryChannel.SMS: N_("tin nhắn đã đến"),
    DeliveryChannel.PHONE: N_("đã gọi điện"),
}
_DEPARTURES = frozenset({DeliveryState.SENT, DeliveryState.UNPROVEN, DeliveryState.AMBIGUOUS})
_ARRIVALS = frozenset({DeliveryState.DELIVERED, DeliveryState.DONE})


def words_sent(rows: Iterable[Delivery]) -> dict[int, tuple[Word, ...]]:
    """Return the messages to the petitioner by history entry, in the order in which they went out."""
    words: dict[int, tuple[Word, ...]] = {}
    for row in sorted(rows, key=lambda row: row.at):
        if row.audience is Audience.PETITIONER and row.state in _DEPARTURES | _ARRIVALS:
            words[row.seq] = (*words.get(row.seq, ()), Word(row.channel, row.state, row.at))
    return words


def in_words(sent: Iterable[Word], language: Language) -> str:
    """Return messages as a text: `đã nhắn tin, email đã đến`."""
    _ = gettext(language)
    texts = ((_ARRIVED if word.state in _ARRIVALS else _SENT).get(word.channel, "") for word in sent)
    return ", ".join(dict.fromkeys(_(text) for text in texts if text))


def has_left(rows: Iterable[Delivery], channel: DeliveryChannel) -> bool:
    """Return whether a message to the petitioner went out over a channel."""
    return any(word.channel is channel for sent in words_sent(rows).values() for word in sent)
