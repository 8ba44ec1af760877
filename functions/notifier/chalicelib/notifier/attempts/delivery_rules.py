"""What a delivery's row says of it: given up, perhaps sent, silent for too long, to an address that still stands."""

from __future__ import annotations

from datetime import datetime

from shared.domain.petition.lifecycle import Action
from shared.domain.petition.petition import Petition
from shared.tables.deliveries import Delivery, DeliveryState

GIVEN_UP = frozenset({DeliveryState.FAILED, DeliveryState.UNPROVEN})
_AWAITS_RECEIPT = frozenset({DeliveryState.SENT, DeliveryState.AMBIGUOUS})


def may_have_been_sent(one: Delivery) -> bool:
    """Tell whether a message may be on its way, so that it is too late to call it void."""
    is_waiting = one.state is DeliveryState.PREPARED and one.in_doubt_since is None
    return not is_waiting and one.state not in GIVEN_UP


def has_waited_for_receipt(one: Delivery, now: datetime) -> bool:
    """Tell whether a receipt that ought to have come has stayed out."""
    return one.state in _AWAITS_RECEIPT and one.wake_at is not None and one.wake_at <= now


def still_stands(petition: Petition, one: Delivery) -> bool:
    """Tell whether no contact was given since a delivery was sent: a new one, or the same once more, is wanted."""
    added = petition.last(Action.ADD_CONTACT)
    return added is None or one.claimed_at is None or added.at <= one.claimed_at
