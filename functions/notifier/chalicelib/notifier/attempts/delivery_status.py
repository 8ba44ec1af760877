"""The status of a delivery, derived from its row: pure rules."""

from __future__ import annotations

from datetime import datetime

from chalicelib.notifier.attempts.back_off import LEASE
from shared.domain.petition.lifecycle import Action
from shared.domain.petition.petition import Petition
from shared.domain.promises.deliveries import Delivery, DeliveryState

GIVEN_UP = frozenset({DeliveryState.FAILED, DeliveryState.UNPROVEN})
_AWAITS_RECEIPT = frozenset({DeliveryState.SENT, DeliveryState.AMBIGUOUS})


def may_have_been_sent(delivery: Delivery) -> bool:
    """Return whether a message may have been sent, so that its notice can no longer be superseded."""
    is_waiting = delivery.state is DeliveryState.PREPARED and delivery.ambiguous_since is None
    return not is_waiting and delivery.state not in GIVEN_UP


def is_receipt_overdue(delivery: Delivery, now: datetime) -> bool:
    """Return whether an expected receipt did not come in time."""
    return delivery.state in _AWAITS_RECEIPT and delivery.wake_at is not None and delivery.wake_at <= now


def is_waiting(delivery: Delivery, now: datetime) -> bool:
    """Return whether a delivery is to be left alone: its retry is not due yet, or a living worker has claimed it."""
    if delivery.state is DeliveryState.SENDING:
        return now < (delivery.claimed_at or now) + LEASE
    return delivery.wake_at is not None and now < delivery.wake_at


def is_held(delivery: Delivery) -> bool:
    """Return whether a delivery waits before its first attempt."""
    return delivery.state is DeliveryState.PREPARED and not delivery.attempt


def ambiguous_since(delivery: Delivery | None) -> datetime | None:
    """Return since when it is unknown whether a message was sent; None when it is known.

    It is unknown from a claim on whose worker never recorded an outcome.
    """
    if delivery is None:
        return None
    if delivery.ambiguous_since is not None:
        return delivery.ambiguous_since
    return delivery.claimed_at if delivery.state is DeliveryState.SENDING else None


def is_address_current(petition: Petition, delivery: Delivery) -> bool:
    """Return whether the petitioner has added no contact, not even the same one again, since a delivery was sent."""
    added = petition.last(Action.ADD_CONTACT)
    return added is None or delivery.claimed_at is None or added.at <= delivery.claimed_at
