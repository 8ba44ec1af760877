"""The channels to try for a petitioner, and their order: pure rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from shared.domain.petition.facts import ContactAdded, PinSent
from shared.domain.petition.history import Entry
from shared.domain.petition.lifecycle import Action
from shared.domain.petition.values.petitioner import Identity, ReplyBy, SealedPart
from shared.domain.promises.deliveries import DeliveryChannel
from shared.domain.promises.notices import NoticeKind


class ChannelAddress(NamedTuple):
    """A channel, and the address to use on it."""

    channel: DeliveryChannel
    address: str


TO_EVERY_CONTACT = frozenset({NoticeKind.WITHDRAWN, NoticeKind.SECRETS_RENEWED})
"""Kinds that go to each contact on file, whatever was chosen: the person behind one of them may not know of it."""


def channels_to(contact: str, reply_by: Sequence[ReplyBy]) -> list[ChannelAddress]:
    """Return the channels to one contact; a number whose owner chose calls and no SMS is called."""
    if "@" in contact:
        return [ChannelAddress(DeliveryChannel.EMAIL, contact)]
    call = ChannelAddress(DeliveryChannel.PHONE, contact)
    if ReplyBy.PHONE in reply_by and ReplyBy.SMS not in reply_by:
        return [call]
    return [ChannelAddress(DeliveryChannel.SMS, contact), call]


def channels_for(entry: Entry, reply_by: Sequence[ReplyBy], identity: Identity) -> list[ChannelAddress]:
    """Return the channels to try for one entry: a secret goes to the contact that requested it, and nowhere else."""
    if not isinstance(entry.facts, PinSent):
        return channels_of(reply_by, identity)
    requested = entry.facts.channel
    return [c for c in channels_of((requested,), identity) if c.channel == DeliveryChannel(requested)]


def parts_for(entry: Entry, seal: Sequence[SealedPart]) -> Sequence[SealedPart]:
    """Return the parts of the seal that hold a notice's addresses: word of a new contact goes to the earlier ones."""
    return seal[: entry.facts.parts_before] if isinstance(entry.facts, ContactAdded) else seal


def is_requested(entry: Entry) -> bool:
    """Return whether the petitioner requested this very message, or its safety needs it, in spite of a stop word."""
    return entry.action in {Action.SEND_PIN, Action.RENEW_SECRETS}


def channels_of(reply_by: Sequence[ReplyBy], identity: Identity) -> list[ChannelAddress]:
    """Return the channels to try, with their addresses: the chosen ones in the chosen order, and at last a call.

    Who chose none gets e-mails, or SMS where there is no e-mail address.
    """
    addresses = {
        DeliveryChannel.EMAIL: identity.email,
        DeliveryChannel.SMS: identity.phone,
        DeliveryChannel.PHONE: identity.phone,
    }
    chosen = [DeliveryChannel(choice) for choice in reply_by]
    if not chosen:
        chosen = [DeliveryChannel.EMAIL if identity.email else DeliveryChannel.SMS]
    order = dict.fromkeys([*chosen, DeliveryChannel.PHONE])
    return [ChannelAddress(channel, address) for channel in order if (address := addresses[channel])]
