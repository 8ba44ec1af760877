"""Which channels to try for a petitioner, and in which order. Pure rules."""

from __future__ import annotations

from collections.abc import Sequence

from shared.domain.petition.history import Entry
from shared.domain.petition.lifecycle import Action
from shared.domain.petition.values.petitioner import Identity, ReplyBy, SealedPart
from shared.tables.deliveries import DeliveryChannel

Way = tuple[DeliveryChannel, str]


def ways_of(entry: Entry, reply_by: Sequence[ReplyBy], identity: Identity) -> list[Way]:
    """Return the channels to try for one entry: a secret goes to the contact that asked for it, and nowhere else."""
    if not was_asked_for(entry):
        return ways_to(reply_by, identity)
    asked = ReplyBy(entry.facts["channel"])
    return [way for way in ways_to((asked,), identity) if way[0] == DeliveryChannel(asked)]


def parts_for(entry: Entry, seal: Sequence[SealedPart]) -> Sequence[SealedPart]:
    """Return which parts of the seal say where a notice goes: word of a new contact goes to those before it."""
    if entry.action is not Action.ADD_CONTACT:
        return seal
    return seal[: int(entry.facts["parts_before"])]


def was_asked_for(entry: Entry) -> bool:
    """Tell whether the petitioner asked for this very message, so that no stop word stands against it."""
    return entry.action is Action.SEND_PIN


def ways_to(reply_by: Sequence[ReplyBy], identity: Identity) -> list[Way]:
    """Return the channels to try, with their addresses: those chosen, in that order, and at last a call.

    Who chose none is written to, where there is an address, and is else sent an SMS.
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
    return [(channel, address) for channel in order if (address := addresses[channel])]
