"""Changes of officers' addresses, of which the old address and the new are notified. Pure.

A change is announced by two deliveries that wait before the row is written: should the writer die, the sweep finds
them, and the notifier sends them or, where the row was not written, ends them. A name holds no address: both addresses
are in the officer's row and its history.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import NamedTuple

from shared.domain.promises.deliveries import Delivery, DeliveryChannel, DeliveryState
from shared.domain.promises.notices import Audience, NoticeKind

WRITTEN_WITHIN = timedelta(seconds=60)
"""The time after which a row is written, or never will be: a request takes at most 29 seconds."""
SEQ = 1
_NAME = re.compile(r"address-(\d{4}-\d\d-\d\d)-(\d{1,6})-(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)-(.+)")


class AddressChange(NamedTuple):
    """One revision of an officer's row that changes the address."""

    officer: str
    """The user name."""
    valid_from: str
    """The version's first day."""
    revision: int
    changed_at: str
    """The instant of the change, as the row has it: another attempt to write the same revision is another change."""

    def __str__(self) -> str:
        """Return it as the reference of its notice and deliveries."""
        return f"address-{self.valid_from}-{self.revision}-{self.changed_at}-{self.officer}"


def address_change_of(reference: str) -> AddressChange:
    """Return the change that a notice's reference names.

    Raises:
        ValueError: it names none.
    """
    named = _NAME.fullmatch(reference)
    if named is None:
        raise ValueError("the reference names no change of an address")
    return AddressChange(named[4], named[1], int(named[2]), named[3])


def announcements_of(change: AddressChange, at: datetime) -> tuple[Delivery, Delivery]:
    """Return the deliveries to the old address and to the new, as they wait for the row to be written."""
    name = f"{SEQ}#{NoticeKind.ADDRESS_CHANGED}#{Audience.OFFICER}#{DeliveryChannel.EMAIL}"
    old = Delivery(
        reference=str(change),
        notice=f"{name}#old",
        seq=SEQ,
        kind=NoticeKind.ADDRESS_CHANGED,
        audience=Audience.OFFICER,
        channel=DeliveryChannel.EMAIL,
        reader=change.officer,
        state=DeliveryState.PREPARED,
        at=at,
        wake_at=at + WRITTEN_WITHIN,
    )
    return old, old.model_copy(update={"notice": f"{name}#new"})
