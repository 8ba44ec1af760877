"""The cost of a wrong PIN to the one who sent it, and the number that a reference takes from everybody. Pure rules.

A PIN is one of 10⁸. The link token, one of 2¹²⁸, is no part of this: it is compared first, and never waits.
"""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

FREE = 5
"""Wrong PINs of one address that cost nothing: people mistype."""
FIRST_WAIT = 5
"""Seconds after the next one; each further one doubles them."""
REFERENCE_WAIT = 60
"""Seconds that each try waits, from whatever address, once a reference had many wrong ones."""
REFERENCE_WINDOW = timedelta(hours=24)
TICKET_HOLDS_FOR = 3600
"""Seconds after its wait for which a ticket is taken."""


class PinLimits(NamedTuple):
    """The limits of tries *(settings)*."""

    per_reference: int
    """Wrong PINs of a reference in a day from which on each try costs work or a wait, whoever sends it."""
    per_reference_a_day: int
    """Wrong PINs of a reference in a day after which its PIN opens nothing till the day is over or it is sent again."""
    per_address: int
    """Wrong PINs of an address in its window after which it waits for the end of that; 0: none are counted."""
    window: timedelta
    """The time after its latest wrong PIN for which an address is remembered."""


def address_wait(tries: int, window: timedelta) -> int:
    """Return how many seconds an address waits after so many wrong PINs: 0, then 5, 10, 20 … up to its window."""
    if tries < FREE:
        return 0
    doubled: int = FIRST_WAIT * 2 ** min(tries - FREE, 20)
    return min(doubled, int(window.total_seconds()))
