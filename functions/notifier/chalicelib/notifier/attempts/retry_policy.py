"""How long things wait before they are tried again: one table. Pure.

What waits is a row of the table `deliveries` with its `wake_at`, not a message: a queue keeps a message for fourteen
days and a handful of receives, a row is there for as long as it takes (docs/adr/0027).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from shared.domain.errors import PetitionError
from shared.tables.deliveries import DeliveryChannel

WAITS = (timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))
"""After the first vain round of tries, the second, and each later one."""
TRIES_BEFORE_NEXT_CHANNEL = 3
TRIES_BEFORE_CALL = 48
"""Two days: a provider that is down for a day is no reason for operators to call everybody."""
MOST_TRIES = 14 * 24
"""Two weeks of trying once an hour; after them a channel is given up even when there is no other."""
SHORT_WAIT = timedelta(minutes=15)
"""What waits no longer than this for its own sake stays a message."""
LEASE = timedelta(seconds=90)
"""How long a claim is taken for that of a living worker: longer than the function may run (60 s)."""

MESSAGE_WAITS = (timedelta(minutes=5), timedelta(hours=1), timedelta(hours=11), timedelta(hours=11))
"""How long a message is hidden that has no delivery to wait: a reply to an SMS, or nobody in office to read it."""


class ComeBackError(PetitionError):
    """Nothing went wrong for good: the message is to be received again, at `at` or after the usual wait."""

    code = "come-back"

    def __init__(self, reason: str, at: datetime | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.at = at


def patience_before(following: DeliveryChannel | None) -> int:
    """Return how many vain rounds lead to the next channel; None when there is none."""
    if following is None:
        return MOST_TRIES
    return TRIES_BEFORE_CALL if following is DeliveryChannel.PHONE else TRIES_BEFORE_NEXT_CHANNEL


def retry_at(tries: int, now: datetime) -> datetime:
    """Return when to try again after the n-th vain round (1, 2, …)."""
    return now + WAITS[min(max(tries, 1), len(WAITS)) - 1]


def look_again_at(now: datetime) -> datetime:
    """Return when to look whether another notice's message, which says this one too, has gone out."""
    return now + timedelta(minutes=15)


def wait_after(receives: int) -> timedelta:
    """Return how long to hide a message that was received for the n-th time (1, 2, …)."""
    return MESSAGE_WAITS[min(max(receives, 1), len(MESSAGE_WAITS)) - 1]
